"""The log keeps what it was given, in order, and nothing else."""

import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from stammkunde.core.errors import HomeError, KeyStoreError
from stammkunde.core.events import ERASED, ContactRetracted
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log
from stammkunde.core.log.verify import verify_chain
from tests.core.log.samples import MASTER, contact, open_log


def test_events_are_read_in_the_order_in_which_they_were_recorded(filled: Log) -> None:
    events = filled.read(0, 100)
    assert [event.position for event in events] == list(range(1, 31))
    assert [event.stream for event in events] == [f"{n:032x}" for n in range(30)]
    assert all(event.private.content.text == "Grüezi" for event in events)


def test_a_page_begins_behind_a_position_and_keeps_its_size(filled: Log) -> None:
    assert [event.position for event in filled.read(7, 5)] == [8, 9, 10, 11, 12]
    assert filled.read(30, 5) == []
    assert filled.last_position() == 30


def test_open_parts_are_the_same_without_any_key(filled: Log) -> None:
    whole = filled.read(0, 100)
    assert [event.open for event in filled.read_open(0, 100)] == [event.open for event in whole]
    assert {event.private for event in filled.read_open(0, 100)} == {None}


def test_each_transaction_has_one_time_and_times_only_grow(log: Log) -> None:
    noon = 1_800_000_000_000_000
    for n, now in enumerate((noon, noon - 100, noon - 100)):
        with log.transaction(lambda now=now: now) as transaction:  # type: ignore[misc]
            transaction.append([contact(log, 2 * n), contact(log, 2 * n + 1)])
    times = [event.recorded_at - noon for event in log.read(0, 9)]
    assert times == [0, 0, 1, 1, 2, 2]


def append_and_fail(log: Log) -> None:
    with log.transaction() as transaction:
        transaction.append([contact(log, 99)])
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing_and_takes_no_position(filled: Log) -> None:
    with pytest.raises(ZeroDivisionError):
        append_and_fail(filled)
    assert filled.last_position() == 30
    with filled.transaction() as transaction:
        transaction.append([contact(filled, 31)])
    assert filled.read(30, 9)[0].position == 31


def test_the_same_version_of_a_stream_is_refused(filled: Log) -> None:
    with pytest.raises(sqlite3.IntegrityError), filled.transaction() as transaction:
        transaction.append([contact(filled, 0)])
    assert filled.last_position() == 30


def test_versions_of_a_stream_go_on_where_they_ended(filled: Log) -> None:
    with filled.transaction() as transaction:
        assert transaction.next_version(f"{3:032x}") == 2
        assert transaction.next_version(f"{3:032x}") == 3
        assert transaction.next_version("f" * 32) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET topic = 'x' WHERE rowid = 3",
        "DELETE FROM stored_events WHERE rowid = 3",
        "INSERT OR REPLACE INTO stored_events SELECT * FROM stored_events WHERE rowid = 3",
        "INSERT OR REPLACE INTO stored_events SELECT 99, originator_id, originator_version, topic, state"
        " FROM stored_events WHERE rowid = 3",
        "UPDATE digests SET mac = x'00' WHERE position = 3",
        "DELETE FROM digests",
        "INSERT OR REPLACE INTO digests SELECT * FROM digests WHERE position = 3",
    ],
)
def test_a_foreign_tool_is_refused_to_change_a_row(filled: Log, statement: str) -> None:
    foreign = sqlite3.connect(filled.store.path)
    with pytest.raises(sqlite3.IntegrityError, match="immutable"), foreign:
        foreign.execute(statement)
    foreign.close()
    assert len(filled.read(0, 100)) == 30


def test_a_destroyed_key_leaves_the_open_part(filled: Log) -> None:
    filled.keys.destroy([f"{4:032x}"])
    events = filled.read(0, 100)
    assert [event.position for event in events if event.private is ERASED] == [5]
    assert events[4].open.kind == "message"


def test_nothing_private_is_written_to_an_erased_stream(filled: Log) -> None:
    filled.keys.destroy([f"{4:032x}"])
    with filled.transaction() as transaction:
        transaction.append([contact(filled, 4, "CANARY", version=2)])
    event = filled.stream(f"{4:032x}")[-1]
    assert (event.version, event.open.kind, event.private) == (2, "message", ERASED)
    assert b"CANARY" not in filled.store.path.read_bytes()
    assert verify_chain(filled).findings == ()


def test_an_event_that_hid_nothing_is_not_erased_with_its_stream(filled: Log) -> None:
    filled.keys.destroy([f"{4:032x}"])
    with filled.transaction() as transaction:
        retracted = filled.codec.new(
            f"{4:032x}", 2, "contact.retracted", ContactRetracted(reason="source")
        )
        transaction.append([retracted])
    assert [event.private for event in filled.stream(f"{4:032x}")] == [ERASED, None]


def test_a_lost_key_is_told_from_an_erased_one(filled: Log) -> None:
    filled.close()
    keys = sqlite3.connect(filled.store.path.with_name("keys.db"))
    keys.execute("DELETE FROM salts WHERE stream = ?", (f"{4:032x}",))
    keys.commit()
    keys.close()
    with pytest.raises(KeyStoreError, match="lost"):
        open_log(filled.store.path.parent).read(0, 100)


