"""Who is behind a number: a list with exactly as many entries as the figure's numerator, the newest first, in pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from stammkunde.core.errors import DecisionError
from stammkunde.projections.figures.parts import days
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import APART, MICRO, PROSPECT
from stammkunde.projections.figures.segments import EVERYTHING, Segment, asked
from stammkunde.projections.figures.waiting import ANSWERED
from stammkunde.projections.local_time import LocalTime


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: a customer, or the contact that was counted.

    `at` (UTC) is the contact's time, or a customer's latest contact; `day` the local day on which it counts, where it
    counts on one; `n` a customer's orders or a wait's business minutes; `source` the contact's. Given as `after`, `key`
    asks for what follows this entry.
    """

    customer_id: str | None
    name: str
    contact: str | None = None
    kind: str = ""
    at: datetime | None = None
    n: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    day: date | None = None
    source: str = ""
    key: str = ""


class _List(msgspec.Struct, frozen=True):
    """What to select; `order` are the columns that make a key, with their types.

    `{between}` in `where`, before all other values, stands for a span of time. `counts` gives day and number of entries,
    the latest day first: where no index leads to what is wanted, it says how far back a page reaches.
    """

    columns: str
    tables: str
    where: str
    values: list[Any]
    order: tuple[tuple[str, type], ...]
    counts: tuple[str, list[Any]] | None = None


Query = Callable[[Period, Segment], _List]

_NAME = "coalesce(k.name, nullif(x.name, ''), nullif(x.display, ''), x.address, '')"
_ITEM = f"c.customer, {_NAME}, c.id, c.kind, c.at, {{n}}, {{amount}}, c.currency, c.local_day, coalesce(x.source, '')"
_ITEMS = (
    "contacts c LEFT JOIN customers k ON k.id = c.customer LEFT JOIN contents x ON x.contact = c.id"
)
_BETWEEN = "{between}"
_BY_TIME = (("c.at", int), ("c.id", str))
_CUSTOMER = "k.id, k.name, NULL, k.kind, k.last_at, {n}, NULL, '', {day}, ''"
_BY_LATEST = (("coalesce(k.last_at, 0)", int), ("k.id", str))
_ORDERS = "(SELECT count(*) FROM purchases p WHERE p.customer = k.id AND p.standing = 1 AND p.local_day < ?)"


def who(
    cursor: sqlite3.Cursor,
    local: LocalTime,
    code: str,
    period: Period,
    segment: Segment = EVERYTHING,
    *,
    limit: int | None = None,
    after: str = "",
) -> list[Behind]:
    """The entries behind a figure in one period, all or a page; `SegmentError` as `figures` raises it.

    `DecisionError` where `after` is no key of this list.
    """
    asked([code], segment)
    wanted = _LISTS[code](period, segment)
    key = _key(after, wanted) if after else None
    where, values = wanted.where, list(wanted.values)
    if _BETWEEN in where:
        bounds = _bounds(cursor, local, wanted, period, limit, key)
        values = [*bounds * where.count(_BETWEEN), *values]
        where = where.replace(_BETWEEN, "at >= ? AND at < ?")
    columns = ", ".join(column for column, _ in wanted.order)
    if key:
        where += f" AND ({columns}) < ({', '.join('?' * len(key))})"
        values += key
    rows = cursor.execute(
        f"SELECT {wanted.columns}, {columns} FROM {wanted.tables} WHERE {where}"
        f" ORDER BY {', '.join(f'{column} DESC' for column, _ in wanted.order)}"
        f"{'' if limit is None else f' LIMIT {limit:d}'}",
        values,
    ).fetchall()
    return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Behind:
    customer, name, contact, kind, at, n, amount, currency, day, source, *key = row
    return Behind(
        customer_id=customer,
        name=name or "",
        contact=contact,
        kind=kind,
        at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
        n=n,
        amount=None if amount is None else Decimal(amount) / MICRO,
        currency=currency,
        day=None if day is None else date.fromisoformat(day),
        source=source,
        key=msgspec.json.encode(key).decode(),
    )


def _key(after: str, wanted: _List) -> list[Any]:
    try:
        key = msgspec.json.decode(after, type=list[int | str])
    except msgspec.DecodeError:
        key = []
    if [type(part) for part in key] != [kind for _, kind in wanted.order]:
        raise DecisionError("The page to continue from is gone: begin again.")
    return key


def _bounds(
    cursor: sqlite3.Cursor,
    local: LocalTime,
    wanted: _List,
    period: Period,
    limit: int | None,
    key: list[Any] | None,
) -> tuple[int, int]:
    """The instants between which the page lies; those of the whole period where no counts say more."""
    begin, end = days([period])
    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    if wanted.counts is None or limit is None:
        return local.bounds(begin, last)
    begun = local.day_and_month(key[0])[0] if key else ""
    sql, values = wanted.counts
    found, days_of_page = 0, []
    for day, n in cursor.execute(sql, (begin, min(last, begun or last), *values)):
        days_of_page.append(day)
        # of the day that is begun, an unknown number was on the pages before
        found += n if day != begun else 0
        if found >= limit:
            break
    return local.bounds(days_of_page[-1], days_of_page[0]) if days_of_page else (0, 0)


# ---- lists of contacts


def _counted(counted: str) -> Query:
    """The first contact of each item; the tally has their number day by day."""

    def query(_: Period, segment: Segment) -> _List:
        where, values = segment.where()
        where = f"{counted}{where}"
        return _List(
            _ITEM.format(n="NULL", amount="c.amount_micro"),
            _ITEMS,
            f"c.{_BETWEEN} AND c.id IN (SELECT min(id) FROM contacts WHERE {_BETWEEN} AND retracted = 0 AND {where}"
            " GROUP BY item, local_day, channel, coalesce(direction, ''), kind)",
            values,
            _BY_TIME,
            (_per_day("tally", "items", where), values),
        )

    return query


