"""One transaction of the log: collect events, then seal, number, sign and insert them together."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from stammkunde.core.codec import Codec, is_sealed
from stammkunde.core.events import NewEvent
from stammkunde.core.keys import KeyStore, cut_log
from stammkunde.core.log.clock import refuse_wrong_clock
from stammkunde.core.log.datastore import Blob

_CHUNK = 900
_TAIL = (
    "SELECT seq, position, recorded_at, mac FROM digests LEFT JOIN sqlite_sequence ON name = 'stored_events'"
    " ORDER BY position DESC LIMIT 2"
)
"""The last two transactions, and the highest position that was ever given: another where somebody cut the log's tail."""


class Transaction:
    """What one batch or one decision adds to the log.

    `cursor` writes side tables in the same transaction; `before` and `after` are the log's last position at its
    beginning and its end.
    """

    def __init__(
        self,
        cursor: sqlite3.Cursor,
        codec: Codec,
        keys: KeyStore,
        now: Callable[[], int],
        vouched: date | None = None,
    ) -> None:
        """Made by `Log.transaction` after the lock is held; `vouched` is the day that `refuse_wrong_clock` knows."""
        self.cursor = cursor
        self._codec = codec
        self._keys = keys
        self._now = now
        self._vouched = vouched
        self._events: list[NewEvent] = []
        self._versions: dict[str, int] = {}
        self._tail = cursor.execute(_TAIL).fetchall()
        self.before = self.after = int(self._tail[0][1]) if self._tail else 0

    def time(self) -> int:
        """Now, in microseconds since 1970 UTC."""
        return self._now()

    def append(self, events: Iterable[NewEvent]) -> None:
        """Add events with their versions in their streams; they are written when the transaction ends."""
        self._events.extend(events)

    def new_stream(self, stream: str) -> None:
        """Say that a stream begins with this transaction, at version 1: nobody looks it up."""
        self._versions[stream] = 1

    def next_version(self, stream: str) -> int:
        """The next free version of a stream, counting what this transaction took already."""
        if stream not in self._versions:
            self.look_up([stream])
        self._versions[stream] += 1
        return self._versions[stream]

    def look_up(self, streams: Sequence[str]) -> None:
        """Read the versions of many streams at once, before `next_version` asks for each."""
        wanted = [stream for stream in streams if stream not in self._versions]
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            found = dict(
                self.cursor.execute(
                    "SELECT originator_id, max(originator_version) FROM stored_events"
                    f" WHERE originator_id IN ({marks}) GROUP BY originator_id",
                    part,
                ).fetchall()
            )
            for stream in part:
                self._versions[stream] = found.get(stream, 0)

    def finish(self) -> tuple[int, bytes] | None:
        """Seal and insert; the new head of the chain, or None where nothing was appended.

        Raises `KeyStoreError` where the log's tail was cut or does not belong to the key store, and `HomeError` where
        the clock can't be right: nothing is appended then. The chain's code covers the previous code, the time, and each row's position, stream, version, topic and state,
        each with its length.
        """
        if not self._events:
            return None
        events, now = self._events, self._now()
        refuse_wrong_clock(now, self._tail[0][2] if self._tail else None, self._vouched)
        keys = self._stream_keys(events)
        cursor, first = self.cursor, self.before + 1
        _, _, last, previous = self._tail[0] if self._tail else (0, 0, 0, b"")
        recorded_at = max(now, last + 1)
        seal = self._codec.seal
        nonces = os.urandom(12 * len(events))
        rows: list[tuple[int, str, int, str, Blob]] = []
        for number, event in enumerate(events):
            stream = event.stream
            key = keys[stream] if event.private else None
            state = Blob(seal(event, key, nonces[12 * number : 12 * number + 12]))
            rows.append((first + number, stream, event.version, event.topic, state))
        position = first + len(rows)
        mac = chain_mac(self._keys.keys.chain, previous, recorded_at, rows)
        cursor.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", rows)
        cursor.execute(
            "INSERT INTO digests VALUES (?, ?, ?, ?)", (position - 1, first, recorded_at, mac)
        )
        self.after = position - 1
        return position - 1, mac

    def _stream_keys(self, events: Sequence[NewEvent]) -> Mapping[str, bytes | None]:
        if self._tail and self._tail[0][0] != self.before:
            raise cut_log(self._tail[0][0] or self.before)
        begun = {event.stream for event in events if event.version > 1 and event.private}
        if begun:
            begun.difference_update([event.stream for event in events if event.version == 1])
        return self._keys.add(
            [event.stream for event in events if event.private],
            [(position, mac) for _, position, _, mac in self._tail],
            begun=begun,
            hidden=self._hidden,
        )

    def _hidden(self, stream: str) -> int | None:
        """Position of an event of a stream that has a private part."""
        rows = self.cursor.execute(
            "SELECT rowid, state FROM stored_events WHERE originator_id = ?", (stream,)
        )
        return next((position for position, state in rows if is_sealed(state)), None)


def chain_mac(
    mac: Callable[[bytes], bytes],
    previous: bytes,
    recorded_at: int,
    rows: Sequence[tuple[int, str, int, str, bytes | Blob]],
) -> bytes:
    """The code of one transaction, which the next one continues."""
    parts: list[bytes | Blob] = [previous, recorded_at.to_bytes(8, "big")]
    for position, stream, version, topic, state in rows:
        head = f"{position} {stream} {version} {topic} {len(state)} "
        parts += (head.encode(), state)
    return mac(b"".join(parts))
