"""What of a contact goes into the open and the private part of its event, and what evidence takes from either."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from stammkunde.core.assignment import Observation
from stammkunde.core.contact import FLAGS, KINDS, Contact, Identifier, is_relationship
from stammkunde.core.errors import StammkundeError
from stammkunde.core.events import Content, Event, Facts
from stammkunde.core.feed import Keep
from stammkunde.core.limits import Uncut

_WRITTEN = ("message", "meeting")
"""What makes a thread a conversation; an automatic reply or a bounce in it does not."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at: datetime) -> tuple[int, int]:
    """Milliseconds since 1970 UTC, and the source's own offset in minutes."""
    offset = at.utcoffset()
    if offset is None:
        raise StammkundeError("A connector gave a time without an offset: that is a fault of it.")
    since = at - _EPOCH
    ms = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    return ms, offset.days * 1440 + offset.seconds // 60


def facts_of(contact: Contact, *, item: str, thread: str, order: str, related: str) -> Facts:
    """The open part, still without its handle."""
    if contact.kind not in KINDS:
        raise StammkundeError(
            "A connector gave the unknown kind “{kind}”: that is a fault of it; nothing of this batch was kept.",
            kind=contact.kind,
        )
    at, offset = instant(contact.occurred_at)
    money = contact.money
    return Facts(
        item=item,
        kind=contact.kind,
        channel=contact.channel,
        at=at,
        offset=offset,
        direction=contact.direction,
        outcome=contact.outcome,
        duration_s=contact.duration_s,
        amount=money.amount if money else None,
        net=money.net if money else None,
        currency=money.currency if money else "",
        thread=thread,
        order=order,
        related=related,
        flags=tuple(flag for flag in contact.flags if flag in FLAGS) if contact.flags else (),
    )


def content_of(contact: Contact, identifiers: tuple[Identifier, ...], keep: Keep) -> Content:
    """The private part, without what must not be kept."""
    text = keep == "text"
    return Content(
        item=contact.item.key,
        party=contact.party,
        identifiers=identifiers,
        name=contact.name,
        display=contact.display,
        thread=contact.thread,
        order=contact.order,
        subject=contact.subject if keep != "facts" else "",
        text=contact.text if text else "",
        language=contact.language,
        ours=contact.ours,
        attachments=contact.attachments if text else (),
        lines=contact.lines,
        attributes=contact.attributes,
        flags=tuple(flag for flag in contact.flags if flag not in FLAGS) if contact.flags else (),
    )


def with_uncut(content: Content, uncut: Uncut, keep: Keep) -> Content:
    """The same with what was too long, whole, as far as it may be kept."""
    if keep == "facts":
        uncut = tuple(one for one in uncut if one[0] != "subject")
    return replace(content, uncut=uncut)


def bare(content: Content) -> Content:
    """Of a private customer's contact: with whom it was and by which keys it is found, and nothing of what was said."""
    return replace(
        content,
        display="",
        subject="",
        text="",
        language="",
        attachments=(),
        lines=(),
        attributes={},
        uncut=(),
    )


def observation(contact_id: str, facts: Facts, handle: str | None) -> Observation:
    """What evidence takes from a contact: all of it stands in the open part."""
    return Observation(
        contact=contact_id,
        handle=handle,
        at_ms=facts.at,
        relationship=is_relationship(facts.kind, facts.direction, facts.outcome),
        thread=facts.thread or None,
        inbound=facts.direction == "in" and facts.kind in _WRITTEN,
        outbound=facts.direction == "out" and facts.kind in _WRITTEN,
    )


def latest_facts(events: Sequence[Event]) -> Event:
    """The event that says what a contact is now."""
    return next(
        event
        for event in reversed(events)
        if event.topic in ("contact.recorded", "contact.amended")
    )
