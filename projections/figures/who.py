"""Who is behind a number: a list with exactly as many entries as the figure's numerator."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import (
    APART,
    EVERYTHING,
    MICRO,
    PROSPECT,
    Segment,
)


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: a customer, or the contact that was counted; `at` is UTC, `n` a customer's orders or a wait's minutes."""

    customer_id: str | None
    name: str
    contact: str | None = None
    kind: str = ""
    at: datetime | None = None
    n: int | None = None
    amount: Decimal | None = None
    currency: str = ""


Query = Callable[[Period, Segment], tuple[str, list[object]]]

_ITEM = (
    "SELECT c.customer, coalesce(k.name, nullif(x.name, ''), nullif(x.display, ''), x.address, ''), c.id, c.kind,"
    " c.at, NULL, c.amount_micro, c.currency FROM contacts c LEFT JOIN customers k ON k.id = c.customer"
    " LEFT JOIN contents x ON x.contact = c.id WHERE c.retracted = 0"
)
_ORDERS = "(SELECT count(*) FROM purchases p WHERE p.customer = k.id AND p.standing = 1 AND p.local_day < ?)"
_CUSTOMER = "SELECT k.id, k.name, NULL, k.kind, k.first_at, {n}, NULL, '' FROM customers k"


def who(
    cursor: sqlite3.Cursor, code: str, period: Period, segment: Segment = EVERYTHING
) -> list[Behind]:
    """The entries behind a figure in one period, ordered by time, then id."""
    sql, values = _QUERIES[code](period, segment)
    return [
        Behind(
            customer_id=customer,
            name=name or "",
            contact=contact,
            kind=kind,
            at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
            n=n,
            amount=None if amount is None else Decimal(amount) / MICRO,
            currency=currency,
        )
        for customer, name, contact, kind, at, n, amount, currency in cursor.execute(sql, values)
    ]


def _items(condition: str) -> Query:
    """The first contact of each item in the period."""

    def query(period: Period, segment: Segment) -> tuple[str, list[object]]:
        where, values = segment.where()
        narrowed = f"{condition} AND local_day >= ? AND local_day < ?{where}"
        return (
            f"{_ITEM} AND c.id IN (SELECT min(id) FROM contacts WHERE retracted = 0 AND {narrowed}"
            " GROUP BY item, local_day, channel, coalesce(direction, ''), kind) ORDER BY c.at, c.id",
            [*_days(period), *values],
        )

    return query


def _unassigned(period: Period, segment: Segment) -> tuple[str, list[object]]:
    where, values = segment.where()
    return (
        f"{_ITEM} AND c.counted = 1 AND c.customer IS NULL AND c.local_day >= ? AND c.local_day < ?"
        f"{where.replace('AND ', 'AND c.')} ORDER BY c.at, c.id",
        [*_days(period), *values],
    )


def _money(period: Period, segment: Segment) -> tuple[str, list[object]]:
    """Of all currencies, which have a number each, unless the segment names one."""
    return (
        f"{_ITEM} AND c.amount_micro IS NOT NULL AND c.local_day >= ? AND c.local_day < ?"
        " AND ? IN ('', c.currency) ORDER BY c.at, c.id",
        [*_days(period), segment.currency],
    )


def _state(state: str) -> Query:
    def query(period: Period, _: Segment) -> tuple[str, list[object]]:
        return (
            f"{_CUSTOMER.format(n='k.orders')} WHERE (SELECT m.after FROM moves m WHERE m.customer = k.id"
            " AND m.local_day < ? ORDER BY m.step DESC LIMIT 1) = ? ORDER BY k.first_at, k.id",
            [period.end.isoformat(), state],
        )

    return query


def _flow(condition: str) -> Query:
    def query(period: Period, _: Segment) -> tuple[str, list[object]]:
        return (
            f"{_CUSTOMER.format(n='k.orders')} JOIN moves m ON m.customer = k.id"
            f" WHERE m.local_day >= ? AND m.local_day < ? AND {condition} ORDER BY m.local_day, k.id",
            list(_days(period)),
        )

    return query


def _customers(period: Period, _: Segment) -> tuple[str, list[object]]:
    return (
        f"{_CUSTOMER.format(n='k.orders')} JOIN moves m ON m.customer = k.id"
        " WHERE m.before = 'none' AND m.local_day < ? ORDER BY k.first_at, k.id",
        [period.end.isoformat()],
    )


def _prospects(period: Period, _: Segment) -> tuple[str, list[object]]:
    return (
        f"{_CUSTOMER.format(n='k.orders')} WHERE k.id IN (SELECT customer FROM profiles WHERE {PROSPECT})"
        " ORDER BY k.first_at, k.id",
        [period.end.isoformat()] * 2,
    )


def _repeaters(period: Period, _: Segment) -> tuple[str, list[object]]:
    return (
        f"{_CUSTOMER.format(n=_ORDERS)} WHERE k.id IN (SELECT customer FROM profiles WHERE second_order < ?)"
        " ORDER BY k.first_at, k.id",
        [period.end.isoformat()] * 2,
    )


def _complete(period: Period, _: Segment) -> tuple[str, list[object]]:
    del period
    return (
        f"{_CUSTOMER.format(n='k.orders')} JOIN profiles p ON p.customer = k.id"
        " WHERE p.named * p.mail * p.phone = 1 ORDER BY k.first_at, k.id",
        [],
    )


def _orders(period: Period, _: Segment) -> tuple[str, list[object]]:
    return (
        f"{_ITEM} AND c.id IN (SELECT contact FROM purchases WHERE standing = 1"
        " AND local_day >= ? AND local_day < ?) ORDER BY c.at, c.id",
        list(_days(period)),
    )


def _waits(what: str, condition: str) -> Query:
    def query(period: Period, _: Segment) -> tuple[str, list[object]]:
        sql = _ITEM.replace(
            "NULL, c.amount_micro", "w.business_ms / 60000, c.amount_micro", 1
        ).replace(" WHERE", " JOIN waits w ON w.contact = c.id WHERE", 1)
        return (
            f"{sql} AND w.what = ? AND w.local_day >= ? AND w.local_day < ? AND {condition}"
            " ORDER BY c.at, c.id",
            [what, *_days(period)],
        )

    return query


def _answered(period: Period, segment: Segment) -> tuple[str, list[object]]:
    sql, values = _waits("missed_call", "w.until IS NOT NULL")(period, segment)
    if not segment.channel:
        return sql, values
    return sql.replace(" ORDER BY", " AND w.answer_channel = ? ORDER BY"), [
        *values,
        segment.channel,
    ]


def _days(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


_QUERIES: Mapping[str, Query] = {
    "contacts": _items("counted = 1"),
    "not_counted": _items(f"counted = 0 AND {APART}"),
    "customers": _customers,
    "prospect": _prospects,
    "active": _state("active"),
    "dormant": _state("dormant"),
    "lost": _state("lost"),
    "new": _flow("m.before = 'none'"),
    "won_back": _flow("m.after = 'active' AND m.before <> 'none'"),
    "churned": _flow("m.before = 'active'"),
    "repeat_rate": _repeaters,
    "orders": _orders,
    "net_revenue": _money,
    "missed_calls": _waits("missed_call", "1 = 1"),
    "callback_rate": _answered,
    "callback_time": _waits("missed_call", "w.until IS NOT NULL AND w.by_himself = 0"),
    "first_response": _waits("message", "w.until IS NOT NULL AND w.by_himself = 0"),
    "unassigned_rate": _unassigned,
    "completeness": _complete,
}
