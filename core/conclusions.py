"""What was decided, as events: one for each handle, contact, identifier or customer that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from stammkunde.core import assignment as who
from stammkunde.core import ids
from stammkunde.core.assignment import Assignment, Decision
from stammkunde.core.codec import Codec
from stammkunde.core.contact import Identifier
from stammkunde.core.events import (
    Assigned,
    CustomerOpened,
    Evidence,
    HandleSeen,
    IdentifierClassified,
    IdentifierPrivate,
    Merged,
    NewEvent,
    Open,
    Private,
    Unassigned,
    Unmerged,
)
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import Transaction

Parts = tuple[str, str, Open, Private | None]
_LINKS = {
    who.IdentifierLinked: "customer.identifier_linked",
    who.IdentifierUnlinked: "customer.identifier_unlinked",
}


def handle_seen(codec: Codec, assignment: Assignment, handle: str) -> NewEvent:
    """The first event of a new handle."""
    identifiers, name = assignment.shows(handle)
    seen = HandleSeen(identifiers=tuple(sorted(identifiers)), name=name)
    return codec.new(handle, 1, "handle.seen", Open(), seen)


def decision_events(
    decisions: Sequence[Decision],
    transaction: Transaction,
    log: Log,
    *,
    reason: str = "",
    by: str = "",
) -> list[NewEvent]:
    """The events of a settlement, with the reason and the person where one decided."""
    parts = [_parts(decision, transaction, log, reason, by) for decision in decisions]
    transaction.look_up([stream for stream, *_ in parts])
    return [
        log.codec.new(stream, transaction.next_version(stream), topic, open_, private)
        for stream, topic, open_, private in parts
    ]


def identifier_stream(transaction: Transaction, log: Log, identifier: Identifier) -> str:
    """The stream of an identifier that was classified: a random id, found by a keyed hash."""
    key = log.keys.keys.index(f"identifier\0{identifier.kind}\0{identifier.value}".encode())[:16]
    row = transaction.cursor.execute(
        "INSERT INTO identifier_streams VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash"
        " RETURNING stream",
        (key, ids.random_id()),
    ).fetchone()
    return str(row[0])


def _parts(decision: Decision, transaction: Transaction, log: Log, reason: str, by: str) -> Parts:
    version = who.VERSION
    plain = Evidence(reason=reason, by=by) if reason or by else None
    match decision:
        case who.CustomerOpened(customer, rule):
            return customer, "customer.opened", CustomerOpened(rule=rule, version=version), None
        case who.CustomerMerged(customer, into, rule):
            merged = Merged(into=into, rule=rule, version=version)
            return customer, "customer.merged", merged, plain
        case who.CustomerUnmerged(customer, from_, rule):
            unmerged = Unmerged(from_=from_, rule=rule, version=version)
            return customer, "customer.unmerged", unmerged, plain
        case who.HandleAssigned(handle, customer, rule, score, evidence):
            assigned = Assigned(customer=customer, rule=rule, version=version, score=score)
            why = Evidence(identifiers=evidence, reason=reason, by=by)
            return handle, "handle.assigned", assigned, why
        case who.ContactAssigned(contact, customer, rule, score, evidence):
            assigned = Assigned(customer=customer, rule=rule, version=version, score=score)
            why = Evidence(identifiers=evidence, reason=reason, by=by)
            return contact, "contact.assigned", assigned, why
        case who.HandleUnassigned(handle, rule):
            return handle, "handle.unassigned", Unassigned(rule=rule, version=version), plain
        case who.ContactUnassigned(contact, rule):
            return contact, "contact.unassigned", Unassigned(rule=rule, version=version), plain
        case who.IdentifierClassified(identifier, class_, rule):
            classified = IdentifierClassified(class_=class_, rule=rule, version=version)
            about = IdentifierPrivate(identifier=identifier, reason=reason, by=by)
            stream = identifier_stream(transaction, log, identifier)
            return stream, "identifier.classified", classified, about
        case who.IdentifierLinked() | who.IdentifierUnlinked():
            about = IdentifierPrivate(identifier=decision.identifier, reason=reason, by=by)
            return decision.customer, _LINKS[type(decision)], Open(), about
        case _:
            assert_never(decision)
