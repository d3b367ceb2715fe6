"""Local times: both passes of the October hour, the hour that March skips, and a zone that is set wrongly."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.asterisk import Asterisk, Settings
from stammkunde.connectors.asterisk.times import AMBIGUOUS, EXACT, SHIFTED, Order, Times
from stammkunde.connectors.contract import COMPANY, read
from stammkunde.connectors.interface import Context
from stammkunde.core.contact import Contact

ZURICH = Times(ZoneInfo("Europe/Zurich"))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def row(start: str, end: str, seconds: int, uniqueid: str = "", channel: str = "01") -> str:
    head = f'"","0791112233","+41445551101","from-trunk","","PJSIP/trunk-{channel}","PJSIP/101-02","Dial","x"'
    tail = f',"{uniqueid}"' if uniqueid else ""
    return (
        f'{head},"{start}","{start}","{end}",{seconds},{seconds},"ANSWERED","DOCUMENTATION"{tail}\n'
    )


def calls(tmp_path: Path, *rows: str, **settings: Any) -> list[Contact]:
    file = tmp_path / "Master.csv"
    file.write_text("".join(rows))
    log = Asterisk(
        Settings(path=(str(file),), **settings), Context(source="phones", company=COMPANY)
    )
    return read(log).contacts


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-23 16:03:36", (epoch("2026-11-23T16:03:36Z"), None)),
        ("2026-11-23T16:03:36", (epoch("2026-11-23T16:03:36Z"), None)),
        ("2026-11-23T16:03:36+0000", (1795449816, 0)),
        ("2026-11-23T17:03:36+01:00", (1795449816, 3600)),
        ("2026-11-23T16:03:36.5Z", (1795449816, 0)),
        (1795449816, (1795449816, 0)),
        (1795449816.75, (1795449816, 0)),
        ("1795449816", (1795449816, 0)),
        ("1795449816.123456", (1795449816, 0)),
    ],
)
def test_times_are_read_in_all_their_forms(value: object, expected: tuple[int, int | None]) -> None:
    assert ZURICH.read(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", "yesterday", "2026-13-23 16:03:36", "2026-11-23 16:03:60", "2026-11-23 16-03:36", "2026-11-23 16:3:36  ",
        "２026-11-23 16:03:36", "0000-00-00 00:00:00", "1970-01-01 00:00:00", "9999-12-31 23:59:59", "2026-11-23 16:03",
        0, -1, True, None, 10**30, float("nan"), float("inf"), "1" * 400, [], {},
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        ZURICH.read(value)


@given(st.integers(epoch("2000-01-01T00:00Z"), epoch("2040-01-01T00:00Z")))
def test_the_zones_offset_agrees_with_zoneinfo(seconds: int) -> None:
    there = datetime.fromtimestamp(seconds, ZoneInfo("Europe/Zurich"))
    local = int(there.replace(tzinfo=UTC).timestamp())
    before, after = ZURICH.offsets(local)
    assert local - (after if there.fold else before) == seconds


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T01:30:00Z"),
        ("2026-07-01 12:00:00", "2026-07-01T10:00:00Z"),
        ("2026-07-01 12:00:00", "2026-07-01T12:00:00Z"),
        ("2026-07-01 12:00:00", "2026-07-01T06:15:00Z"),
    ],
)
def test_the_epoch_in_the_id_tells_the_offset(tmp_path: Path, local: str, utc: str) -> None:
    """In the hour that comes twice, and where the setting `timezone` is wrong."""
    (call,) = calls(tmp_path, row(local, local, 5, f"{epoch(utc)}.7"))
    assert call.occurred_at == datetime.fromisoformat(utc)
    assert call.item.time_ms == epoch(utc) * 1000
    assert call.flags == ()


def test_an_id_from_elsewhere_leaves_the_zone(tmp_path: Path) -> None:
    (call,) = calls(tmp_path, row("2026-07-01 12:00:00", "2026-07-01 12:00:09", 9, "1700000000.7"))
    assert call.occurred_at.isoformat() == "2026-07-01T12:00:00+02:00"


def test_without_ids_the_order_of_rows_tells_the_second_pass(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        row("2026-10-25 01:50:00", "2026-10-25 02:10:00", 1200, channel="0a"),
        row("2026-10-25 02:20:00", "2026-10-25 02:50:00", 1800, channel="0b"),
        row("2026-10-25 02:55:00", "2026-10-25 02:05:00", 600, channel="0c"),
        row("2026-10-25 02:20:00", "2026-10-25 02:25:00", 300, channel="0d"),
        row("2026-10-25 02:58:00", "2026-10-25 03:01:00", 180, channel="0e"),
        row("2026-10-25 03:05:00", "2026-10-25 03:06:00", 60, channel="0f"),
    )
    assert [(call.occurred_at.isoformat()[11:], call.flags) for call in found] == [
        ("01:50:00+02:00", ()),
        ("02:20:00+02:00", ("ambiguous_time",)),
        ("02:55:00+02:00", ()),
        ("02:20:00+01:00", ()),
        ("02:58:00+01:00", ()),
        ("03:05:00+01:00", ()),
    ]
    assert len({call.item for call in found}) == 6


def test_a_time_in_the_hour_that_is_skipped_is_shifted(tmp_path: Path) -> None:
    for uniqueid in ("", "1700000000.7"):
        (call,) = calls(tmp_path, row("2026-03-29 02:30:00", "2026-03-29 02:31:00", 60, uniqueid))
        assert call.occurred_at.astimezone(UTC).isoformat() == "2026-03-29T01:30:00+00:00"
        assert call.flags == ("time_shifted",)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-07-01 12:00:00", (7200, EXACT)),
        ("2026-10-25 02:00:00", (7200, AMBIGUOUS)),
        ("2026-10-25 02:59:59", (7200, AMBIGUOUS)),
        ("2026-10-25 03:00:00", (3600, EXACT)),
        ("2026-03-29 01:59:59", (3600, EXACT)),
        ("2026-03-29 02:00:00", (3600, SHIFTED)),
        ("2026-03-29 03:00:00", (7200, EXACT)),
    ],
)
def test_the_edges_of_a_change_of_the_clock(local: str, expected: tuple[int, int]) -> None:
    start = ZURICH.local(local)
    assert ZURICH.of_channel(start, None) == expected
    assert ZURICH.in_order(start, start, 0, Order()) == expected


def test_the_company_zone_is_the_default(tmp_path: Path) -> None:
    winter = row("2026-01-05 10:00:00", "2026-01-05 10:00:09", 9)
    assert calls(tmp_path, winter)[0].occurred_at.isoformat() == "2026-01-05T10:00:00+01:00"
    (call,) = calls(tmp_path, winter, timezone="UTC")
    assert call.occurred_at.isoformat() == "2026-01-05T10:00:00+00:00"
