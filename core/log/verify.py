"""Whether the log is what was recorded: the chain walked from the first transaction to the last."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

import msgspec

from stammkunde.core.codec import is_sealed
from stammkunde.core.log.store import Log, Row
from stammkunde.core.log.transaction import chain_mac

_PORTION = 200


class Finding(msgspec.Struct, frozen=True):
    """What does not fit: the transaction by its first and last position, and what is wrong with it."""

    first: int
    last: int
    problem: str


class Verification(msgspec.Struct, frozen=True):
    """What was checked, and what was found."""

    events: int
    transactions: int
    findings: tuple[Finding, ...]


def verify_chain(log: Log) -> Verification:
    """Walk the whole chain in one consistent view of the log.

    Finds a row that was changed, deleted, swapped, moved or added past the log's own door, and names its transaction.
    A cut tail is found by the highest position that was ever given, and by the head in the key store. A key that is
    lost, as after putting an older key store back, or altered is found by the keyed hash in each salt.
    """
    findings: list[Finding] = []
    head = log.keys.head()
    with log.store.reading() as cursor:
        rows = _Rows(cursor.connection)
        events = transactions = 0
        previous, expected, seen_head = b"", 1, head is None
        for first, last, recorded_at, mac in _digests(cursor):
            own = rows.up_to(last)
            transactions += 1
            events += len(own)
            if first != expected or not _fits(log, previous, recorded_at, own, mac):
                findings.append(Finding(first, last, _what(first, last, own, expected)))
            elif problem := _keys(log, own):
                findings.append(Finding(first, last, problem))
            previous, expected = mac, last + 1
            seen_head = seen_head or head == (last, mac)
        rest = rows.rest()
        cut = _highest(cursor)
    if rest:
        findings.append(Finding(rest[0][0], rest[-1][0], "rows that no transaction accounts for"))
    elif cut >= expected:
        findings.append(Finding(expected, cut, "the last events are missing: they were cut off"))
    elif not seen_head and head is not None:
        findings.append(
            Finding(head[0], head[0], "the transaction that the key store knows as the last is missing or changed")
        )  # fmt: skip
    return Verification(events + len(rest), transactions, tuple(findings))


class _Rows:
    """The events in order, a portion at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()
        self._cursor.row_factory = None
        self._cursor.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        )
        self._pending: list[Row] = []

    def up_to(self, last: int) -> list[Row]:
        """The next rows whose position is at most `last`."""
        while not self._pending or self._pending[-1][0] <= last:
            more = self._cursor.fetchmany(_PORTION)
            if not more:
                break
            self._pending += more
        end = bisect_right(self._pending, last, key=itemgetter(0))
        own, self._pending = self._pending[:end], self._pending[end:]
        return own

    def rest(self) -> list[Row]:
        """All that are left."""
        return self._pending + self._cursor.fetchall()


def _digests(cursor: sqlite3.Cursor) -> Iterator[tuple[int, int, int, bytes]]:
    return iter(
        cursor.execute("SELECT first, position, recorded_at, mac FROM digests ORDER BY position")
    )


def _highest(cursor: sqlite3.Cursor) -> int:
    """The highest position that was ever given."""
    row = cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'").fetchone()
    return int(row[0]) if row else 0


def _fits(log: Log, previous: bytes, recorded_at: int, rows: list[Row], mac: bytes) -> bool:
    try:
        return chain_mac(log.keys.keys.chain, previous, recorded_at, rows) == mac
    except (TypeError, ValueError, AttributeError):
        return False


def _keys(log: Log, rows: list[Row]) -> str:
    """What is wrong with the keys of events that hide something; an erased one has a tombstone."""
    streams = {row[1] for row in rows if is_sealed(row[4])}
    salts = log.keys.salts(list(streams))
    altered = set(log.keys.keys.stream.altered(salts))
    if len(salts) == len(streams) and not altered:
        return ""
    hidden = [(row[0], row[1]) for row in rows if is_sealed(row[4])]
    lost = [position for position, stream in hidden if stream not in salts]
    other = [position for position, stream in hidden if stream in altered]
    parts = []
    for positions, state in ((lost, "lost"), (other, "altered")):
        if positions:
            parts.append(
                f"the keys of {len(positions)} events are {state}, the first is {positions[0]}"
            )
    return "; ".join(parts)


def _what(first: int, last: int, rows: list[Row], expected: int) -> str:
    if first != expected:
        return f"it should begin at event {expected}: a transaction before it is missing"
    missing = last - first + 1 - len(rows)
    if missing > 0:
        return f"{missing} of its events are missing"
    if missing < 0:
        return f"{-missing} events were put into it"
    return "it was changed after it was recorded"


__all__ = ["Finding", "Verification", "verify_chain"]
