"""Whose a telephone number is, asked while it rings: the customers who use it, and what was last between us."""

from __future__ import annotations

import sqlite3

import msgspec

from stammkunde.core.events import IdentifierClass
from stammkunde.projections import answers, listing
from stammkunde.projections.finding import found_by

NAMED = 5
"""Customers that are named of a number that many use; contacts that are shown."""

_LATEST = (
    "SELECT id, name, kind FROM customers WHERE id IN (SELECT value FROM json_each(?))"
    " ORDER BY coalesce(last_at, 0) DESC, id DESC LIMIT ?"
)
_BY_NUMBER = (
    "k.handle IN (SELECT handle FROM handle_identifiers WHERE kind = 'phone' AND value = ?)"
)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who uses a number."""

    id: str
    name: str
    kind: answers.CustomerKind


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who a number is: of `n` customers who use it those with the latest contact; none is a stranger.

    `class_` says of the number whether it tells one customer (`exclusive`), is used by several (`shared`) or never counts
    (`blocked`); None where it was never seen. `contacts` are the newest of the customer, or of the number where it does
    not mean one.
    """

    customers: tuple[Known, ...] = ()
    n: int = 0
    class_: IdentifierClass | None = msgspec.field(name="class", default=None)
    contacts: tuple[answers.Contact, ...] = ()


def caller(cursor: sqlite3.Cursor, number: str, limit: int) -> Caller:
    """The number in E.164; no more than `limit` contacts."""
    ids = found_by(cursor, "phone", number)
    rows = cursor.execute(_LATEST, (msgspec.json.encode(sorted(ids)).decode(), NAMED)).fetchall()
    known = cursor.execute(
        "SELECT class FROM identifiers WHERE kind = 'phone' AND value = ?", (number,)
    ).fetchone()
    where = ("k.customer = ?", rows[0][0]) if len(rows) == 1 else (_BY_NUMBER, number)
    return Caller(
        customers=tuple(Known(id=id_, name=name, kind=kind) for id_, name, kind in rows),
        n=len(ids),
        class_=known[0] if known else "exclusive" if ids else None,
        contacts=tuple(listing.contacts(cursor, [where[0], "k.retracted = 0"], [where[1]], limit)),
    )
