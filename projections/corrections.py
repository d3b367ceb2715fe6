"""What a batch changed of what was there before, gathered while it is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

_CHUNK = 500


class Corrections(msgspec.Struct):
    """Living customers, local days, threads and orders whose derived rows are to be computed again.

    `parties` are counterparts without a customer: a handle, or a contact that has none. `cards` are customers of whom only name, attributes and search terms may be others.
    """

    customers: set[str] = msgspec.field(default_factory=set)
    days: set[str] = msgspec.field(default_factory=set)
    threads: set[str] = msgspec.field(default_factory=set)
    orders: set[str] = msgspec.field(default_factory=set)
    parties: set[str] = msgspec.field(default_factory=set)
    cards: set[str] = msgspec.field(default_factory=set)

    def add(
        self, customer: str | None, party: str, day: str, thread: str | None, order: str | None
    ) -> None:
        """A contact as it stood before or stands after its correction; `party` is its handle, else itself."""
        if customer:
            self.customers.add(customer)
        else:
            self.parties.add(party)
        self.days.add(day)
        if thread:
            self.threads.add(thread)
        if order:
            self.orders.add(order)


def chunks(ids: Iterable[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Ids in portions, sorted, each with its placeholders: every database has a limit for both."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        yield ",".join("?" * len(part)), part


def select_in(cursor: sqlite3.Cursor, sql: str, ids: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """All rows of a statement whose `{ids}` stands for the ids asked for."""
    for marks, part in chunks(ids):
        yield from cursor.execute(sql.format(ids=marks), part).fetchall()


def execute_in(cursor: sqlite3.Cursor, sql: str, ids: Iterable[str]) -> None:
    """Execute a statement whose `{ids}` stands for the ids."""
    for marks, part in chunks(ids):
        cursor.execute(sql.format(ids=marks), part)
