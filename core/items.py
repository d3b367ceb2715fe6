"""The item index: which items are known, where they stood, whom they concern, and a digest of their facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter

import msgspec

from stammkunde.core.log.datastore import Blob

_CHUNK = 900
_ENTRY = 17
_LIVING, _RETRACTED = "01", "00"


class Known(msgspec.Struct, gc=False):
    """One row of the index; `contacts` maps a contact's id to whether the source still supports it.

    `sources` are the numbers of the sources it stood in, each between commas: `,1,3,`.
    """

    digest: bytes
    sources: str
    contacts: dict[str, bool]

    def stood_in(self, source: int) -> bool:
        """Whether a source gave it."""
        return f",{source}," in self.sources

    def sight(self, source: int) -> bool:
        """Note a source; whether it is a new one."""
        if self.stood_in(source):
            return False
        self.sources = f"{self.sources}{source},"
        return True


def known_items(cursor: sqlite3.Cursor, items: Sequence[bytes]) -> dict[bytes, Known]:
    """The rows of those items that are known."""
    found: dict[bytes, Known] = {}
    for start in range(0, len(items), _CHUNK):
        part = [Blob(item) for item in items[start : start + _CHUNK]]
        marks = ",".join("?" * len(part))
        for item, digest, sources, contacts in cursor.execute(
            f"SELECT item, digest, sources, contacts FROM items WHERE item IN ({marks})", part
        ):
            found[item] = Known(
                digest,
                sources,
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
            (Blob(item), Blob(known.digest), known.sources, Blob.fromhex(_entries(known.contacts)))
            for item, known in sorted(rows, key=itemgetter(0))
        ],
    )


def _entries(contacts: dict[str, bool]) -> str:
    return "".join([(_LIVING if living else _RETRACTED) + id_ for id_, living in contacts.items()])
