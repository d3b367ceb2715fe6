"""What waits for a person: counterparts whose contacts are nobody's, and customers whose they may be."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from stammkunde.core.errors import DecisionError
from stammkunde.projections.answers import Candidate, Identifier, Review
from stammkunde.projections.corrections import select_in
from stammkunde.projections.finding import handle_identifiers
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.reading import name_text

_OPEN = (
    "customer IS NULL AND handle IS NOT NULL AND own_rule IS NULL AND counted = 1 AND retracted = 0"
)
_CANDIDATES = 20
_FOLLOWERS = (
    "SELECT customer, channel, count(*) FROM contacts WHERE handle IN ({ids}) AND own_rule IS NULL AND counted = 1"
    " AND retracted = 0 GROUP BY customer, channel"
)

_SHARED = (
    "SELECT i.handle, l.id, l.name, i.kind, i.value FROM handle_identifiers i"
    " JOIN handle_identifiers o ON o.kind = i.kind AND o.value = i.value"
    " JOIN handles h ON h.id = o.handle JOIN customers c ON c.id = h.customer"
    " JOIN customers l ON l.id = c.living WHERE i.handle IN ({ids}) GROUP BY i.handle, l.id, l.name, i.kind, i.value"
)
_LINKED = (
    "SELECT i.handle, l.id, l.name, i.kind, i.value FROM handle_identifiers i"
    " JOIN links o ON o.kind = i.kind AND o.value = i.value JOIN customers c ON c.id = o.customer"
    " JOIN customers l ON l.id = c.living WHERE i.handle IN ({ids})"
)


def open_counterparts(
    cursor: sqlite3.Cursor, local: LocalTime, limit: int, only: str = "", after: str = ""
) -> list[Review]:
    """Open contacts by counterpart, those with most contacts first; one without any identifier can't be told apart.

    `only` is the handle of the one counterpart that is asked for, `after` that of the one behind whom to go on.
    `DecisionError` where nothing of `after` is open any longer.
    """
    key = _key(cursor, after) if after else ()
    rows = cursor.execute(
        f"SELECT handle, count(*), min(at), max(at) FROM contacts WHERE {_OPEN}"
        f"{' AND handle = ?' if only else ''} GROUP BY handle"
        f"{' HAVING (count(*), max(at), handle) < (?, ?, ?)' if key else ''}"
        " ORDER BY count(*) DESC, max(at) DESC, handle DESC LIMIT ?",
        (*((only,) if only else ()), *key, limit),
    ).fetchall()
    handles = [row[0] for row in rows]
    identifiers = handle_identifiers(cursor, handles)
    candidates = _candidates(cursor, handles)
    reviews = []
    for handle, waiting, oldest, newest in rows:
        contact, name = _newest(cursor, handle)
        reviews.append(
            Review(
                handle=handle,
                name=name,
                identifiers=identifiers.get(handle, ()),
                waiting=waiting,
                oldest=local.at(oldest),
                newest=local.at(newest),
                contact=contact,
                candidates=tuple(candidates.get(handle, ())[:_CANDIDATES]),
            )
        )
    return reviews


def _key(cursor: sqlite3.Cursor, handle: str) -> tuple[int, int, str]:
    waiting, newest = cursor.execute(
        f"SELECT count(*), max(at) FROM contacts WHERE handle = ? AND {_OPEN}", (handle,)
    ).fetchone()
    if not waiting:
        raise DecisionError("The page to continue from is gone: begin again.")
    return waiting, newest, handle


def to_review(cursor: sqlite3.Cursor, most: int) -> int:
    """How many counterparts `open_counterparts` has, at most so many: each page asks it, to say it in the navigation."""
    some = f"SELECT DISTINCT handle FROM contacts WHERE {_OPEN} LIMIT ?"
    (n,) = cursor.execute(f"SELECT count(*) FROM ({some}) AS some", (most,)).fetchone()
    return int(n)


def waiting(cursor: sqlite3.Cursor, handle: str, limit: int) -> list[str]:
    """The open contacts of a counterpart, the newest first."""
    rows = cursor.execute(
        f"SELECT id FROM contacts WHERE handle = ? AND {_OPEN} ORDER BY at DESC, id DESC LIMIT ?",
        (handle, limit),
    )
    return [row[0] for row in rows]


def followers(cursor: sqlite3.Cursor, handles: Iterable[str], but: str = "") -> Counter[str]:
    """How many contacts that count follow these handles and are not the customer's `but` already, by channel."""
    found: Counter[str] = Counter()
    for customer, channel, n in select_in(cursor, _FOLLOWERS, set(handles)):
        if not but or customer != but:
            found[channel] += n
    return found


def _candidates(cursor: sqlite3.Cursor, handles: list[str]) -> dict[str, list[Candidate]]:
    """Customers who use an identifier that the handle shows, by name."""
    found: dict[str, dict[str, Candidate]] = {}
    for sql in (_LINKED, _SHARED):
        for handle, customer, name, kind, value in select_in(cursor, sql, handles):
            known = found.setdefault(handle, {})
            known.setdefault(customer, Candidate(customer, name, Identifier(kind, value)))
    return {
        handle: sorted(known.values(), key=lambda candidate: (candidate.name, candidate.id))
        for handle, known in found.items()
    }


def _newest(cursor: sqlite3.Cursor, handle: str) -> tuple[str, str]:
    """The newest open contact of a handle, and how the counterpart is called there."""
    contact, known, name, display = cursor.execute(
        "SELECT k.id, h.name, t.name, t.display FROM contacts k LEFT JOIN contents t ON t.contact = k.id"
        f" LEFT JOIN handles h ON h.id = k.handle WHERE k.handle = ? AND {_OPEN.replace('customer', 'k.customer')}"
        " ORDER BY k.at DESC, k.id DESC LIMIT 1",
        (handle,),
    ).fetchone()
    return contact, name_text(known or "") or name_text(name or "") or display or ""
