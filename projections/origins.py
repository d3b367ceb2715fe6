"""Where a customer's identifiers come from: an address book, an order, a form, a mail of ours, a talk, or a person's word."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from stammkunde.projections.answers import Identifier
from stammkunde.projections.reading import utc


class Origin(msgspec.Struct, frozen=True):
    """The best witness of an identifier: a contact of this `kind`, or `link`, where a person tied it to the customer.

    `order` is the shop's own number of an order, `at` when the contact was.
    """

    kind: str
    contact: str = ""
    order: str = ""
    at: datetime | None = None


def origins(
    cursor: sqlite3.Cursor, customer: str, identifiers: Iterable[Identifier]
) -> dict[Identifier, Origin]:
    """For each identifier of a living customer its witness; one that nothing but himself vouches for has none.

    A person's word comes first, then an entry, an order, a form, a mail of ours, a talk; of equals the latest.
    """
    found = {}
    for identifier in identifiers:
        values = (customer, identifier.kind, identifier.value)
        if cursor.execute(_LINKED, values).fetchone():
            found[identifier] = Origin("link")
        elif row := cursor.execute(_WITNESS, values).fetchone():
            kind, contact, order, at = row
            found[identifier] = Origin(kind, contact, order, utc(at * 1000))
    return found


_LINKED = "SELECT 1 FROM links l JOIN customers c ON c.id = l.customer WHERE c.living = ? AND l.kind = ? AND l.value = ?"
_WITNESS = (
    "SELECT kind, id, order_number, at FROM (SELECT k.kind, k.id, coalesce(nullif(t.order_number, ''), k.order_id, '') AS order_number, k.at,"
    " CASE k.kind WHEN 'entry' THEN 1 WHEN 'order_placed' THEN 2 WHEN 'form' THEN 3 WHEN 'message' THEN 4 ELSE 5 END"
    " AS rank FROM contacts k JOIN handle_identifiers h ON h.handle = k.handle LEFT JOIN contents t ON t.contact = k.id"
    " WHERE k.customer = ? AND h.kind = ? AND h.value = ? AND k.retracted = 0 AND (k.kind IN ('entry', 'order_placed',"
    " 'form') OR k.kind = 'message' AND k.direction = 'out' OR k.kind = 'call' AND k.outcome = 'answered'))"
    " AS witnesses ORDER BY rank, at DESC, id LIMIT 1"
)
