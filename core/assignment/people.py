"""What a person decides: it enters as evidence that always wins and that no rule undoes.

Naming a customer *ties* him: his handles and bare identifiers stay with him, and rules never join two tied ones. Where a
person looked at a whole customer (merge, unmerge, distinct) his nameless contacts are settled too: their handles are
retired, so that what comes later from a number that changes hands is weighed anew.
"""

from __future__ import annotations

from stammkunde.core.assignment.decisions import (
    EXACT,
    ContactAssigned,
    ContactUnassigned,
    CustomerMerged,
    CustomerOpened,
    IdentifierClass,
    Observation,
)
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.identifiers import pattern_class
from stammkunde.core.assignment.observing import (
    count,
    is_related,
    state,
    touch_handle,
    touch_identifier,
)
from stammkunde.core.assignment.rows import Handle, IdentifierRow, Placement
from stammkunde.core.contact import Identifier
from stammkunde.core.errors import DecisionError

# ---- single contacts


def assign(evidence: Evidence, seen: Observation, customer: str | None) -> None:
    """Pin one contact to a customer, or to nobody; it is no relationship of its handle any more."""
    if customer is not None:
        customer = tie(evidence, customer)
    before = evidence.placement(seen.contact)
    pinned = before is not None and before.rule == "person"
    if not pinned and seen.handle:
        handle = evidence.handle(seen.handle)
        count(evidence, handle, 0, -int(_was_related(evidence, seen)))
        touch_handle(evidence, handle)
    evidence.place(
        Placement(
            seen.contact, customer, "person", seen.handle, seen.thread, evidence.next_number()
        )
    )
    if seen.thread:
        _pin_member(evidence, seen.thread, seen.contact)
    evidence.touched.decided.append(
        ContactAssigned(seen.contact, customer, "person", EXACT, ())
        if customer
        else ContactUnassigned(seen.contact, "person")
    )


def release(evidence: Evidence, seen: Observation) -> None:
    """Take a person's word on one contact back: it follows its handle or its thread again."""
    row = evidence.placement(seen.contact)
    if row is None or row.rule != "person":
        raise DecisionError("Nobody decided on this contact by itself.")
    evidence.unplace(seen.contact)
    evidence.touched.decided.append(ContactUnassigned(seen.contact, "released"))
    if seen.thread:
        _pin_member(evidence, seen.thread, seen.contact, pinned=False)
    if seen.handle and row.present:
        handle = evidence.handle(seen.handle)
        count(evidence, handle, 0, int(_was_related(evidence, seen)))
        touch_handle(evidence, handle)


def _was_related(evidence: Evidence, seen: Observation) -> bool:
    thread = evidence.thread(seen.thread) if seen.thread else None
    member = thread.members.get(seen.contact) if thread else None
    return is_related(thread, member) if thread and member else seen.relationship


def _pin_member(evidence: Evidence, key: str, contact: str, *, pinned: bool = True) -> None:
    thread = evidence.thread(key)
    member = thread.members.get(contact) if thread else None
    if thread and member:
        member.pinned, thread.marked = pinned, True
        evidence.put_thread(key, thread)
        evidence.touched.threads.add(key)


# ---- customers


def open_customer(evidence: Evidence, new: str) -> None:
    """A customer of whom nothing is known yet but that a person says there is one."""
    evidence.tie_customer(evidence.open_customer(new))
    evidence.touched.decided.append(CustomerOpened(new, "person"))


def tie(evidence: Evidence, customer: str) -> str:
    """The living customer, now one whom a person named: he keeps what he has."""
    customer = evidence.living(customer)
    row = evidence.customer(customer)
    if not row.tied:
        evidence.tie_customer(row)
        for handle in evidence.handles_of(customer):
            keep(evidence, handle)
    evidence.touched.customers.add(customer)
    return customer


def hold(evidence: Evidence, customer: str) -> str:
    """The same after a look at all his contacts: each one is settled."""
    customer = tie(evidence, customer)
    for handle in evidence.handles_of(customer):
        settle(evidence, handle)
    for one in evidence.family(customer):
        for contact in sorted(evidence.placed.of(one)):
            placement = evidence.placement(contact)
            if placement and placement.rule != "person":
                _pin_as_placed(evidence, placement)
    return customer


def keep(evidence: Evidence, row: Handle) -> None:
    """Tie a named handle to its home; of a nameless one, give its identifier there if no named handle uses it."""
    if row.party:
        if not row.tied:
            row.tied = True
            evidence.change_handle(row)
            touch_handle(evidence, row)
        return
    for user in map(evidence.identifier, row.identifiers):
        free = user.owner is None and not user.named
        if free and not row.retired and evidence.concluded_class(user) == "exclusive":
            evidence.set_owner(user, row.home)
            evidence.touched.identifiers.add(user.identifier)


def settle(evidence: Evidence, row: Handle) -> None:
    """The same, and the contacts of a nameless one stay there whatever becomes of its identifier."""
    keep(evidence, row)
    if row.party is not None or row.retired:
        return
    evidence.retire(row)
    row.tied = True
    for user in map(evidence.identifier, row.identifiers):
        if user.bare == row.id:
            user.bare = None
            evidence.change_identifier(user)
        evidence.touched.identifiers.add(user.identifier)


