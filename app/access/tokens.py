"""The table of API tokens. A token begins with `sk_`, so that scanners for leaked secrets find it; the table has its digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from stammkunde.app.access import secrets, users
from stammkunde.app.access.moments import SECOND, shown
from stammkunde.app.access.records import Token, User
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import RIGHTS, Right

PREFIX = "sk_"
_NONE = 2**63
"""SQLite takes no such number, and so has given none."""
NOTED_S = 60
"""How often the last use is written: a call must not cost a commit."""

TABLE = """CREATE TABLE tokens (
    number INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
    owner INTEGER NOT NULL REFERENCES users (number), created INTEGER NOT NULL, used INTEGER, revoked INTEGER
) STRICT"""

_SELECT = (
    f"SELECT {users.COLUMNS}, tokens.number, tokens.name, scopes, tokens.created, used, revoked FROM tokens"
    " JOIN users ON users.number = owner"
)


def _of_row(row: tuple) -> Token:  # type: ignore[type-arg]
    number, name, scopes, created, used, revoked = row[users.WIDTH :]
    return Token(
        number=number,
        name=name,
        scopes=tuple(scopes.split()),
        user=users.of_row(row[: users.WIDTH]),
        created_at=shown(created),
        last_used_at=None if used is None else shown(used),
        revoked_at=None if revoked is None else shown(revoked),
    )


def add(
    cursor: sqlite3.Cursor, owner: User, name: str, scopes: Collection[Right], now: int
) -> tuple[str, Token]:
    """A new token and its secret; `AccessError` where it could do more than its owner."""
    if not scopes or not all(owner.may(scope) for scope in scopes):
        raise AccessError("scopes")
    secret, digest = secrets.made(PREFIX)
    stored = " ".join(right for right in RIGHTS if right in scopes)
    cursor.execute(
        "INSERT INTO tokens (digest, name, scopes, owner, created) VALUES (?, ?, ?, ?, ?)",
        (digest, name, stored, owner.number, now),
    )
    row = cursor.execute(f"{_SELECT} WHERE digest = ?", (digest,)).fetchone()
    return secret, _of_row(row)


def found(cursor: sqlite3.Cursor, digest: bytes, now: int) -> tuple[Token, bool] | None:
    """A token that is good, and whether its use should be noted."""
    row = cursor.execute(
        f"{_SELECT} WHERE digest = ? AND revoked IS NULL AND NOT disabled", (digest,)
    ).fetchone()
    if row is None:
        return None
    used = row[-2]
    return _of_row(row), used is None or now - used >= NOTED_S * SECOND


def note(cursor: sqlite3.Cursor, digest: bytes, now: int) -> None:
    """Write down that it was used."""
    cursor.execute(
        "UPDATE tokens SET used = max(coalesce(used, ?), ?) WHERE digest = ?", (now, now, digest)
    )


def revoke(cursor: sqlite3.Cursor, number: int, now: int) -> None:
    """End a token for good; `AccessError` where there is none to end."""
    if number >= _NONE:
        raise AccessError("number")
    ended = cursor.execute(
        "UPDATE tokens SET revoked = ? WHERE number = ? AND revoked IS NULL", (now, number)
    )
    if not ended.rowcount:
        raise AccessError("number")


def everything(cursor: sqlite3.Cursor) -> list[Token]:
    """All tokens, the revoked too, oldest first."""
    return [_of_row(row) for row in cursor.execute(f"{_SELECT} ORDER BY tokens.number").fetchall()]
