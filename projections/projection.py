"""What a further read model implements to be filled in the same transactions as the contacts.

Its tables stand in `views.db` and follow `contacts`, `customers` and their like, which are up to date when it is called.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol

import msgspec

from stammkunde.core.events import Event
from stammkunde.projections.schema import Table


class Fact(msgspec.Struct, frozen=True):
    """The open facts of a contact as they stand at the end of a batch; columns as in `contacts`."""

    id: str
    item: str
    customer: str | None
    channel: str
    kind: str
    counted: int
    direction: str | None
    outcome: str | None
    at: int
    local_day: str
    local_month: str
    duration_s: int | None
    amount_micro: int | None
    net_micro: int | None
    currency: str
    thread: str | None
    order_id: str | None
    related: str | None


class Touched(msgspec.Struct, frozen=True):
    """What a batch changed.

    `added` are contacts that were not there before and stand; they may be added up. All sets hold what a *correction*
    touched, before and after it (a contact re-assigned, amended, retracted or revived; a customer merged, unmerged or
    given another role): whatever rests on these is deleted and computed again from `contacts`, never changed by a
    difference. An added contact may belong to a corrected customer, day, thread or order. `parties` are handles, and
    contacts without one, as far as they are or were nobody's. `cards` are living customers of whom more, or less, is
    known: by handles that came or went, be it without a contact, and by what people said.
    """

    added: Sequence[Fact]
    customers: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    threads: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()


class Projection(Protocol):
    """A read model. Each call runs within the batch's transaction; what it raises isolates the event (dead letter).

    `apply` is called once a batch with its events, before contacts are written, and stores what events say themselves
    (`calendar.set`); `settle` after contacts and customers are up to date. A rebuild calls `apply` for each batch, never
    `settle`, and `fill` once at the end, when the tables that `settle` keeps are empty and all indexes are there. What
    `fill` makes must equal what any sequence of `settle` makes: `rebuild --check` compares every table.
    """

    tables: Sequence[Table]

    def apply(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        """Store what the events of one batch say."""

    def settle(self, cursor: sqlite3.Cursor, touched: Touched) -> None:
        """Bring derived tables up to date after one batch."""

    def put_off(self, cursor: sqlite3.Cursor) -> bool:
        """Whether `refresh` has anything to do."""

    def refresh(self, cursor: sqlite3.Cursor) -> None:
        """Compute what `settle` put off, once the log is read to its end; in a transaction of its own."""

    def fill(self, cursor: sqlite3.Cursor) -> None:
        """Compute all derived tables from `contacts`."""
