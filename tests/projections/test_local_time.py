"""Local days follow the zone's own rules, cached or not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.projections.local_time import LocalTime


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-11-20T22:59:59.999+00:00", "Europe/Zurich", "2026-11-20"),
        ("2026-11-20T23:00:00+00:00", "Europe/Zurich", "2026-11-21"),
        ("2026-07-20T21:59:59+00:00", "Europe/Zurich", "2026-07-20"),
        ("2026-07-20T22:00:00+00:00", "Europe/Zurich", "2026-07-21"),
        ("2026-03-28T23:30:00+00:00", "Europe/Zurich", "2026-03-29"),
        ("2026-03-29T21:59:00+00:00", "Europe/Zurich", "2026-03-29"),
        ("2026-10-25T22:59:00+00:00", "Europe/Zurich", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "Europe/Zurich", "2026-10-26"),
        ("1969-12-31T23:30:00+00:00", "Europe/Zurich", "1970-01-01"),
        ("1969-12-31T22:30:00+00:00", "Europe/Zurich", "1969-12-31"),
        ("2026-01-01T00:00:00+00:00", "America/New_York", "2025-12-31"),
        ("2026-01-01T18:30:00+00:00", "Asia/Kolkata", "2026-01-02"),
    ],
)
def test_the_day_of_an_instant(instant: str, zone: str, day: str) -> None:
    assert LocalTime(zone).day_and_month(ms(instant)) == (day, day[:7])


@given(st.lists(st.integers(ms("1950-01-01T00:00+00:00"), ms("2080-01-01T00:00+00:00"))))
def test_the_cached_day_is_the_exact_one(instants: list[int]) -> None:
    for zone in ("Europe/Zurich", "Australia/Lord_Howe"):
        local = LocalTime(zone)
        for at in instants:
            exact = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone)).date()
            assert local.day_and_month(at)[0] == exact.isoformat()


def test_a_day_of_the_change_of_clocks_has_23_hours() -> None:
    start, end = LocalTime("Europe/Zurich").bounds("2026-03-29", "2026-03-29")
    assert (end - start) / 3_600_000 == 23


def test_bounds_are_where_the_day_changes() -> None:
    local = LocalTime("Europe/Zurich")
    start, end = local.bounds("2026-11-20", "2026-11-21")
    days = [local.day_and_month(at)[0] for at in (start - 1, start, end - 1, end)]
    assert days == ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
