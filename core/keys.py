"""The key store: one salt for each stream, the root key wrapped by the master key, and the head of the log's chain.

The key of a stream derives from the root, the salt and the stream's id. A salt is committed before the events it protects
and never overwritten; destroying it erases them. A tombstone stays, so that an erased key is told from a lost one, and a
salt authenticates itself, so that an altered one is told from an altered event.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from stammkunde.core.crypto import InvalidTag, Keys, Seal
from stammkunde.core.errors import KeyStoreError
from stammkunde.core.log.datastore import Blob, Datastore, plain_errors

_CHUNK = 900

Head = tuple[int, bytes]
"""A transaction of the log: the position of its last event, and its code in the chain."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS salts (stream TEXT PRIMARY KEY, salt BLOB) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL,"
    " mac BLOB NOT NULL) STRICT",
)  # fmt: skip


def make_master_key(path: Path) -> bytes:
    """A new master key of 32 bytes, written as hex digits to a file that only its owner may read."""
    key = os.urandom(32)
    with plain_errors(path):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(handle)
    return key


def read_master_key(path: Path) -> bytes:
    """The master key; raises `KeyStoreError` where the file is missing, open to others, or holds no key."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyStoreError(
                "{name} can be read by others: run “chmod 600 {path}”.", name=path.name, path=path
            )
        text = path.read_text()
    except FileNotFoundError:
        raise KeyStoreError(
            "The master key {name} is missing: put it back from the recovery sheet or a safe copy.",
            name=path.name,
        ) from None
    except (OSError, ValueError):
        text = ""
    return master_key(text, path.name)


def master_key(text: str, where: str) -> bytes:
    """The key that hex digits spell; `KeyStoreError` names where they stood."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyStoreError(
            "{where} holds no master key of 64 hex digits: take it from the recovery sheet or a safe copy.",
            where=where,
        )
    return key


def lost_key(position: int) -> KeyStoreError:
    """An event's key is not there."""
    return KeyStoreError(
        "The key of event {position} is lost: put keys.db back from the backup of the same day.",
        position=position,
    )


def cut_log(position: int) -> KeyStoreError:
    """The log ends before an event that was recorded, or holds another in its place."""
    return KeyStoreError(
        "The log does not hold event {position} any more as it was recorded: run “stammkunde verify”, then restore log.db and keys.db from the same backup. Nothing is appended to such a log.",
        position=position,
    )


