"""Where evidence is kept between transactions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeAlias

import msgspec

from stammkunde.core.assignment.rows import Customer, Handle, IdentifierRow, Placement, Thread
from stammkunde.core.contact import Identifier
from stammkunde.core.names import Party

Shown: TypeAlias = tuple[frozenset[Identifier], Party | None]
"""What makes a handle: equal identifiers, and names that fold alike."""


class Changes(msgspec.Struct, frozen=True):
    """What one transaction changed; None takes a row away, False a link."""

    new_handles: list[Handle]
    handles: list[Handle]
    counts: list[Handle]
    identifiers: list[IdentifierRow]
    customers: list[Customer]
    threads: list[tuple[str, Thread | None]]
    placements: list[tuple[str, Placement | None]]
    links: list[tuple[Identifier, str, bool]]
    mixed: list[tuple[str, str, bool]]
    distinct: list[tuple[str, str, bool]]
    last_number: int | None


class Backing(Protocol):
    """Rows by key, links by either end; only `save` writes."""

    def attach(self, cursor: Any) -> None:
        """Read and write by this DB-API cursor from now on, within its transaction."""

    def last_number(self) -> int:
        """The highest number given to a handle, a customer or a merge; 0 at first."""

    def handle(self, handle: str) -> Handle | None:
        """A handle by id."""

    def handle_showing(self, shown: Shown) -> Handle | None:
        """The handle that shows exactly this and is not retired."""

    def identifier(self, identifier: Identifier) -> IdentifierRow | None:
        """The row of an identifier."""

    def customer(self, customer: str) -> Customer | None:
        """A customer by id, merged ones included."""

    def thread(self, thread: str) -> Thread | None:
        """A thread by id."""

    def placement(self, contact: str) -> Placement | None:
        """How a contact is placed by itself."""

    def absent(self) -> Iterable[str]:
        """Contacts whose placement waits for their return."""

    def handles_using(self, identifier: Identifier) -> Iterable[str]:
        """Named handles with contacts that use an identifier."""

    def threads_with(self, handle: str) -> Iterable[str]:
        """Threads of several handles that hold this one."""

    def handles_at_home(self, customer: str) -> Iterable[str]:
        """Handles whose home is this very id."""

    def owned_by(self, customer: str) -> Iterable[Identifier]:
        """Identifiers that a person gave to this very id."""

    def merged_into(self, customer: str) -> Iterable[str]:
        """Ids that were merged into this one directly."""

    def placed_with(self, customer: str) -> Iterable[str]:
        """Contacts placed with this very id by themselves."""

    def distinct_from(self, customer: str) -> Iterable[str]:
        """Ids that a person said are never this one."""

    def save(self, changes: Changes) -> None:
        """Write all changes of a transaction."""


class Memory:
    """Keeps nothing: all evidence stays in memory, which is never trimmed."""

    def attach(self, cursor: Any) -> None:
        """Nothing to attach to."""

    def last_number(self) -> int:
        """Numbers begin at 1."""
        return 0

    def handle(self, handle: str) -> None:
        """Nothing is kept."""

    def handle_showing(self, shown: Shown) -> None:
        """Nothing is kept."""

    def identifier(self, identifier: Identifier) -> None:
        """Nothing is kept."""

    def customer(self, customer: str) -> None:
        """Nothing is kept."""

    def thread(self, thread: str) -> None:
        """Nothing is kept."""

    def placement(self, contact: str) -> None:
        """Nothing is kept."""

    def save(self, changes: Changes) -> None:
        """What changed stays where it is."""

    def _none(self, _: Any = None) -> tuple[()]:
        return ()

    absent = handles_using = threads_with = handles_at_home = _none
    owned_by = merged_into = placed_with = distinct_from = _none
