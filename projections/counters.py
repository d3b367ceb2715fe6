"""What is counted for each living customer: contacts, orders, first and last contact, revenue.

A new contact is added up; whatever a correction touched is deleted and computed again from `contacts`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from stammkunde.projections.corrections import chunks
from stammkunde.projections.projection import Fact


class Sums(msgspec.Struct):
    """What new contacts add to one customer."""

    contacts: int = 0
    orders: int = 0
    first_at: int | None = None
    last_at: int | None = None
    money: dict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))

    def add(self, fact: Fact) -> None:
        """Take one contact in."""
        if fact.counted:
            self.contacts += 1
            self.first_at = fact.at if self.first_at is None else min(self.first_at, fact.at)
            self.last_at = fact.at if self.last_at is None else max(self.last_at, fact.at)
        self.orders += fact.kind == "order_placed"
        if fact.amount_micro is not None:
            self.money[fact.currency] += fact.amount_micro


def add_up(cursor: sqlite3.Cursor, added: Iterable[Fact], corrected: set[str]) -> None:
    """Add new contacts to their customers, save those that are computed again anyway."""
    sums: dict[str, Sums] = defaultdict(Sums)
    for fact in added:
        if fact.customer and fact.customer not in corrected:
            sums[fact.customer].add(fact)
    cursor.executemany(
        "UPDATE customers SET contacts = contacts + ?, orders = orders + ?,"
        " first_at = CASE WHEN first_at <= ? THEN first_at ELSE coalesce(?, first_at) END,"
        " last_at = CASE WHEN last_at >= ? THEN last_at ELSE coalesce(?, last_at) END,"
        " kind = CASE WHEN role <> '' THEN role WHEN orders + ? > 0 THEN 'customer' ELSE 'prospect' END"
        " WHERE id = ?",
        [
            (s.contacts, s.orders, s.first_at, s.first_at, s.last_at, s.last_at, s.orders, customer)
            for customer, s in sorted(sums.items())
        ],
    )
    cursor.executemany(
        "INSERT INTO revenue (customer, currency, amount_micro) VALUES (?, ?, ?)"
        " ON CONFLICT (customer, currency) DO UPDATE"
        " SET amount_micro = revenue.amount_micro + excluded.amount_micro",
        [
            (customer, currency, amount)
            for customer, s in sorted(sums.items())
            for currency, amount in s.money.items()
        ],
    )


def count_again(cursor: sqlite3.Cursor, customers: Iterable[str]) -> None:
    """Compute counters and revenue of these customers from their contacts."""
    for marks, part in chunks(customers):
        cursor.execute(
            "UPDATE customers SET contacts = 0, orders = 0, first_at = NULL, last_at = NULL"
            f" WHERE id IN ({marks})",
            part,
        )
        cursor.execute(f"DELETE FROM revenue WHERE customer IN ({marks})", part)
        _count(cursor, f"customer IN ({marks})", part)


def count_all(cursor: sqlite3.Cursor) -> None:
    """The same for all customers of new views, in one pass over the contacts: an index would lead it astray."""
    _count(cursor, "customer IS NOT NULL", ())


def _count(cursor: sqlite3.Cursor, where: str, values: Sequence[str]) -> None:
    counts = cursor.execute(
        "SELECT count(*), sum(CASE WHEN kind = 'order_placed' THEN 1 ELSE 0 END), min(at), max(at), customer"
        f" FROM contacts WHERE {where} AND counted = 1 AND retracted = 0 GROUP BY customer",
        values,
    ).fetchall()
    cursor.executemany(
        "UPDATE customers SET contacts = ?, orders = ?, first_at = ?, last_at = ? WHERE id = ?",
        counts,
    )
    cursor.execute(
        "INSERT INTO revenue (customer, currency, amount_micro) SELECT customer, currency, sum(amount_micro)"
        f" FROM contacts WHERE {where} AND amount_micro IS NOT NULL AND retracted = 0"
        " GROUP BY customer, currency",
        values,
    )
