"""Whatever is done to the log past its door is found and named."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from stammkunde.core.errors import KeyStoreError
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


def cut_behind(connection: sqlite3.Connection, kept: int, *, traceless: bool) -> None:
    """Cut the log's tail off; `traceless` also takes back the highest position that was ever given."""
    connection.execute("DELETE FROM stored_events WHERE rowid > ?", (kept,))
    connection.execute("DELETE FROM digests WHERE position > ?", (kept,))
    if traceless:
        connection.execute("UPDATE sqlite_sequence SET seq = ?", (kept,))


@pytest.mark.parametrize("kept", [0, 3, 15, 27])
@pytest.mark.parametrize(
    ("traceless", "problem"),
    [
        (False, "the last events are missing: they were cut off"),
        (True, "the transaction that the key store knows as the last is missing or changed"),
    ],
)
def test_a_cut_tail_is_found(filled: Log, kept: int, traceless: bool, problem: str) -> None:
    findings = tampered(filled, lambda c: cut_behind(c, kept, traceless=traceless)).findings
    assert [(finding.last, finding.problem) for finding in findings] == [(30, problem)]


@pytest.mark.parametrize("kept", [0, 3, 15, 27])
@pytest.mark.parametrize("traceless", [True, False])
@pytest.mark.parametrize("contacts", [(50,), (50, 3), (29,)])
def test_nothing_is_appended_to_a_log_whose_tail_was_cut(
    filled: Log, kept: int, traceless: bool, contacts: tuple[int, ...]
) -> None:
    tampered(filled, lambda c: cut_behind(c, kept, traceless=traceless))
    log = open_log(filled.store.path.parent)
    with pytest.raises(KeyStoreError, match=r"event \d+ .*verify.*restore"), log.transaction() as t:
        t.append([contact(log, n, version=1 + (n == 3)) for n in contacts])
    assert log.last_position() == kept
    log.close()
    again = open_log(filled.store.path.parent)
    assert [finding.last for finding in verify_chain(again).findings] == [30]
    again.close()


def test_a_tail_that_is_cut_while_the_program_runs_is_found_too(filled: Log) -> None:
    """Also by another process, whose own last transaction is still there."""
    folder = filled.store.path.parent
    other = open_log(folder)
    with other.transaction() as transaction:
        transaction.append([contact(other, 50)])
    with other.transaction() as transaction:
        transaction.append([contact(other, 51)])
    foreign = sqlite3.connect(folder / "log.db")
    for table in ("stored_events", "digests"):
        foreign.execute(f"DROP TRIGGER {table}_delete")
    cut_behind(foreign, 30, traceless=True)
    foreign.commit()
    foreign.close()
    for log in (filled, other):
        with pytest.raises(KeyStoreError, match="event 31"), log.transaction() as transaction:
            transaction.append([contact(log, 52)])
    other.close()
    assert verify_chain(filled).findings


def test_the_last_transaction_of_a_process_that_died_is_missed_too(filled: Log) -> None:
    """Its head was not written down yet, but the highest position that was ever given stands in the log."""
    foreign = sqlite3.connect(filled.store.path)
    for table in ("stored_events", "digests"):
        foreign.execute(f"DROP TRIGGER {table}_delete")
    cut_behind(foreign, 27, traceless=False)
    foreign.commit()
    foreign.close()
    log = open_log(filled.store.path.parent)
    assert [(finding.first, finding.last) for finding in verify_chain(log).findings] == [(28, 30)]
    with pytest.raises(KeyStoreError, match="event 30"), log.transaction() as transaction:
        transaction.append([contact(log, 50)])
    log.close()


def test_a_last_transaction_that_was_replaced_is_found_before_the_next_one(filled: Log) -> None:
    tampered(filled, lambda c: c.execute("UPDATE digests SET mac = x'00' WHERE position = 30"))
    log = open_log(filled.store.path.parent)
    with pytest.raises(KeyStoreError, match="event 30"), log.transaction() as transaction:
        transaction.append([contact(log, 50)])
    log.close()


