"""Devices from which a user signed in before: somebody else's wrong passwords do not make him wait there.

That is OWASP's device cookie ("Slow Down Online Guessing Attacks with Device Cookies"): a device has failures of its own.
Whoever steals its secret gains a few guesses and nothing more.
"""

from __future__ import annotations

import sqlite3

from stammkunde.app.access.moments import SECOND

KNOWN_S = 180 * 24 * 3600

TABLE = """CREATE TABLE devices (
    digest BLOB, user INTEGER NOT NULL REFERENCES users (number), used INTEGER NOT NULL, PRIMARY KEY (digest, user)
) STRICT, WITHOUT ROWID"""


def is_known(cursor: sqlite3.Cursor, digest: bytes, user: int | None, now: int) -> bool:
    """Whether this user signed in from there within half a year; without a user whether anybody did."""
    sql = "SELECT 1 FROM devices WHERE digest = ? AND used > ? AND coalesce(user = ?, 1) LIMIT 1"
    return cursor.execute(sql, (digest, now - KNOWN_S * SECOND, user)).fetchone() is not None


def note(cursor: sqlite3.Cursor, digest: bytes, user: int, now: int) -> None:
    """He signed in from there."""
    cursor.execute("INSERT OR REPLACE INTO devices VALUES (?, ?, ?)", (digest, user, now))


def sweep(cursor: sqlite3.Cursor, now: int) -> None:
    """Forget those that nobody signed in from for half a year."""
    cursor.execute("DELETE FROM devices WHERE used <= ?", (now - KNOWN_S * SECOND,))
