"""The log on SQLite: append under one lock, read in order, follow.

`eventsourcing` brings the table's shape, the connections and its reading interface; rows are read as tuples here, since
its objects cost more than the rows themselves.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from eventsourcing.sqlite import SQLiteApplicationRecorder

from stammkunde.core.codec import Codec, is_sealed
from stammkunde.core.crypto import InvalidTag
from stammkunde.core.errors import HomeError
from stammkunde.core.events import ERASED, Event
from stammkunde.core.keys import KeyStore, lost_key
from stammkunde.core.log import schema
from stammkunde.core.log.datastore import Datastore, Turnstile, plain_errors
from stammkunde.core.log.transaction import Transaction

Row = tuple[int, str, int, str, bytes]
_SELECT = (
    "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events"
    " WHERE rowid > ? ORDER BY rowid LIMIT ?"
)
_CHUNK = 128
"""Rows that are decoded at once: what is read and decrypted of them then fits the processor's cache."""


class Recorder(SQLiteApplicationRecorder):
    """The library's recorder over our table, so that its readers and tools can read the log."""

    def construct_create_table_statements(self) -> list[str]:
        """Our own table: explicit positions that are never used twice."""
        return [schema.EVENTS, *schema.TABLES, *schema.GUARDS]


class Log:
    """What was recorded, in order, for ever."""

    def __init__(
        self,
        path: Path,
        keys: KeyStore,
        *,
        codec: Codec | None = None,
        tables: str = "",
        vouched: date | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Opens or creates the log. `tables` is further SQL whose rows are written in the events' transactions;
        `vouched` is the log's last day, where a person said that the clock is right after it. `clock` gives microseconds
        since 1970 UTC; default: the system's.
        """
        self.store = Datastore(path)
        self.keys = keys
        self.codec = codec or Codec()
        self._vouched = vouched
        self._clock = clock or _now
        self._turnstile = Turnstile(path.with_name(path.name + "-turn"))
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        with plain_errors(path):
            self._refuse_newer()
            self.recorder = Recorder(self.store)
            self.recorder.create_table()
            with self.store.writing() as cursor:
                for statement in filter(str.strip, tables.split(";")):
                    cursor.execute(statement)
                known = cursor.execute("SELECT 1 FROM home WHERE name = 'format'").fetchone()
                if known is None:
                    cursor.execute("INSERT INTO home VALUES ('format', ?)", (str(schema.FORMAT),))

    def close(self) -> None:
        """Write down the chain's head and close both files."""
        self.keys.close()
        self.store.close()
        self._turnstile.close()

    def _refuse_newer(self) -> None:
        with self.store.reading() as cursor:
            if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'home'").fetchone():
                return
            row = cursor.execute("SELECT value FROM home WHERE name = 'format'").fetchone()
        if row and int(row[0]) > schema.FORMAT:
            raise HomeError(
                "This home has format {found}, this program knows up to {known}: update Stammkunde.",
                found=row[0],
                known=schema.FORMAT,
            )

    # ---- reading

    def last_position(self) -> int:
        """Position of the newest event, 0 in an empty log."""
        with self.store.reading() as cursor:
            return int(
                cursor.execute("SELECT coalesce(max(rowid), 0) FROM stored_events").fetchone()[0]
            )

    def read(self, after: int, limit: int) -> list[Event]:
        """Up to `limit` events behind a position, whole; `Erased` stands for a private part without a key."""
        return self._read(after, limit, self._whole)

    def read_open(self, after: int, limit: int) -> list[Event]:
        """The same with the open parts alone (`private` is None): four times as fast, and no key is needed."""
        return self._read(after, limit, self._open)

    def _read(
        self, after: int, limit: int, decode: Callable[[list[Row], list[int]], list[Event]]
    ) -> list[Event]:
        events: list[Event] = []
        with self.store.reading() as cursor:
            beside = cursor.connection.cursor()
            beside.row_factory = None
            cursor.execute(_SELECT, (after, limit))
            while rows := cursor.fetchmany(_CHUNK):
                events += decode(rows, self._times(beside, rows))
        return events

    def stream(self, stream: str, cursor: sqlite3.Cursor | None = None) -> list[Event]:
        """All events of one stream, oldest first; within a transaction by its own cursor."""
        if cursor is None:
            with self.store.reading() as reading:
                return self.stream(stream, reading)
        rows = cursor.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE originator_id = ? ORDER BY originator_version",
            (stream,),
        ).fetchall()
        times = [self._time(cursor, row[0]) for row in rows]
        return self._whole(rows, times)

    def _open(self, rows: list[Row], times: list[int]) -> list[Event]:
        open_part = self.codec.open_part
        return [
            Event(position, stream, version, topic, at, open_part(topic, state), None)
            for (position, stream, version, topic, state), at in zip(rows, times, strict=True)
        ]

    def _whole(self, rows: list[Row], times: list[int]) -> list[Event]:
        key_of = self.keys.keys.stream.key
        open_part, both_parts = self.codec.open_part, self.codec.both_parts
        salts = self.keys.salts(list({row[1] for row in rows}))
        events = []
        for (position, stream, version, topic, state), at in zip(rows, times, strict=True):
            salt = salts.get(stream, b"")
            if salt:
                try:
                    open_, private = both_parts(stream, version, topic, state, key_of(salt, stream))
                except InvalidTag:
                    self.keys.vouch(position, stream, salt)
                    raise
            elif not is_sealed(state):
                open_, private = open_part(topic, state), None
            elif salt is None:
                open_, private = open_part(topic, state), ERASED
            else:
                raise lost_key(position)
            events.append(Event(position, stream, version, topic, at, open_, private))
        return events

    @staticmethod
    def _time(cursor: sqlite3.Cursor, position: int) -> int:
        row = cursor.execute(
            "SELECT recorded_at FROM digests WHERE position >= ? ORDER BY position LIMIT 1",
            (position,),
        ).fetchone()
        return int(row[0]) if row else 0

    def _times(self, cursor: sqlite3.Cursor, rows: list[Row]) -> list[int]:
        """When each row was recorded: the time of the first transaction that ends at or behind it."""
        if not rows:
            return []
        first, last = rows[0][0], rows[-1][0]
        found = cursor.execute(
            "SELECT position, recorded_at FROM digests WHERE position >= ? AND first <= ? ORDER BY position",
            (first, last),
        ).fetchall()
        times: list[int] = []
        at = 0
        for end, recorded_at in found:
            begun = at
            while at < len(rows) and rows[at][0] <= end:
                at += 1
            times += [recorded_at] * (at - begun)
        return times + [0] * (len(rows) - at)

    # ---- writing

    @contextmanager
    def transaction(self, now: Callable[[], int] | None = None) -> Iterator[Transaction]:
        """One transaction: what is decided inside is decided under the log's lock, and all of it counts or none.

        `now` gives microseconds since 1970 UTC. Nothing else may be written to the log's database elsewhere.
        """
        with self._lock:
            with self.store.writing(self._turnstile) as cursor:
                transaction = Transaction(
                    cursor, self.codec, self.keys, now or self._clock, self._vouched
                )
                yield transaction
                head = transaction.finish()
            if head:
                self.keys.settle(head)
                for poke in self._listeners:
                    poke()

    def listen(self, poke: Callable[[], None]) -> None:
        """Call `poke` after each transaction of this process that appended events."""
        self._listeners.append(poke)


def _now() -> int:
    return time.time_ns() // 1000
