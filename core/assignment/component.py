"""What hangs together: handles, exclusive identifiers and customers that a person named, reached from one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.rows import Handle
from stammkunde.core.contact import Identifier
from stammkunde.core.names import is_weak, party_key


class Group:
    """Named handles, identifiers and tied customers that belong together."""

    __slots__ = ("customers", "handles", "identifiers")

    def __init__(self) -> None:
        """Empty."""
        self.handles: set[str] = set()
        self.identifiers: set[Identifier] = set()
        self.customers: set[str] = set()

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.handles or self.identifiers or self.customers)


def component(
    evidence: Evidence,
    *,
    handles: Iterable[str] = (),
    identifiers: Iterable[Identifier] = (),
    customers: Iterable[str] = (),
) -> Group:
    """All that these are joined to by links of which the evidence of an identifier alone approves.

    Handles are joined by an exclusive identifier; by a shared one only to handles of the same party, and never by an
    initial. A hub joins nobody.
    """
    walk = _Walk(evidence)
    walk.start(handles, identifiers, customers)
    return walk.found


class _Walk:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.found = Group()
        self._handles: list[str] = []
        self._identifiers: list[Identifier] = []
        self._customers: list[str] = []

    def start(
        self, handles: Iterable[str], identifiers: Iterable[Identifier], customers: Iterable[str]
    ) -> None:
        for handle in handles:
            self._reach_handle(handle)
        for identifier in identifiers:
            self._reach_identifier(identifier)
        for customer in customers:
            self._reach_customer(customer)
        while self._handles or self._identifiers or self._customers:
            if self._handles:
                self._from_handle(self._evidence.handle(self._handles.pop()))
            elif self._identifiers:
                self._from_identifier(self._identifiers.pop())
            else:
                self._from_customer(self._customers.pop())

    def _reach_handle(self, handle: str) -> None:
        if handle not in self.found.handles:
            self.found.handles.add(handle)
            self._handles.append(handle)

    def _reach_identifier(self, identifier: Identifier) -> None:
        if identifier not in self.found.identifiers:
            self.found.identifiers.add(identifier)
            self._identifiers.append(identifier)

    def _reach_customer(self, customer: str) -> None:
        if customer not in self.found.customers:
            self.found.customers.add(customer)
            self._customers.append(customer)

    def _from_handle(self, row: Handle) -> None:
        evidence = self._evidence
        for identifier in row.identifiers:
            user = evidence.identifier(identifier)
            linking = evidence.linking(user)
            if linking == "all":
                self._reach_identifier(identifier)
            elif linking == "party" and row.party and not is_weak(row.party):
                key = party_key(row.party)
                for other in evidence.named_users(user):
                    if other.party and party_key(other.party) == key and not is_weak(other.party):
                        self._reach_handle(other.id)
        if row.tied and row.home:
            self._reach_customer(evidence.living(row.home))

    def _from_identifier(self, identifier: Identifier) -> None:
        evidence = self._evidence
        row = evidence.identifier(identifier)
        if evidence.own_class(row) == "exclusive":
            for handle in evidence.users.of(identifier):
                self._reach_handle(handle)
        else:
            self.found.identifiers.discard(identifier)
        owner = evidence.owner(row)
        if owner:
            self._reach_customer(owner)

    def _from_customer(self, customer: str) -> None:
        evidence = self._evidence
        for handle in tied_handles(evidence, customer):
            self._reach_handle(handle.id)
        for one in evidence.family(customer):
            for identifier in evidence.owned.of(one):
                row = evidence.identifier(identifier)
                if evidence.owner(row) == customer and evidence.own_class(row) == "exclusive":
                    self._reach_identifier(identifier)


def tied_handles(evidence: Evidence, customer: str) -> Iterator[Handle]:
    """The named handles with contacts that a person's word keeps with a customer."""
    for one in evidence.family(customer):
        for handle in map(evidence.handle, evidence.homes.of(one)):
            if handle.tied and handle.party and handle.contacts:
                yield handle
