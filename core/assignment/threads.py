"""Whose a contact from a shared mail address is: its thread tells, if just one customer is in it who uses the address."""

from __future__ import annotations

from collections.abc import Iterable

from stammkunde.core.assignment.decisions import (
    EXACT,
    ContactAssigned,
    ContactUnassigned,
    Decision,
)
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.rows import Handle, Member, Placement, Thread
from stammkunde.core.assignment.settlement import Settlement
from stammkunde.core.contact import Identifier


def decide_threads(evidence: Evidence, settlement: Settlement) -> list[Decision]:
    """Look again at the threads that were touched, and at those where a settlement changed what they could tell."""
    keys = evidence.touched.threads | _affected(evidence, settlement)
    decisions: list[Decision] = []
    for key in sorted(keys):
        if thread := evidence.thread(key):
            decisions += _decide(evidence, key, thread)
    for contact in sorted(evidence.touched.withdrawn):
        decisions += _give_up(evidence, contact)
    return decisions


def _affected(evidence: Evidence, settlement: Settlement) -> set[str]:
    keys: set[str] = set()
    customers = evidence.touched.renamed | {*settlement.renamed}
    for row, before in settlement.moved:
        keys |= evidence.mixed.of(row.id)
        if any(_is_shared_mail(evidence, one) for one in row.identifiers):
            customers |= {one for one in (before, evidence.holder(row)) if one}
    for identifier in settlement.reclassified:
        bare = evidence.identifier(identifier).bare
        if bare and identifier.kind == "mail":
            keys |= evidence.mixed.of(bare)
    for customer in customers:
        keys |= _threads_of(evidence, customer)
    return keys


def _threads_of(evidence: Evidence, customer: str) -> set[str]:
    """Threads in which a customer is beside others, by his handles or by contacts placed with him."""
    keys: set[str] = set()
    for one in evidence.family(customer):
        keys.update(*map(evidence.mixed.of, evidence.homes.of(one)))
        placements = map(evidence.placement, evidence.placed.of(one))
        keys |= {row.thread for row in placements if row and row.thread}
    return keys


def _decide(evidence: Evidence, key: str, thread: Thread) -> list[Decision]:
    decisions: list[Decision] = []
    holders = {member.contact: _direct(evidence, member) for member in thread.members.values()}
    many = len(thread.members) > evidence.limits.contacts_of_thread
    for member in sorted(thread.members.values(), key=lambda one: one.contact):
        if member.pinned:
            continue
        customer = None
        if not many and (address := _open_address(evidence, member)):
            others = {holder for contact, holder in holders.items() if contact != member.contact}
            customer = _only_user(evidence, others - {None}, address)
        placed = evidence.placement(member.contact) if thread.marked else None
        if customer:
            decisions += _place(evidence, key, thread, member, customer, placed)
        elif placed:
            evidence.unplace(member.contact)
            decisions.append(ContactUnassigned(member.contact, "thread"))
    return decisions


def _direct(evidence: Evidence, member: Member) -> str | None:
    """Whose a contact is without asking its thread."""
    if member.pinned:
        placement = evidence.placement(member.contact)
        customer = placement.customer if placement else None
        return evidence.living(customer) if customer else None
    return evidence.holder(evidence.handle(member.handle)) if member.handle else None


def _open_address(evidence: Evidence, member: Member) -> Identifier | None:
    """The shared mail address of a contact that says nothing more and is nobody's."""
    row = evidence.handle(member.handle) if member.handle else None
    if row is None or row.party is not None or row.rule:
        return None
    (identifier,) = row.identifiers
    return identifier if _is_shared_mail(evidence, identifier) else None


def _is_shared_mail(evidence: Evidence, identifier: Identifier) -> bool:
    if identifier.kind != "mail":
        return False
    return evidence.concluded_class(evidence.identifier(identifier)) == "shared"


def _only_user(
    evidence: Evidence, customers: Iterable[str | None], address: Identifier
) -> str | None:
    known = [customer for customer in customers if customer]
    if len(known) != 1:
        return None
    return known[0] if any(_uses(row, address) for row in evidence.handles_of(known[0])) else None


def _uses(row: Handle, address: Identifier) -> bool:
    return row.party is not None and address in row.identifiers


def _place(
    evidence: Evidence,
    key: str,
    thread: Thread,
    member: Member,
    customer: str,
    placed: Placement | None,
) -> list[Decision]:
    if placed and placed.customer and evidence.living(placed.customer) == customer:
        return []
    row = Placement(member.contact, customer, "thread", member.handle, key, evidence.next_number())
    evidence.place(row)
    thread.marked = True
    evidence.put_thread(key, thread)
    address = evidence.handle(member.handle).identifiers if member.handle else ()
    return [ContactAssigned(member.contact, customer, "thread", EXACT, tuple(address))]


def _give_up(evidence: Evidence, contact: str) -> list[Decision]:
    """A contact that its thread had placed, and that did not come back to it."""
    row = evidence.placement(contact)
    if row is None or row.rule == "person" or row.present:
        return []
    evidence.unplace(contact)
    return [ContactUnassigned(contact, "withdrawn")]
