"""A contact's event as rows of `contacts` and `contents`."""

from __future__ import annotations

from typing import Any

import msgspec

from stammkunde.core.contact import COUNTED, Identifier
from stammkunde.core.events import ContactPrivate, Content, Event, Facts
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.money import to_micro
from stammkunde.projections.projection import Fact
from stammkunde.projections.schema import CONTACTS, CONTENTS

_encode = msgspec.json.Encoder(decimal_format="string").encode

Row = tuple[Any, ...]


def _names(columns: tuple[str, ...]) -> list[str]:
    return [column.split()[0] for column in columns]


def _insert(table: str, columns: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_FACTS = (
    "item", "handle", "channel", "kind", "counted", "direction", "outcome", "at", "offset_min", "local_day",
    "local_month", "duration_s", "amount_micro", "net_micro", "currency", "thread", "order_id", "related", "flags",
)  # fmt: skip
HANDLE, DAY, THREAD, ORDER = map(_FACTS.index, ("handle", "local_day", "thread", "order_id"))
"""Where these stand in a row of facts."""

_OWN = ("own_rule", "own_customer", "own_score", "own_evidence")
_CONTENTS = _names(CONTENTS.columns)
DISPLAY = _CONTENTS.index("display")
"""Where it stands in a row of contents."""

INSERT_CONTACT = _insert(
    CONTACTS.name, ["id", "position", "recorded_at", "customer", "retracted", *_OWN, *_FACTS]
)
UPDATE_FACTS = f"UPDATE contacts SET {', '.join(f'{name} = ?' for name in _FACTS)} WHERE id = ?"
INSERT_CONTENT = _insert(CONTENTS.name, _CONTENTS)
DELETE_CONTENT = "DELETE FROM contents WHERE contact = ?"


def facts_row(facts: Facts, local: LocalTime) -> Row:
    """The columns that `contact.recorded` and `contact.amended` set."""
    day, month = local.day_and_month(facts.at)
    return (
        facts.item,
        facts.handle or None,
        facts.channel,
        facts.kind,
        1 if facts.kind in COUNTED else 0,
        facts.direction,
        facts.outcome,
        facts.at,
        facts.offset,
        day,
        month,
        facts.duration_s,
        to_micro(facts.amount),
        to_micro(facts.net),
        facts.currency,
        facts.thread or None,
        facts.order or None,
        facts.related or None,
        _encode(facts.flags).decode() if facts.flags else "[]",
    )


def content_row(event: Event) -> Row | None:
    """The columns of `contents`; None once the contact is erased."""
    private = event.private
    if not isinstance(private, ContactPrivate):
        return None
    content = private.content
    return (
        event.stream,
        event.position,
        private.source,
        content.item,
        content.order,
        content.party,
        _encode(content.name).decode() if content.name else "",
        content.display,
        address(content, event.open.channel),
        content.subject,
        content.text,
        _encode(content.ours).decode() if content.ours else "[]",
        _encode(content.attachments).decode() if content.attachments else "[]",
        _encode(content.lines).decode() if content.lines else "[]",
        _encode(content.attributes).decode() if content.attributes else "{}",
    )


def address(content: Content, channel: str) -> str:
    """What one would call or write to; on the telephone a number goes first, elsewhere a mail address."""
    found: dict[str, str] = {i.kind: i.value for i in reversed(content.identifiers)}
    first, second = ("phone", "mail") if channel == "phone" else ("mail", "phone")
    return found.get(first) or found.get(second) or ""


def fact(contact: str, customer: str | None, row: Row) -> Fact:
    """What further read models see of a contact."""
    (item, _, channel, kind, counted, direction, outcome, at, _, day, month, duration, amount, net, currency, thread,
     order, related, _) = row  # fmt: skip
    return Fact(
        contact, item, customer, channel, kind, counted, direction, outcome, at, day, month, duration, amount, net,
        currency, thread, order, related,
    )  # fmt: skip


def identifiers_of(private: object) -> tuple[Identifier, ...]:
    """The identifiers in a private part; none once it is erased."""
    return getattr(private, "identifiers", ())
