"""Handles, identifiers and customers: what events say of them, and which living customer each id is part of."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from stammkunde.core.contact import Identifier
from stammkunde.core.events import Description, Event, IdentifierPrivate, Note
from stammkunde.projections.batch import NO_EVIDENCE, Batch, Decision
from stammkunde.projections.contact_rows import identifiers_of
from stammkunde.projections.corrections import Corrections, select_in
from stammkunde.projections.said import hear_note

ROLE = "role"
"""Under this key a person's word on the role stands among the descriptions."""

_encode = msgspec.json.encode


# ---- handles


def write_handles(cursor: sqlite3.Cursor, batch: Batch) -> dict[str, str | None]:
    """Write new handles and decisions; the old handles that are another's now, with whose they were."""
    seen = {event.stream for event in batch.handles}
    cursor.executemany(
        "INSERT INTO handles (id, position, name, customer, rule, score, evidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [_handle_row(event, batch.assigned.get(event.stream)) for event in batch.handles],
    )
    cursor.executemany(
        "INSERT INTO handle_identifiers (handle, kind, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (event.stream, identifier.kind, identifier.value)
            for event in batch.handles
            for identifier in identifiers_of(event.private)
        ],
    )
    decided = {handle: d for handle, d in batch.assigned.items() if handle not in seen}
    before = dict(
        select_in(cursor, "SELECT id, customer FROM handles WHERE id IN ({ids})", decided)
    )
    cursor.executemany(
        "INSERT INTO handles (id, position, name, customer, rule, score, evidence)"
        " VALUES (?, ?, '', ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET customer = excluded.customer,"
        " rule = excluded.rule, score = excluded.score, evidence = excluded.evidence",
        [(h, d.position, d.customer, d.rule, d.score, d.evidence) for h, d in decided.items()],
    )
    return {h: before.get(h) for h, d in decided.items() if before.get(h) != d.customer}


def _handle_row(event: Event, decided: Decision | None) -> tuple[object, ...]:
    name = getattr(event.private, "name", None)
    written = _encode(name).decode() if name else ""
    if decided is None:
        return event.stream, event.position, written, None, "", 0.0, NO_EVIDENCE
    return (
        event.stream,
        event.position,
        written,
        decided.customer,
        decided.rule,
        decided.score,
        decided.evidence,
    )


def customers_of_handles(cursor: sqlite3.Cursor, handles: Iterable[str]) -> dict[str, str]:
    """The living customer of each handle that has one."""
    return dict(
        select_in(
            cursor,
            "SELECT h.id, c.living FROM handles h JOIN customers c ON c.id = h.customer WHERE h.id IN ({ids})",
            handles,
        )
    )


# ---- identifiers


def write_identifiers(cursor: sqlite3.Cursor, batch: Batch) -> None:
    """Write the classes of identifiers."""
    cursor.executemany(
        "INSERT INTO identifiers (kind, value, class, rule) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, value) DO UPDATE SET class = excluded.class, rule = excluded.rule",
        [
            (*_identifier(event.private.identifier), event.open.class_, event.open.rule)
            for event in batch.identifiers
            if isinstance(event.private, IdentifierPrivate)
        ],
    )


def _identifier(identifier: Identifier) -> tuple[str, str]:
    return identifier.kind, identifier.value


# ---- customers


def write_customers(cursor: sqlite3.Cursor, batch: Batch) -> dict[str, tuple[str, str]]:
    """Write what events say of customers; the ids whose living customer is another now, with the old and the new one."""
    merged: set[str] = set()
    for event in batch.customers:
        write = _WRITE.get(event.topic)
        if write:
            write(cursor, event)
        else:
            merged |= _merge(cursor, event)
    return _settle_living(cursor, merged) if merged else {}


def living_of(cursor: sqlite3.Cursor, customers: Iterable[str]) -> dict[str, str]:
    """The living customer of each id that was ever opened."""
    return dict(
        select_in(cursor, "SELECT id, living FROM customers WHERE id IN ({ids})", customers)
    )


def note_cards(
    cursor: sqlite3.Cursor, batch: Batch, moved: dict[str, str | None], corrections: Corrections
) -> None:
    """Mark customers whose name, attributes or search terms may change by this batch; `moved` handles were another's."""
    handles = [*(event.stream for event in batch.handles), *moved]
    ids = {event.stream for event in batch.customers}
    ids.update(customer for customer in moved.values() if customer)
    corrections.cards.update(customers_of_handles(cursor, handles).values())
    corrections.cards.update(living_of(cursor, ids).values())
    roles = {e.stream for e in batch.customers if getattr(e.open, ROLE, None) is not None}
    corrections.customers.update(living_of(cursor, roles).values())


