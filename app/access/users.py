"""The table of users."""

from __future__ import annotations

import sqlite3
import unicodedata

from stammkunde.app.access.moments import shown
from stammkunde.app.access.records import User
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import Role

LONGEST_NAME = 100

TABLE = """CREATE TABLE users (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'clerk', 'admin')), language TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, hash TEXT
) STRICT"""
"""`key` is the name as it is compared; without a `hash` nobody signs in by password."""

COLUMNS = "users.number, users.name, users.role, users.language, users.disabled, users.created"
WIDTH = 6

Row = tuple[int, str, Role, str, int, int]


def of_row(row: Row) -> User:
    """A user of the columns in `COLUMNS`."""
    number, name, role, language, disabled, created = row
    return User(number, name, role, language, bool(disabled), shown(created))


def proper_name(text: str) -> str:
    """A name with single spaces; `AccessError` where it is none."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise AccessError("name", most=LONGEST_NAME)
    return name


def key(name: str) -> str:
    """A proper name as it is compared: without regard to case, width and composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def found(cursor: sqlite3.Cursor, text: str) -> tuple[User, str | None] | None:
    """A user and the hash, by what somebody typed as name."""
    try:
        wanted = key(proper_name(text))
    except AccessError:
        return None
    row = cursor.execute(
        f"SELECT {COLUMNS}, users.hash FROM users WHERE key = ?", (wanted,)
    ).fetchone()
    return (of_row(row[:WIDTH]), row[WIDTH]) if row else None


def known(cursor: sqlite3.Cursor, text: str) -> User:
    """A user by name; `AccessError` where there is none."""
    pair = found(cursor, text)
    if pair is None:
        raise AccessError("unknown")
    return pair[0]


def everyone(cursor: sqlite3.Cursor) -> list[User]:
    """All users by name."""
    rows = cursor.execute(f"SELECT {COLUMNS} FROM users ORDER BY key").fetchall()
    return [of_row(row) for row in rows]


def is_empty(cursor: sqlite3.Cursor) -> bool:
    """Whether there is no user at all."""
    return cursor.execute("SELECT 1 FROM users LIMIT 1").fetchone() is None


def add(
    cursor: sqlite3.Cursor, name: str, role: Role, hash_: str | None, language: str, now: int
) -> User:
    """A new user; `AccessError` where the name is taken."""
    added = cursor.execute(
        "INSERT INTO users (key, name, role, language, created, hash) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO NOTHING",
        (key(name), name, role, language, now, hash_),
    )
    if not added.rowcount:
        raise AccessError("taken")
    return known(cursor, name)


def keep_an_admin(cursor: sqlite3.Cursor, leaving: User) -> None:
    """`AccessError` where nobody but this user is an admin who may sign in."""
    others = "SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled AND number <> ?"
    if leaving.may("admin") and cursor.execute(others, (leaving.number,)).fetchone() is None:
        raise AccessError("last")
