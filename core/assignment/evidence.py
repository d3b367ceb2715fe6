"""All that is known of handles, identifiers, threads and customers, loaded as needed, with what was touched since."""

from __future__ import annotations

from collections.abc import Iterator
from sys import maxsize
from typing import Any, Literal, TypeAlias

from stammkunde.core.assignment.backing import Backing, Changes, Memory, Shown
from stammkunde.core.assignment.cache import Links, Table
from stammkunde.core.assignment.decisions import (
    Decision,
    IdentifierClass,
    IdentifierLinked,
    IdentifierUnlinked,
)
from stammkunde.core.assignment.identifiers import pattern_class
from stammkunde.core.assignment.rows import (
    Customer,
    Handle,
    IdentifierRow,
    Limits,
    Placement,
    Thread,
)
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.errors import DecisionError
from stammkunde.core.names import consistent

Linking: TypeAlias = Literal["all", "party", "none"]
"""Whom an identifier joins: all who use it, only those of the same party, or nobody."""


class Touched:
    """What has to be solved again at the next settlement, and what is to be told then."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.handles: set[str] = set()
        self.identifiers: set[Identifier] = set()
        self.customers: set[str] = set()
        self.threads: set[str] = set()
        self.renamed: set[str] = set()
        self.withdrawn: set[str] = set()
        self.decided: list[Decision] = []

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        found = (self.handles, self.identifiers, self.customers, self.threads, self.withdrawn)
        return bool(self.decided) or any(found)


class Evidence:
    """The tables of evidence and conclusions.

    Over a backing, at most about `keep` rows of a table stay in memory after `save`. Without one all stays in memory and
    `drop` would lose it.
    """

    def __init__(
        self, backing: Backing | None = None, *, limits: Limits | None = None, keep: int = 20_000
    ) -> None:
        """`limits` are for tests; changing them in a running log changes conclusions."""
        self.backing = from_ = backing or Memory()
        self.limits = limits or Limits()
        self._keep = keep if backing else maxsize
        self._handles: Table[str, Handle] = Table(from_.handle)
        self._shown: Table[Shown, str] = Table(self._load_shown)
        self._identifiers: Table[Identifier, IdentifierRow] = Table(from_.identifier)
        self._customers: Table[str, Customer] = Table(from_.customer)
        self._threads: Table[str, Thread] = Table(from_.thread)
        self._placements: Table[str, Placement] = Table(from_.placement)
        self.users: Links[Identifier, str] = Links(from_.handles_using)
        self.mixed: Links[str, str] = Links(from_.threads_with)
        self.homes: Links[str, str] = Links(from_.handles_at_home)
        self.owned: Links[str, Identifier] = Links(from_.owned_by)
        self.absorbed: Links[str, str] = Links(from_.merged_into)
        self.placed: Links[str, str] = Links(from_.placed_with)
        self.distinct: Links[str, str] = Links(from_.distinct_from)
        self._new: set[str] = set()
        self._counted: set[str] = set()
        self._absent: set[str] | None = None
        self._last_number: int | None = None
        self.touched = Touched()

    # ---- with the backing

    def attach(self, cursor: Any) -> None:
        """Read and write by this cursor, in its transaction."""
        self.backing.attach(cursor)

    def drop(self) -> None:
        """Forget what is cached and not saved: another process wrote, or the transaction was rolled back."""
        for cache in self._caches():
            cache.clear()
        self._new.clear()
        self._counted.clear()
        self._absent = None
        self._last_number = None
        self.touched = Touched()

    def save(self) -> None:
        """Write what changed since the last `save`."""
        handles = [row for _, row in self._handles.changed() if row]
        self.backing.save(
            Changes(
                new_handles=[row for row in handles if row.id in self._new],
                handles=[row for row in handles if row.id not in self._new],
                counts=[self.handle(key) for key in self._counted],
                identifiers=[row for _, row in self._identifiers.changed() if row],
                customers=[row for _, row in self._customers.changed() if row],
                threads=self._threads.changed(),
                placements=self._placements.changed(),
                links=self.users.changed(),
                mixed=self.mixed.changed(),
                distinct=self.distinct.changed(),
                last_number=self._last_number,
            )
        )
        self._new.clear()
        self._counted.clear()
        for cache in self._caches():
            cache.saved(self._keep)

    def _caches(self) -> Iterator[Table[Any, Any] | Links[Any, Any]]:
        yield from (self._handles, self._shown, self._identifiers)
        yield from (self._customers, self._threads, self._placements)
        yield from (self.users, self.mixed, self.homes, self.owned)
        yield from (self.absorbed, self.placed, self.distinct)

    def next_number(self) -> int:
        """A number higher than all before: the order in which things came about."""
        if self._last_number is None:
            self._last_number = self.backing.last_number()
        self._last_number += 1
        return self._last_number

    # ---- handles

    def handle(self, handle: str) -> Handle:
        """A known handle; an unknown id is a fault of the caller."""
        row = self._handles.get(handle)
        if row is None:
            raise DecisionError("There is no such handle in this log.")
        return row

    def handle_showing(self, shown: Shown) -> Handle | None:
        """The handle that shows exactly this and is not retired."""
        found = self._shown.get(shown)
        return self.handle(found) if found else None

    def _load_shown(self, shown: Shown) -> str | None:
        row = self.backing.handle_showing(shown)
        if row is None:
            return None
        if not self._handles.knows(row.id):  # the one in memory may have changed since
            self._handles.keep(row.id, row)
        return row.id

    def add_handle(self, new: str, shown: Shown, name: Name | None) -> Handle:
        """A handle that was never seen before."""
        row = Handle(new, self.next_number(), shown[0], name, shown[1])
        self._handles.put(new, row)
        self._shown.keep(shown, new)
        self._new.add(new)
        self._counted.add(new)
        return row

    def retire(self, row: Handle) -> None:
        """Later contacts that show the same get a new handle."""
        row.retired = True
        self._handles.change(row.id)
        self._shown.keep((row.identifiers, row.party), None)

    def count(self, row: Handle, contacts: int, relations: int) -> None:
        """Add to the counts of a handle."""
        row.contacts += contacts
        row.relations += relations
        self._counted.add(row.id)

    def set_home(self, row: Handle, customer: str) -> None:
        """Give a handle to another customer."""
        if row.home is not None:
            self.homes.discard(row.home, row.id)
        self.homes.add(customer, row.id)
        row.home = customer
        row.since = self.next_number()
        self._handles.change(row.id)

    def change_handle(self, row: Handle) -> None:
        """Say that rule or tie of a handle changed."""
        self._handles.change(row.id)

    def holder(self, row: Handle) -> str | None:
        """The living customer of a handle."""
        return self.living(row.home) if row.rule and row.home else None

    # ---- identifiers

    def identifier(self, identifier: Identifier) -> IdentifierRow:
        """The row of an identifier; of an unknown one an empty row."""
        row = self._identifiers.get(identifier)
        if row is None:
            row = IdentifierRow(identifier)
            self._identifiers.keep(identifier, row)
        return row

    def change_identifier(self, row: IdentifierRow) -> None:
        """Say that the row of an identifier changed."""
        self._identifiers.put(row.identifier, row)

    def set_owner(self, row: IdentifierRow, customer: str | None, *, said: bool = False) -> None:
        """Give an identifier to a customer, or to nobody, as a person wishes; what changes in his links is told."""
        before, after = row.owner if row.owner_said else None, customer if said else None
        if before != after:
            if before:
                self.touched.decided.append(IdentifierUnlinked(before, row.identifier))
            if after:
                self.touched.decided.append(IdentifierLinked(after, row.identifier))
        if row.owner is not None:
            self.owned.discard(row.owner, row.identifier)
        if customer is not None:
            self.owned.add(customer, row.identifier)
        row.owner, row.owner_said = customer, said
        self.change_identifier(row)

    def is_hub(self, row: IdentifierRow) -> bool:
        """Whether so many people use it that it links nobody."""
        return row.named > self.limits.handles_of_identifier and row.said != "exclusive"

    def own_class(self, row: IdentifierRow) -> IdentifierClass:
        """The class by what was said and seen of the identifier itself, before whole groups are looked at."""
        if row.said:
            return row.said
        if row.owner_said:
            return "shared" if row.contradictory else "exclusive"
        if by_pattern := pattern_class(row.identifier):
            return by_pattern
        return "shared" if row.contradictory else "exclusive"

    def linking(self, row: IdentifierRow) -> Linking:
        """Whom an identifier joins, as far as its own evidence goes."""
        class_ = self.own_class(row)
        if class_ == "exclusive":
            return "all"
        return "none" if class_ == "blocked" or self.is_hub(row) else "party"

    def owner(self, row: IdentifierRow) -> str | None:
        """The living customer whom a person gave it; one given in passing yields to contradicting names."""
        if row.owner and (row.owner_said or self.own_class(row) == "exclusive"):
            return self.living(row.owner)
        return None

    def concluded_class(self, row: IdentifierRow) -> IdentifierClass:
        """The class that was last concluded."""
        return row.class_ or pattern_class(row.identifier) or "exclusive"

    def named_users(self, row: IdentifierRow) -> Iterator[Handle]:
        """The named handles that use it."""
        return map(self.handle, self.users.of(row.identifier))

    def weigh_names(self, row: IdentifierRow) -> None:
        """See whether the names on an identifier contradict each other; a hub's are too many to tell."""
        many = row.named > self.limits.handles_of_identifier
        row.contradictory = many or not consistent(h.party for h in self.named_users(row))

    # ---- customers

    def customer(self, customer: str) -> Customer:
        """A known customer, merged or not."""
        row = self._customers.get(customer)
        if row is None:
            raise DecisionError("There is no such customer.")
        return row

    def open_customer(self, new: str) -> Customer:
        """A new customer."""
        row = Customer(new, self.next_number())
        self._customers.put(new, row)
        return row

    def living(self, customer: str) -> str:
        """The customer that this one is part of in the end."""
        while into := self.customer(customer).into:
            customer = into
        return customer

    def set_into(self, row: Customer, into: str | None) -> None:
        """Merge a customer into another one, or let it stand by itself."""
        if row.into is not None:
            self.absorbed.discard(row.into, row.id)
        if into is not None:
            self.absorbed.add(into, row.id)
        row.into, row.since = into, self.next_number()
        self._customers.change(row.id)

    def tie_customer(self, row: Customer) -> None:
        """A person named this customer."""
        row.tied = True
        self._customers.change(row.id)

    def family(self, customer: str) -> list[str]:
        """A customer and all ids that were merged into it."""
        found = [customer]
        for one in found:
            found += sorted(self.absorbed.of(one))
        return found

    def handles_of(self, customer: str) -> list[Handle]:
        """The handles that a living customer has now, oldest first."""
        rows = (self.handle(h) for one in self.family(customer) for h in self.homes.of(one))
        return sorted((row for row in rows if row.rule), key=lambda row: row.number)

    # ---- threads and placements

    def thread(self, thread: str) -> Thread | None:
        """A known thread."""
        return self._threads.get(thread)

    def put_thread(self, key: str, thread: Thread | None) -> None:
        """A new or changed thread, or None."""
        self._threads.put(key, thread)

    def placement(self, contact: str) -> Placement | None:
        """How a contact is placed by itself."""
        return self._placements.get(contact)

    def place(self, row: Placement) -> None:
        """Place a contact by itself, instead of how it was placed before."""
        self.unplace(row.contact)
        self._placements.put(row.contact, row)
        if row.customer is not None:
            self.placed.add(row.customer, row.contact)

    def unplace(self, contact: str) -> None:
        """Let a contact follow its handle."""
        row = self.placement(contact)
        if row is not None:
            if row.customer is not None:
                self.placed.discard(row.customer, contact)
            if not row.present:
                self.absent.discard(contact)
            self._placements.put(contact, None)

    def move_placement(self, row: Placement, customer: str) -> None:
        """Place a contact with another customer, by the same word."""
        if row.customer is not None:
            self.placed.discard(row.customer, row.contact)
        self.placed.add(customer, row.contact)
        row.customer, row.since = customer, self.next_number()
        self._placements.change(row.contact)

    def pin(self, row: Placement) -> None:
        """Let a placement be a person's word from now on."""
        row.rule = "person"
        self._placements.change(row.contact)

    @property
    def absent(self) -> set[str]:
        """Withdrawn contacts whose placement waits for their return."""
        if self._absent is None:
            self._absent = set(self.backing.absent())
        return self._absent

    def set_present(self, row: Placement, *, present: bool) -> None:
        """A placed contact was withdrawn, or came back."""
        row.present = present
        self._placements.change(row.contact)
        (self.absent.discard if present else self.absent.add)(row.contact)