def _opened(cursor: sqlite3.Cursor, event: Event) -> None:
    cursor.execute(
        "INSERT INTO customers (id, position, opened_at, rule, role, living, kind, name, display, contacts, orders)"
        " VALUES (?, ?, ?, ?, '', ?, 'prospect', '', '', 0, 0) ON CONFLICT DO NOTHING",
        (event.stream, event.position, event.recorded_at, event.open.rule, event.stream),
    )


def _described(cursor: sqlite3.Cursor, event: Event) -> None:
    said = event.private.attributes if isinstance(event.private, Description) else {}
    pairs = [pair for pair in said.items() if pair[0] != ROLE]
    if event.open.role is not None:
        pairs.append((ROLE, event.open.role))
    cursor.executemany(
        "INSERT INTO descriptions (customer, key, value, position) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (customer, key) DO UPDATE SET value = excluded.value, position = excluded.position",
        [(event.stream, key, value, event.position) for key, value in pairs],
    )


def _noted(cursor: sqlite3.Cursor, event: Event) -> None:
    if isinstance(event.private, Note):
        cursor.execute(
            "INSERT INTO notes (position, customer, recorded_at, author, text) VALUES (?, ?, ?, ?, ?)",
            (event.position, event.stream, event.recorded_at, event.private.by, event.private.text),
        )
        hear_note(cursor, event.position, event.private.text)


def _linked(cursor: sqlite3.Cursor, event: Event) -> None:
    if isinstance(event.private, IdentifierPrivate):
        cursor.execute(
            "INSERT INTO links (customer, kind, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (event.stream, *_identifier(event.private.identifier)),
        )


def _unlinked(cursor: sqlite3.Cursor, event: Event) -> None:
    if isinstance(event.private, IdentifierPrivate):
        cursor.execute(
            "DELETE FROM links WHERE customer = ? AND kind = ? AND value = ?",
            (event.stream, *_identifier(event.private.identifier)),
        )


_WRITE: dict[str, Callable[[sqlite3.Cursor, Event], None]] = {
    "customer.opened": _opened,
    "customer.described": _described,
    "customer.noted": _noted,
    "customer.identifier_linked": _linked,
    "customer.identifier_unlinked": _unlinked,
}


# ---- merges


def _merge(cursor: sqlite3.Cursor, event: Event) -> set[str]:
    """Set who is part of whom, and say whose chains to follow again.

    Should the survivor be part of the absorbed one, at whatever distance (merges crossed), he leaves whom he was part
    of: a chain always has an end.
    """
    absorbed = event.stream
    into = getattr(event.open, "into", None)
    if into == absorbed:
        return set()
    touched = {absorbed}
    if into is not None:
        touched.add(into)
        if absorbed in _chain(cursor, into):
            cursor.execute("UPDATE customers SET merged_into = NULL WHERE id = ?", (into,))
    cursor.execute("UPDATE customers SET merged_into = ? WHERE id = ?", (into, absorbed))
    return touched


def _chain(cursor: sqlite3.Cursor, customer: str) -> list[str]:
    """A customer, whom he is part of, and so on to the end, as it stands in the registers now."""
    chain = [customer]
    while True:
        row = cursor.execute(
            "SELECT merged_into FROM customers WHERE id = ?", (chain[-1],)
        ).fetchone()
        if not row or row[0] is None:
            return chain
        chain.append(row[0])


def _settle_living(cursor: sqlite3.Cursor, merged: set[str]) -> dict[str, tuple[str, str]]:
    """Follow the chains of all who stood, or stand, in one group with these; those whose end changed."""
    groups = set(living_of(cursor, merged).values())
    rows = list(
        select_in(cursor, "SELECT id, living FROM customers WHERE living IN ({ids})", groups)
    )
    ends = {customer: (living, _chain(cursor, customer)[-1]) for customer, living in rows}
    moved = {customer: pair for customer, pair in ends.items() if pair[0] != pair[1]}
    cursor.executemany(
        "UPDATE customers SET living = ? WHERE id = ?",
        [(after, customer) for customer, (_, after) in moved.items()],
    )
    return moved
