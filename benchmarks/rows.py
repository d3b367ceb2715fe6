"""The contacts that every benchmark of the log writes, and the same rows ready-made for raw SQLite."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stammkunde.core.contact import Contact, Identifier, Item

PEOPLE = 20_000
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
TEXT = "Grüezi, ich hätte gern eine Offerte für ein E-Bike, am liebsten bis Freitag. " * 3


def contacts(first: int, count: int, *, people: int = PEOPLE, seed: int = 1) -> list[Contact]:
    """Mails of made-up people in the order of time, four to a thread, states of about 735 bytes."""
    made = []
    for number in range(first, first + count):
        person = random.Random(seed * 1_000_003 + number // 4).randrange(people)  # noqa: S311
        address = f"person{person}@kunden.example"
        at = BEGIN + timedelta(seconds=number * 200)
        made.append(
            Contact(
                item=Item(f"<{number}.{seed}@mail.example>", round(at.timestamp() * 1000)),
                party=address,
                channel="mail",
                kind="message",
                occurred_at=at,
                direction="out" if number % 3 == 0 else "in",
                identifiers=(Identifier("mail", address),),
                thread=f"<{number // 4}@mail.example>",
                subject="Offerte",
                text=TEXT,
                ours=("info@muster-velo.example",),
            )
        )
    return made


@contextmanager
def folder() -> Iterator[Path]:
    """A folder on this disk, gone afterwards; not in memory, since commits are part of the cost."""
    path = Path(tempfile.mkdtemp(prefix="bench-", dir=Path.cwd()))
    try:
        yield path
    finally:
        shutil.rmtree(path)


class Raw:
    """The baseline: `executemany` of ready rows into the same table, `synchronous=FULL`, WAL, nothing else."""

    def __init__(self, path: Path) -> None:
        """A new file."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE stored_events (rowid INTEGER PRIMARY KEY AUTOINCREMENT,"
            " originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, topic TEXT NOT NULL,"
            " state BLOB NOT NULL, UNIQUE (originator_id, originator_version)) STRICT"
        )

    def write(self, rows: list[tuple[str, int, str, bytes]]) -> None:
        """One transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
            " VALUES (?, ?, ?, ?)",
            rows,
        )
        self._connection.execute("COMMIT")

    def known(self, streams: list[str]) -> set[str]:
        """Which of these are there."""
        marks = ",".join("?" * len(streams))
        rows = self._connection.execute(
            f"SELECT originator_id FROM stored_events WHERE originator_id IN ({marks})", streams
        )
        return {row[0] for row in rows}

    def read(self, after: int, limit: int) -> list[tuple[int, str, int, str, bytes]]:
        """One page."""
        return self._connection.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (after, limit),
        ).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
