"""What a batch of events comes to, before anything is written: for each contact, handle and customer the last word.

Every event sets a register (or adds a row), so that only the last one of its kind counts; how a log is cut into batches
can't matter then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from stammkunde.core.events import Assigned, Event, Evidence

NO_EVIDENCE = "[]"
_encode = msgspec.json.encode


class Decision(msgspec.Struct, frozen=True):
    """Whose a handle or a contact is: `customer` as the event gave it; None: nobody's."""

    customer: str | None
    rule: str
    score: float
    evidence: str
    position: int


class Batch(msgspec.Struct):
    """The last word of each register. `own` holds None for a contact that follows its handle again.

    `facts` are all of `contact.recorded` and `contact.amended` (each must be readable, also where a later one of the
    same batch replaces it, or a dead letter would depend on where a batch ends), `recorded` the former alone.
    """

    recorded: dict[str, Event] = msgspec.field(default_factory=dict)
    facts: list[Event] = msgspec.field(default_factory=list)
    retracted: dict[str, bool] = msgspec.field(default_factory=dict)
    own: dict[str, Decision | None] = msgspec.field(default_factory=dict)
    sighted: list[Event] = msgspec.field(default_factory=list)
    handles: list[Event] = msgspec.field(default_factory=list)
    assigned: dict[str, Decision] = msgspec.field(default_factory=dict)
    identifiers: list[Event] = msgspec.field(default_factory=list)
    customers: list[Event] = msgspec.field(default_factory=list)


def fold(events: Iterable[Event]) -> Batch:
    """The batch of these events, which stand in the order of the log; topics that are not ours are passed over."""
    batch = Batch()
    for event in events:
        take = _TAKE.get(event.topic)
        if take is not None:
            take(batch, event)
    return batch


def decision(event: Event) -> Decision:
    """What an `…assigned` or `…unassigned` event decided."""
    open_, private = event.open, event.private
    if not isinstance(open_, Assigned):
        return Decision(None, open_.rule, 0.0, NO_EVIDENCE, event.position)
    evidence = private.identifiers if isinstance(private, Evidence) else ()
    found = [{"kind": identifier.kind, "value": identifier.value} for identifier in evidence]
    return Decision(
        open_.customer,
        open_.rule,
        open_.score,
        _encode(found).decode() if found else NO_EVIDENCE,
        event.position,
    )


def _recorded(batch: Batch, event: Event) -> None:
    batch.recorded[event.stream] = event
    batch.facts.append(event)


def _amended(batch: Batch, event: Event) -> None:
    batch.facts.append(event)
    batch.retracted[event.stream] = False


def _retracted(batch: Batch, event: Event) -> None:
    batch.retracted[event.stream] = True


def _contact_assigned(batch: Batch, event: Event) -> None:
    batch.own[event.stream] = decision(event)


def _contact_unassigned(batch: Batch, event: Event) -> None:
    """Only a person makes a contact nobody's; else it follows its handle again."""
    batch.own[event.stream] = decision(event) if event.open.rule == "person" else None


def _handle_decided(batch: Batch, event: Event) -> None:
    batch.assigned[event.stream] = decision(event)


_TAKE: dict[str, Callable[[Batch, Event], None]] = {
    "contact.recorded": _recorded,
    "contact.amended": _amended,
    "contact.retracted": _retracted,
    "contact.sighted": lambda batch, event: batch.sighted.append(event),
    "contact.assigned": _contact_assigned,
    "contact.unassigned": _contact_unassigned,
    "handle.seen": lambda batch, event: batch.handles.append(event),
    "handle.assigned": _handle_decided,
    "handle.unassigned": _handle_decided,
    "identifier.classified": lambda batch, event: batch.identifiers.append(event),
    **{
        f"customer.{what}": lambda batch, event: batch.customers.append(event)
        for what in (
            "opened", "described", "noted", "identifier_linked", "identifier_unlinked", "merged", "unmerged",
        )
    },
}  # fmt: skip
