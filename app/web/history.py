"""The history of a contact: the events of its stream and of how its counterpart was assigned, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from stammkunde.app import writing
from stammkunde.app.web import evidence
from stammkunde.app.web.visit import Visit
from stammkunde.core.events import (
    Assigned,
    ContactPrivate,
    Content,
    Event,
    Evidence,
    Facts,
    SightedPrivate,
)

_START = datetime(1970, 1, 1, tzinfo=UTC)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One event: when it was recorded, where it stands in the log, and what it says; `customer` is a name to follow."""

    at: datetime
    position: int
    icon: str
    title: str
    details: tuple[str, ...]
    customer_id: str = ""


class Told(msgspec.Struct, frozen=True):
    """What an event tells: icon, title, further sentences, and whose page it speaks of."""

    icon: str
    title: str
    details: tuple[str, ...] = ()
    customer_id: str = ""


class Reader:
    """Turns events into sentences; `is_hidden` keeps back what is private, `names` are those of customers by id."""

    def __init__(self, visit: Visit, names: dict[str, tuple[str, str]], *, is_hidden: bool) -> None:
        """All that is asked of the views is given."""
        self._visit = visit
        self._names = names
        self._is_hidden = is_hidden
        self._before: Event | None = None

    def steps(self, events: Iterable[Event]) -> tuple[Step, ...]:
        """Events, which come in the order of the log."""
        return tuple(self._step(event) for event in events if event.topic in _TELL)

    def _step(self, event: Event) -> Step:
        told = _TELL[event.topic](self, event)
        if isinstance(event.open, Facts):
            self._before = event
        return Step(
            at=_START + timedelta(microseconds=event.recorded_at),
            position=event.position,
            icon=told.icon,
            title=told.title,
            details=tuple(filter(None, told.details)),
            customer_id=told.customer_id,
        )

    def recorded(self, event: Event) -> Told:
        """The contact came in."""
        return Told(event.open.channel, self._text("Recorded"), (self._origin(event),))

    def amended(self, event: Event) -> Told:
        """The source has it otherwise now."""
        changed = ", ".join(self._changes(event))
        what = self._text("Changed: {fields}.", fields=changed) if changed else ""
        details = (what, self._origin(event))
        return Told(event.open.channel, self._text("Changed at its source"), details)

    def retracted(self, event: Event) -> Told:
        """The source takes it back."""
        reason = event.open.reason
        details = () if reason == "withdrawn" else (self._visit.locale.word(reason),)
        return Told("other", self._text("Taken back by its source"), details)

    def sighted(self, event: Event) -> Told:
        """It stood in a second source."""
        text, private = self._text, event.private
        source = private.source if isinstance(private, SightedPrivate) else ""
        is_named = source and source not in self._visit.hidden
        title = text("Also seen in “{source}”", source=source) if is_named else text("Seen again")
        return Told("other", title, (text("It counts once."),))

    def assigned(self, event: Event) -> Told:
        """This contact, or all of its counterpart, is somebody's."""
        open_: Assigned = event.open
        living, name = self._names.get(open_.customer, ("", ""))
        text = self._text
        name = writing.phone(name, self._visit.home.company.country)
        name = name or text("Customer without a name")
        is_alone = event.topic.startswith("contact.")
        title = (
            text("Assigned to {name}", name=name)
            if is_alone
            else text("Its counterpart was assigned to {name}", name=name)
        )
        rule = text(
            "Rule “{rule}” in version {version}, score {score}.",
            rule=self._visit.locale.word(open_.rule),
            version=open_.version,
            score=writing.number(open_.score, 2),
        )
        return Told("customers", title, (rule, *self._evidence(event)), living)

    def unassigned(self, event: Event) -> Told:
        """It is nobody's, or follows its counterpart again."""
        text = self._text
        if event.topic.startswith("handle."):
            title = text("Its counterpart was taken from its customer")
        elif event.open.rule == "person":
            title = text("Given to nobody")
        else:
            title = text("Follows its counterpart again")
        return Told("customers", title, self._evidence(event))

    def _text(self, message: str, /, **values: object) -> str:
        return self._visit.locale.text(message, **values)

    def _evidence(self, event: Event) -> tuple[str, ...]:
        private = event.private
        if self._is_hidden or not isinstance(private, Evidence):
            return ()
        visit = self._visit
        shown = ", ".join(evidence.identifier(visit, one) for one in private.identifiers)
        by = self._text("Decided by {name}.", name=private.by) if private.by else ""
        reason = f"«{private.reason}»" if private.reason else ""
        return shown, by, reason

    def _origin(self, event: Event) -> str:
        private = event.private
        if not isinstance(private, ContactPrivate):
            return self._text("What it said was erased.")
        if private.source in self._visit.hidden:
            return ""
        where = ", ".join(filter(None, (private.source, private.reference)))
        return self._text("Source: {where}", where=where) if where else ""

    def _changes(self, event: Event) -> list[str]:
        """The names of what differs from the facts before; of what is open the values too."""
        before = self._before
        if before is None:
            return []
        visit = self._visit
        found = []
        for field, label in _fields(self._text).items():
            old, new = _value(before, field), _value(event, field)
            if old == new:
                continue
            is_word = field in _WORDS and old and new
            values = f" {visit.locale.word(old)} → {visit.locale.word(new)}" if is_word else ""
            found.append(f"{label}{values}")
        return found


_TELL: dict[str, Callable[[Reader, Event], Told]] = {
    "contact.recorded": Reader.recorded,
    "contact.amended": Reader.amended,
    "contact.retracted": Reader.retracted,
    "contact.sighted": Reader.sighted,
    "contact.assigned": Reader.assigned,
    "contact.unassigned": Reader.unassigned,
    "handle.assigned": Reader.assigned,
    "handle.unassigned": Reader.unassigned,
}
_WORDS = frozenset({"kind", "direction", "outcome"})


def _fields(text: Callable[..., str]) -> dict[str, str]:
    """What is compared, and how it is called."""
    return {
        "kind": text("kind"),
        "direction": text("direction"),
        "outcome": text("outcome"),
        "at": text("time"),
        "duration_s": text("length"),
        "amount": text("amount"),
        "handle": text("counterpart"),
        "thread": text("conversation"),
        "subject": text("subject"),
        "text": text("text"),
        "name": text("name"),
        "display": text("name shown"),
        "identifiers": text("addresses and numbers"),
        "lines": text("lines"),
        "attachments": text("attachments"),
        "attributes": text("properties"),
    }


def _value(event: Event, field: str) -> Any:
    private = event.private
    content = private.content if isinstance(private, ContactPrivate) else Content()
    return (
        getattr(event.open, field, None) if hasattr(event.open, field) else getattr(content, field)
    )
