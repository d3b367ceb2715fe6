"""A contact as a channel reports it: one item of a source as it concerns one counterpart.

Connectors build these structs and nothing else; whose contact it is, is the core's business. Field names and the
words for channels, kinds, directions and outcomes are stored for ever: never rename one.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

Channel: TypeAlias = Literal[
    "mail", "phone", "shop", "directory", "letter", "visit", "form", "chat", "other"
]
Direction: TypeAlias = Literal["in", "out"]
IdentifierKind: TypeAlias = Literal["shop", "mail", "phone"]
Outcome: TypeAlias = Literal[
    "answered", "missed", "abandoned", "busy", "rejected", "voicemail", "failed"
]

COUNTED = frozenset(
    {
        "message", "meeting", "call", "letter", "visit", "form", "chat", "survey_answer", "review",
        "complaint", "order_placed",
    }
)  # fmt: skip
"""Kinds that count as a contact in the figures."""

ORDER_MILESTONES = frozenset(
    {
        "order_placed", "order_edited", "order_restored", "refund_withdrawn", "order_refunded",
        "order_cancelled", "order_failed", "order_removed", "order_paid", "order_shipped",
        "order_delivered", "order_reassigned",
    }
)  # fmt: skip
"""Kinds that tell of one step in an order's life; only `order_placed` counts as a contact."""

SHOWN_APART = frozenset(
    {
        "auto_reply", "bounce", "newsletter", "spam", "read_receipt", "feedback_report", "note",
        "entry", "cart_abandoned",
    }
)  # fmt: skip
"""Kinds that are kept and shown, but never counted."""

FLAGS = frozenset(
    {
        "backfill", "broken_mime", "campaign", "cut", "encrypted", "header_flood", "html_only", "no_date", "oversized",
        "signed", "staff", "test", "time_shifted", "too_deep", "too_many_parts", "total_differs", "unverified",
    }
)  # fmt: skip
"""Marks that stand in the open part of an event; any other one is kept privately."""

_RELATED = ORDER_MILESTONES | {"form", "entry", "review", "complaint", "visit"}

KINDS = COUNTED | ORDER_MILESTONES | SHOWN_APART


class Item(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The natural key of one thing at its source.

    `time_ms` is the item's own unchanging time in milliseconds since 1970 UTC, and 0 where the key itself holds no
    time. Key and time together are the item's identity for ever: a better parser must yield the same pair.
    """

    key: str
    time_ms: int = 0


class Identifier(msgspec.Struct, frozen=True, gc=False, array_like=True, order=True):
    """One way to reach or recognise somebody, in its normal form.

    `mail`: lower case, IDNA domain. `phone`: E.164. `shop`: `SYSTEM:ID`, a customer's account in one shop.
    """

    kind: IdentifierKind
    value: str


class Name(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A structured name as an order, a form or an address book gives it, in its original spelling."""

    given: str = ""
    family: str = ""
    company: str = ""

    def __str__(self) -> str:
        """`Anna Meier, Bau AG`, or the part that is known."""
        person = f"{self.given} {self.family}".strip()
        return f"{person}, {self.company}" if person and self.company else person or self.company


class Money(msgspec.Struct, frozen=True, gc=False):
    """The signed change of an order's value by this event, exactly as the source gives it.

    `amount` includes tax, `net` excludes it where known; `currency` is ISO 4217. Never rounded before it is shown.
    """

    amount: Decimal
    currency: str
    net: Decimal | None = None


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of an order; `price` is a unit's, in the order's currency."""

    article: str
    quantity: Decimal
    price: Decimal
    name: str = ""


class Attachment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What hung on a message: its name, media type and size in bytes; the content is never kept."""

    name: str
    type: str
    size: int


class Contact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One item as it concerns one counterpart; every contact of an item comes in one batch.

    `party` tells the counterparts of one item apart (for mail always the counterpart's address) and is empty
    elsewhere. `occurred_at` is aware and keeps the source's own offset. `name` is structured and counts as evidence;
    `display` (a mail's display name, a telephone's caller name) is a hint only. `thread` and `order` are natural keys
    within the source's namespace. `ours` is our side of it: mailbox, extension. `related` is the item that this one
    answers to, as a bounce does. Over-long values are cut at the door (`core/limits.py`). `revises` says that the source changed the item since it was last read: it is then
    compared and amended instead of passed over as a duplicate.
    """

    item: Item
    channel: Channel
    kind: str
    occurred_at: datetime
    party: str = ""
    direction: Direction | None = None
    identifiers: tuple[Identifier, ...] = ()
    name: Name | None = None
    display: str = ""
    outcome: Outcome | None = None
    duration_s: int | None = None
    money: Money | None = None
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
    related: Item | None = None
    reference: str = ""
    revises: bool = False


def is_relationship(kind: str, direction: Direction | None, outcome: Outcome | None) -> bool:
    """Whether a contact of this kind alone makes its counterpart a prospect or customer.

    An order, a form, an address-book entry, a call in which people talked, a message, meeting, letter or visit of ours.
    (A mail that answers one of ours is a relationship too; that depends on its thread and is concluded later.)
    """
    if kind in _RELATED:
        return True
    if kind == "call":
        return outcome == "answered"
    return kind in ("message", "meeting", "letter", "chat") and direction == "out"
