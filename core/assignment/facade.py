"""The door to assignment: observe, forget, decide, settle, ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stammkunde.core.assignment import people
from stammkunde.core.assignment.decisions import (
    Decision,
    IdentifierClass,
    Observation,
    Suggestion,
)
from stammkunde.core.assignment.evidence import Evidence, Touched
from stammkunde.core.assignment.identifiers import best, usable
from stammkunde.core.assignment.observing import forget, observe
from stammkunde.core.assignment.settlement import Settlement
from stammkunde.core.assignment.suggestions import suggest
from stammkunde.core.assignment.threads import decide_threads
from stammkunde.core.assignment.unmerging import unmerge
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.names import party_of


class Assignment:
    """Keeps up to date whose each handle is, and each contact that does not follow its handle.

    All calls belong in one transaction of the evidence. Each contact is observed once, and forgotten before it is
    observed anew: the caller drops duplicates. What a person decides takes effect with the next `settle`; impossible
    decisions raise `DecisionError` and change nothing.
    """

    def __init__(self, evidence: Evidence, new_id: Callable[[], str]) -> None:
        """`new_id` makes random ids of 32 hex digits."""
        self.evidence = evidence
        self._new_id = new_id

    # ---- evidence

    def handle_for(
        self,
        identifiers: Iterable[Identifier],
        name: Name | None,
        *,
        last: str | None = None,
    ) -> tuple[str | None, bool]:
        """The handle of a counterpart, and whether it is new; None where no identifier can be used.

        Own identifiers are dropped by the caller. `last` is the handle that the contact had before an amendment: it is
        kept if the counterpart still shows himself the same way, even where it is retired.
        """
        usable_ones = usable(identifiers)
        if not usable_ones:
            return None, False
        party = party_of(name)
        shown = (usable_ones if party else frozenset((best(usable_ones),)), party)
        if last is not None:
            before = self.evidence.handle(last)
            if (before.identifiers, before.party) == shown:
                return last, False
        known = self.evidence.handle_showing(shown)
        if known is not None:
            return known.id, False
        return self.evidence.add_handle(self._new_id(), shown, name if party else None).id, True

    def shows(self, handle: str) -> tuple[frozenset[Identifier], Name | None]:
        """The identifiers and the name (as first written) of a handle."""
        row = self.evidence.handle(handle)
        return row.identifiers, row.name

    def observe(self, observations: Iterable[Observation]) -> None:
        """Take contacts into evidence."""
        for seen in observations:
            observe(self.evidence, seen)

    def forget(self, observations: Iterable[Observation]) -> None:
        """Take contacts out of evidence, as if they had never been seen; the same observations as went in."""
        for seen in observations:
            forget(self.evidence, seen)

    def settle(self) -> list[Decision]:
        """Solve again what was touched; the differences to what stood, in the order in which they hold."""
        evidence = self.evidence
        if not evidence.touched:
            return []
        settlement = Settlement(evidence, self._new_id)
        decisions = evidence.touched.decided + settlement.decisions
        decisions += decide_threads(evidence, settlement)
        evidence.touched = Touched()
        return decisions

    # ---- questions

    def customer_of_handle(self, handle: str) -> str | None:
        """The living customer of a handle."""
        return self.evidence.holder(self.evidence.handle(handle))

    def customer_of(self, contact: str, handle: str | None) -> str | None:
        """The living customer of a contact: its own, else its handle's."""
        placement = self.evidence.placement(contact)
        if placement is not None:
            return self.evidence.living(placement.customer) if placement.customer else None
        return self.customer_of_handle(handle) if handle else None

    def find(self, identifier: Identifier) -> str | None:
        """The living customer to whom an identifier leads by itself."""
        evidence = self.evidence
        row = evidence.identifier(identifier)
        exclusive = evidence.concluded_class(row) == "exclusive"
        if (row.owner_said or exclusive) and (owner := evidence.owner(row)):
            return owner
        if not exclusive:
            return None
        bare = [evidence.handle(row.bare)] if row.bare else []
        holders = (evidence.holder(one) for one in (*bare, *evidence.named_users(row)))
        return next((holder for holder in holders if holder), None)

    def class_of(self, identifier: Identifier) -> IdentifierClass:
        """What an identifier is, as last concluded."""
        return self.evidence.concluded_class(self.evidence.identifier(identifier))

    def resolve(self, customer: str) -> str:
        """The living customer that this one is, or is part of; `DecisionError` if there is none."""
        return self.evidence.living(customer)

    def suggestions(self, handle: str | None, thread: str | None = None) -> list[Suggestion]:
        """Customers whose an open contact may be, oldest first."""
        return suggest(self.evidence, handle, thread)

    # ---- what a person decides

    def assign(self, contact: Observation, customer: str | None) -> None:
        """One contact is this customer's, whatever its handle; None: nobody's."""
        people.assign(self.evidence, contact, customer)

    def release(self, contact: Observation) -> None:
        """Take back what `assign` said of a contact."""
        people.release(self.evidence, contact)

    def open_customer(self) -> str:
        """A new customer's id; he has nothing yet."""
        people.open_customer(self.evidence, new := self._new_id())
        return new

    def merge(self, a: str, b: str, *, anyway: bool = False) -> None:
        """Two customers are one; refused where a person said that they are two, unless `anyway`."""
        people.merge(self.evidence, a, b, anyway=anyway)

    def unmerge(self, a: str, b: str) -> None:
        """Two customers who became one, by whatever rule, are two."""
        unmerge(self.evidence, a, b)

    def distinct(self, a: str, b: str) -> None:
        """Two customers are never the same."""
        people.distinct(self.evidence, a, b)

    def classify(self, identifier: Identifier, class_: IdentifierClass) -> None:
        """What an identifier is."""
        people.classify(self.evidence, identifier, class_)

    def declassify(self, identifier: Identifier) -> None:
        """Take back `classify`."""
        people.declassify(self.evidence, identifier)

    def link(self, identifier: Identifier, customer: str) -> None:
        """Whose an identifier is."""
        people.link(self.evidence, identifier, customer)

    def unlink(self, identifier: Identifier, customer: str) -> None:
        """Take back `link`."""
        people.unlink(self.evidence, identifier, customer)
