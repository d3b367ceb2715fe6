"""One reading of one source: batches go in, each in one transaction, and are counted.

Every item ends in exactly one of recorded, duplicate, ignored or rejected.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact
from stammkunde.core.errors import CursorConflictError, Message
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import Transaction

if TYPE_CHECKING:
    from stammkunde.core.intake import Intake

Keep: TypeAlias = Literal["text", "subject", "facts"]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source as intake sees it: `system` is the namespace of its ids, `keep` what of a message is stored at all.

    `settings` are the connector's own as JSON, remembered so that what it rejected can be read again.
    """

    name: str
    connector: str
    system: str = ""
    keep: Keep = "text"
    settings: bytes = b"{}"

    @property
    def namespace(self) -> str:
        """The setting `system`; default: the source's name."""
        return self.system or self.name


class Counts(msgspec.Struct):
    """What became of the items of a reading; contacts, amended, retracted and sighted count contacts."""

    recorded: int = 0
    duplicates: int = 0
    ignored: Counter[str] = msgspec.field(default_factory=Counter)
    rejected: int = 0
    contacts: int = 0
    amended: int = 0
    retracted: int = 0
    sighted: int = 0
    customers_opened: int = 0
    unassigned: int = 0

    def add(self, other: Counts) -> None:
        """Count a further batch."""
        for field in self.__struct_fields__:
            if more := getattr(other, field):
                setattr(self, field, getattr(self, field) + more)

    @property
    def items(self) -> int:
        """All items that the source gave."""
        return self.recorded + self.duplicates + self.ignored.total() + self.rejected


class SystemMemory:
    """What connectors remembered of one system; keys as keyed hashes, values sealed."""

    def __init__(self, log: Log, system: str) -> None:
        """`system` is the namespace that several sources may share."""
        self._log = log
        self._system = system

    def get(self, key: str) -> bytes | None:
        """The value last committed under a key."""
        with self._log.store.reading() as cursor:
            row = cursor.execute(
                "SELECT value FROM memory WHERE system = ? AND key = ?",
                (self._system, self._hash(key)),
            ).fetchone()
        what = Message("What was remembered of “{system}”", system=self._system)
        return self._log.keys.keys.seal.open(what, row[0], *self._label(key)) if row else None

    def save(self, cursor: sqlite3.Cursor, values: Iterable[tuple[str, bytes | None]]) -> None:
        """Write or forget, within the events' transaction."""
        seal = self._log.keys.keys.seal.seal
        for key, value in values:
            where = (self._system, self._hash(key))
            if value is None:
                cursor.execute("DELETE FROM memory WHERE system = ? AND key = ?", where)
            else:
                cursor.execute(
                    "INSERT INTO memory VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                    (*where, seal(value, *self._label(key))),
                )

    def _label(self, key: str) -> tuple[bytes, ...]:
        return b"memory", self._system.encode(), self._hash(key)

    def _hash(self, key: str) -> bytes:
        return self._log.keys.keys.index(b"memory\0" + key.encode(errors="surrogatepass"))[:16]


class Feed:
    """A source that is being read. Of two processes that advance one cursor, one wins and the other is refused."""

    def __init__(self, intake: Intake, source: Source, *, advance: bool) -> None:
        """`advance` says whether cursors are saved (`sync`) or left alone (`import`)."""
        self.source = source
        self.counts = Counts()
        self.memory = SystemMemory(intake.log, source.namespace)
        self._intake = intake
        self._advance = advance
        self._handles: Counter[str] = Counter()
        with intake.log.store.reading() as cursor:
            row = cursor.execute(
                "SELECT version, cursor FROM sources WHERE name = ?", (source.name,)
            ).fetchone()
        self._number: int | None = None
        self._version = row[0] if row else 0
        self.cursor = open_cursor(intake.log, source.name, row[1]) if row and advance else None

    def record(self, batch: Batch, *, released: int | None = None) -> None:
        """Commit one batch, all of it or nothing; `released` is the quarantined item that it was read from."""
        self._intake.record(self, batch, released)

    def record_one(self, contact: Contact) -> None:
        """Commit one contact that a person wrote down."""
        self.record(Batch(contacts=(contact,)))

    def finish(self) -> Counts:
        """Note the success and how many of the contacts have no customer now."""
        with self._intake.transaction() as (transaction, _):
            self.number(transaction)
            transaction.cursor.execute(
                "UPDATE sources SET last_success = ? WHERE name = ?",
                (transaction.time(), self.source.name),
            )
            self.counts.unassigned = self._intake.unassigned(self._handles)
        return self.counts

    # ---- within intake's transaction

    def number(self, transaction: Transaction) -> int:
        """The source's number in the side tables; a new source gets a new one, with its first committed batch."""
        if self._number is not None:
            return self._number
        source = self.source
        sealed = self._intake.log.keys.keys.seal.seal(
            source.settings, b"settings", source.name.encode()
        )
        row = transaction.cursor.execute(
            "INSERT INTO sources (name, connector, system, keep, settings) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET connector = excluded.connector,"
            " system = excluded.system, keep = excluded.keep, settings = excluded.settings"
            " RETURNING number",
            (source.name, source.connector, source.namespace, source.keep, sealed),
        ).fetchone()
        return int(row[0])

    def move_on(self, transaction: Transaction, cursor: str | None) -> int:
        """Save the cursor if nobody else did meanwhile; the source's new version."""
        if cursor is None or not self._advance:
            return self._version
        sealed = self._intake.log.keys.keys.seal.seal(
            cursor.encode(), b"cursor", self.source.name.encode()
        )
        transaction.cursor.execute(
            "UPDATE sources SET cursor = ?, version = version + 1 WHERE name = ? AND version = ?",
            (sealed, self.source.name, self._version),
        )
        if transaction.cursor.rowcount != 1:
            raise CursorConflictError(
                "Another process is reading “{source}” at the same time: let it finish, then run this again.",
                source=self.source.name,
            )
        return self._version + 1

    def committed(
        self,
        number: int,
        version: int,
        cursor: str | None,
        counts: Counts,
        handles: Counter[str],
    ) -> None:
        """Take over what a committed batch brought."""
        self._number = number
        self._version = version
        if cursor is not None and self._advance:
            self.cursor = cursor
        self.counts.add(counts)
        self._handles.update(handles)


def open_cursor(log: Log, source: str, sealed: bytes | None) -> str | None:
    """The cursor of a source as its table keeps it."""
    if sealed is None:
        return None
    what = Message("The cursor of “{source}”", source=source)
    return log.keys.keys.seal.open(what, sealed, b"cursor", source.encode()).decode()
