"""What orders, refunds and customers have in common: times, names, addresses, and lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.connectors.shop.amounts import exact, is_sane, unit_price
from stammkunde.connectors.woocommerce.model import Address, Part
from stammkunde.connectors.woocommerce.records import cleaned
from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import Identifier, Line, Name
from stammkunde.core.errors import Message
from stammkunde.core.phones import e164

_T = TypeVar("_T", bound=msgspec.Struct)
_PATH = re.compile(r"`\$?([.\[\]\w]*)`$")
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_WIDEST = timedelta(hours=15)
_ONE = Decimal(1)


class Unreadable(Message, Exception):  # noqa: N818 (a state of the record, caught where it is read)
    """A record that can't be read; its only argument is the reason."""


def converted(fields: dict[str, Any], kind: type[_T]) -> _T:
    """The fields as a struct; raises `Unreadable`, naming the field."""
    known = {key: fields[key] for key in kind.__struct_fields__ if key in fields}
    try:
        return msgspec.convert(cleaned(known), kind, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        where = found[1].lstrip(".") if found else ""
        raise Unreadable(
            "A field is missing or of the wrong kind ({what}).", what=where or "id"
        ) from None


def sane(value: Decimal) -> Decimal:
    """The amount itself; raises `Unreadable` for one that no shop means."""
    if not is_sane(value):
        raise Unreadable("An amount is not a number that can be.")
    return value


def moment(gmt: datetime | None, local: datetime | None, zone: str) -> datetime | None:
    """A time with the shop's own offset, which is the difference of the two; in `zone` where only the local one is
    given. Raises `Unreadable` for one that no shop means."""
    at = _moment(_naive(gmt), _naive(local), zone)
    if at is not None and not _EARLIEST <= at < _LATEST:
        raise Unreadable("A time is not one that can be.")
    return at


def _moment(gmt: datetime | None, local: datetime | None, zone: str) -> datetime | None:
    if gmt is None:
        if local is None:
            return None
        at = local.replace(tzinfo=ZoneInfo(zone))
        # a fixed offset: times in a zone that are skipped or repeated are unequal to themselves in any other (PEP 495)
        return local.replace(tzinfo=timezone(at.utcoffset() or timedelta()))
    offset = (local - gmt) if local else timedelta()
    if abs(offset) > _WIDEST or offset % timedelta(minutes=1):
        offset = timedelta()
    if not _EARLIEST <= (at := gmt.replace(tzinfo=UTC)) < _LATEST:
        return at
    return at.astimezone(timezone(offset))


def _naive(at: datetime | None) -> datetime | None:
    if at is None or at.tzinfo is None:
        return at
    return at.replace(tzinfo=None) - (at.utcoffset() or timedelta())


def value_of(part: Part) -> Decimal:
    """What a part is worth, with tax."""
    with exact():
        return sane(part.total) + sane(part.total_tax)


def lines_of(items: Iterable[Part], others: Iterable[tuple[str, Part]]) -> tuple[Line, ...]:
    """The lines with prices that include tax; deliveries and fees are lines too, so that they add up to the total."""
    goods = [
        Line(
            article=_text(part.sku or part.variation_id or part.product_id or ""),
            quantity=sane(part.quantity),
            price=unit_price(value_of(part), sane(part.quantity)),
            name=_text(part.name),
        )
        for part in items
    ]
    charges = [
        Line(what, _ONE, value_of(part), _text(part.method_title or part.name))
        for what, part in others
    ]
    return (*goods, *charges)


def identifiers_of(
    namespace: str, account: int, mails: Iterable[str], address: Address, region: str
) -> tuple[Identifier, ...]:
    """The shop account if there is one, the mail addresses and the billing phone.

    A number is written as in the country of its address.
    """
    phone = e164(_text(address.phone), address.country or region) if address.phone else None
    found = [Identifier("shop", f"{namespace}:{account}")] if account > 0 else []
    found += [Identifier("mail", normal) for raw in mails if (normal := mail_address(raw))]
    found += [Identifier("phone", phone)] if phone else []
    return tuple(dict.fromkeys(found))


def name_of(address: Address, given: str = "", family: str = "") -> Name | None:
    """A person's and a company's name, the account's own before that on the bill."""
    person = (given, family) if given or family else (address.first_name, address.last_name)
    name = Name(*(" ".join(part.split()) for part in (*person, address.company)))
    return name if name != Name() else None


def place_of(address: Address, prefix: str = "") -> dict[str, str]:
    """Where somebody lives, as attributes."""
    parts = {
        "street": address.address_1,
        "address extra": address.address_2,
        "postcode": address.postcode,
        "city": address.city,
        "region": address.state,
        "country": address.country,
    }
    return {prefix + key: _text(value) for key, value in parts.items() if value}


def _text(value: object) -> str:
    return str(value).strip()
