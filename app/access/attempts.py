"""Failed sign-ins, and how long one must wait after them: never for ever, and never more than a quarter of an hour.

An attempt is counted before its password is checked, so that a hundred at once are a hundred failures and not one.
"""

from __future__ import annotations

import hashlib
import sqlite3

from stammkunde.app.access.moments import SECOND
from stammkunde.app.access.refusals import AccessError

FREE = 5
LONGEST_S = 15 * 60
FORGOTTEN_S = 24 * 3600
_DOUBLINGS = 10
_MINUTE_S = 60
_SHELVES = 1024

TABLE = """CREATE TABLE attempts (
    door TEXT PRIMARY KEY, failures INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""


def wait_s(failures: int) -> int:
    """Seconds to wait after so many failures: none after the first five, then 1, 2, 4 … up to 900."""
    if failures <= FREE:
        return 0
    return min(1 << min(failures - FREE - 1, _DOUBLINGS), LONGEST_S)


def left(failures: int, last: int, now: int) -> int:
    """Microseconds still to wait. A clock that was set back does not lock anybody out."""
    since = now - last
    return max(wait_s(failures) * SECOND - since, 0) if since >= 0 else 0


def user_door(number: int) -> str:
    """Where the failures of a user are counted."""
    return f"user {number}"


def device_door(number: int, digest: bytes) -> str:
    """Where those of a user are counted that come from a device which he signed in from before."""
    return f"user {number} at {digest.hex()}"


def stranger_door(name: str) -> str:
    """Where those of a name are counted that nobody has: one of 1024 shelves.

    So strangers meet the same waits as users do, the table stays small whatever they try, and of what was typed (it
    may have been a password) ten bits of a digest are kept.
    """
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    return f"shelf {int.from_bytes(digest[:4]) % _SHELVES}"


def count(cursor: sqlite3.Cursor, door: str, now: int) -> None:
    """Count an attempt as failed, until `clear`; `AccessError` where it comes too early, which counts nothing."""
    row = cursor.execute("SELECT failures, last FROM attempts WHERE door = ?", (door,)).fetchone()
    failures, last = row or (0, now)
    if now - last >= FORGOTTEN_S * SECOND:
        failures = 0
    if waiting := left(failures, last, now):
        raise _too_early(-(-waiting // SECOND))
    cursor.execute("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", (door, failures + 1, now))


def _too_early(seconds: int) -> AccessError:
    if seconds < _MINUTE_S:
        return AccessError("wait", seconds=seconds, span=f"{seconds} s")
    return AccessError("wait", seconds=seconds, span=f"{-(-seconds // _MINUTE_S)} min")


def clear(cursor: sqlite3.Cursor, door: str) -> None:
    """Forget the failures: somebody came in, or got a new password."""
    cursor.execute("DELETE FROM attempts WHERE door = ?", (door,))


def clear_user(cursor: sqlite3.Cursor, number: int) -> None:
    """Forget those of a user, on whatever device."""
    door = user_door(number)
    cursor.execute(
        "DELETE FROM attempts WHERE door = ? OR door > ? AND door < ?",
        (door, f"{door} ", f"{door}!"),
    )


def sweep(cursor: sqlite3.Cursor, now: int) -> None:
    """Forget those of yesterday."""
    cursor.execute("DELETE FROM attempts WHERE last <= ?", (now - FORGOTTEN_S * SECOND,))
