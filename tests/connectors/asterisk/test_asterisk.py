"""The connector as a whole: the contract, and the calls that we recorded on a real Asterisk."""

import csv
import shutil
from pathlib import Path
from typing import Any, ClassVar

import pytest

from stammkunde.connectors.asterisk import Asterisk, Settings
from stammkunde.connectors.contract import COMPANY, DictMemory, FileContract, Reading, read
from stammkunde.connectors.interface import ConnectorError, Context, Rejected
from stammkunde.core.contact import Item

DATA = Path(__file__).parents[2] / "data" / "telephony"
MASTER = DATA / "Master_newcdrcolumns_gmt.csv"
FORMS = (MASTER, DATA / "stammkunde.csv", DATA / "stammkunde.jsonl")


def connector(*paths: Path, **settings: Any) -> Asterisk:
    return Asterisk(
        Settings(path=tuple(map(str, paths)), **settings),
        Context(source="phones", company=COMPANY),
    )


class TestMasterCsv(FileContract):
    kind = Asterisk
    sample = MASTER
    broken = DATA / "Master_broken.csv"
    foreign = (DATA / "README.md",)


class TestJsonLines(FileContract):
    kind = Asterisk
    sample = DATA / "stammkunde.jsonl"


class TestSixteenColumns(FileContract):
    kind = Asterisk
    sample = DATA / "Master_default_16cols_localtime_zurich.csv"
    settings: ClassVar = {"timezone": "Europe/Zurich"}


CALLS = [
    # item, direction, outcome, counterpart, talk, ours
    ("1795449816.0", "in", "answered", "+41791112233", 2, ("+41445551101", "101")),
    ("1795449820.3", "in", "voicemail", None, 0, ("+41445551102",)),
    ("1795449828.7", "in", "busy", "+41445556677", 0, ("+41445551104",)),
    ("1795449831.11", "in", "answered", "+4915112345678", 1, ("+41445551200", "101")),
    ("1795449834.18", "in", "answered", "+41315550000", 4, ("+41445551100", "103")),
    ("1795449841.25", "in", "abandoned", "+4232301111", 0, ("+41445551100",)),
    ("1795449844.32", "in", "missed", "+41431234567", 0, ("+41445551101",)),
    ("1795449847.35", "out", "answered", "+491701234567", 2, ("101",)),
    ("1795449855.41", "in", "answered", "+41612345678", 1, ("+41445551300",)),
    ("1795449862.46", "in", "answered", "+41791112244", 3, ("+41445551101", "101", "103")),
    ("1795449868.51", "in", "answered", "+41445556678", 1, ("+41445551101", "101")),
]


def table(reading: Reading) -> list[tuple[object, ...]]:
    return [
        (
            call.item.key,
            call.direction,
            call.outcome,
            call.identifiers[0].value if call.identifiers else None,
            call.duration_s,
            call.ours,
        )
        for call in reading.contacts
    ]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_recorded_calls_are_told_as_they_were_made(form: Path) -> None:
    reading = read(connector(form))
    assert table(reading) == CALLS
    assert reading.ignored == {"internal": 1}
    assert reading.rejected == []


def test_every_recorded_form_gives_the_same_contacts() -> None:
    first, *others = (read(connector(form)).contacts for form in FORMS)
    assert all(other == first for other in others)


def test_the_item_is_the_systems_own_id_and_its_second() -> None:
    call = read(connector(MASTER)).contacts[0]
    assert call.item == Item("1795449816.0", 1795449816000)
    assert call.occurred_at.isoformat() == "2026-11-23T16:03:36+00:00"


def test_what_else_is_known_of_a_call() -> None:
    calls = {call.item.key: call for call in read(connector(MASTER)).contacts}
    assert calls["1795449816.0"].display == "Max Muster"
    assert calls["1795449834.18"].display == "Büro Bern"
    assert calls["1795449868.51"].display == 'Quote "Q" Comma, GmbH'
    assert calls["1795449820.3"].display == ""
    assert calls["1795449820.3"].flags == ("withheld",)
    assert calls["1795449820.3"].attributes == {"ring_s": "3"}
    assert calls["1795449834.18"].attributes == {"queue": "support"}
    assert calls["1795449841.25"].attributes == {"queue": "support", "ring_s": "3"}
    forwarded = calls["1795449855.41"]
    assert forwarded.attributes["forwarded_to"] == "+41791234567"
    assert forwarded.flags == ("answered_external",)