def _pin_as_placed(evidence: Evidence, row: Placement) -> None:
    """What its thread told of a contact is now a person's word."""
    thread = evidence.thread(row.thread) if row.thread else None
    member = thread.members.get(row.contact) if thread else None
    if thread and member and member.handle:
        related = is_related(thread, member)
        count(evidence, evidence.handle(member.handle), 0, -int(related))
    evidence.pin(row)
    if row.thread:
        _pin_member(evidence, row.thread, row.contact)
    if row.customer:
        evidence.touched.decided.append(
            ContactAssigned(row.contact, row.customer, "person", EXACT, ())
        )


def merge(evidence: Evidence, a: str, b: str, *, anyway: bool = False) -> None:
    """Two customers are one: the older goes on; that they were said to be two is taken back only `anyway`."""
    one, two = evidence.living(a), evidence.living(b)
    if one == two:
        raise DecisionError("These two are one customer already.")
    if not anyway and _are_distinct(evidence, one, two):
        raise DecisionError(
            "Somebody said that these two are not one, by distinct or by unmerge: with --anyway they are merged all the same."
        )
    held = hold(evidence, a), hold(evidence, b)
    survivor, other = sorted(held, key=lambda one: evidence.customer(one).number)
    for one in evidence.family(survivor):
        for stranger in list(evidence.distinct.of(one)):
            if evidence.living(stranger) == other:
                evidence.distinct.discard(one, stranger)
                evidence.distinct.discard(stranger, one)
    evidence.set_into(evidence.customer(other), survivor)
    evidence.touched.renamed.add(survivor)
    evidence.touched.decided.append(CustomerMerged(other, survivor, "person"))


def _are_distinct(evidence: Evidence, one: str, other: str) -> bool:
    """Whether a person said so of two living customers, or of any who were merged into them."""
    strangers = (
        stranger for each in evidence.family(one) for stranger in evidence.distinct.of(each)
    )
    return other in map(evidence.living, strangers)


def distinct(evidence: Evidence, a: str, b: str) -> None:
    """Two customers are never the same."""
    if evidence.living(a) == evidence.living(b):
        raise DecisionError("These two are one customer: unmerge them first.")
    a, b = hold(evidence, a), hold(evidence, b)
    evidence.distinct.add(a, b)
    evidence.distinct.add(b, a)


# ---- identifiers


def classify(evidence: Evidence, identifier: Identifier, class_: IdentifierClass) -> None:
    """Say what an identifier is; one that is not exclusive has no owner."""
    row = _decidable(evidence, identifier)
    before = state(evidence, row)
    row.said = class_
    evidence.change_identifier(row)
    if class_ != "exclusive":
        _disown(evidence, row)
    touch_identifier(evidence, row, before)
    evidence.touched.identifiers.add(identifier)


def declassify(evidence: Evidence, identifier: Identifier) -> None:
    """Take back what was said of an identifier's class: the names on it tell again."""
    row = _decidable(evidence, identifier)
    if row.said is None:
        raise DecisionError("Nobody said what this identifier is.")
    before = state(evidence, row)
    row.said = None
    evidence.change_identifier(row)
    touch_identifier(evidence, row, before)
    evidence.touched.identifiers.add(identifier)


def link(evidence: Evidence, identifier: Identifier, customer: str) -> None:
    """Say whose an identifier is; what was said of its class is taken back."""
    row = _decidable(evidence, identifier)
    customer = tie(evidence, customer)
    before = state(evidence, row)
    _touch_owner(evidence, row)
    row.said = None
    evidence.set_owner(row, customer, said=True)
    touch_identifier(evidence, row, before)
    evidence.touched.identifiers.add(identifier)


def unlink(evidence: Evidence, identifier: Identifier, customer: str) -> None:
    """Take back what `link` said of this customer."""
    row = _decidable(evidence, identifier)
    if not row.owner_said:
        raise DecisionError(
            "No person linked this identifier: classify it as shared to take it from a customer."
        )
    if not row.owner or evidence.living(row.owner) != evidence.living(customer):
        raise DecisionError("This identifier was linked to another customer.")
    before = state(evidence, row)
    _disown(evidence, row)
    touch_identifier(evidence, row, before)
    evidence.touched.identifiers.add(identifier)


def _decidable(evidence: Evidence, identifier: Identifier) -> IdentifierRow:
    if pattern_class(identifier) == "blocked":
        raise DecisionError(
            "Nobody stands behind this identifier: it can't be used to tell people."
        )
    return evidence.identifier(identifier)


def _disown(evidence: Evidence, row: IdentifierRow) -> None:
    if row.owner is not None:
        _touch_owner(evidence, row)
        evidence.set_owner(row, None)


def _touch_owner(evidence: Evidence, row: IdentifierRow) -> None:
    if row.owner is not None:
        evidence.touched.customers.add(row.owner)
