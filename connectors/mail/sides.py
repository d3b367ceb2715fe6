"""Who wrote to whom: our own side of a mail, the counterparts, and the direction."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from stammkunde.connectors.mail.message import Address, Message
from stammkunde.connectors.mail.robots import answers_nobody
from stammkunde.core.company import Company
from stammkunde.core.contact import Direction

CAMPAIGN = 10
"""More external recipients than these are a mailing, not a conversation."""

INTERNAL = "internal"
NO_COUNTERPART = "no counterpart"
SPOOFED = "spoofed sender"

_FAILED = re.compile(r"\bdmarc\s*=\s*fail", re.IGNORECASE)


class Sides(msgspec.Struct, frozen=True):
    """Direction, counterparts (each once, in the order of the headers) and our addresses on the mail.

    `ignored` says why a mail concerns no counterpart; it then has none.
    """

    direction: Direction
    counterparts: tuple[Address, ...]
    ours: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    ignored: str = ""


def is_own(company: Company, address: str) -> bool:
    """Whether an address is ours, also with a tag (`info+shop@`, RFC 5233)."""
    if company.owns(address):
        return True
    local, _, domain = address.rpartition("@")
    base, plus, _ = local.partition("+")
    return bool(plus) and company.owns(f"{base}@{domain}")


def sides_of(message: Message, company: Company, *, sent: bool = False) -> Sides:
    """Tell the sides apart by our own addresses; `sent` says that the mail lay in a folder of sent mail.

    "Counterpart not own" decides: our own mail that comes back through a list carries a Received chain and lies in the
    inbox, and is outgoing all the same. What we sent to ourselves alone is internal.
    """
    senders = message.addresses("from")
    recipients = [*message.addresses("to"), *message.addresses("cc")]
    if sent:
        recipients.extend(message.addresses("bcc"))
    ours = _ours(message, company, senders, recipients)
    if not sent and not any(is_own(company, sender.address) for sender in senders):
        return Sides("in", (_sender(message, senders),), ours)
    if sent and not ours:
        ours = tuple(sender.address for sender in senders if sender.address)
    others = _outside(company, recipients)
    forged = not sent and _fails_authentication(message)
    if others:
        flags = ["campaign"] if len(others) > CAMPAIGN else []
        return Sides("out", others, ours, (*flags, "unverified") if forged else tuple(flags))
    if forged:
        return Sides("in", (), ours, ("unverified",), SPOOFED)
    return Sides("out", (), ours, (), INTERNAL if _any_own(company, recipients) else NO_COUNTERPART)


def _sender(message: Message, senders: Iterable[Address]) -> Address:
    """The author, or whoever else stands for him where From holds no usable address (RFC 5322 §3.6.2)."""
    display = ""
    for name in ("from", "reply-to", "sender", "return-path"):
        for found in senders if name == "from" else message.addresses(name):
            if found.address:
                return Address(display or found.display, found.address)
            display = display or found.display
    return Address(display, "")


def _outside(company: Company, recipients: Iterable[Address]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for recipient in recipients:
        address = recipient.address
        if address and not is_own(company, address) and not answers_nobody(address):
            found.setdefault(address, recipient)
    return tuple(found.values())


def _any_own(company: Company, recipients: Iterable[Address]) -> bool:
    return any(is_own(company, recipient.address) for recipient in recipients)


def _ours(
    message: Message, company: Company, senders: Iterable[Address], recipients: Iterable[Address]
) -> tuple[str, ...]:
    """Our addresses in the headers; only where there are none, those that our server noted on delivery."""
    found = dict.fromkeys(
        address.address
        for address in (*senders, *recipients)
        if address.address and is_own(company, address.address)
    )
    if not found:
        found = dict.fromkeys(
            address.address
            for name in ("delivered-to", "x-original-to", "envelope-to")
            for address in message.addresses(name)
            if address.address and is_own(company, address.address)
        )
    return tuple(found)


def _fails_authentication(message: Message) -> bool:
    """Whether the server that delivered the mail says that our domain did not send it (RFC 8601); the topmost is ours."""
    return _FAILED.search(message.header("authentication-results")) is not None
