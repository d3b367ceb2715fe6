"""Whatever is done to the log past its door is found and named."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from stammkunde.core.log.store import Log
from stammkunde.core.log.verify import Verification, verify_chain
from tests.core.log.samples import contact, open_log

Tamper = Callable[[sqlite3.Connection], object]


def tampered(log: Log, tamper: Tamper) -> Verification:
    """The verdict on a log after somebody took its guards away and changed it."""
    folder = log.store.path.parent
    log.close()
    foreign = sqlite3.connect(folder / "log.db")
    triggers = foreign.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        foreign.execute(f"DROP TRIGGER {name}")
    tamper(foreign)
    foreign.commit()
    foreign.close()
    reopened = open_log(folder)
    verdict = verify_chain(reopened)
    reopened.close()
    return verdict


def test_an_untouched_log_is_whole(filled: Log) -> None:
    verdict = verify_chain(filled)
    assert (verdict.events, verdict.transactions, verdict.findings) == (30, 10, ())


def test_an_empty_log_is_whole(log: Log) -> None:
    assert verify_chain(log).findings == ()


def test_a_log_that_was_closed_and_opened_is_whole(filled: Log) -> None:
    filled.close()
    again = open_log(filled.store.path.parent)
    with again.transaction() as transaction:
        transaction.append([contact(again, 77)])
    assert verify_chain(again).findings == ()
    again.close()


@pytest.mark.parametrize(
    ("what", "statement", "named"),
    [
        ("delete", "DELETE FROM stored_events WHERE rowid = 14", 14),
        ("topic", "UPDATE stored_events SET topic = 'contact.amended' WHERE rowid = 14", 14),
        ("version", "UPDATE stored_events SET originator_version = 9 WHERE rowid = 14", 14),
        ("stream", "UPDATE stored_events SET originator_id = 'ff' WHERE rowid = 14", 14),
        ("cut middle", "DELETE FROM stored_events WHERE rowid BETWEEN 13 AND 15", 14),
        ("put in", "INSERT INTO stored_events SELECT 31, 'ff', 1, topic, state FROM stored_events WHERE rowid = 1", 31),
        ("time", "UPDATE digests SET recorded_at = recorded_at + 1 WHERE position = 15", 14),
        ("digest", "UPDATE digests SET mac = zeroblob(32) WHERE position = 15", 14),
    ],
)  # fmt: skip
def test_a_change_is_found_and_its_transaction_named(
    filled: Log, what: str, statement: str, named: int
) -> None:
    findings = tampered(filled, lambda c: c.execute(statement)).findings
    assert any(finding.first <= named <= finding.last for finding in findings), what


@pytest.mark.parametrize("at", [0, 1, 5, 20, -30, -1])
def test_a_flipped_bit_is_found_wherever_it_stands(filled: Log, at: int) -> None:
    def flip(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT state FROM stored_events WHERE rowid = 14").fetchone()
        state = bytearray(row[0])
        state[at] ^= 4
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = 14", (bytes(state),))

    findings = tampered(filled, flip).findings
    assert [(finding.first, finding.last) for finding in findings] == [(13, 15)]


def test_two_swapped_rows_are_found(filled: Log) -> None:
    def swap(connection: sqlite3.Connection) -> None:
        one, two = (
            connection.execute("SELECT state FROM stored_events WHERE rowid = ?", (n,)).fetchone()[
                0
            ]
            for n in (5, 20)
        )
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = 5", (two,))
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = 20", (one,))

    findings = tampered(filled, swap).findings
    assert [(finding.first, finding.last) for finding in findings][:2] == [(4, 6), (19, 21)]


@pytest.mark.parametrize("kept", [3, 15, 27])
def test_a_cut_tail_is_found_by_the_head_in_the_key_store(filled: Log, kept: int) -> None:
    def cut(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM stored_events WHERE rowid > ?", (kept,))
        connection.execute("DELETE FROM digests WHERE position > ?", (kept,))

    findings = tampered(filled, cut).findings
    assert [finding.problem for finding in findings] == [
        "the transaction that the key store knows as the last is missing or changed"
    ]


def test_a_transaction_taken_out_with_its_digest_is_found(filled: Log) -> None:
    def cut(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM stored_events WHERE rowid BETWEEN 13 AND 15")
        connection.execute("DELETE FROM digests WHERE position = 15")

    assert any(finding.first == 16 for finding in tampered(filled, cut).findings)


def test_an_older_log_put_back_is_found(filled: Log, tmp_path: Path) -> None:
    folder = filled.store.path.parent
    filled.close()
    old = (folder / "log.db").read_bytes()
    newer = open_log(folder)
    with newer.transaction() as transaction:
        transaction.append([contact(newer, 50)])
    newer.close()
    for leftover in folder.glob("log.db-*"):
        leftover.unlink()
    (folder / "log.db").write_bytes(old)
    restored = open_log(folder)
    assert verify_chain(restored).findings
    restored.close()


def test_an_older_key_store_put_back_is_found(filled: Log) -> None:
    folder = filled.store.path.parent
    filled.close()
    old = (folder / "keys.db").read_bytes()
    newer = open_log(folder)
    with newer.transaction() as transaction:
        transaction.append([contact(newer, 50)])
    newer.close()
    for leftover in folder.glob("keys.db-*"):
        leftover.unlink()
    (folder / "keys.db").write_bytes(old)
    stale = open_log(folder)
    assert [finding.problem for finding in verify_chain(stale).findings] == [
        "the keys of 1 events are lost"
    ]
    stale.close()


def test_erased_streams_are_no_finding(filled: Log) -> None:
    filled.keys.destroy([f"{n:032x}" for n in range(5)])
    assert verify_chain(filled).findings == ()
