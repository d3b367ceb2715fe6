"""The item index: which items are known, where they stood, whom they concern, and a digest of their facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

_CHUNK = 900
_ENTRY = 17


class Known(msgspec.Struct):
    """One row of the index; `contacts` maps a contact's id to whether the source still supports it."""

    digest: bytes
    sources: set[int]
    contacts: dict[str, bool]


def known_items(cursor: sqlite3.Cursor, items: Sequence[bytes]) -> dict[bytes, Known]:
    """The rows of those items that are known."""
    found: dict[bytes, Known] = {}
    for start in range(0, len(items), _CHUNK):
        part = items[start : start + _CHUNK]
        marks = ",".join("?" * len(part))
        for item, digest, sources, contacts in cursor.execute(
            f"SELECT item, digest, sources, contacts FROM items WHERE item IN ({marks})", part
        ):
            found[item] = Known(
                digest,
                {int(number) for number in sources.split(",") if number},
                {
                    contacts[at + 1 : at + _ENTRY].hex(): contacts[at] == 1
                    for at in range(0, len(contacts), _ENTRY)
                },
            )
    return found


def save_items(cursor: sqlite3.Cursor, rows: Iterable[tuple[bytes, Known]]) -> None:
    """Insert or replace rows, in key order, which keeps the pages warm."""
    cursor.executemany(
        "INSERT INTO items VALUES (?, ?, ?, ?) ON CONFLICT (item) DO UPDATE SET"
        " digest = excluded.digest, sources = excluded.sources, contacts = excluded.contacts",
        [
            (
                item,
                known.digest,
                f",{','.join(map(str, sorted(known.sources)))},",
                b"".join(
                    bytes((living,)) + bytes.fromhex(contact)
                    for contact, living in known.contacts.items()
                ),
            )
            for item, known in sorted(rows, key=lambda row: row[0])
        ],
    )
