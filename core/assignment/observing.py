"""Contacts into evidence and out of it, counted by reference: what was forgotten leaves no trace in a conclusion."""

from __future__ import annotations

from collections import Counter

from stammkunde.core.assignment.decisions import ContactUnassigned, Observation
from stammkunde.core.assignment.evidence import Evidence, Linking
from stammkunde.core.assignment.rows import (
    Handle,
    IdentifierRow,
    Member,
    Placement,
    Thread,
)
from stammkunde.core.names import party_key


def observe(evidence: Evidence, seen: Observation) -> None:
    """Take one contact in."""
    placed = _returning(evidence, seen) if evidence.absent else None
    pinned = placed is not None and placed.rule == "person"
    handle = evidence.handle(seen.handle) if seen.handle else None
    related = seen.relationship
    if seen.thread:
        member = Member(
            seen.contact, seen.handle, seen.at_ms, seen.outbound, seen.inbound, related, pinned
        )
        related = _join_thread(evidence, seen.thread, member, marked=placed is not None)
    if handle is not None:
        count(evidence, handle, 1, int(related and not pinned))


def forget(evidence: Evidence, seen: Observation) -> None:
    """Take one contact out; it was observed just like this."""
    handle = evidence.handle(seen.handle) if seen.handle else None
    related, pinned = seen.relationship, False
    if seen.thread:
        related, placed = _leave_thread(evidence, seen.thread, seen.contact)
    if not seen.thread or placed:
        placement = evidence.placement(seen.contact)
        if placement is not None:
            pinned = placement.rule == "person"
            evidence.set_present(placement, present=False)
            evidence.touched.withdrawn.add(seen.contact)
    if handle is not None:
        count(evidence, handle, -1, -int(related and not pinned))


def _returning(evidence: Evidence, seen: Observation) -> Placement | None:
    """How this contact was placed, if that still fits: a pin the same counterpart, a thread's word the same thread."""
    if seen.contact not in evidence.absent:
        return None
    row = evidence.placement(seen.contact)
    if row is None:
        return None
    pinned = row.rule == "person"
    if row.handle != seen.handle or not (pinned or row.thread == seen.thread):
        evidence.unplace(seen.contact)
        why = "counterpart" if pinned else "thread"
        evidence.touched.decided.append(ContactUnassigned(seen.contact, why))
        return None
    evidence.set_present(row, present=True)
    row.thread = seen.thread
    return row


# ---- handles


def count(evidence: Evidence, row: Handle, contacts: int, relations: int) -> None:
    """Add to the counts of a handle, and see to what that changes."""
    before = row.contacts > 0, row.relations > 0
    evidence.count(row, contacts, relations)
    after = row.contacts > 0, row.relations > 0
    if before == after or row.retired:
        return
    if before[0] != after[0]:
        _bind(evidence, row, present=after[0])
    touch_handle(evidence, row)


def touch_handle(evidence: Evidence, row: Handle) -> None:
    """Have a handle solved again."""
    if row.party is None:
        evidence.touched.identifiers |= row.identifiers
    else:
        evidence.touched.handles.add(row.id)


def _bind(evidence: Evidence, row: Handle, *, present: bool) -> None:
    """Let a handle use its identifiers, or no longer."""
    for identifier in row.identifiers:
        user = evidence.identifier(identifier)
        if row.party is None:
            if user.bare != row.id:
                user.bare = row.id
                evidence.change_identifier(user)
        else:
            before = state(evidence, user)
            user.named += 1 if present else -1
            (evidence.users.add if present else evidence.users.discard)(identifier, row.id)
            evidence.weigh_names(user)
            evidence.change_identifier(user)
            touch_identifier(evidence, user, before)
            if not present:
                _touch_party(evidence, user, row)
    if row.tied and row.home:
        evidence.touched.customers.add(row.home)


def _touch_party(evidence: Evidence, user: IdentifierRow, gone: Handle) -> None:
    """Those whom a handle may have joined to others over a shared identifier."""
    if evidence.linking(user) == "party" and gone.party:
        key = party_key(gone.party)
        evidence.touched.handles |= {
            one.id
            for one in evidence.named_users(user)
            if one.party and party_key(one.party) == key
        }


