"""Who uses an identifier, and which identifiers a customer uses: by his handles, and by what a person linked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Literal

from stammkunde.core.contact import IdentifierKind
from stammkunde.core.events import IdentifierClass
from stammkunde.projections.answers import KnownIdentifier
from stammkunde.projections.corrections import select_in
from stammkunde.projections.terms import LAST

_USED = (
    "SELECT c.living, i.kind, i.value FROM customers c JOIN handles h ON h.customer = c.id"
    " JOIN handle_identifiers i ON i.handle = h.id WHERE c.living IN ({ids})"
)
_LINKED = (
    "SELECT c.living, l.kind, l.value FROM customers c JOIN links l ON l.customer = c.id"
    " WHERE c.living IN ({ids})"
)

SHOWN = (
    "c.merged_into IS NULL AND (c.contacts > 0"
    " OR EXISTS (SELECT 1 FROM contacts k WHERE k.customer = c.id AND k.retracted = 0)"
    " OR EXISTS (SELECT 1 FROM customers m WHERE m.living = c.id AND (m.role <> ''"
    " OR EXISTS (SELECT 1 FROM handles h WHERE h.customer = m.id)"
    " OR EXISTS (SELECT 1 FROM links l WHERE l.customer = m.id)"
    " OR EXISTS (SELECT 1 FROM descriptions d WHERE d.customer = m.id)"
    " OR EXISTS (SELECT 1 FROM notes n WHERE n.customer = m.id))))"
)
"""A living customer `c` of whom something is known, and not one whose contacts turned out to be others' or were withdrawn."""

_MANY = 2000
"""Terms with one beginning from which on it is common."""

IN_FIGURES = "role IN ('', 'customer')"
"""Of a living customer: he is no supplier, partner or private person, who are in no customer figure."""


def living(cursor: sqlite3.Cursor, customer: str) -> str | None:
    """The living customer of an id; None where there is no such id."""
    row = cursor.execute("SELECT living FROM customers WHERE id = ?", (customer,)).fetchone()
    return str(row[0]) if row else None


def called(cursor: sqlite3.Cursor, sought: Iterable[set[str]]) -> Iterator[tuple[str, list[str]]]:
    """For each word sought, in one of its spellings, a condition on a customer `c` of whom a term begins so.

    Whom a rare word means is looked up; a beginning that many have, as one letter is, is asked of each customer in turn
    until a page is full.
    """
    for spellings in sought:
        ranges = " OR ".join(["term >= ? AND term < ?"] * len(spellings)) or "1 = 0"
        bounds = [bound for one in sorted(spellings) for bound in (one, one + LAST)]
        some = f"SELECT 1 FROM terms WHERE {ranges} LIMIT {_MANY}"
        (n,) = cursor.execute(f"SELECT count(*) FROM ({some}) AS some", bounds).fetchone()
        if n < _MANY:
            yield f"c.id IN (SELECT customer FROM terms WHERE {ranges})", bounds
        else:
            yield f"EXISTS (SELECT 1 FROM terms WHERE customer = c.id AND ({ranges}))", bounds


def is_beginning(ref: str) -> bool:
    """Whether a reference may be the beginning of an id: fewer than six hex digits are none."""
    return 6 <= len(ref) <= 32 and set(ref) <= set("0123456789abcdef")


def beginning_with(
    cursor: sqlite3.Cursor, table: Literal["contacts", "customers"], start: str
) -> list[str]:
    """All ids of a table that begin so, in order."""
    if not is_beginning(start):
        return []
    sql = f"SELECT id FROM {table} WHERE id >= ? AND id < ? ORDER BY id"
    return [row[0] for row in cursor.execute(sql, (start, start + "g"))]


def shortest(
    cursor: sqlite3.Cursor, table: Literal["contacts", "customers"], ids: Iterable[str]
) -> dict[str, str]:
    """For each id a beginning, of eight digits or more, that no other id of the table has now."""
    found = {}
    for id_ in ids:
        before, after = cursor.execute(
            f"SELECT (SELECT max(id) FROM {table} WHERE id < ?), (SELECT min(id) FROM {table} WHERE id > ?)",
            (id_, id_),
        ).fetchone()
        found[id_] = next(
            id_[:size]
            for size in range(8, len(id_) + 1)
            if not any((other or "").startswith(id_[:size]) for other in (before, after))
        )
    return found


def found_by(cursor: sqlite3.Cursor, kind: str, value: str) -> set[str]:
    """The living customers who use an identifier; where a person linked it, whom he named."""
    linked = cursor.execute(
        "SELECT DISTINCT c.living FROM links l JOIN customers c ON c.id = l.customer"
        " WHERE l.kind = ? AND l.value = ?",
        (kind, value),
    ).fetchall()
    used = (
        linked
        or cursor.execute(
            "SELECT DISTINCT c.living FROM handle_identifiers i JOIN handles h ON h.id = i.handle"
            " JOIN customers c ON c.id = h.customer WHERE i.kind = ? AND i.value = ?",
            (kind, value),
        ).fetchall()
    )
    return {row[0] for row in used}


def used_identifiers(
    cursor: sqlite3.Cursor, customers: Iterable[str]
) -> set[tuple[str, IdentifierKind, str]]:
    """Living customer, kind and value of each identifier that these customers use."""
    wanted = list(customers)
    return {row for sql in (_USED, _LINKED) for row in select_in(cursor, sql, wanted)}


def customer_identifiers(
    cursor: sqlite3.Cursor, customers: Iterable[str]
) -> dict[str, tuple[KnownIdentifier, ...]]:
    """The identifiers of living customers with their classes, in order of kind and value."""
    return _known(cursor, used_identifiers(cursor, customers))


def handle_identifiers(
    cursor: sqlite3.Cursor, handles: Iterable[str]
) -> dict[str, tuple[KnownIdentifier, ...]]:
    """The identifiers that handles show, with their classes."""
    sql = "SELECT handle, kind, value FROM handle_identifiers WHERE handle IN ({ids})"
    return _known(cursor, set(select_in(cursor, sql, handles)))


def _known(
    cursor: sqlite3.Cursor, pairs: set[tuple[str, IdentifierKind, str]]
) -> dict[str, tuple[KnownIdentifier, ...]]:
    classes: dict[tuple[str, str], IdentifierClass] = {
        (kind, value): class_
        for kind, value, class_ in select_in(
            cursor,
            "SELECT kind, value, class FROM identifiers WHERE value IN ({ids})",
            {value for _, _, value in pairs},
        )
    }
    found: dict[str, list[KnownIdentifier]] = {}
    for owner, kind, value in sorted(pairs):
        class_ = classes.get((kind, value), "exclusive")
        found.setdefault(owner, []).append(KnownIdentifier(kind, value, class_))
    return {owner: tuple(known) for owner, known in found.items()}