def alter_salt(log: Log, sql: str) -> None:
    """Change the key store past its door, while the log is open."""
    keys = sqlite3.connect(log.store.path.with_name("keys.db"))
    keys.execute(sql, {"stream": f"{4:032x}", "other": f"{5:032x}"})
    keys.commit()
    keys.close()


ALTERED = {
    "other bytes": "UPDATE salts SET salt = CAST(zeroblob(9) || substr(salt, 10) AS BLOB) WHERE stream = :stream",
    "cut": "UPDATE salts SET salt = CAST(substr(salt, 1, 9) AS BLOB) WHERE stream = :stream",
    "another stream's": "UPDATE salts SET salt = (SELECT salt FROM salts WHERE stream = :other)"
    " WHERE stream = :stream",
}


@pytest.mark.parametrize("sql", ALTERED.values(), ids=ALTERED)
def test_an_altered_key_is_named_with_its_event(filled: Log, sql: str) -> None:
    alter_salt(filled, sql)
    with pytest.raises(KeyStoreError, match=f"event 5 .*{4:032x}.* altered.*keys.db"):
        filled.read(0, 100)
    assert filled.read_open(0, 100)[4].open.kind == "message"


@pytest.mark.parametrize("sql", ALTERED.values(), ids=ALTERED)
def test_nothing_is_sealed_with_an_altered_key(filled: Log, sql: str) -> None:
    alter_salt(filled, sql)
    with pytest.raises(KeyStoreError, match="altered"), filled.transaction() as transaction:
        transaction.append([contact(filled, 4, version=2)])
    assert filled.last_position() == 30


def test_an_altered_event_is_told_from_an_altered_key(filled: Log) -> None:
    with filled.store.writing() as cursor:
        cursor.execute("DROP TRIGGER stored_events_update")
        cursor.execute("UPDATE stored_events SET topic = 'contact.amended' WHERE rowid = 5")
    with pytest.raises(InvalidTag):
        filled.read(0, 100)


@pytest.mark.parametrize("others", [(), (77,)], ids=["alone", "with others"])
def test_a_lost_key_is_not_made_anew_for_a_further_event(
    filled: Log, others: tuple[int, ...]
) -> None:
    """It would hide the loss: the old events could never be read again, even with the right key store put back."""
    alter_salt(filled, "DELETE FROM salts WHERE stream = :stream")
    more = [contact(filled, n, version=2) for n in (4, 6)]
    with pytest.raises(KeyStoreError, match="event 5 is lost"), filled.transaction() as transaction:
        transaction.append([*more, *(contact(filled, n) for n in others)])
    assert filled.keys.salts([f"{4:032x}"]) == {}
    assert [finding.first for finding in verify_chain(filled).findings] == [4]


def test_a_stream_may_get_its_key_late(log: Log) -> None:
    facts = ContactRetracted(reason="source")
    with log.transaction() as transaction:
        transaction.append([log.codec.new("a" * 32, 1, "contact.retracted", facts)])
    with log.transaction() as transaction:
        event = contact(log, 4)
        transaction.append([msgspec.structs.replace(event, stream="a" * 32, version=2)])
    assert log.stream("a" * 32)[1].private.content.text == "Grüezi"


def test_a_destroyed_key_is_found_in_no_file(filled: Log) -> None:
    stream = f"{4:032x}"
    salt = filled.keys.salts([stream])[stream]
    assert salt
    folder = filled.store.path.parent
    assert any(salt in file.read_bytes() for file in folder.glob("keys.db*"))
    filled.keys.destroy([stream])
    assert not any(salt in file.read_bytes() for file in folder.glob("keys.db*"))


def test_a_wrong_master_key_is_named(filled: Log) -> None:
    filled.close()
    with pytest.raises(KeyStoreError, match="does not fit"):
        KeyStore(filled.store.path.with_name("keys.db"), b"x" * 32)


def test_a_home_of_a_newer_format_is_refused(filled: Log) -> None:
    filled.close()
    foreign = sqlite3.connect(filled.store.path)
    foreign.execute("UPDATE home SET value = '99' WHERE name = 'format'")
    foreign.commit()
    foreign.close()
    with pytest.raises(HomeError, match="update Stammkunde"):
        open_log(filled.store.path.parent)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"no database " * 200)
    with pytest.raises(HomeError, match=r"log\.db"):
        Log(tmp_path / "log.db", KeyStore(tmp_path / "keys.db", MASTER))


def test_writers_in_threads_and_in_two_logs_lose_nothing(log: Log) -> None:
    other = open_log(log.store.path.parent)

    def write(target: Log, base: int) -> None:
        for n in range(base, base + 25):
            with target.transaction() as transaction:
                transaction.append([contact(target, n)])

    threads = [
        threading.Thread(target=write, args=(target, base))
        for target, base in ((log, 0), (log, 100), (other, 200), (other, 300))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = log.read(0, 1000)
    other.close()
    assert [event.position for event in events] == list(range(1, 101))
    assert len({event.stream for event in events}) == 100


def test_the_library_reads_the_log_too(filled: Log) -> None:
    notifications = filled.recorder.select_notifications(1, 100)
    assert [notification.id for notification in notifications] == list(range(1, 31))
    assert filled.recorder.max_notification_id() == 30