def state(evidence: Evidence, row: IdentifierRow) -> tuple[Linking, str | None]:
    """How an identifier links, as far as its own evidence goes; `touch_identifier` compares it."""
    return evidence.linking(row), evidence.owner(row)


def touch_identifier(
    evidence: Evidence, row: IdentifierRow, before: tuple[Linking, str | None]
) -> None:
    """Have an identifier solved again; if it links otherwise than before, all who use it and its owner too."""
    touched = evidence.touched
    if state(evidence, row) != before:
        touched.handles |= evidence.users.of(row.identifier)
        touched.customers |= {one for one in (row.owner, before[1]) if one}
        touched.identifiers.add(row.identifier)
    elif evidence.own_class(row) == "exclusive":
        touched.identifiers.add(row.identifier)


# ---- threads


def _join_thread(evidence: Evidence, key: str, member: Member, *, marked: bool) -> bool:
    """Whether the contact is a relationship: by itself, or since it answers one of ours."""
    thread = evidence.thread(key) or Thread({}, Counter())
    thread.members[member.contact] = member
    thread.marked = thread.marked or marked
    evidence.put_thread(key, thread)
    if member.handle:
        _join_handle(evidence, key, thread, member.handle)
    related = is_related(thread, member)
    if member.outbound and (thread.first_out is None or member.at < thread.first_out):
        _set_first_out(evidence, thread, member.at, member)
    _touch_thread(evidence, key, thread)
    return related


def _leave_thread(evidence: Evidence, key: str, contact: str) -> tuple[bool, bool]:
    """Whether the contact was a relationship, and whether the thread knows of placements."""
    thread = evidence.thread(key)
    if thread is None or contact not in thread.members:
        return False, True
    member = thread.members[contact]
    related = is_related(thread, member)
    del thread.members[contact]
    if member.handle:
        _leave_handle(evidence, key, thread, member.handle)
    if member.outbound and member.at == thread.first_out:
        first = min((one.at for one in thread.members.values() if one.outbound), default=None)
        _set_first_out(evidence, thread, first, member)
    evidence.put_thread(key, thread if thread.members else None)
    _touch_thread(evidence, key, thread)
    return related, thread.marked


def is_related(thread: Thread, member: Member) -> bool:
    """A relationship by kind, or an answer: inbound, and one of ours came before it in its thread."""
    if member.relationship:
        return True
    return member.inbound and thread.first_out is not None and thread.first_out < member.at


def _set_first_out(evidence: Evidence, thread: Thread, first: int | None, cause: Member) -> None:
    """Count again who answers; the contact that is the cause is counted by its own caller."""
    others = [
        one for one in thread.members.values() if one.inbound and one is not cause and one.handle
    ]
    before = [is_related(thread, one) for one in others]
    thread.first_out = first
    for one, was in zip(others, before, strict=True):
        now = is_related(thread, one)
        if now != was and not one.pinned and one.handle:
            count(evidence, evidence.handle(one.handle), 0, 1 if now else -1)


def _join_handle(evidence: Evidence, key: str, thread: Thread, handle: str) -> None:
    """Threads of several handles are found from each of them; in one of a single handle nothing can be learnt."""
    thread.handles[handle] += 1
    if thread.handles[handle] > 1 or len(thread.handles) == 1:
        return
    for one in thread.handles if len(thread.handles) == 2 else (handle,):
        evidence.mixed.add(one, key)


def _leave_handle(evidence: Evidence, key: str, thread: Thread, handle: str) -> None:
    thread.handles[handle] -= 1
    if thread.handles[handle]:
        return
    del thread.handles[handle]
    evidence.mixed.discard(handle, key)
    if len(thread.handles) == 1:
        evidence.mixed.discard(next(iter(thread.handles)), key)


def _touch_thread(evidence: Evidence, key: str, thread: Thread) -> None:
    if thread.marked or len(thread.handles) > 1:
        evidence.touched.threads.add(key)
