"""The quarantine: what could not be read, with its reason and its raw bytes, until it can be."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from stammkunde.core.batch import Rejected
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

    def keep(self, transaction: Transaction, source: int, rejected: Iterable[Rejected]) -> None:
        """Take in what a batch rejected, in the batch's own transaction."""
        keys = self._log.keys.keys
        transaction.cursor.executemany(
            "INSERT INTO quarantine (source, digest, reason, sealed, seen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (source, digest) DO UPDATE SET reason = excluded.reason",
            [
                (
                    source,
                    keys.index(b"quarantine\0" + item.raw)[:16],
                    item.reason,
                    keys.seal.seal(
                        msgspec.msgpack.encode((item.raw, item.reference)), b"quarantine"
                    ),
                    transaction.time(),
                )
                for item in rejected
            ],
        )

    def entries(self, source: str = "") -> list[Entry]:
        """What waits, oldest first; of one source or of all."""
        with self._log.store.reading() as cursor:
            rows = cursor.execute(
                "SELECT q.number, s.name, q.reason, q.sealed, q.seen_at FROM quarantine q"
                " JOIN sources s ON s.number = q.source WHERE ? IN ('', s.name) ORDER BY q.number",
                (source,),
            ).fetchall()
        entries = []
        for number, name, reason, sealed, seen_at in rows:
            raw, reference = self._open(sealed)
            entries.append(Entry(number, name, reason, reference, len(raw), seen_at))
        return entries

    def item(self, number: int) -> Rejected:
        """One item as its connector rejected it."""
        with self._log.store.reading() as cursor:
            reason, sealed = cursor.execute(
                "SELECT reason, sealed FROM quarantine WHERE number = ?", (number,)
            ).fetchone()
        raw, reference = self._open(sealed)
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
        return connector, system, keep, self._log.keys.keys.seal.unseal(sealed, b"settings")

    def _open(self, sealed: bytes) -> tuple[bytes, str]:
        raw = self._log.keys.keys.seal.unseal(sealed, b"quarantine")
        return msgspec.msgpack.decode(raw, type=tuple[bytes, str])