def test_two_processes_may_append_by_turns_and_leave_in_any_order(filled: Log) -> None:
    folder = filled.store.path.parent
    for n in range(100, 112, 4):
        one, two = open_log(folder), open_log(folder)
        for m, log in enumerate((one, two, two, one)):
            with log.transaction() as transaction:
                transaction.append([contact(log, n + m)])
        for log in (one, two) if n % 8 else (two, one):
            log.close()
    assert verify_chain(filled).findings == ()
    assert filled.keys.head() == (42, filled_mac(filled, 42))


def filled_mac(log: Log, position: int) -> bytes:
    with log.store.reading() as cursor:
        cursor.execute("SELECT mac FROM digests WHERE position = ?", (position,))
        mac: bytes = cursor.fetchone()[0]
    return mac


@pytest.mark.parametrize("transactions", [1, 2])
def test_a_process_that_dies_leaves_a_log_that_goes_on(tmp_path: Path, transactions: int) -> None:
    """Its head is never written down by a last `close`."""
    dead = open_log(tmp_path)
    for n in range(transactions):
        with dead.transaction() as transaction:
            transaction.append([contact(dead, n)])
    living = open_log(tmp_path)
    with living.transaction() as transaction:
        transaction.append([contact(living, 50)])
    assert verify_chain(living).findings == ()
    living.close()
    dead.close()
    assert verify_chain(open_log(tmp_path)).findings == ()


@pytest.mark.parametrize(
    ("newer", "words"), [(1, "lost"), (2, r"keys\.db is older than the log: put keys\.db back")]
)
def test_nothing_is_appended_beside_an_older_key_store(filled: Log, newer: int, words: str) -> None:
    """After one transaction more it may be the one of a crash: only an event that lacks its key tells."""
    folder = filled.store.path.parent
    filled.close()
    old = (folder / "keys.db").read_bytes()
    log = open_log(folder)
    for n in range(newer):
        with log.transaction() as transaction:
            transaction.append([contact(log, 50 + n)])
    log.close()
    for leftover in folder.glob("keys.db-*"):
        leftover.unlink()
    (folder / "keys.db").write_bytes(old)
    stale = open_log(folder)
    with pytest.raises(KeyStoreError, match=words), stale.transaction() as transaction:
        transaction.append([contact(stale, 50, version=2)])
    stale.close()


def test_nothing_is_appended_beside_a_key_store_that_was_made_anew(filled: Log) -> None:
    folder = filled.store.path.parent
    filled.close()
    for file in folder.glob("keys.db*"):
        file.unlink()
    log = open_log(folder)
    words = r"not the key store.*put keys\.db back"
    with pytest.raises(KeyStoreError, match=words), log.transaction() as transaction:
        transaction.append([contact(log, 50)])
    log.close()


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
        "the keys of 1 events are lost, the first is 31"
    ]
    stale.close()


def test_erased_streams_are_no_finding(filled: Log) -> None:
    filled.keys.destroy([f"{n:032x}" for n in range(5)])
    assert verify_chain(filled).findings == ()


@pytest.mark.parametrize(
    "salt",
    [
        "zeroblob(23)",
        "x''",
        "CAST(substr(salt, 1, 22) AS BLOB)",
        "(SELECT salt FROM salts LIMIT 1)",
    ],
)
def test_altered_keys_are_found_and_their_transaction_named(filled: Log, salt: str) -> None:
    foreign = sqlite3.connect(filled.store.path.with_name("keys.db"))
    for n in (13, 14):
        foreign.execute(f"UPDATE salts SET salt = {salt} WHERE stream = ?", (f"{n:032x}",))
    foreign.commit()
    foreign.close()
    findings = verify_chain(filled).findings
    assert [(f.first, f.last, f.problem) for f in findings] == [
        (13, 15, "the keys of 2 events are altered, the first is 14")
    ]