class KeyStore:
    """The keys of one log."""

    def __init__(self, path: Path, master: bytes) -> None:
        """Opens or creates the store; raises `KeyStoreError` where the master key does not fit it."""
        self._store = Datastore(path)
        self._name = path.name
        self._head: Head | None = None
        self._written: Head | None = None
        with self._store.writing() as cursor:
            for statement in _SCHEMA:
                cursor.execute(statement)
            row = cursor.execute("SELECT value FROM meta WHERE name = 'root'").fetchone()
            if row is None:
                root = os.urandom(32)
                wrapped = Seal(master).seal(root, b"root")
                cursor.execute("INSERT INTO meta VALUES ('root', ?)", (wrapped,))
        if row is not None:
            try:
                root = Seal(master).unseal(row[0], b"root")
            except InvalidTag:
                raise KeyStoreError(
                    "The master key does not fit {name}: use the one that was made with it.",
                    name=path.name,
                ) from None
        self.keys = Keys(root)

    def close(self) -> None:
        """Write the chain's head down and close the file."""
        self.flush()
        self._store.close()

    def salts(self, streams: Sequence[str]) -> dict[str, bytes | None]:
        """Salts by stream; None for an erased stream, no entry for one that never had any."""
        with self._store.reading() as cursor:
            return self._found(cursor, streams)

    @staticmethod
    def _found(cursor: sqlite3.Cursor, streams: Sequence[str]) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for start in range(0, len(streams), _CHUNK):
            part = streams[start : start + _CHUNK]
            marks = ",".join(["(?)"] * len(part))
            # A join, since SQLite would first make an index of what stands behind an IN.
            found.update(
                cursor.execute(
                    f"WITH wanted (id) AS (VALUES {marks})"
                    " SELECT stream, salt FROM wanted CROSS JOIN salts ON stream = id",
                    part,
                )
            )
        return found

    def add(
        self,
        streams: Iterable[str],
        tail: Sequence[Head] = (),
        *,
        begun: Iterable[str] = (),
        hidden: Callable[[str], int | None] = lambda _: None,
    ) -> Mapping[str, bytes | None]:
        """The keys of streams (None for an erased one), their salts made where there is none yet, and committed.

        `tail` are the last two transactions of the log, newest first, read under its lock; `begun` those streams that
        have earlier events, and `hidden` gives the position of one that needs a key. Raises `KeyStoreError` where log
        and key store are not of one day, and where a key is lost or altered: nothing may be appended then.

        The newest of `tail` is written as the chain's head with the salts, which saves a commit a transaction: so the
        head is the log's last transaction or the one before it, always.
        """
        wanted = sorted(set(streams))
        salts, made = self.keys.stream.make(wanted)
        keys: dict[str, bytes | None] = dict(zip(wanted, made, strict=True))
        new = dict(zip(wanted, salts, strict=True))
        with self._store.writing() as cursor:
            self._follow(cursor, tail)
            if new:
                cursor.executemany(
                    "INSERT INTO salts VALUES (?, ?) ON CONFLICT DO NOTHING",
                    zip(wanted, map(Blob, salts), strict=True),
                )
                if cursor.rowcount != len(new):
                    found = self._found(cursor, wanted)
                    keys |= {s: self._key(s, found[s]) for s in wanted if found[s] != new[s]}
                    begun = [stream for stream in begun if found[stream] == new[stream]]
            for stream in begun:
                if position := hidden(stream):
                    raise lost_key(position)
        self._head, self._written = None, tail[0] if tail else None
        return keys

    def _key(self, stream: str, salt: bytes | None) -> bytes | None:
        if salt is None:
            return None
        if not self.keys.stream.is_genuine(salt, stream):
            raise KeyStoreError(
                "The key of stream {stream} was altered in {name}: put keys.db back from the backup of the same day.",
                stream=stream,
                name=self._name,
            )
        return self.keys.stream.key(salt, stream)

    def _follow(self, cursor: sqlite3.Cursor, tail: Sequence[Head]) -> None:
        """Move the head on to the log's last transaction; never past one that is not there."""
        if len(tail) > 1:
            step = "UPDATE head SET position = ?, mac = ? WHERE position = ? AND mac = ?"
            cursor.execute(step, (*tail[0], *tail[1]))
            if cursor.rowcount == 1:
                return
        head: Head | None = cursor.execute("SELECT position, mac FROM head").fetchone()
        if head is None and len(tail) > 1:
            raise KeyStoreError(
                "{name} is not the key store of this log: put keys.db back from the backup of the same day.",
                name=self._name,
            )
        if head and head not in tail:
            if tail and head[0] < tail[-1][0]:
                raise KeyStoreError(
                    "{name} is older than the log: put keys.db back from the backup of the same day.",
                    name=self._name,
                )
            raise cut_log(head[0])
        if tail and head is None:
            cursor.execute("INSERT INTO head VALUES (1, ?, ?)", tail[0])

    def vouch(self, position: int, stream: str, salt: bytes) -> None:
        """Raises `KeyStoreError` where an event can't be opened because its key was altered."""
        if not self.keys.stream.is_genuine(salt, stream):
            raise KeyStoreError(
                "The key of event {position} (stream {stream}) was altered: put keys.db back from the backup of the same day.",
                position=position,
                stream=stream,
            )

    def settle(self, head: Head) -> None:
        """Take note of the chain's head, to be written with the next salts."""
        self._head = head

    def flush(self) -> None:
        """Write the chain's head down now, as when idle; unless another process moved it on."""
        if self._head:
            with self._store.writing() as cursor:
                cursor.execute(
                    "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE"
                    " SET position = excluded.position, mac = excluded.mac WHERE head.position = ?",
                    (*self._head, self._written[0] if self._written else None),
                )
            self._head = None

    def head(self) -> Head | None:
        """Position and code of the last transaction that the store knows of."""
        with self._store.reading() as cursor:
            row = cursor.execute("SELECT position, mac FROM head").fetchone()
        return (row[0], row[1]) if row else None

    def destroy(self, streams: Sequence[str]) -> None:
        """Erase: the salts go, tombstones stay, and no copy is left in the file or its write-ahead log.

        A reader may hold the write-ahead log open; then `KeyStoreError` says so, and calling again finishes the work.
        """
        with self._store.writing() as cursor:
            cursor.executemany(
                "INSERT INTO salts VALUES (?, NULL) ON CONFLICT (stream) DO UPDATE SET salt = NULL",
                [(stream,) for stream in streams],
            )
        with self._store.get_connection(commit=True) as connection, connection.cursor() as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise KeyStoreError(
                "The keys are destroyed, but a reader still holds a copy: stop other processes and repeat."
            )
