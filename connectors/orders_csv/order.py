"""One order out of its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

import msgspec

from stammkunde.connectors.orders_csv.columns import Columns, Settings
from stammkunde.connectors.shop.amounts import amount, exact, plain, total, unit_price
from stammkunde.connectors.shop.snapshot import Snapshot, fingerprint
from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import Identifier, Line, Name
from stammkunde.core.errors import Message
from stammkunde.core.phones import e164

_SWISS = re.compile(
    r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})(?:,?\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_CODE = re.compile(r"[A-Z]{3}")
_REGION = re.compile(r"[A-Z]{2}")
_ONE = Decimal(1)
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Broken(Message, Exception):  # noqa: N818 (a state of the order, caught where it is read)
    """An order that can't be read; its only argument is the reason."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of one file are to be read."""

    settings: Settings
    columns: Columns
    zone: tzinfo
    currency: str
    region: str
    namespace: str


class Source(msgspec.Struct, frozen=True):
    """Where an order stands: when its file was written, and the file with the line."""

    written_at: datetime
    reference: str


def snapshot_of(form: Form, number: str, rows: Sequence[Sequence[str]], source: Source) -> Snapshot:
    """The order; raises `Broken` if any of its rows can't be read, since its total would be wrong without that row.

    Its time, currency and place are the first line's, its customer the first one that any line names. Its modified time
    is the file's: an export says how things stood when it was written.
    """
    column = form.columns
    placed_at, *_ = [moment(text, form) for text in dict.fromkeys(row[column.time] for row in rows)]
    with exact():
        values = [_line(form, row) for row in rows]
    customer, mail, phone, name, country = (
        _first(rows, at)
        for at in (column.customer, column.mail, column.phone, column.name, column.country)
    )
    is_refund = bool(form.settings.cancelled_prefix) and number.startswith(
        form.settings.cancelled_prefix
    )
    sum_, currency = total(value for value, _ in values), _currency(form, rows)
    lines = tuple(line for _, line in values)
    return Snapshot(
        id=number,
        modified_at=source.written_at,
        placed_at=placed_at,
        total=sum_,
        currency=currency,
        content=fingerprint(
            [placed_at, currency, customer, mail, phone, name, country],
            [
                (plain(value), line.article, plain(line.quantity), plain(line.price), line.name)
                for value, line in values
            ],
        ),
        account=customer,
        identifiers=_identifiers(form, customer, mail, phone, country),
        name=_name(name),
        lines=lines,
        attributes={"country": country} if country else {},
        reference=source.reference,
        order="" if is_refund else number,
        opens="order_refunded" if is_refund else "order_placed",
    )


def moment(text: str, form: Form) -> datetime:
    """A time with its offset; raises `Broken`. One that the clocks skip or repeat is the earlier one."""
    try:
        at = _parse(text.strip(), form.settings.time_format)
        at = at if at.tzinfo else at.replace(tzinfo=form.zone)
        # a fixed offset: times in a zone that are skipped or repeated are unequal to themselves in any other (PEP 495)
        at = at.replace(tzinfo=timezone(at.utcoffset() or timedelta()))
        if _EARLIEST <= at < _LATEST:
            return at
    except (ValueError, OverflowError):
        pass
    raise Broken("The time can't be read; give time_format.")


def _parse(text: str, time_format: str) -> datetime:
    if time_format:
        return datetime.strptime(text, time_format)  # noqa: DTZ007 (the zone follows)
    if found := _SWISS.fullmatch(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (the zone follows)
    return datetime.fromisoformat(text)


def _line(form: Form, row: Sequence[str]) -> tuple[Decimal, Line]:
    """What a line is worth, and the line; within `exact`."""
    column = form.columns
    quantity = _ONE if column.quantity < 0 else _number(form, row, "quantity")
    if column.line_total >= 0:
        value = _number(form, row, "line_total")
        has_price = column.unit_price >= 0
        price = _number(form, row, "unit_price") if has_price else unit_price(value, quantity)
    else:
        price = _number(form, row, "unit_price")
        value = quantity * price
    article, name = (_cell(row, at) for at in (column.article, column.description))
    return value, Line(article, quantity, price, name)


def _number(form: Form, row: Sequence[str], field: str) -> Decimal:
    value = amount(row[getattr(form.columns, field)], form.settings.decimal)
    if value is None:
        raise Broken(
            "A value is not a number; give decimal if its mark is a comma ({what}).", what=field
        )
    return value


def _currency(form: Form, rows: Sequence[Sequence[str]]) -> str:
    if form.columns.currency < 0:
        return form.currency
    codes = {_cell(row, form.columns.currency).upper() for row in rows}
    if len(codes) > 1:
        raise Broken("The order's lines are in several currencies.")
    code = codes.pop()
    if not _CODE.fullmatch(code):
        raise Broken("The currency is not a code of three letters.")
    return code


def _identifiers(
    form: Form, customer: str, mail: str, phone: str, country: str
) -> tuple[Identifier, ...]:
    region = country.upper() if _REGION.fullmatch(country.upper()) else form.region
    found = (
        Identifier("shop", f"{form.namespace}:{customer}") if customer else None,
        Identifier("mail", normal) if (normal := mail_address(mail)) else None,
        Identifier("phone", number) if phone and (number := e164(phone, region)) else None,
    )
    return tuple(identifier for identifier in found if identifier)


def _name(full: str) -> Name | None:
    """`Meier, Anna` has the family name first, else it is the last word; comparing does not mind the order of words."""
    family, comma, given = (part.strip() for part in full.partition(","))
    if not comma:
        given, _, family = full.rpartition(" ")
    return Name(given.strip(), family) if full else None


def _first(rows: Sequence[Sequence[str]], at: int) -> str:
    return next((cell for row in rows if (cell := _cell(row, at))), "")


def _cell(row: Sequence[str], at: int) -> str:
    return " ".join(row[at].split()) if at >= 0 else ""
