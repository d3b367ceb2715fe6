"""`views.db`: what the log comes to, kept up to date batch by batch, each in one transaction with its tracking."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.persistence import Tracking
from eventsourcing.sqlite import SQLiteConnectionPool, SQLiteCursor, SQLiteTrackingRecorder

from stammkunde.core.company import Company
from stammkunde.core.events import Event
from stammkunde.core.log.datastore import Datastore, Turnstile, plain_errors, roll_back
from stammkunde.projections import schema
from stammkunde.projections.batch import fold
from stammkunde.projections.cards import show_again, show_all, show_latest, write_cards
from stammkunde.projections.contacts import Written, write_contacts
from stammkunde.projections.corrections import Corrections
from stammkunde.projections.counters import add_up, count_again, count_all
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.pointing import point_all, point_customers, point_handles
from stammkunde.projections.projection import Projection, Touched
from stammkunde.projections.registers import (
    note_cards,
    write_customers,
    write_handles,
    write_identifiers,
)
from stammkunde.projections.said import hear_all

NAME = "views"
"""Stored name of the tracking."""


class Origin(msgspec.Struct, frozen=True):
    """Of which history views are: position and code of the log's last transaction whose end they reached."""

    position: int = 0
    mac: str = ""


class _ScratchPool(SQLiteConnectionPool):
    """Connections to a file that is thrown away after a crash: no write-ahead log, nothing forced to the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(db_name=f"file:{path}")
        self.is_journal_mode_wal = True  # the library would switch to it otherwise

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        cursor = connection.cursor()
        for pragma in ("synchronous=OFF", "journal_mode=TRUNCATE", "cache_size=-32768"):
            cursor.execute(f"PRAGMA {pragma}")
        return connection


class Views:
    """The views of one log.

    With `scratch` they are filled for a rebuild: events set registers only, and `finish` derives everything at once.
    """

    def __init__(
        self,
        path: Path,
        company: Company,
        projections: Sequence[Projection] = (),
        *,
        scratch: bool = False,
    ) -> None:
        """Opens or creates the file, readable by its owner alone; `projections` are further read models in it."""
        self.path = path
        self.company = company
        self.projections = tuple(projections)
        self.local = LocalTime(company.timezone)
        self.tables = (*schema.TABLES, *(t for p in self.projections for t in p.tables))
        tables = "\n".join(schema.create_tables(self.tables)).encode()
        digest = hashlib.sha256(tables).hexdigest()[:16]
        self.made_with = f"{schema.VERSION} {digest} {company.timezone}"
        self.scratch = scratch
        # The library's way of making its table can't stand two processes at once.
        turnstile = Turnstile(path.with_name(path.name + "-turn"))
        with plain_errors(path), closing(turnstile), turnstile:
            self.store = Datastore(path)
            if scratch:
                self.store.pool.close()
                self.store.pool = _ScratchPool(path)
            self._recorder = SQLiteTrackingRecorder(self.store)
            self._recorder.create_table()
            if not self._exists():
                self._create()

    def _exists(self) -> bool:
        """Whether the tables are there: those of another program are left as they are, to be built anew."""
        with self.store.reading() as cursor:
            sql = "SELECT 1 FROM sqlite_master WHERE name = ?"
            return cursor.execute(sql, (schema.ORIGIN.name,)).fetchone() is not None

    def _create(self) -> None:
        with self._transaction() as cursor:
            for statement in schema.create_tables(self.tables):
                cursor.execute(statement)
            if not self.scratch:
                self._index(cursor)
            cursor.execute("INSERT INTO totals (name, n) VALUES ('contacts', 0)")
            cursor.execute(
                "INSERT INTO origin (name, position, mac, made_with) VALUES (?, 0, '', ?)",
                (NAME, self.made_with),
            )

    def _index(self, cursor: sqlite3.Cursor) -> None:
        for statement in schema.create_indexes(self.tables):
            cursor.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    # ---- where they are

    def position(self) -> int:
        """The last event of the log that was applied."""
        with self.store.reading() as cursor:
            return tracked(cursor)

    def origin(self) -> tuple[Origin, str]:
        """Of which history they are, and what they were made with."""
        with self.store.reading() as cursor:
            position, mac, made_with = cursor.execute(
                "SELECT position, mac, made_with FROM origin WHERE name = ?", (NAME,)
            ).fetchone()
        return Origin(position, mac), made_with

    # ---- a batch

    def apply(self, after: int, events: Sequence[Event], origin: Origin) -> bool:
        """Apply the events behind `after` in one transaction; False if another process did so meanwhile."""
        with self._transaction() as cursor:
            if tracked(cursor) != after:
                return False
            self._write(cursor, events)
            self._track(cursor, events[-1].position, origin)
        return True

    def skip(self, after: int, position: int, topic: str, error: str, origin: Origin) -> None:
        """Leave out the one event behind `after`, and say so in `dead_letters`."""
        with self._transaction() as cursor:
            if tracked(cursor) == after:
                cursor.execute(
                    "INSERT INTO dead_letters (position, topic, error) VALUES (?, ?, ?)",
                    (position, topic, error),
                )
                self._track(cursor, position, origin)

    def refresh(self) -> None:
        """Let projections compute what they put off until the log was read to its end; locks only if there is any."""
        with self.store.reading() as cursor:
            if not any(projection.put_off(cursor) for projection in self.projections):
                return
        with self._transaction() as cursor:
            for projection in self.projections:
                projection.refresh(cursor)

    def finish(self) -> None:
        """Derive everything from the registers, and make the indexes: the end of a rebuild."""
        with self._transaction() as cursor:
            hear_all(cursor)
            point_all(cursor)
            count_all(cursor)
            show_all(cursor)
            self._index(cursor)
            cursor.execute(
                "UPDATE totals SET n = (SELECT count(*) FROM contacts WHERE retracted = 0) WHERE name = 'contacts'"
            )
            living = cursor.execute("SELECT id FROM customers WHERE id = living").fetchall()
            write_cards(cursor, [row[0] for row in living])
            for projection in self.projections:
                projection.fill(cursor)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        """Under the file's lock from the start, so that two processes can't apply the same batch."""
        with (
            plain_errors(self.path),
            self.store.get_connection(commit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.row_factory = None
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                roll_back(cursor)
                raise

    def _track(self, cursor: sqlite3.Cursor, position: int, origin: Origin) -> None:
        self._recorder._insert_tracking(SQLiteCursor(cursor), Tracking(NAME, position))  # noqa: SLF001
        cursor.execute(
            "UPDATE origin SET position = ?, mac = ? WHERE name = ?",
            (origin.position, origin.mac, NAME),
        )

    def _write(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        for projection in self.projections:
            projection.apply(cursor, events)
        batch = fold(events)
        corrections = Corrections()
        joined = write_customers(cursor, batch)
        handles = write_handles(cursor, batch)
        write_identifiers(cursor, batch)
        if not self.scratch:
            point_customers(cursor, joined, corrections)
            point_handles(cursor, handles, corrections)
        written = write_contacts(cursor, batch, self.local, corrections, point=not self.scratch)
        if not self.scratch:
            note_cards(cursor, batch, handles, corrections)
            self._settle(cursor, written, corrections)

    def _settle(self, cursor: sqlite3.Cursor, written: Written, corrections: Corrections) -> None:
        corrected, cards = corrections.customers, corrections.cards
        count_again(cursor, corrected)
        add_up(cursor, written.added, corrected)
        show_again(cursor, corrected)
        show_latest(cursor, written.displays, corrected, cards)
        cards.update(
            fact.customer for fact in written.added if fact.kind == "entry" and fact.customer
        )
        write_cards(cursor, corrected | cards)
        cursor.execute("UPDATE totals SET n = n + ? WHERE name = 'contacts'", (written.more,))
        touched = Touched(
            written.added,
            frozenset(corrected),
            frozenset(corrections.days),
            frozenset(corrections.threads),
            frozenset(corrections.orders),
            frozenset(corrections.parties),
            frozenset(cards),
        )
        for projection in self.projections:
            projection.settle(cursor, touched)


def tracked(cursor: sqlite3.Cursor) -> int:
    """The last event of the log that was applied."""
    row = cursor.execute(
        "SELECT notification_id FROM tracking WHERE application_name = ?", (NAME,)
    ).fetchone()
    return int(row[0]) if row else 0