def test_sixteen_columns_in_local_time() -> None:
    calls = read(connector(DATA / "Master_default_16cols_localtime_zurich.csv")).contacts
    assert len({call.item for call in calls}) == 3
    assert [call.occurred_at.isoformat() for call in calls] == [
        "2026-11-23T17:15:25+01:00",
        "2026-11-23T17:15:26+01:00",
        "2026-11-23T17:15:26+01:00",
    ]
    assert {call.outcome for call in calls} == {"answered"}


def test_recorded_forms_in_one_home_are_the_same_items() -> None:
    """Read one after the other with what was remembered: nothing is new, nothing is revised to something else."""
    reading = read(connector(FORMS[0]))
    for form in FORMS[1:]:
        again = read(connector(form), Reading([], None, reading.memory))
        assert again.latest == reading.latest


def test_three_runs_with_restarted_sequences(real_data: Path) -> None:
    file = real_data / "telephony/asterisk22/stammkunde_3_restarts.csv"
    with file.open(newline="") as rows:
        linked = {row[18] for row in csv.reader(rows)}
    reading = read(connector(file))
    assert {call.item.key for call in reading.contacts} < linked
    assert len(reading.contacts) + reading.ignored["internal"] == len(linked) == 45
    assert reading.rejected == []
    assert table(reading)[: len(CALLS)] == CALLS


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc"}, "timezone"),
        ({"extensions": "("}, "extensions"),
        ({"columns": ("start", "src")}, "columns"),
        ({"encoding": "utf-9"}, "encoding"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConnectorError, match=named):
        connector(MASTER, **settings).check()


def test_no_path_is_named() -> None:
    with pytest.raises(ConnectorError, match="path"):
        connector().check()


def test_columns_in_an_order_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(
        "1795449816,0791112233,+41445551101,SIP/trunk-01,SIP/101-02,Dial,ANSWERED,9,1795449816.0\n"
    )
    columns = ("start", "src", "dst", "channel", "dstchannel", "lastapp", "disposition")
    (call,) = read(connector(file, columns=(*columns, "billsec", "uniqueid"))).contacts
    assert call.duration_s == 9
    assert call.identifiers[0].value == "+41791112233"
    assert call.item.time_ms == 1795449816000


def test_another_format_stops_with_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b,c\n" * 60)
    with pytest.raises(ConnectorError, match=r"other\.csv.*columns"):
        read(connector(file))


def test_a_few_bad_rows_do_not_stop_it(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    rows = MASTER.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(rows * 3 + [b"bad\n"] * 9))
    reading = read(connector(file))
    assert len(reading.rejected) == 9
    assert table(reading) == CALLS


def test_the_reason_the_bytes_and_the_place_of_a_bad_row() -> None:
    rejected = read(connector(DATA / "Master_broken.csv")).rejected
    assert [item.reason for item in rejected] == [
        "the row has not 16 to 21 columns",
        "a time of the row can't be read",
        "the disposition is none that Asterisk writes",
        "the quotes of the row do not match",
    ]
    content = (DATA / "Master_broken.csv").read_bytes()
    for item in rejected:
        at = int(item.reference.rpartition(" ")[2])
        assert content[at : at + len(item.raw)] == item.raw


def test_a_rejected_row_can_be_read_after_a_mend() -> None:
    row = MASTER.read_bytes().splitlines()[0]
    assert b"Dial" in row
    batch = connector(MASTER).retry(Rejected("was wrong", row), DictMemory())
    assert [call.item.key for call in batch.contacts] == ["1795449816.0"]
    assert batch.cursor is None


def test_a_retried_leg_amends_its_call() -> None:
    rows = MASTER.read_bytes().splitlines()
    voicemail = rows[2]
    reading = read(connector(MASTER))
    assert (
        connector(MASTER).retry(Rejected("", voicemail), reading.memory).contacts[0].revises
        is False
    )
    memory = DictMemory()
    memory.commit(connector(MASTER).retry(Rejected("", rows[1]), memory))
    (call,) = connector(MASTER).retry(Rejected("", voicemail), memory).contacts
    assert (call.outcome, call.revises) == ("voicemail", True)


def test_a_folder_is_its_master_and_what_rotation_made_of_it(tmp_path: Path) -> None:
    rows = MASTER.read_bytes().splitlines(keepends=True)
    (tmp_path / "Master.csv.1").write_bytes(b"".join(rows[:10]))
    (tmp_path / "Master.csv").write_bytes(b"".join(rows[10:]))
    shutil.copy(MASTER, tmp_path / "account.csv")
    assert Asterisk.recognises(tmp_path)
    assert {row[0]: row for row in table(read(connector(tmp_path)))} == {
        row[0]: row for row in CALLS
    }


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    assert not Asterisk.recognises(tmp_path)
    with pytest.raises(ConnectorError, match=r"Master\.csv"):
        connector(tmp_path).check()
