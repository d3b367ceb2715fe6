"""Logs that grow, rotate, shrink and are cut, and legs that come late or in any order."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.connectors.asterisk import Asterisk, Settings
from stammkunde.connectors.contract import COMPANY, Reading, read
from stammkunde.connectors.interface import Context
from stammkunde.core.contact import Contact

DATA = Path(__file__).parents[2] / "data" / "telephony"
ROWS = (DATA / "Master_newcdrcolumns_gmt.csv").read_bytes().splitlines(keepends=True)
LINES = (DATA / "stammkunde.jsonl").read_bytes().splitlines(keepends=True)


def connector(path: Path, **options: Any) -> Asterisk:
    return Asterisk(
        Settings(path=(str(path),), **options), Context(source="phones", company=COMPANY)
    )


def whole(rows: list[bytes], path: Path) -> dict[Any, Contact]:
    path.write_bytes(b"".join(rows))
    return read(connector(path)).latest


def write(path: Path, rows: list[bytes]) -> None:
    with path.open("ab") as file:
        file.write(b"".join(rows))


def core_knows(readings: list[Reading]) -> dict[Any, Contact]:
    """What the core ends up with: the first word on an item, and each later one that says it revises."""
    known: dict[Any, Contact] = {}
    for reading in readings:
        for batch in reading.batches:
            for call in batch.contacts:
                if call.revises or call.item not in known:
                    known[call.item] = call
            for item in batch.withdrawn:
                known.pop(item, None)
    return known


def latest(reading: dict[Any, Contact]) -> dict[Any, tuple[Any, ...]]:
    return {
        call.item: (call.direction, call.outcome, call.duration_s, call.ours, call.attributes)
        for call in reading.values()
    }


FINAL = {
    call.item: call for call in read(connector(DATA / "Master_newcdrcolumns_gmt.csv")).contacts
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.permutations(ROWS),
    cuts=st.lists(st.integers(0, len(ROWS)), max_size=3).map(sorted),
    batch=st.sampled_from([1, 3, 1000]),
    data=st.data(),
)
def test_any_order_and_any_cut_of_legs_ends_in_the_same_calls(
    tmp_path: Path, rows: list[bytes], cuts: list[int], batch: int, data: st.DataObject
) -> None:
    """Read in pieces, killed at any batch and begun again: what the core ends up with does not change."""
    file = tmp_path / "Master.csv"
    file.write_bytes(b"")
    readings: list[Reading] = []
    state: Reading | None = None
    for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        write(file, rows[start:end])
        for killed_after in (data.draw(st.integers(0, 4)), None):
            log = connector(file)
            log.batch = batch
            state = read(log, state, batches=killed_after)
            readings.append(state)
    assert latest(core_knows(readings)) == latest(FINAL)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    forms=st.lists(st.booleans(), min_size=len(ROWS), max_size=len(ROWS)),
    order=st.permutations(range(len(ROWS))),
)
def test_rows_of_either_form_meet_in_one_call(
    tmp_path: Path, forms: list[bool], order: list[int]
) -> None:
    """Also one leg in both forms."""
    file = tmp_path / "mixed"
    file.write_bytes(b"".join([LINES[at] if forms[at] else ROWS[at] for at in order] + ROWS[:9]))
    assert latest(core_knows([read(connector(file))])) == latest(FINAL)


def test_only_what_was_appended_is_read(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS[:5])
    first = read(connector(file))
    write(file, ROWS[5:8])
    second = read(connector(file), first)
    assert [call.item.key for call in second.contacts] == ["1795449831.11"]
    assert read(connector(file), second).batches == []


def test_a_late_leg_amends(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS[:2])
    first = read(connector(file))
    assert [(call.outcome, call.revises) for call in first.contacts] == [
        ("answered", False),
        ("missed", False),
    ]
    write(file, ROWS[2:3])
    second = read(connector(file), first)
    assert [(call.outcome, call.revises) for call in second.contacts] == [("voicemail", True)]


def test_a_call_that_turns_out_to_be_internal_is_withdrawn(tmp_path: Path) -> None:
    leg = b'"","0791112233","%s","%s","","PJSIP/%s-%s","%s","Dial","x","2026-11-23 16:03:%s",,"2026-11-23 16:03:50",1,0,"NO ANSWER","DOCUMENTATION","%s","","","1795449816.0",0\n'
    file = tmp_path / "Master.csv"
    write(
        file,
        [leg % (b"102", b"from-trunk", b"trunk", b"03", b"PJSIP/102-04", b"40", b"1795449820.3")],
    )
    first = read(connector(file))
    assert len(first.contacts) == 1
    write(
        file, [leg % (b"103", b"internal", b"101", b"01", b"PJSIP/103-02", b"36", b"1795449816.0")]
    )
    second = read(connector(file), first)
    assert second.withdrawn == [first.contacts[0].item]
    assert second.ignored == {"internal": 1}


def test_a_second_export_that_overlaps_brings_no_doubles(tmp_path: Path) -> None:
    """Nor does one of the same, with what was remembered or without."""
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    older.write_bytes(b"".join(ROWS[:15]))
    newer.write_bytes(b"".join(ROWS[6:]))
    first = read(connector(older))
    for state in (Reading([], None, first.memory), None):
        second = read(connector(newer), state)
        assert latest(core_knows([first, second])) == latest(FINAL)
        again = read(connector(newer), Reading([], None, second.memory))
        assert not any(call.revises for call in again.contacts)


def test_reading_the_same_again_revises_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS)
    first = read(connector(file))
    again = read(connector(file), Reading([], None, first.memory))
    assert again.contacts == first.contacts
    assert again.ignored == first.ignored


@pytest.mark.parametrize("name", ["Master.csv.1", "Master.csv-20261124"])
def test_a_rotated_log_is_read_to_its_end_before_the_new_one(tmp_path: Path, name: str) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS[:10])
    first = read(connector(file))
    write(file, ROWS[10:14])
    file.rename(tmp_path / name)
    write(file, ROWS[14:])
    second = read(connector(file), first)
    assert latest(core_knows([first, second])) == latest(FINAL)
    write(file, [ROWS[0].replace(b"1795449816.0", b"1795449999.90")])
    assert [call.item.key for call in read(connector(file), second).contacts] == ["1795449999.90"]


def test_a_log_that_shrank_is_read_from_its_start(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS[:14])
    first = read(connector(file))
    file.write_bytes(b"".join(ROWS[14:]))
    second = read(connector(file), first)
    assert latest(core_knows([first, second])) == latest(FINAL)


def test_a_row_that_is_just_being_written_is_left_for_later(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, [*ROWS[:5], ROWS[5][:100]])
    first = read(connector(file))
    assert [item.reason for item in first.rejected] == ["the file ends within a row"]
    write(file, [ROWS[5][100:], *ROWS[6:8], ROWS[8][:90]])
    second = read(connector(file), first)
    assert [call.outcome for call in second.contacts] == ["answered"]
    assert second.rejected == []
    third = read(connector(file), second)
    assert [item.raw for item in third.rejected] == [ROWS[8][:90]]
    assert read(connector(file), third).batches == []


def test_a_whole_last_row_needs_no_line_end(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_bytes(b"".join(ROWS).rstrip())
    first = read(connector(file))
    assert latest(core_knows([first])) == latest(FINAL)
    assert read(connector(file), first).batches == []


def test_the_first_half_of_a_row_is_no_row_though_its_width_is_legal(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    cut = ROWS[1].rindex(b',"1795449820.3"')
    file.write_bytes(ROWS[0] + ROWS[1][:cut])
    reading = read(connector(file))
    assert len(reading.contacts) == 1
    assert len(reading.rejected) == 1


@pytest.mark.parametrize("cut", [b',"1795449820.3"', b',"","","1795449820.3",2', b",2\n"])
def test_nor_is_it_one_when_nothing_else_was_read_with_it(tmp_path: Path, cut: bytes) -> None:
    """It stood like that twice, so that nobody seemed to write it; then the rest came after all."""
    file = tmp_path / "Master.csv"
    write(file, ROWS[:1])
    readings = [read(connector(file))]
    write(file, [ROWS[1][: ROWS[1].rindex(cut)]])
    for _ in range(2):
        readings.append(read(connector(file), readings[-1]))
    write(file, [ROWS[1][ROWS[1].rindex(cut) :], *ROWS[2:]])
    readings.append(read(connector(file), readings[-1]))
    assert latest(core_knows(readings)) == latest(FINAL)


def test_equal_rows_without_an_id_are_calls_of_their_own_and_stay_so(tmp_path: Path) -> None:
    row = (DATA / "Master_default_16cols_localtime_zurich.csv").read_bytes().splitlines(True)[0]
    file = tmp_path / "Master.csv"
    write(file, [row, row])
    first = read(connector(file))
    assert len({call.item for call in first.contacts}) == 2
    write(file, [row])
    second = read(connector(file), first)
    assert len({call.item for call in first.contacts + second.contacts}) == 3
    copy = tmp_path / "copy.csv"
    write(copy, [row, row, row])
    third = read(connector(copy), Reading([], None, second.memory))
    assert {call.item for call in third.contacts} == {
        call.item for call in first.contacts + second.contacts
    }


def test_rows_of_one_channel_without_an_id_are_one_call(tmp_path: Path) -> None:
    """A ring group's losers and the leg after a transfer are no calls of their own."""
    file = tmp_path / "Master.csv"
    file.write_bytes(
        b"".join(b",".join(row.split(b",")[:-5]) + b"\n" for row in ROWS[:3] + ROWS[5:8])
    )
    calls = read(connector(file, timezone="UTC")).contacts
    assert [(call.outcome, call.ours[1:]) for call in calls] == [
        ("answered", ("101",)),
        ("voicemail", ()),
        ("answered", ("101",)),
    ]


