"""Waiting is counted in opening hours, whatever the clocks do."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.errors import SettingError
from stammkunde.core.events import Calendar
from stammkunde.core.hours import weekly_hours
from stammkunde.projections.business_time import BusinessTime

ZURICH = ZoneInfo("Europe/Zurich")
HOURS = weekly_hours({"mo-fr": "08:00-12:00, 13:30-18:00", "sa": "09:00-16:00"})
CALENDARS = [
    Calendar(year=2026, timezone="Europe/Zurich", hours=HOURS, closed=("2026-08-01", "2026-12-25")),
    Calendar(year=2027, timezone="Europe/Zurich", hours=HOURS, closed=("2027-01-01",)),
]
TIME = BusinessTime(CALENDARS)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZURICH).timestamp() * 1000)


@pytest.mark.parametrize(
    ("what", "start", "end", "minutes"),
    [
        ("within the morning", "2026-11-20 09:00", "2026-11-20 10:30", 90),
        ("across lunch", "2026-11-20 11:52", "2026-11-20 17:00", 8 + 210),
        ("only lunch", "2026-11-20 12:05", "2026-11-20 13:20", 0),
        ("overnight", "2026-11-19 17:00", "2026-11-20 09:00", 120),
        ("a plain weekend with Saturday", "2026-11-20 17:00", "2026-11-23 09:00", 60 + 420 + 60),
        ("a weekend in which clocks go forward", "2026-03-27 17:00", "2026-03-30 09:00", 540),
        ("a weekend in which clocks go back", "2026-10-23 17:00", "2026-10-26 09:00", 540),
        ("a holiday on a Saturday", "2026-07-31 17:00", "2026-08-03 09:00", 120),
        ("across the year", "2026-12-31 17:00", "2027-01-02 10:00", 120),
        ("backwards", "2026-11-20 10:00", "2026-11-20 09:00", 0),
        ("before any calendar", "2020-01-01 10:00", "2020-01-02 10:00", 0),
    ],
)
def test_minutes_between(what: str, start: str, end: str, minutes: int) -> None:
    assert TIME.between(ms(start), ms(end)) == minutes * 60_000, what


@given(
    st.lists(st.integers(ms("2026-01-01 00:00"), ms("2027-12-31 00:00")), min_size=3, max_size=3)
)
def test_parts_add_up(instants: list[int]) -> None:
    a, b, c = sorted(instants)
    assert TIME.between(a, b) + TIME.between(b, c) == TIME.between(a, c)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-20 08:00", True),
        ("2026-11-20 12:00", False),
        ("2026-11-21 15:59", True),
        ("2026-11-22 10:00", False),
        ("2026-12-25 10:00", False),
    ],
)
def test_open_or_closed(at: str, is_open: bool) -> None:
    assert TIME.is_open(ms(at)) is is_open


def test_hours_in_german_and_over_several_days() -> None:
    assert weekly_hours({"di-do": "9:00-12:00"}) == {
        1: ((540, 720),),
        2: ((540, 720),),
        3: ((540, 720),),
    }


@pytest.mark.parametrize(
    "table",
    [
        {"mo-fr": "8-12"},
        {"mo": "12:00-08:00"},
        {"mo": "08:00-12:00, 11:00-13:00"},
        {"xy": "08:00-12:00"},
        {"fr-mo": "08:00-12:00"},
        {"mo": "08:70-12:00"},
    ],
)
def test_wrong_hours_are_named(table: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=r"\[company\] hours"):
        weekly_hours(table)
