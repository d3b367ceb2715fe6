"""Receipts: that a mail was displayed or deleted (RFC 8098), or delivered without fault (RFC 3464)."""

from __future__ import annotations

import re

import msgspec

from stammkunde.connectors.mail.message import Message, message_ids
from stammkunde.connectors.mail.status import address_in, groups

_MDN = "message/disposition-notification"
_MODE = re.compile(r".*;\s*")


class Receipt(msgspec.Struct, frozen=True):
    """Who sent it (empty where it does not say), what became of the mail (`displayed`, `deleted`), and of which mail."""

    recipient: str
    disposition: str
    original_id: str


def is_receipt(message: Message) -> bool:
    """Whether a mail is a disposition notification."""
    if message.type == "multipart/report":
        kind = message.params.get("report-type", "").lower()
        if kind == "disposition-notification":
            return True
    return any(part.type == _MDN for part in message.parts)


def receipt_of(message: Message) -> Receipt:
    """What a disposition notification says; fields that are missing are empty."""
    for part in message.parts:
        if part.type != _MDN:
            continue
        for group in groups(part.content):
            ids = message_ids(group.get("original-message-id", ""))
            disposition = (
                _MODE.sub("", group.get("disposition", "")).partition("/")[0].strip().lower()
            )
            recipient = address_in(group.get("original-recipient", "")) or address_in(
                group.get("final-recipient", "")
            )
            return Receipt(recipient, disposition, ids[0] if ids else "")
    return Receipt("", "", "")


def delivered_to(message: Message) -> tuple[str, ...]:
    """Whom a delivery report (RFC 3464) says the mail to have reached: `Action: delivered`, `relayed` or `expanded`."""
    return tuple(
        dict.fromkeys(
            address
            for part in message.parts
            if part.type.endswith("/delivery-status")
            for group in groups(part.content)
            if group.get("action", "").lower().startswith(("delivered", "relayed", "expanded"))
            and (
                address := address_in(group.get("original-recipient", ""))
                or address_in(group.get("final-recipient", ""))
            )
        )
    )
