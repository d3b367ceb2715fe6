"""What a customer sheet shows beside the contacts: how many on each channel, orders, worth, and of whom he is made up.

Each question is answered from an index on the customer, so that it does not matter how many contacts he has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from stammkunde.projections import answers
from stammkunde.projections.corrections import select_in
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.money import from_micro
from stammkunde.projections.reading import lines_of, milliseconds, utc

SHOWN_ORDERS = 10
"""Orders that a sheet shows with their lines."""
COUNTED_ORDERS = 500
"""Orders that a sheet knows the days of."""

_STANDING = "customer = ? AND retracted = 0"
_CHANNELS = f"SELECT channel, count(*) FROM contacts WHERE {_STANDING} GROUP BY channel ORDER BY count(*) DESC, channel"
_WORTH = (
    "SELECT currency, sum(amount_micro) FROM contacts"
    f" WHERE {_STANDING} AND channel = 'shop' AND at >= ? AND at < ? AND amount_micro IS NOT NULL GROUP BY currency ORDER BY currency"
)
_PLACED = (
    f"SELECT id, at, coalesce(order_id, ''), amount_micro, currency FROM contacts WHERE {_STANDING} AND channel = 'shop'"
    " AND kind = 'order_placed' ORDER BY at DESC, id DESC LIMIT ?"
)
_STEPS = (
    "SELECT k.order_id, k.id, k.kind, k.at, k.amount_micro, k.currency, t.source, t.order_number, t.lines FROM contacts k"
    " LEFT JOIN contents t ON t.contact = k.id WHERE k.order_id IN ({ids}) AND k.retracted = 0 ORDER BY k.order_id, k.at, k.position"
)
_PARTS = "SELECT id, opened_at FROM customers WHERE living = ? AND id <> ? ORDER BY position"
_PART_IDENTIFIERS = (
    "SELECT h.customer, i.kind, i.value FROM handles h JOIN handle_identifiers i ON i.handle = h.id"
    " WHERE h.customer IN ({ids}) ORDER BY i.kind, i.value"
)
_LINKED = (
    "SELECT DISTINCT l.kind, l.value FROM links l JOIN customers c ON c.id = l.customer WHERE c.living = ?"
    " ORDER BY l.kind, l.value"
)


class Step(msgspec.Struct, frozen=True):
    """A milestone of an order."""

    contact: str
    kind: str
    at: datetime


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands: `value` is the sum over its milestones, None where no amount was ever given.

    `sources` are those that told of it; `steps` come in the order of time.
    """

    number: str
    at: datetime
    value: answers.Amount | None
    lines: tuple[answers.Line, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...]


class Placed(msgspec.Struct, frozen=True):
    """When an order was placed, and for how much."""

    at: datetime
    amount: Decimal | None
    currency: str


class Part(msgspec.Struct, frozen=True):
    """A customer who became part of this one."""

    id: str
    since: datetime
    identifiers: tuple[answers.Identifier, ...]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """`channels` count all contacts that stand, of any kind. `worth` and `worth_before` are the year to the day asked
    for and the one before it, tax included; `linked` are identifiers that a person tied to the customer.
    """

    channels: dict[str, int]
    worth: tuple[answers.Amount, ...]
    worth_before: tuple[answers.Amount, ...]
    placed: tuple[Placed, ...]
    orders: tuple[Order, ...]
    parts: tuple[Part, ...]
    linked: frozenset[answers.Identifier]


def sheet(
    cursor: sqlite3.Cursor, local: LocalTime, customer: str, now: datetime, year_ago: datetime
) -> Sheet:
    """The sheet of a living customer; `year_ago` and as long before it begin the two years."""
    rows = cursor.execute(_PLACED, (customer, COUNTED_ORDERS)).fetchall()
    shown = [(contact, order) for contact, _, order, _, _ in rows[:SHOWN_ORDERS]]
    linked = cursor.execute(_LINKED, (customer,)).fetchall()
    return Sheet(
        channels=dict(cursor.execute(_CHANNELS, (customer,)).fetchall()),
        worth=_worth(cursor, customer, year_ago, now),
        worth_before=_worth(cursor, customer, year_ago - (now - year_ago), year_ago),
        placed=tuple(
            Placed(local.at(at), None if amount is None else from_micro(amount), currency)
            for _, at, _, amount, currency in rows
        ),
        orders=_orders(cursor, local, [order for _, order in shown if order]),
        parts=_parts(cursor, customer),
        linked=frozenset(answers.Identifier(kind, value) for kind, value in linked),
    )


def _worth(
    cursor: sqlite3.Cursor, customer: str, since: datetime, until: datetime
) -> tuple[answers.Amount, ...]:
    rows = cursor.execute(_WORTH, (customer, milliseconds(since), milliseconds(until))).fetchall()
    return tuple(answers.Amount(from_micro(amount), currency) for currency, amount in rows)


def _orders(cursor: sqlite3.Cursor, local: LocalTime, ids: Iterable[str]) -> tuple[Order, ...]:
    """Orders by id, in the order given."""
    wanted = list(dict.fromkeys(ids))
    steps: dict[str, list[tuple[object, ...]]] = {}
    for order, *step in select_in(cursor, _STEPS, wanted):
        steps.setdefault(order, []).append(tuple(step))
    return tuple(_order(local, steps[order]) for order in wanted if order in steps)


def _order(local: LocalTime, steps: list[tuple[object, ...]]) -> Order:
    amounts = [amount for _, _, _, amount, *_ in steps if isinstance(amount, int)]
    currency = next((str(step[4]) for step in steps if step[4]), "")
    numbers = (str(step[6]) for step in reversed(steps) if step[6])
    lines = (lines_of(str(step[7])) for step in reversed(steps) if step[7] not in (None, "", "[]"))
    return Order(
        number=next(numbers, ""),
        at=local.at(int(str(steps[0][2]))),
        value=answers.Amount(from_micro(sum(amounts)), currency) if amounts else None,
        lines=next(lines, ()),
        steps=tuple(Step(str(c), str(kind), local.at(int(str(at)))) for c, kind, at, *_ in steps),
        sources=tuple(sorted({str(step[5]) for step in steps if step[5]})),
    )


def _parts(cursor: sqlite3.Cursor, customer: str) -> tuple[Part, ...]:
    rows = cursor.execute(_PARTS, (customer, customer)).fetchall()
    shown: dict[str, dict[answers.Identifier, None]] = {}
    for part, kind, value in select_in(cursor, _PART_IDENTIFIERS, [row[0] for row in rows]):
        shown.setdefault(part, {})[answers.Identifier(kind, value)] = None
    return tuple(Part(part, utc(opened), tuple(shown.get(part, ()))) for part, opened in rows)