def _unassigned(_: Period, segment: Segment) -> _List:
    where, values = segment.where("c.")
    return _List(
        _ITEM.format(n="NULL", amount="c.amount_micro"),
        _ITEMS,
        f"c.{_BETWEEN} AND c.retracted = 0 AND c.counted = 1 AND c.customer IS NULL{where}",
        values,
        _BY_TIME,
    )


def _money(_: Period, segment: Segment) -> _List:
    """Of all currencies, which have a number each, unless the segment names one; their amounts add up to it."""
    where = "? IN ('', {}currency)"
    return _List(
        _ITEM.format(n="NULL", amount="coalesce(c.net_micro, c.amount_micro)"),
        _ITEMS,
        f"c.{_BETWEEN} AND c.retracted = 0 AND c.amount_micro IS NOT NULL AND {where.format('c.')}",
        [segment.currency],
        _BY_TIME,
        (_per_day("turnover", "items", where.format("")), [segment.currency]),
    )


def _per_day(table: str, column: str, where: str) -> str:
    return (
        f"SELECT local_day, sum({column}) FROM {table} WHERE local_day >= ? AND local_day <= ? AND {where}"
        " GROUP BY local_day ORDER BY local_day DESC"
    )


def _orders(period: Period, _: Segment) -> _List:
    return _List(
        _ITEM.format(n="NULL", amount="c.amount_micro"),
        f"purchases p CROSS JOIN {_ITEMS}",
        "c.id = p.contact AND c.retracted = 0 AND p.standing = 1 AND p.local_day >= ? AND p.local_day < ?",
        list(days([period])),
        (("p.local_day", str), ("p.at", int), ("p.contact", str)),
    )


def _waits(what: str, condition: str) -> Query:
    def query(period: Period, segment: Segment) -> _List:
        on_channel = " AND ? IN ('', w.answer_channel)"
        return _List(
            _ITEM.format(n="w.business_ms / 60000", amount="c.amount_micro"),
            f"waits w CROSS JOIN {_ITEMS}",
            "c.id = w.contact AND c.retracted = 0 AND w.what = ? AND w.local_day >= ? AND w.local_day < ?"
            f" AND {condition}{on_channel}",
            [what, *days([period]), segment.channel],
            (("w.local_day", str), ("w.since", int), ("w.contact", str)),
        )

    return query


# ---- lists of customers


def _fallen(state: str) -> Query:
    """Whose last move before the end led there, those who fell last first."""

    def query(period: Period, _: Segment) -> _List:
        end = days([period])[1]
        return _List(
            _CUSTOMER.format(n="k.orders", day="m.local_day"),
            "moves m CROSS JOIN customers k",
            f"k.id = m.customer AND m.local_day < ? AND m.after = '{state}' AND NOT EXISTS ("
            "SELECT 1 FROM moves n WHERE n.customer = m.customer AND n.step = m.step + 1 AND n.local_day < ?)",
            [end, end],
            (("m.local_day", str), ("m.customer", str), ("m.step", int)),
        )

    return query


def _customers(condition: str, n: str = "k.orders") -> Query:
    """Of those who are not part of another one; all values of the condition are the period's end."""

    def query(period: Period, _: Segment) -> _List:
        end = days([period])[1]
        return _List(
            _CUSTOMER.format(n=n, day="NULL"),
            "customers k",
            f"k.merged_into IS NULL AND {condition}",
            [end] * (n + condition).count("?"),
            _BY_LATEST,
        )

    return query


def _profile(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM profiles p WHERE p.customer = k.id AND {condition})"


def _flow(condition: str) -> Query:
    """One entry a move: who was won back twice stands there twice."""

    def query(period: Period, _: Segment) -> _List:
        return _List(
            _CUSTOMER.format(n="k.orders", day="m.local_day"),
            "moves m CROSS JOIN customers k",
            f"k.id = m.customer AND m.local_day >= ? AND m.local_day < ? AND {condition}",
            list(days([period])),
            (("m.local_day", str), ("m.customer", str), ("m.step", int)),
        )

    return query


_LISTS: Mapping[str, Query] = {
    "contacts": _counted("counted = 1"),
    "not_counted": _counted(f"counted = 0 AND {APART}"),
    "customers": _customers(
        "EXISTS (SELECT 1 FROM moves m WHERE m.customer = k.id AND m.before = 'none' AND m.local_day < ?)"
    ),
    "prospect": _customers(_profile(PROSPECT)),
    "active": _customers(
        "(SELECT m.after FROM moves m WHERE m.customer = k.id AND m.local_day < ? ORDER BY m.step DESC LIMIT 1)"
        " = 'active'"
    ),
    "dormant": _fallen("dormant"),
    "lost": _fallen("lost"),
    "new": _flow("m.before = 'none'"),
    "won_back": _flow("m.after = 'active' AND m.before <> 'none'"),
    "churned": _flow("m.before = 'active'"),
    "repeat_rate": _customers(_profile("second_order < ?"), _ORDERS),
    "orders": _orders,
    "net_revenue": _money,
    "missed_calls": _waits("missed_call", "1 = 1"),
    "callback_rate": _waits("missed_call", "w.until IS NOT NULL"),
    "callback_time": _waits("missed_call", ANSWERED),
    "first_response": _waits("message", ANSWERED),
    "unassigned_rate": _unassigned,
    # A set once, rather than a look for each customer: they may be few among many. An expression, since by
    # the index of ids SQLite would sort them all: they may be many, too.
    "completeness": _customers(
        "coalesce(k.id, '') IN (SELECT p.customer FROM profiles p WHERE p.named * p.mail * p.phone = 1)"
    ),
}
