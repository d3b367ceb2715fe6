"""SQLite as our files need it: safe across a power cut, one writer at a time, fair between processes."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteDatastore

from stammkunde.core.errors import N_, HomeError

LOCK_TIMEOUT_S = 60
_POLL_S = 0.003

Blob = bytearray
"""What many rows hand to SQLite as bytes: `sqlite3` binds a bytearray at once, but searches in vain for an adapter of each
`bytes` (CPython issue of the list in `need_adapt`), which costs as much as binding the rest of a small row.
"""


def _connect(name: str, timeout_s: float = LOCK_TIMEOUT_S) -> sqlite3.Connection:
    """A connection with what the library leaves open: durability said aloud, and deleted keys overwritten.

    The library's own connections also keep a single prepared statement (it passes `cached_statements=True`), and
    preparing one, with the triggers of its table, costs more than running it.
    """
    connection = sqlite3.connect(
        name, uri=True, check_same_thread=False, isolation_level=None, timeout=_POLL_S
    )
    # two processes that make the file at once: SQLite refuses one without waiting, lest they wait for each other
    _insist(connection, "PRAGMA journal_mode=WAL")
    for pragma in (
        "synchronous=FULL",
        "secure_delete=ON",
        "recursive_triggers=ON",
        f"busy_timeout={timeout_s * 1000:.0f}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class _Pool(SQLiteConnectionPool):
    """The library's pool over our connections."""

    def _create_connection(self) -> SQLiteConnection:
        connection = _connect(self.db_name)
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, max_age=None)


class Datastore(SQLiteDatastore):
    """One SQLite file of a home: a pool of connections to read, and one that writes."""

    def __init__(self, path: Path) -> None:
        """Creates the file, readable by its owner alone, if it is not there."""
        self.path = path
        self._writer: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        super().__init__(str(path), lock_timeout=LOCK_TIMEOUT_S)
        with plain_errors(path):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self.pool.close()
            self.pool = _Pool(db_name=f"file:{path}", lock_timeout=LOCK_TIMEOUT_S)

    def close(self) -> None:
        """Close all connections."""
        super().close()
        if self._writer:
            self._writer.close()
            self._writer = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """A cursor in one consistent view of the file; rows are tuples."""
        with plain_errors(self.path), self.transaction(commit=False) as wrapped:
            cursor = wrapped.sqlite_cursor
            cursor.row_factory = None
            yield cursor

    @contextmanager
    def writing(self, turn: AbstractContextManager[None] | None = None) -> Iterator[sqlite3.Cursor]:
        """A cursor in a transaction that holds the file's lock from its beginning; `turn` is ours while we wait for it.

        One connection is kept for it, so that its pages and statements stay warm: fetching one from the pool costs a
        small transaction more than its statements do.
        """
        with self._lock, plain_errors(self.path):
            self._writer = self._writer or _connect(self.pool.db_name, _POLL_S)
            cursor = self._writer.cursor()
            with turn or nullcontext():
                _insist(cursor, "BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                roll_back(cursor)
                raise


def _insist(on: sqlite3.Connection | sqlite3.Cursor, statement: str) -> None:
    """Run what takes the file's lock, asking every few milliseconds: SQLite's own waiting asks ever less often, and comes late."""
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            on.execute(statement)
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        else:
            return


class Turnstile:
    """Lets writers of all processes in one after the other, so that a bulk import can't starve a single append.

    SQLite's own lock is won by whoever happens to try at the right moment; a lock on a file queues.
    """

    def __init__(self, path: Path) -> None:
        """The file is made if absent; it stays empty. Threads of one process must be kept apart by the caller."""
        with plain_errors(path):
            self._handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)

    def __enter__(self) -> None:
        """Wait for our turn."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the next one in."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def copy_database(path: Path, to: Path) -> None:
    """Copy a database with all that is committed, as one consistent state; the copy is readable by its owner alone."""
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with (
        plain_errors(to),
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)


def roll_back(cursor: sqlite3.Cursor) -> None:
    """Undo a transaction, unless SQLite did so itself, as it does when the disk is full."""
    if cursor.connection.in_transaction:
        cursor.execute("ROLLBACK")


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into one line with a remedy."""
    try:
        yield
    except (sqlite3.Error, PersistenceError, OSError) as error:
        words = str(error).lower()
        if isinstance(error, sqlite3.IntegrityError) or "constraint" in words:
            raise
        raise _remedy(path, words) from error


_FULL = N_(
    "{file}: the disk is full: make room, then run the command again; nothing recorded is lost."
)
_READ_ONLY = N_("{file}: it can't be written: give this user the right to write file and folder.")
_SIGNS = (
    ("full", _FULL),
    ("no space", _FULL),
    ("disk i/o", N_("{file}: the disk refuses: look for room and faults, then run the command again; nothing recorded is lost.")),
    ("locked", N_("{file}: another process holds it: wait until it is done, then try again.")),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("permission", N_("{file}: access is refused: give this user the right to read and write it.")),
    ("not a database", N_("{file}: it is damaged or no database: restore it from a backup.")),
    ("malformed", N_("{file}: it is damaged: restore it from a backup.")),
    ("unable to open", N_("{file}: it can't be opened: does the folder exist, and may this user write there?")),
)  # fmt: skip
_ANEW = N_("{file}: it is damaged: delete it, and it is built anew from the log.")


def _remedy(path: Path, words: str) -> HomeError:
    for sign, remedy in _SIGNS:
        if sign in words:
            is_derived = path.name.startswith("views") and "damaged" in remedy
            return HomeError(_ANEW if is_derived else remedy, file=path.name)
    return HomeError("{file}: {why}.", file=path.name, why=words.strip("()"))
