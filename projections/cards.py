"""How a customer is called, described and found: name, attributes and search terms of living customers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from stammkunde.core.contact import Identifier, Name
from stammkunde.core.names import consistent, party_of
from stammkunde.projections.corrections import chunks, execute_in, select_in
from stammkunde.projections.finding import used_identifiers
from stammkunde.projections.registers import ROLE
from stammkunde.projections.terms import customer_terms, words

NAME = "name"
"""What a person wrote under this key is how the customer is called."""

Displays: TypeAlias = dict[str, tuple[int, str, str]]
"""By customer the latest display name on a contact that counts, behind its time and contact."""

_name = msgspec.json.Decoder(Name).decode
_attributes = msgspec.json.Decoder(dict[str, str]).decode

_HANDLES = (
    "SELECT c.living, h.name, h.customer = c.living FROM customers c JOIN handles h ON h.customer = c.id"
    " WHERE c.living IN ({ids}) AND h.name <> '' ORDER BY h.position, h.id"
)
_ENTRIES = (
    "SELECT k.customer, t.name, t.attributes FROM contacts k JOIN contents t ON t.contact = k.id"
    " WHERE k.customer IN ({ids}) AND k.kind = 'entry' AND k.retracted = 0 ORDER BY k.at, k.id"
)
DESCRIPTIONS = (
    "SELECT c.living, d.key, d.value FROM customers c JOIN descriptions d ON d.customer = c.id"
    " WHERE c.living IN ({ids})"
    " ORDER BY d.key = 'name' AND d.customer = c.living, d.position, d.key, d.customer"
)
"""The last word counts; of names the survivor's own, whatever a customer was called who was merged into him later."""
_DISPLAYS = (
    "SELECT k.customer, k.at, k.id, t.display FROM contacts k JOIN contents t ON t.contact = k.id"
    " WHERE k.customer IN ({ids}) AND k.counted = 1 AND k.retracted = 0 AND t.display <> ''"
)
_ALL_DISPLAYS = (
    "SELECT k.customer, k.at, k.id, t.display FROM contents t JOIN contacts k ON k.id = t.contact"
    " WHERE k.customer IS NOT NULL AND k.counted = 1 AND k.retracted = 0 AND t.display <> ''"
)


class Card(msgspec.Struct):
    """All that name, attributes and terms of one customer are made of."""

    display: str = ""
    handles: list[Name] = msgspec.field(default_factory=list)
    own: list[Name] = msgspec.field(default_factory=list)
    entries: list[Name] = msgspec.field(default_factory=list)
    identifiers: set[Identifier] = msgspec.field(default_factory=set)
    from_entries: dict[str, str] = msgspec.field(default_factory=dict)
    written: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def role(self) -> str:
        """What a person said last; `customer` takes an earlier word back where nothing else speaks for one."""
        return self.written.get(ROLE, "")

    @property
    def name(self) -> str:
        """What a person wrote, else the address book, a structured name, a display name, an address or number.

        `own` are the structured names of the survivor himself where others were merged into him.
        """
        return (
            self.written.get(NAME)
            or called(fitting(self.own, self.entries))
            or called(fitting(self.own, self.handles))
            or self.display
            or next((i.value for i in sorted(self.identifiers) if i.kind != "shop"), "")
        )

    @property
    def attributes(self) -> dict[str, tuple[str, str]]:
        """Value and source by key: an entry's, unless a person wrote another or took it away."""
        found = {key: (value, "entry") for key, value in self.from_entries.items() if value}
        for key, value in self.written.items():
            if key == ROLE:
                continue
            if value:
                found[key] = (value, "person")
            else:
                found.pop(key, None)
        return found

    @property
    def terms(self) -> list[str]:
        """The words by which the customer is found."""
        texts = [self.name, self.display, *map(str, self.entries), *map(str, self.handles)]
        texts += [value for value, _ in self.attributes.values()]
        return customer_terms(texts, self.identifiers)


def fitting(own: Sequence[Name], names: Sequence[Name]) -> Sequence[Name]:
    """The names that can be the survivor's, his own first: what merged ones were called otherwise is only searched for."""
    if not own or len(own) == len(names):
        return names
    parties = list(map(party_of, own))
    first = [name for name in names if name in own]
    rest = (name for name in names if name not in own)
    return [*first, *(name for name in rest if consistent([*parties, party_of(name)]))]


def called(names: Sequence[Name]) -> str:
    """One name out of several: the fullest, the first of equals; of a firm with several people the firm's."""
    if not names:
        return ""
    firms = [name.company for name in names if name.company]
    people = {frozenset(words(f"{n.given} {n.family}")) for n in names if n.given or n.family}
    if firms and len(people) > 1:
        return firms[0]
    return str(max(names, key=_fullness))


