"""What queries answer: structs whose JSON is the public interface. Field names are API: never rename one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from stammkunde.core.contact import Channel, Direction, IdentifierKind, Outcome
from stammkunde.core.events import IdentifierClass
from stammkunde.core.standing import Holding, State

CustomerKind: TypeAlias = Literal["prospect", "customer", "supplier", "partner", "private"]


class Identifier(msgspec.Struct, frozen=True):
    """One way to reach or recognise somebody."""

    kind: IdentifierKind
    value: str


class KnownIdentifier(msgspec.Struct, frozen=True):
    """An identifier of a customer, and whether he has it to himself."""

    kind: IdentifierKind
    value: str
    class_: IdentifierClass = msgspec.field(name="class")


class Amount(msgspec.Struct, frozen=True):
    """A sum of money, tax included, not rounded."""

    amount: Decimal
    currency: str


class Money(msgspec.Struct, frozen=True):
    """The signed change of an order's value by one event, with tax and, where known, without."""

    amount: Decimal
    net: Decimal | None
    currency: str


class Attachment(msgspec.Struct, frozen=True):
    """What hung on a message; size in bytes."""

    name: str
    type: str
    size: int


class Line(msgspec.Struct, frozen=True):
    """One line of an order; `price` is a unit's."""

    article: str
    name: str
    quantity: Decimal
    price: Decimal


class Assignment(msgspec.Struct, frozen=True):
    """Why a contact is whose it is."""

    rule: str
    score: float
    evidence: tuple[Identifier, ...]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One contact. `occurred_at` has the source's own offset, `recorded_at` is UTC.

    `item` and `order` are the source's own keys, `thread` an opaque id. Of an erased contact the open facts are left:
    the texts are empty. `assignment` is None while it is nobody's.
    """

    id: str
    customer_id: str | None
    source: str
    item: str
    party: str
    channel: Channel
    kind: str
    direction: Direction | None
    outcome: Outcome | None
    occurred_at: datetime
    recorded_at: datetime
    counterpart: str
    subject: str
    text: str
    ours: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    lines: tuple[Line, ...]
    duration_s: int | None
    money: Money | None
    thread: str
    order: str
    assignment: Assignment | None


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A living customer or prospect in a list.

    `contacts` are those that count (DESIGN's table of kinds) and stand; first and last are their times in the company's
    zone. `revenue` is the sum of money over all its orders' events, by currency.
    """

    id: str
    name: str
    kind: CustomerKind
    identifiers: tuple[KnownIdentifier, ...]
    contacts: int
    first_contact: datetime | None
    last_contact: datetime | None
    revenue: tuple[Amount, ...]


class Attribute(msgspec.Struct, frozen=True):
    """A property of a customer; `source` is `person` (somebody wrote it) or `entry` (an address book says it)."""

    value: str
    source: Literal["person", "entry"]


class Note(msgspec.Struct, frozen=True):
    """A remark; `by` is who wrote it."""

    at: datetime
    by: str
    text: str


class Preference(msgspec.Struct, frozen=True):
    """What a customer prefers."""

    key: str
    value: str
    since: datetime


class Consent(msgspec.Struct, frozen=True):
    """What a customer allows, on which channel and for what."""

    channel: str
    purpose: str
    given: bool
    since: datetime


class Affiliation(msgspec.Struct, frozen=True):
    """A tie between a person and an organisation."""

    customer: str
    name: str
    relation: str


class CustomerSheet(Customer, frozen=True, kw_only=True):
    """All that is known of a customer; `contacts_list` is the first page of his contacts, the newest first.

    `merged` lists the ids that became part of this one.
    """

    attributes: dict[str, Attribute]
    notes: tuple[Note, ...]
    preferences: tuple[Preference, ...] = ()
    consents: tuple[Consent, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    merged: tuple[str, ...]
    contacts_list: tuple[Contact, ...]


class Candidate(msgspec.Struct, frozen=True):
    """A customer whose an open contact may be, since he uses `shared`, an identifier of it."""

    id: str
    name: str
    shared: Identifier


class Review(msgspec.Struct, frozen=True):
    """Open contacts of one counterpart, which wait for somebody to say whose they are.

    `contact` is the newest of them; `waiting` counts those that count.
    """

    handle: str
    name: str
    identifiers: tuple[KnownIdentifier, ...]
    waiting: int
    oldest: datetime
    newest: datetime
    contact: str
    candidates: tuple[Candidate, ...]


class LogStatus(msgspec.Struct, frozen=True):
    """What the log holds: events, contacts that stand (of any kind), living customers and prospects."""

    events: int
    contacts: int
    customers: int


class SourceStatus(msgspec.Struct, frozen=True):
    """A source that was read or tried; `state` is `new` until a reading went through.

    `since` is when it came into this state, `why` what is wrong with it, `next_try` when the daemon asks it again. `gaps`
    are the numbers and spans named in `holdings`, which say what the source holds against what was read of it.
    """

    name: str
    connector: str
    state: State
    cursor: str | None
    last_success: datetime | None
    gaps: int
    rejected: int
    since: datetime | None = None
    why: str = ""
    next_try: datetime | None = None
    holdings: tuple[Holding, ...] = ()


class ProjectionStatus(msgspec.Struct, frozen=True):
    """How far views are: `lag` in events behind the log."""

    name: str
    position: int
    lag: int
    dead_letters: int


class Status(msgspec.Struct, frozen=True):
    """The state of a home."""

    log: LogStatus
    sources: tuple[SourceStatus, ...]
    projections: tuple[ProjectionStatus, ...]
