"""The quarantine: what could not be read, with its reason and its raw bytes, until it can be."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stammkunde.core.batch import Rejected
from stammkunde.core.errors import Message
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import Transaction


class Entry(msgspec.Struct, frozen=True):
    """One item that could not be read; `size` in bytes, `seen_at` in microseconds since 1970 UTC."""

    number: int
    source: str
    reason: str
    reference: str
    size: int
    seen_at: int


class Quarantine:
    """The sealed bytes of rejected items; the same bytes of one source are kept once."""

    def __init__(self, log: Log) -> None:
        """The rows stand in the log's database."""
        self._log = log

    def keep(self, transaction: Transaction, source: int, rejected: Sequence[Rejected]) -> None:
        """Take in what a batch rejected, in the batch's own transaction."""
        keys = self._log.keys.keys
        digests = [keys.index(b"quarantine\0" + item.raw)[:16] for item in rejected]
        transaction.cursor.executemany(
            "INSERT INTO quarantine (source, digest, reason, sealed, seen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (source, digest) DO UPDATE SET reason = excluded.reason",
            [
                (
                    source,
                    digest,
                    item.reason,
                    keys.seal.seal(
                        msgspec.msgpack.encode((item.raw, item.reference)), *_label(source, digest)
                    ),
                    transaction.time(),
                )
                for item, digest in zip(rejected, digests, strict=True)
            ],
        )

    def entries(self, source: str = "", *, limit: int | None = None, after: int = 0) -> list[Entry]:
        """What waits, oldest first, of one source or of all; or a page of it behind the entry with this number."""
        with self._log.store.reading() as cursor:
            rows = cursor.execute(
                "SELECT q.number, s.name, q.reason, q.seen_at, q.sealed, q.source, q.digest FROM quarantine q"
                " JOIN sources s ON s.number = q.source WHERE q.number > ? AND ? IN ('', s.name) ORDER BY q.number"
                f"{'' if limit is None else f' LIMIT {limit:d}'}",
                (after, source),
            ).fetchall()
        entries = []
        for number, name, reason, seen_at, *sealed in rows:
            raw, reference = self._open(number, *sealed)
            entries.append(Entry(number, name, reason, reference, len(raw), seen_at))
        return entries

    def item(self, number: int) -> Rejected:
        """One item as its connector rejected it."""
        with self._log.store.reading() as cursor:
            reason, *sealed = cursor.execute(
                "SELECT reason, sealed, source, digest FROM quarantine WHERE number = ?", (number,)
            ).fetchone()
        raw, reference = self._open(number, *sealed)
        return Rejected(reason, raw, reference)

    @staticmethod
    def release(transaction: Transaction, number: int) -> None:
        """Let an item go that was read after all, in the transaction that records it."""
        transaction.cursor.execute("DELETE FROM quarantine WHERE number = ?", (number,))

    def settings(self, source: str) -> tuple[str, str, str, bytes]:
        """Connector, system, keep and the connector's settings (JSON) with which a source was read last."""
        with self._log.store.reading() as cursor:
            connector, system, keep, sealed = cursor.execute(
                "SELECT connector, system, keep, settings FROM sources WHERE name = ?", (source,)
            ).fetchone()
        what = Message("What is kept of the settings of “{source}”", source=source)
        settings = self._log.keys.keys.seal.open(what, sealed, b"settings", source.encode())
        return connector, system, keep, settings

    def _open(self, number: int, sealed: bytes, source: int, digest: bytes) -> tuple[bytes, str]:
        what = Message("Item {number} of the quarantine", number=number)
        raw = self._log.keys.keys.seal.open(what, sealed, *_label(source, digest))
        return msgspec.msgpack.decode(raw, type=tuple[bytes, str])


def _label(source: int, digest: bytes) -> tuple[bytes, ...]:
    return b"quarantine", b"%d" % source, digest
