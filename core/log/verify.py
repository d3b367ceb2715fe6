"""Whether the log is what was recorded: the chain walked from the first transaction to the last."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from stammkunde.core.codec import is_sealed
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import chain_mac


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
    A cut tail is found by the head in the key store; a cut of the very last transaction alone may not be. A key store of
    an older day is found by the keys that it lacks.
    """
    findings: list[Finding] = []
    head = log.keys.head()
    with log.store.reading() as cursor:
        events = transactions = 0
        previous, expected, seen_head = b"", 1, head is None
        rows = _rows(cursor)
        pending: list[tuple[Any, ...]] = []
        for first, last, recorded_at, mac in _digests(cursor):
            own, pending = _take(rows, pending, last)
            transactions += 1
            events += len(own)
            if first != expected or not _fits(log, previous, recorded_at, own, mac):
                findings.append(Finding(first, last, _what(first, last, own, expected)))
            elif lost := _without_key(log, own):
                findings.append(Finding(first, last, f"the keys of {lost} events are lost"))
            previous, expected = mac, last + 1
            seen_head = seen_head or (head is not None and head == (last, mac))
        rest = [*pending, *rows]
        if rest:
            findings.append(
                Finding(rest[0][0], rest[-1][0], "rows that no transaction accounts for")
            )
        if not seen_head and head is not None:
            findings.append(
                Finding(head[0], head[0], "the transaction that the key store knows as the last is missing or changed")
            )  # fmt: skip
    return Verification(events + len(rest), transactions, tuple(findings))


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    connection = cursor.connection
    rows = connection.cursor()
    rows.row_factory = None
    return iter(
        rows.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        )
    )


def _digests(cursor: sqlite3.Cursor) -> Iterator[tuple[int, int, int, bytes]]:
    return iter(
        cursor.execute("SELECT first, position, recorded_at, mac FROM digests ORDER BY position")
    )


def _take(
    rows: Iterator[tuple[Any, ...]], pending: list[tuple[Any, ...]], last: int
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows up to a position, and the one read too far."""
    own: list[tuple[Any, ...]] = []
    for row in (*pending, *()):
        if row[0] > last:
            return own, pending
        own.append(row)
    for row in rows:
        if row[0] > last:
            return own, [row]
        own.append(row)
    return own, []


def _fits(
    log: Log, previous: bytes, recorded_at: int, rows: list[tuple[Any, ...]], mac: bytes
) -> bool:
    try:
        return chain_mac(log.keys.keys.chain, previous, recorded_at, rows) == mac
    except (TypeError, ValueError, AttributeError):
        return False


def _without_key(log: Log, rows: list[tuple[Any, ...]]) -> int:
    """How many events hide something and have neither a salt nor the tombstone of an erased one."""
    sealed = [row[1] for row in rows if is_sealed(row[4])]
    salts = log.keys.salts(list(set(sealed)))
    return sum(stream not in salts for stream in sealed)


def _what(first: int, last: int, rows: list[tuple[Any, ...]], expected: int) -> str:
    if first != expected:
        return f"it should begin at event {expected}: a transaction before it is missing"
    missing = last - first + 1 - len(rows)
    if missing > 0:
        return f"{missing} of its events are missing"
    if missing < 0:
        return f"{-missing} events were put into it"
    return "it was changed after it was recorded"


__all__ = ["Finding", "Verification", "verify_chain"]
