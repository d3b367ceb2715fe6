"""The contacts that every benchmark of the log writes, and the same rows ready-made for raw SQLite."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact, Identifier, Item, Money

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


def mixed(first: int, count: int) -> Batch:
    """Of eight contacts five are mails, two are calls, one of them missed, and one is an order."""
    made = []
    for contact in contacts(first, count):
        number = int(contact.item.key[1:].partition(".")[0])
        kind = number % 8
        if kind < 5:
            made.append(contact)
            continue
        person = contact.identifiers[0].value
        shared = {
            "item": Item(f"{kind}{contact.item.key}", contact.item.time_ms),
            "party": "",
            "thread": "",
        }
        values = {name: getattr(contact, name) for name in contact.__struct_fields__} | shared
        if kind == 7:
            values |= {
                "channel": "shop", "kind": "order_placed", "direction": "in", "order": str(number),
                "money": Money(_price(number), "CHF"),
            }  # fmt: skip
        else:
            values |= {
                "channel": "phone", "kind": "call", "direction": "in", "subject": "", "text": "",
                "outcome": "missed" if kind == 6 else "answered",
                "identifiers": (Identifier("phone", f"+4179{int(person[6:].partition('@')[0]):07d}"),),
            }  # fmt: skip
        made.append(type(contact)(**values))
    return Batch(contacts=tuple(made))


def _price(number: int) -> Decimal:
    return Decimal(number % 9000 + 1000) / 100


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
