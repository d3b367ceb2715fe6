"""A stand-in for intake: contacts of made-up people go in once, decisions are replayed, the partition comes out."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from stammkunde.core.assignment import (
    Assignment,
    ContactAssigned,
    ContactUnassigned,
    CustomerMerged,
    CustomerOpened,
    CustomerUnmerged,
    Decision,
    Evidence,
    HandleAssigned,
    HandleUnassigned,
    IdentifierClassified,
    Observation,
)
from stammkunde.core.assignment.rows import Limits
from stammkunde.core.assignment.tables import SCHEMA, SqliteBacking
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.crypto import Keys
from stammkunde.core.names import Party, party_of

RELATIONSHIPS = ("order", "form", "entry", "call", "mail_out")


class Told(NamedTuple):
    """One contact as a test tells it: `call` is one in which people talked, `ring` one in which they did not."""

    n: int
    kind: str
    identifiers: frozenset[Identifier]
    name: Name | None = None
    thread: str | None = None

    @property
    def id(self) -> str:
        return f"c{self.n:02}"


class Replay:
    """The state that the decisions alone tell: what a projection knows."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.into: dict[str, str] = {}
        self.handles: dict[str, str] = {}
        self.contacts: dict[str, str | None] = {}
        self.classes: dict[Identifier, str] = {}

    def take(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            match decision:
                case CustomerOpened() | CustomerMerged() | CustomerUnmerged():
                    self._take_customer(decision)
                case HandleAssigned(handle, customer):
                    assert customer in self.opened
                    self.handles[handle] = customer
                case HandleUnassigned(handle):
                    del self.handles[handle]
                case ContactAssigned(contact, customer):
                    self.contacts[contact] = customer
                case ContactUnassigned(contact, rule):
                    self.contacts[contact] = None
                    if rule != "person":
                        del self.contacts[contact]
                case IdentifierClassified(identifier, class_):
                    assert self.classes.get(identifier) != class_
                    self.classes[identifier] = class_

    def _take_customer(self, decision: CustomerOpened | CustomerMerged | CustomerUnmerged) -> None:
        match decision:
            case CustomerOpened(customer):
                assert customer not in self.opened
                self.opened.add(customer)
            case CustomerMerged(customer, into):
                self.into[customer] = into
            case CustomerUnmerged(customer, from_):
                assert self.into.pop(customer) == from_

    def customer_of(self, contact: str, handle: str | None) -> str | None:
        customer = self.contacts.get(contact, self.handles.get(handle or ""))
        while customer in self.into:
            customer = self.into[customer]
        return customer


class World:
    """An assignment, all contacts that went in, and all decisions that came out."""

    def __init__(self, evidence: Evidence | None = None) -> None:
        self.assignment = Assignment(evidence or Evidence(), self._new_id())
        self.told: dict[str, Told] = {}
        self.seen: dict[str, Observation] = {}
        self.handles: set[str] = set()
        self.replay = Replay()

    @staticmethod
    def _new_id() -> Callable[[], str]:
        numbers = iter(range(1 << 20))
        return lambda: f"{next(numbers) * 7919 % 1048573:032x}"  # no order to lean on

    def take(self, told: Sequence[Told] = (), forget: Sequence[Told] = ()) -> list[Decision]:
        """One transaction: some contacts come, some are withdrawn."""
        for one in forget:
            if one.id in self.told:
                del self.told[one.id]
                self.assignment.forget((self.seen[one.id],))
        for one in told:
            if one.id not in self.told:
                self.told[one.id] = one
                self.assignment.observe((self._observation(one),))
        return self.settle()

    def settle(self) -> list[Decision]:
        decisions = self.assignment.settle()
        self.replay.take(decisions)
        return decisions

    def _observation(self, told: Told) -> Observation:
        before = self.seen.get(told.id)
        last = before.handle if before else None
        handle, _ = self.assignment.handle_for(told.identifiers, told.name, last=last)
        if handle:
            self.handles.add(handle)
        self.seen[told.id] = Observation(
            contact=told.id,
            handle=handle,
            at_ms=told.n,
            relationship=told.kind in RELATIONSHIPS,
            thread=told.thread,
            outbound=told.kind == "mail_out",
            inbound=told.kind == "mail_in",
        )
        return self.seen[told.id]

    # ---- views

    def customer(self, n: int) -> str | None:
        seen = self.seen[f"c{n:02}"]
        return self.assignment.customer_of(seen.contact, seen.handle)

    def partition(self) -> tuple[frozenset[frozenset[int]], frozenset[int]]:
        """The contacts of each customer, and the open ones."""
        groups: defaultdict[str | None, set[int]] = defaultdict(set)
        for one in self.told.values():
            groups[self.customer(one.n)].add(one.n)
        open_ = groups.pop(None, set())
        return frozenset(map(frozenset, groups.values())), frozenset(open_)

    def classes(self) -> dict[Identifier, str]:
        """The class of each identifier of a contact that is there."""
        known = {identifier for one in self.told.values() for identifier in one.identifiers}
        return {identifier: self.assignment.class_of(identifier) for identifier in known}

    def state(self) -> tuple[object, object]:
        return self.partition(), self.classes()

    def shown(self) -> str:
        """`13 · 2 | 4`: groups and, behind the bar, the open ones."""
        groups, open_ = self.partition()
        text = " · ".join(sorted("".join(map(str, sorted(group))) for group in groups))
        rest = "".join(map(str, sorted(open_)))
        return f"{text} | {rest}".strip() if open_ else text

    def parties(self, customer: str) -> set[Party | None]:
        return {
            party_of(one.name) for one in self.told.values() if self.customer(one.n) == customer
        }

    # ---- decisions, by the contacts' numbers

    def assign(self, n: int, customer: str | None) -> list[Decision]:
        self.assignment.assign(self.seen[f"c{n:02}"], customer)
        return self.settle()

    def solve_all(self) -> list[Decision]:
        """Have everything solved again."""
        evidence = self.assignment.evidence
        for handle in map(evidence.handle, self.handles):
            if handle.party:
                evidence.touched.handles.add(handle.id)
            evidence.touched.identifiers |= handle.identifiers
        evidence.touched.threads |= {one.thread for one in self.told.values() if one.thread}
        return self.settle()


class StoredWorld(World):
    """The same over tables; everything is dropped from memory after each transaction."""

    def __init__(self, *, limits: Limits | None = None, drop: bool = True) -> None:
        keys = Keys(b"r" * 32)
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.executescript(SCHEMA)
        backing = SqliteBacking(keys.index, keys.seal.seal, keys.seal.unseal)
        evidence = Evidence(backing, limits=limits, keep=4)
        evidence.attach(self.connection.cursor())
        self._drop = drop
        super().__init__(evidence)

    def settle(self) -> list[Decision]:
        decisions = super().settle()
        self.assignment.evidence.save()
        if self._drop:
            self.assignment.evidence.drop()
        return decisions
