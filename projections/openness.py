"""What is known of customers without some sources: from handles, entries and display names of the others.

A handle is known from every source that ever told of it. What people wrote (notes, attributes, links, a name) is said of
a customer of whom an open source told, or none at all; of one whom only hidden sources know it is kept back too. What was
recorded by hand tells of nobody: whoever may write could open a customer by it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

import msgspec

from stammkunde.core.contact import Identifier, Name
from stammkunde.core.decisions import HAND
from stammkunde.projections.cards import DESCRIPTIONS, Card
from stammkunde.projections.corrections import select_in

_NEWEST = 100
"""Contacts among which another display name is looked for: of many that are hidden the rest is not read."""

_HANDLES = (
    "SELECT c.living, h.id, h.name, h.customer = c.living FROM customers c JOIN handles h ON h.customer = c.id"
    " WHERE c.living IN ({ids}) ORDER BY h.position, h.id"
)
_SOURCES = "SELECT handle, source FROM handle_sources WHERE handle IN ({ids})"
_OWN_SOURCES = (
    "SELECT DISTINCT c.living, coalesce(t.source, '') FROM customers c JOIN contacts k ON k.own_customer = c.id"
    " LEFT JOIN contents t ON t.contact = k.id WHERE c.living IN ({ids}) AND k.retracted = 0"
)
_IDENTIFIERS = "SELECT handle, kind, value FROM handle_identifiers WHERE handle IN ({ids})"
_LINKS = (
    "SELECT c.living, l.kind, l.value FROM customers c JOIN links l ON l.customer = c.id"
    " WHERE c.living IN ({ids})"
)
_ENTRIES = (
    "SELECT k.customer, t.source, t.name, t.attributes FROM contacts k JOIN contents t ON t.contact = k.id"
    " WHERE k.customer IN ({ids}) AND k.kind = 'entry' AND k.retracted = 0 ORDER BY k.at, k.id"
)
_SHOWN = (
    "SELECT c.id, t.source, c.display FROM customers c JOIN contents t ON t.contact = c.display_contact"
    " WHERE c.id IN ({ids})"
)
_NEXT = (
    "SELECT t.source, t.display FROM (SELECT id, counted, retracted FROM contacts WHERE customer = ?"
    f" ORDER BY at DESC, id DESC LIMIT {_NEWEST}) AS k JOIN contents t ON t.contact = k.id"
    " WHERE k.counted = 1 AND k.retracted = 0 AND t.display <> ''"
)

_name = msgspec.json.Decoder(Name).decode
_attributes = msgspec.json.Decoder(dict[str, str]).decode


class Handle(msgspec.Struct, frozen=True):
    """One way in which a living customer showed himself; `is_own` where it was not one's who was merged into him."""

    customer: str
    id: str
    name: str
    is_own: bool


def closed(
    cursor: sqlite3.Cursor, customers: Iterable[str], hidden: Collection[str]
) -> frozenset[str]:
    """Of living customers those whom only hidden sources know."""
    wanted = set(customers)
    handles = _handles(cursor, wanted)
    return _closed(cursor, wanted, handles, _open(cursor, handles, hidden), hidden)


def open_cards(
    cursor: sqlite3.Cursor, customers: Iterable[str], hidden: Collection[str]
) -> dict[str, Card | None]:
    """The cards of living customers; None for one of whom nothing may be said."""
    wanted = set(customers)
    handles = _handles(cursor, wanted)
    open_handles = _open(cursor, handles, hidden)
    shut = _closed(cursor, wanted, handles, open_handles, hidden)
    cards = {customer: Card() for customer in wanted - shut}
    _by_handles(cursor, cards, [one for one in handles if one.id in open_handles])
    _by_entries(cursor, cards, hidden)
    _by_people(cursor, cards)
    _by_displays(cursor, cards, hidden)
    return {**dict.fromkeys(shut), **cards}


def _handles(cursor: sqlite3.Cursor, customers: Iterable[str]) -> list[Handle]:
    rows = select_in(cursor, _HANDLES, customers)
    return [Handle(customer, id_, name, bool(is_own)) for customer, id_, name, is_own in rows]


def _open(
    cursor: sqlite3.Cursor, handles: Iterable[Handle], hidden: Collection[str]
) -> frozenset[str]:
    rows = select_in(cursor, _SOURCES, {one.id for one in handles})
    return frozenset(handle for handle, source in rows if source not in hidden)


def _closed(
    cursor: sqlite3.Cursor,
    customers: set[str],
    handles: Iterable[Handle],
    open_handles: Collection[str],
    hidden: Collection[str],
) -> frozenset[str]:
    known = {one.customer for one in handles}
    told = {one.customer for one in handles if one.id in open_handles}
    for customer, source in select_in(cursor, _OWN_SOURCES, customers - told):
        if source != HAND.name:
            known.add(customer)
            if source and source not in hidden:
                told.add(customer)
    return frozenset(known - told)


def _by_handles(cursor: sqlite3.Cursor, cards: dict[str, Card], handles: list[Handle]) -> None:
    owners = {one.id: one.customer for one in handles}
    for handle, kind, value in select_in(cursor, _IDENTIFIERS, owners):
        cards[owners[handle]].identifiers.add(Identifier(kind, value))
    for one in handles:
        if one.name:
            card = cards[one.customer]
            card.handles.append(_name(one.name))
            if one.is_own:
                card.own.append(card.handles[-1])


def _by_entries(cursor: sqlite3.Cursor, cards: dict[str, Card], hidden: Collection[str]) -> None:
    for customer, source, name, attributes in select_in(cursor, _ENTRIES, cards):
        if source in hidden:
            continue
        if name:
            cards[customer].entries.append(_name(name))
        cards[customer].from_entries.update(_attributes(attributes))


def _by_people(cursor: sqlite3.Cursor, cards: dict[str, Card]) -> None:
    for customer, kind, value in select_in(cursor, _LINKS, cards):
        cards[customer].identifiers.add(Identifier(kind, value))
    for customer, key, value in select_in(cursor, DESCRIPTIONS, cards):
        cards[customer].written[key] = value


def _by_displays(cursor: sqlite3.Cursor, cards: dict[str, Card], hidden: Collection[str]) -> None:
    """The latest display name of an open source."""
    for customer, source, display in select_in(cursor, _SHOWN, cards):
        told = [(source, display)]
        if source in hidden:
            told = cursor.execute(_NEXT, (customer,)).fetchall()
        cards[customer].display = next((text for by, text in told if by not in hidden), "")
