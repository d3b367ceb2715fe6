"""The table of one-time links, by which one comes in without a password: the first admin, and whoever plays the demo."""

from __future__ import annotations

import sqlite3

from stammkunde.app.access import secrets
from stammkunde.app.access.moments import SECOND, shown
from stammkunde.app.access.records import Link, LinkKind
from stammkunde.app.access.refusals import AccessError

GOOD_S = 24 * 3600

TABLE = """CREATE TABLE links (
    digest BLOB PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('first', 'demo')), ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""


def add(cursor: sqlite3.Cursor, kind: LinkKind, now: int) -> str:
    """A new link's secret; those of the same kind before it are good no longer."""
    drop(cursor, kind)
    secret, digest = secrets.made()
    cursor.execute("INSERT INTO links VALUES (?, ?, ?)", (digest, kind, now + GOOD_S * SECOND))
    return secret


def found(cursor: sqlite3.Cursor, digest: bytes, now: int) -> Link | None:
    """A link that is still good."""
    row = cursor.execute(
        "SELECT kind, ends FROM links WHERE digest = ? AND ends > ?", (digest, now)
    ).fetchone()
    return Link(row[0], shown(row[1])) if row else None


def use(cursor: sqlite3.Cursor, digest: bytes, kind: LinkKind, now: int) -> None:
    """Use it up; `AccessError` where it is good no longer. Of two at once one wins: the caller holds the file's lock."""
    used = cursor.execute(
        "DELETE FROM links WHERE digest = ? AND kind = ? AND ends > ?", (digest, kind, now)
    )
    if not used.rowcount:
        raise AccessError("link")


def drop(cursor: sqlite3.Cursor, kind: LinkKind) -> None:
    """End all of a kind."""
    cursor.execute("DELETE FROM links WHERE kind = ?", (kind,))


def sweep(cursor: sqlite3.Cursor, now: int) -> None:
    """Delete those that have expired."""
    cursor.execute("DELETE FROM links WHERE ends <= ?", (now,))
