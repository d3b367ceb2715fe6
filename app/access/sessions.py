"""The table of sessions: who is signed in. The cookie holds a secret, the table its digest."""

from __future__ import annotations

import sqlite3

from stammkunde.app.access import secrets, users
from stammkunde.app.access.moments import SECOND, shown
from stammkunde.app.access.records import Session, User

IDLE_S = 12 * 3600
LONGEST_S = 7 * 24 * 3600
NOTED_S = 60
"""How often the last use is written: a page must not cost a commit."""
OVERLAP_S = 30
"""How long a secret that was replaced is still good, for the requests that are under way with it."""

TABLE = """CREATE TABLE sessions (
    digest BLOB PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (number), created INTEGER NOT NULL,
    used INTEGER NOT NULL, ends INTEGER NOT NULL, outdated INTEGER NOT NULL DEFAULT 0, replaced_by BLOB
) STRICT, WITHOUT ROWID"""

_FIND = (
    f"SELECT {users.COLUMNS}, sessions.created, used, ends, outdated FROM sessions"
    " JOIN users ON users.number = user WHERE digest = ? AND ends > ? AND used > ? AND NOT disabled"
)


def begin(cursor: sqlite3.Cursor, user: User, now: int) -> str:
    """A new session's secret."""
    secret, digest = secrets.made()
    cursor.execute(
        "INSERT INTO sessions (digest, user, created, used, ends) VALUES (?, ?, ?, ?, ?)",
        (digest, user.number, now, now, now + LONGEST_S * SECOND),
    )
    return secret


def found(cursor: sqlite3.Cursor, digest: bytes, now: int) -> tuple[Session, bool] | None:
    """A session that is alive, and whether its use should be noted."""
    row = cursor.execute(_FIND, (digest, now, now - IDLE_S * SECOND)).fetchone()
    if row is None:
        return None
    created, used, ends, outdated = row[users.WIDTH :]
    user = users.of_row(row[: users.WIDTH])
    session = Session(user, shown(created), shown(ends), is_outdated=bool(outdated))
    return session, now - used >= NOTED_S * SECOND


def note(cursor: sqlite3.Cursor, digest: bytes, now: int) -> None:
    """Write down that it was used."""
    cursor.execute("UPDATE sessions SET used = max(used, ?) WHERE digest = ?", (now, digest))


def outdate(cursor: sqlite3.Cursor, user: User) -> None:
    """All sessions of a user need new secrets."""
    cursor.execute(
        "UPDATE sessions SET outdated = 1 WHERE user = ? AND replaced_by IS NULL", (user.number,)
    )


def rotate(cursor: sqlite3.Cursor, digest: bytes, now: int) -> str | None:
    """A new secret for a session that is outdated; its limits stay. None where there is nothing to do."""
    pair = found(cursor, digest, now)
    if pair is None or not pair[0].is_outdated:
        return None
    secret, fresh = secrets.made()
    cursor.execute(
        "INSERT INTO sessions (digest, user, created, used, ends)"
        " SELECT ?, user, created, ?, ends FROM sessions WHERE digest = ?",
        (fresh, now, digest),
    )
    cursor.execute(
        "UPDATE sessions SET outdated = 0, replaced_by = ?, ends = min(ends, ?) WHERE digest = ?",
        (fresh, now + OVERLAP_S * SECOND, digest),
    )
    return secret


def end(cursor: sqlite3.Cursor, digest: bytes) -> None:
    """End one, and the secret that it replaced."""
    cursor.execute("DELETE FROM sessions WHERE digest = ? OR replaced_by = ?", (digest, digest))


def end_all(cursor: sqlite3.Cursor, user: User) -> None:
    """End all of a user."""
    cursor.execute("DELETE FROM sessions WHERE user = ?", (user.number,))


def sweep(cursor: sqlite3.Cursor, now: int) -> None:
    """Delete those that are over."""
    cursor.execute(
        "DELETE FROM sessions WHERE ends <= ? OR used <= ?", (now, now - IDLE_S * SECOND)
    )