def test_memory_and_cursor_of_something_else_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS)
    state = read(connector(file))
    state.memory.values["calls"] = b"\x00garbage"
    state.cursor = None
    assert latest(core_knows([read(connector(file), state)])) == latest(FINAL)


def test_calls_older_than_a_day_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, ROWS)
    much = len(read(connector(file)).memory.values["calls"])
    write(
        file,
        [ROWS[0].replace(b"2026-11-23", b"2026-12-23").replace(b"1795449816.0", b"1798041816.0")],
    )
    assert len(read(connector(file)).memory.values["calls"]) < much / 5


def test_checkpoints_let_a_long_reading_go_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stammkunde.connectors.asterisk.reading._CHECKPOINT", 1)
    monkeypatch.setattr("stammkunde.connectors.asterisk.logfile._BLOCK", 4096)
    file = tmp_path / "Master.csv"
    days = [
        (f"2026-{month:02}-{day:02}", f"17{month:02}{day:02}")
        for month in (3, 4)
        for day in range(1, 29)
    ]
    write(
        file,
        [
            row.replace(b"2026-11-23", day.encode()).replace(b"179544", epoch.encode())
            for day, epoch in days
            for row in ROWS
        ],
    )
    log = connector(file)
    log.batch = 5
    undisturbed = read(log)
    assert sum(batch.cursor is not None for batch in undisturbed.batches) > 10
    known: list[Reading] = []
    state: Reading | None = None
    for _ in range(8):
        state = read(log, state, batches=17)
        known.append(state)
    known.append(read(log, state))
    assert latest(core_knows(known)) == latest(core_knows([undisturbed]))
    assert len(core_knows(known)) == len(days) * 11
