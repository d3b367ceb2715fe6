"""The facts that get written down: one topic for each kind of event, with an open and a private part.

Topics and field names are stored for ever: never rename one, raise its version and upcast instead. The open part is
clear JSON and names nobody: figures are computed from it alone. The private part is encrypted under its stream's own
key; once that key is destroyed, reading yields `Erased` in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import msgspec

from stammkunde.core.contact import (
    Attachment,
    Channel,
    Direction,
    Identifier,
    Line,
    Name,
    Outcome,
)

IdentifierClass: TypeAlias = Literal["exclusive", "shared", "blocked"]
Role: TypeAlias = Literal["customer", "supplier", "partner", "private"]


class Open(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """An open part that says nothing beyond its topic."""


class Private(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A private part that holds nothing."""


class Erased(msgspec.Struct, frozen=True, gc=False):
    """Stands in place of a private part whose key was destroyed."""


ERASED = Erased()


class Facts(Open, frozen=True, kw_only=True):
    """What a contact is, without saying whose: `contact.recorded` and `contact.amended`.

    `at` is an instant in milliseconds since 1970 UTC, `offset` the source's own offset in minutes. `handle`, `item`,
    `related`, `thread` and `order` are opaque ids of 32 hex digits. `amount` is the signed change of an order's value.
    """

    handle: str = ""
    item: str
    kind: str
    channel: Channel
    at: int
    offset: int = 0
    direction: Direction | None = None
    outcome: Outcome | None = None
    duration_s: int | None = None
    amount: Decimal | None = None
    net: Decimal | None = None
    currency: str = ""
    thread: str = ""
    order: str = ""
    related: str = ""
    flags: tuple[str, ...] = ()


class Content(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What a contact says and to whom: the private facts that do not depend on the source that gave them."""

    item: str = ""
    party: str = ""
    identifiers: tuple[Identifier, ...] = ()
    name: Name | None = None
    display: str = ""
    thread: str = ""
    order: str = ""
    subject: str = ""
    text: str = ""
    language: str = ""
    ours: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    lines: tuple[Line, ...] = ()
    attributes: dict[str, str] = {}
    flags: tuple[str, ...] = ()
    uncut: tuple[tuple[str, str], ...] = ()


class ContactPrivate(Private, frozen=True, kw_only=True):
    """The content, the source that gave it, and the reference into that source."""

    source: str = ""
    reference: str = ""
    content: Content = Content()


class ContactRetracted(Open, frozen=True, kw_only=True):
    """`contact.retracted`: the source takes the contact back; `reason` is one of our own words."""

    reason: str


class SightedPrivate(Private, frozen=True, kw_only=True):
    """`contact.sighted`: the same item stood in another source too."""

    source: str


class Assigned(Open, frozen=True, kw_only=True):
    """`contact.assigned` and `handle.assigned`: to which customer, by which rule, in which version, how surely (0–1)."""

    customer: str
    rule: str
    version: int = 1
    score: float = 1.0


class Unassigned(Open, frozen=True, kw_only=True):
    """`contact.unassigned` and `handle.unassigned`, with the rule that took it away."""

    rule: str
    version: int = 1


class Evidence(Private, frozen=True, kw_only=True):
    """What a decision rests on; `reason` and `by` where a person decided."""

    identifiers: tuple[Identifier, ...] = ()
    reason: str = ""
    by: str = ""


class HandleSeen(Private, frozen=True, kw_only=True):
    """`handle.seen`: the identifiers and the name under which a counterpart shows himself."""

    identifiers: tuple[Identifier, ...]
    name: Name | None = None


class IdentifierClassified(Open, frozen=True, kw_only=True):
    """`identifier.classified`: exclusive, shared or blocked; the identifier itself is private."""

    class_: IdentifierClass = msgspec.field(name="class")
    rule: str
    version: int = 1


class IdentifierPrivate(Private, frozen=True, kw_only=True):
    """The identifier that was classified, linked or unlinked, and why."""

    identifier: Identifier
    reason: str = ""
    by: str = ""


class CustomerOpened(Open, frozen=True, kw_only=True):
    """`customer.opened`: a new customer or prospect."""

    rule: str
    version: int = 1


class CustomerDescribed(Open, frozen=True, kw_only=True):
    """`customer.described`: the role stands open, since figures ask for it; None leaves it as it is."""

    role: Role | None = None


class Description(Private, frozen=True, kw_only=True):
    """What people wrote of a customer; an empty value takes an attribute away."""

    attributes: dict[str, str] = {}
    by: str = ""


class Note(Private, frozen=True, kw_only=True):
    """`customer.noted`: a remark in a person's words."""

    text: str
    by: str = ""


class Merged(Open, frozen=True, kw_only=True):
    """`customer.merged`: this customer is `into` another one from now on."""

    into: str
    rule: str
    version: int = 1


class Unmerged(Open, frozen=True, kw_only=True):
    """`customer.unmerged`: this customer stands by itself again; it was part of `from_`."""

    from_: str = msgspec.field(name="from")
    rule: str
    version: int = 1


class Distinct(Open, frozen=True, kw_only=True):
    """`customer.declared_distinct`: these two are never the same."""

    other: str


class Calendar(Open, frozen=True, kw_only=True):
    """`calendar.set`: opening hours and holidays of one year, frozen so that a later list changes no old figure.

    `hours` maps a weekday (0 is Monday) to opening spans in minutes since midnight; `closed` are ISO dates.
    """

    year: int
    timezone: str
    hours: dict[int, tuple[tuple[int, int], ...]]
    closed: tuple[str, ...] = ()


class Topic(msgspec.Struct, frozen=True):
    """One kind of event: its stored name, the version of its body, and the types of its two parts.

    `upcasts` maps an older version to a function that turns its two decoded JSON objects into the next version's.
    """

    name: str
    open: type[Open]
    private: type[Private]
    version: int = 1
    upcasts: dict[int, Callable[[dict[str, Any], dict[str, Any]], None]] = {}


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("contact.recorded", Facts, ContactPrivate),
        Topic("contact.amended", Facts, ContactPrivate),
        Topic("contact.retracted", ContactRetracted, Private),
        Topic("contact.sighted", Open, SightedPrivate),
        Topic("contact.assigned", Assigned, Evidence),
        Topic("contact.unassigned", Unassigned, Evidence),
        Topic("handle.seen", Open, HandleSeen),
        Topic("handle.assigned", Assigned, Evidence),
        Topic("handle.unassigned", Unassigned, Evidence),
        Topic("identifier.classified", IdentifierClassified, IdentifierPrivate),
        Topic("customer.opened", CustomerOpened, Private),
        Topic("customer.described", CustomerDescribed, Description),
        Topic("customer.noted", Open, Note),
        Topic("customer.identifier_linked", Open, IdentifierPrivate),
        Topic("customer.identifier_unlinked", Open, IdentifierPrivate),
        Topic("customer.merged", Merged, Evidence),
        Topic("customer.unmerged", Unmerged, Evidence),
        Topic("customer.declared_distinct", Distinct, Evidence),
        Topic("calendar.set", Calendar, Private),
    )
}


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event as it is read: where it stands in the log, when it was recorded (µs since 1970 UTC), and its parts."""

    position: int
    stream: str
    version: int
    topic: str
    recorded_at: int
    open: Any
    private: Any


class NewEvent(msgspec.Struct, frozen=True, gc=False):
    """One event to be appended: its version in the stream and its parts as JSON (`private` empty: nothing to hide)."""

    stream: str
    version: int
    topic: str
    open: bytes
    private: bytes
