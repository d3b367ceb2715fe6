"""The contact that a mail is for one counterpart: what the header of the mail says of it, whatever its kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from stammkunde.connectors.mail.bounce import Failure
from stammkunde.connectors.mail.date import read_date
from stammkunde.connectors.mail.message import Address, Message, item_of
from stammkunde.core.contact import Contact, Identifier

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Interpretation(msgspec.Struct, frozen=True):
    """What a mail means.

    Either `contacts`, one for each counterpart, or `ignored` with the reason why it concerns none: `internal`, `no
    counterpart`, `spoofed sender` or `shop notification`. `failures` are the recipients that a bounce names.
    """

    contacts: tuple[Contact, ...] = ()
    ignored: str = ""
    failures: tuple[Failure, ...] = ()


def occurred_at(message: Message) -> datetime | None:
    """When a mail was written: its Date header literally, else when the last server received it, else None.

    A time without a readable zone counts as UTC, as RFC 5322 §3.3 has it for `-0000`.
    """
    date = message.date
    if date is None:
        for received in message.headers.get("received", ())[:1]:
            date, _ = read_date(received.rpartition(";")[2].strip())
    if date is None:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def contact_of(message: Message, counterpart: Address, **facts: Any) -> Contact:
    """The contact of a mail with one counterpart; `facts` are further fields of it, or others than the header's."""
    moment = occurred_at(message)
    flags = facts.pop("flags", message.flags)
    party = counterpart.address
    return Contact(
        item=item_of(message),
        channel="mail",
        party=party,
        identifiers=facts.pop("identifiers", (Identifier("mail", party),) if party else ()),
        display=facts.pop("display", counterpart.display),
        occurred_at=moment or _EPOCH,
        flags=flags if moment else (*flags, "no_date"),
        subject=message.header("subject"),
        **facts,
    )
