"""The key store: one salt for each stream, the root key wrapped by the master key, and the head of the log's chain.

The key of a stream is HMAC(root, salt ‖ stream). A salt is committed before the events it protects and never
overwritten; destroying it erases them. A tombstone stays, so that an erased key is told from a lost one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stammkunde.core.crypto import InvalidTag, Keys, Seal
from stammkunde.core.errors import KeyStoreError
from stammkunde.core.log.datastore import Blob, Datastore, plain_errors

_SALT = 16
_CHUNK = 900
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
            raise KeyStoreError(f"{path.name} can be read by others: run “chmod 600 {path}”.")
        text = path.read_text()
    except FileNotFoundError:
        raise KeyStoreError(
            f"The master key {path.name} is missing: put it back from the recovery sheet or a safe copy."
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
            f"{where} holds no master key of 64 hex digits: take it from the recovery sheet or a safe copy."
        )
    return key


class KeyStore:
    """The keys of one log."""

    def __init__(self, path: Path, master: bytes) -> None:
        """Opens or creates the store; raises `KeyStoreError` where the master key does not fit it."""
        self._store = Datastore(path)
        self._head: tuple[int, bytes] | None = None
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
                    f"The master key does not fit {path.name}: use the one that was made with it."
                ) from None
        self.keys = Keys(root)

    def close(self) -> None:
        """Write the chain's head down and close the file."""
        if self._head:
            self.add(())
        self._store.close()

    def salts(self, streams: Sequence[str]) -> dict[str, bytes | None]:
        """Salts by stream; None for an erased stream, no entry for one that never had any."""
        found: dict[str, bytes | None] = {}
        with self._store.reading() as cursor:
            for start in range(0, len(streams), _CHUNK):
                part = streams[start : start + _CHUNK]
                marks = ",".join("?" * len(part))
                cursor.execute(f"SELECT stream, salt FROM salts WHERE stream IN ({marks})", part)
                found.update(cursor)
        return found

    def add(self, streams: Iterable[str]) -> Mapping[str, bytes | Blob | None]:
        """The salts of streams, made where there is none yet, committed before the events that need them.

        The chain's head of the *last* transaction is written with them, which saves a commit a transaction: so it may
        be one transaction behind the log, never ahead of it.
        """
        wanted = sorted(set(streams))
        seed = Blob(os.urandom(_SALT * len(wanted)))
        rows = [(stream, seed[i * _SALT : i * _SALT + _SALT]) for i, stream in enumerate(wanted)]
        made = 0
        with self._store.writing() as cursor:
            if self._head:
                cursor.execute(
                    "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE"
                    " SET position = excluded.position, mac = excluded.mac"
                    " WHERE head.position < excluded.position",
                    self._head,
                )
            if rows:
                cursor.executemany("INSERT INTO salts VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
                made = cursor.rowcount
        self._head = None
        return dict(rows) if made == len(rows) else self.salts(wanted)

    def settle(self, head: tuple[int, bytes]) -> None:
        """Take note of the chain's head, to be written with the next salts."""
        self._head = head

    def flush(self) -> None:
        """Write the chain's head down now, as when idle."""
        if self._head:
            self.add(())

    def head(self) -> tuple[int, bytes] | None:
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
