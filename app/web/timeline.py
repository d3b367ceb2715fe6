"""Contacts as entries of a timeline: what each was, in the visitor's words, grouped by day, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import msgspec

from stammkunde.app import writing
from stammkunde.app.web.evidence import Why, why
from stammkunde.app.web.visit import Visit
from stammkunde.projections.answers import Contact, Line

EXCERPT = 220
"""Characters of a text that a timeline shows."""
_LINES = 4
"""Lines of an order that it names."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A contact in a list. `icon` is that of its channel or, of a note, of notes; `way` is `in`, `out` or `own`."""

    id: str
    clock: str
    icon: str
    way: str
    channel: str
    title: str
    aside: str
    excerpt: str
    is_hidden: bool
    why: Why | None


class Day(msgspec.Struct, frozen=True):
    """The entries of one day in the company's zone."""

    title: str
    entries: tuple[Entry, ...]


def days(visit: Visit, contacts: Iterable[Contact]) -> tuple[Day, ...]:
    """Contacts, which come newest first, by day."""
    zone = visit.zone
    grouped = groupby(contacts, key=lambda contact: contact.occurred_at.astimezone(zone).date())
    return tuple(
        Day(
            writing.long_day(day, visit.locale.code),
            tuple(entry(visit, contact) for contact in group),
        )
        for day, group in grouped
    )


def entry(visit: Visit, contact: Contact) -> Entry:
    """One contact as the visitor may see it."""
    shown = visit.shown(contact)
    channel = writing.capital(visit.locale.word(shown.channel))
    direction = f", {visit.locale.word(shown.direction)}" if shown.direction else ""
    return Entry(
        id=shown.id,
        clock=f"{shown.occurred_at.astimezone(visit.zone):%H:%M}",
        icon="note" if shown.kind == "note" else shown.channel,
        way="own" if shown.kind in ("note", "entry") else shown.direction or "own",
        channel=channel + direction,
        title=title(visit, shown),
        aside=_aside(visit, shown),
        excerpt=_excerpt(shown),
        is_hidden=contact.source in visit.hidden,
        why=why(visit, shown),
    )


def title(visit: Visit, contact: Contact) -> str:
    """`Bestellung 1043`, `Anruf, 6 min`, the subject of a message, else its kind."""
    kind = writing.capital(visit.locale.word(contact.kind))
    if contact.kind == "call":
        return _call(visit, contact, kind)
    if contact.subject:
        return contact.subject
    if contact.kind.startswith("order_") and contact.order:
        return f"{kind} {contact.order}"
    return kind


def _call(visit: Visit, contact: Contact, kind: str) -> str:
    if contact.outcome not in (None, "answered"):
        return f"{kind}, {visit.locale.word(contact.outcome)}"
    return f"{kind}, {duration(contact.duration_s)}" if contact.duration_s else kind


def duration(seconds: int) -> str:
    """`34 s`, `6 min`."""
    return f"{seconds} s" if seconds < 60 else f"{writing.number(round(seconds / 60))} min"


def _aside(visit: Visit, contact: Contact) -> str:
    if contact.money:
        return writing.money(contact.money.amount, contact.money.currency, visit.locale.code)
    if contact.attachments:
        return visit.locale.plural("{n} attachment", "{n} attachments", len(contact.attachments))
    return ""


def _excerpt(contact: Contact) -> str:
    if contact.lines:
        more = " …" if len(contact.lines) > _LINES else ""
        return ", ".join(map(line_text, contact.lines[:_LINES])) + more
    return writing.excerpt(contact.text, EXCERPT)


def line_text(line: Line) -> str:
    """`2 × Veloschlauch`."""
    return f"{line.quantity.normalize():f} × {line.name or line.article}"
