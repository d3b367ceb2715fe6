"""The words for what the log stores under fixed names, and texts that others bring: what the catalogue has beside our own."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # channels
    "mail": "mail",
    "phone": "phone",
    "shop": "shop",
    "directory": "address book",
    "letter": "letter",
    "visit": "visit",
    "form": "form",
    "chat": "chat",
    "other": "other",
    # kinds
    "message": "message",
    "meeting": "meeting",
    "call": "call",
    "survey_answer": "survey answer",
    "review": "review",
    "complaint": "complaint",
    "order_placed": "order",
    "order_edited": "order changed",
    "order_restored": "order restored",
    "refund_withdrawn": "refund undone",
    "order_refunded": "refund",
    "order_cancelled": "cancellation",
    "order_failed": "order failed",
    "order_removed": "order removed",
    "order_paid": "payment",
    "order_shipped": "shipment",
    "order_delivered": "delivery",
    "order_reassigned": "order moved",
    "auto_reply": "automatic reply",
    "bounce": "undeliverable",
    "newsletter": "newsletter",
    "spam": "spam",
    "read_receipt": "read receipt",
    "feedback_report": "spam complaint",
    "note": "note",
    "entry": "entry",
    "cart_abandoned": "cart abandoned",
    # outcomes
    "answered": "answered",
    "missed": "missed",
    "abandoned": "hung up",
    "busy": "busy",
    "rejected": "declined",
    "voicemail": "voicemail",
    "failed": "failed",
    # directions
    "in": "from them",
    "out": "from us",
    # customers
    "prospect": "prospect",
    "customer": "customer",
    "supplier": "supplier",
    "partner": "partner",
    "private": "private",
    # roles of users
    "reader": "reader",
    "clerk": "clerk",
    "admin": "admin",
    # classes of identifiers
    "exclusive": "exclusive",
    "shared": "shared",
    "blocked": "blocked",
    # rules by which a contact is somebody's
    "name": "by name",
    "person": "by hand",
    "thread": "by its thread",
    # states of a source
    "new": "not read yet",
    "ok": "read",
    "unavailable": "not available",
    "credentials": "refuses us",
    "broken": "broken",
    # why connectors leave an item out
    "internal": "internal",
    "shop notification": "the shop's own notification",
    "no counterpart": "no counterpart",
    "spoofed sender": "forged sender",
    "a cart or draft, not an order yet": "a cart or draft, not an order yet",
    "nothing new in this snapshot": "nothing new in this snapshot",
    "an older snapshot than the one known": "an older snapshot than the one known",
    "a refund kept until its order is read": "a refund kept until its order is read",
    "a refund that is known": "a refund that is known",
    "an order note": "an order note",
    "an account of the shop's own staff": "an account of the shop's own staff",
    "a review that is spam or was removed": "a review that is spam or was removed",
    "nothing that tells of an order or customer": "nothing that tells of an order or customer",
}
"""Stored word → what is shown; both the order and the keys are free, the stored words themselves never change."""

TEXTS = (
    # notes of figures; `{}` stands for a number
    "{} still open",
    "nothing was answered",
    "no contact in the period",
    "nobody has ordered yet",
    "nobody is known yet",
    "as of now",
    "no call was missed",
    "{} of {} with tax: the source does not tell it",
    # what click says of its own
    "Options",
    "Commands",
    "Show this message and exit.",
    "Show the version and exit.",
)
"""Texts that come from elsewhere."""