def _fullness(name: Name) -> tuple[bool, bool, bool]:
    """Whether a name is whole; `max` takes the first of equals."""
    whole = len(name.given.strip(". ")) > 1 and bool(name.family)
    return whole, bool(name.company), bool(name.given and name.family)


def show_latest(
    cursor: sqlite3.Cursor, displays: Displays, corrected: set[str], cards: set[str]
) -> None:
    """Keep the display names that new contacts brought, where they are later than the ones known."""
    wanted = {
        customer: latest for customer, latest in displays.items() if customer not in corrected
    }
    known = select_in(
        cursor,
        "SELECT id, display_at, display_contact, display FROM customers WHERE id IN ({ids})",
        wanted,
    )
    later = [
        (customer, *wanted[customer], display)
        for customer, at, contact, display in known
        if at is None or (at, contact) < wanted[customer][:2]
    ]
    _show(cursor, ((customer, at, contact, text) for customer, at, contact, text, _ in later))
    cards.update(customer for customer, _, _, text, before in later if text != before)


def show_again(cursor: sqlite3.Cursor, customers: Iterable[str]) -> None:
    """Find the latest display names of these customers."""
    wanted = sorted(customers)
    execute_in(
        cursor,
        "UPDATE customers SET display = '', display_at = NULL, display_contact = NULL WHERE id IN ({ids})",
        wanted,
    )
    _show_latest_of(cursor, select_in(cursor, _DISPLAYS, wanted))


def show_all(cursor: sqlite3.Cursor) -> None:
    """The same for all customers of new views, in one pass over the contents."""
    _show_latest_of(cursor, cursor.execute(_ALL_DISPLAYS))


def _show_latest_of(cursor: sqlite3.Cursor, rows: Iterable[tuple[str, int, str, str]]) -> None:
    latest: Displays = {}
    for customer, at, contact, display in rows:
        found = (at, contact, display)
        if customer not in latest or found > latest[customer]:
            latest[customer] = found
    _show(cursor, ((customer, *found) for customer, found in latest.items()))


def _show(cursor: sqlite3.Cursor, rows: Iterable[tuple[str, int, str, str]]) -> None:
    cursor.executemany(
        "UPDATE customers SET display_at = ?, display_contact = ?, display = ? WHERE id = ?",
        [(at, contact, display, customer) for customer, at, contact, display in rows],
    )


def write_cards(cursor: sqlite3.Cursor, customers: Iterable[str]) -> None:
    """Write name, role, kind, attributes and terms of these customers anew; what was merged away has none."""
    for marks, part in chunks(customers):
        cards = _read(cursor, part)
        for table in ("attributes", "terms"):
            cursor.execute(f"DELETE FROM {table} WHERE customer IN ({marks})", part)
        cursor.executemany(
            "INSERT INTO attributes (customer, key, value, source) VALUES (?, ?, ?, ?)",
            [(c, key, *said) for c, card in cards.items() for key, said in card.attributes.items()],
        )
        cursor.executemany(
            "INSERT INTO terms (term, customer) VALUES (?, ?)",
            [(term, customer) for customer, card in cards.items() for term in card.terms],
        )
        cursor.executemany(
            "UPDATE customers SET name = ?, role = ?, kind = CASE WHEN ? <> '' THEN ?"
            " WHEN orders > 0 THEN 'customer' ELSE 'prospect' END WHERE id = ?",
            [
                (card.name, card.role, card.role, card.role, customer)
                for customer, card in cards.items()
            ],
        )


def _read(cursor: sqlite3.Cursor, customers: Sequence[str]) -> dict[str, Card]:
    cards = {customer: Card() for customer in customers}
    for customer, display in select_in(
        cursor, "SELECT id, display FROM customers WHERE id IN ({ids})", customers
    ):
        cards[customer].display = display
    for customer, name, is_own in select_in(cursor, _HANDLES, customers):
        card = cards[customer]
        card.handles.append(_name(name))
        if is_own:
            card.own.append(card.handles[-1])
    for customer, kind, value in used_identifiers(cursor, customers):
        cards[customer].identifiers.add(Identifier(kind, value))
    for customer, name, attributes in select_in(cursor, _ENTRIES, customers):
        if name:
            cards[customer].entries.append(_name(name))
        cards[customer].from_entries.update(_attributes(attributes))
    for customer, key, value in select_in(cursor, DESCRIPTIONS, customers):
        cards[customer].written[key] = value
    return cards
