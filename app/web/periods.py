"""Periods of the pages on figures: what an address asks for, what stood before it, and how one says it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args
from urllib.parse import urlencode

import msgspec
from litestar.exceptions import ValidationException

from stammkunde.app import writing
from stammkunde.app.figure_table import span_text
from stammkunde.app.web.visit import Visit
from stammkunde.projections.figures.periods import Grain, Period, following

GRAINS: tuple[Grain, ...] = ("week", "month", "quarter", "year")
"""By which a course is cut on a page; a day says too little."""

_DAY = timedelta(days=1)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2200, 1, 1)
_LATEST_YEARS = 2


class Choice(msgspec.Struct, frozen=True):
    """A period that is offered: its name, and its address behind the page's."""

    label: str
    query: str
    is_chosen: bool


def asked_period(visit: Visit, first: str, last: str) -> Period:
    """From the first to the last day of an address, both included; without days the last week that is over.

    400 where one is no day, or the last one lies before the first.
    """
    today = visit.now.date()
    if not first and not last:
        return week_before(today)
    end = (_day(last) if last else today) + _DAY
    start = _day(first) if first else max(_EARLIEST, end - timedelta(days=365))
    if start >= end or end.year > today.year + _LATEST_YEARS:
        raise ValidationException("no period")
    return Period(start, end)


def asked_grain(text: str, period: Period) -> Grain:
    """The grain of an address, else the unit that the period is, a week for a day; else months."""
    if text in GRAINS:
        return text
    unit = unit_of(period)
    return "week" if unit == "day" else unit or "month"


def week_before(day: date) -> Period:
    """The last week, Monday to Monday, that is over on a day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday - timedelta(weeks=1), monday)


def unit_of(period: Period) -> Grain | None:
    """Of which grain a period is exactly one unit."""
    for grain in get_args(Grain):
        if (
            _begin(period.start, grain) == period.start
            and following(period.start, grain) == period.end
        ):
            return grain  # type: ignore[no-any-return]
    return None


def before(period: Period) -> Period:
    """The unit before it; of a year that is not over the same days of the one before; else as many days."""
    grain = unit_of(period)
    if grain is None and (period.start.month, period.start.day) == (1, 1):
        days = period.end - period.start
        start = date(period.start.year - 1, 1, 1)
        return Period(start, min(start + days, period.start))
    start = (
        _begin(period.start - _DAY, grain) if grain else period.start - (period.end - period.start)
    )
    return Period(start, period.start)


def up_to(period: Period) -> list[Period]:
    """The period before a period, what lies between them if anything does, and the period."""
    earlier = before(period)
    between = [Period(earlier.end, period.start)] if earlier.end < period.start else []
    return [earlier, *between, period]


def course_of(period: Period, grain: Grain, count: int) -> Period:
    """So many units of the grain up to the one in which the period ends, or the whole period should it have more."""
    start = _begin(period.end - _DAY, grain)
    end = following(start, grain)
    for _ in range(count - 1):
        start = _begin(start - _DAY, grain)
    return Period(min(start, _begin(period.start, grain)), end)


def choices(visit: Visit, chosen: Period) -> list[Choice]:
    """The periods that one asks for most."""
    today, text = visit.now.date(), visit.text
    offered = {
        text("Last week"): week_before(today),
        text("Last month"): before(Period(today.replace(day=1), following(today, "month"))),
        text("Last quarter"): before(Period(_begin(today, "quarter"), following(today, "quarter"))),
        text("This year"): Period(today.replace(month=1, day=1), today + _DAY),
        text("Last year"): Period(date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    return [
        Choice(label, urlencode(days_of(period)), period == chosen)
        for label, period in offered.items()
    ]


def days_of(period: Period) -> dict[str, str]:
    """A period as an address has it: both days included."""
    return {"from": period.start.isoformat(), "last": (period.end - _DAY).isoformat()}


def period_text(visit: Visit, period: Period) -> str:
    """`Week 47/2026`, `Nov 2026`, `Quarter 4/2026`, `2026`, else its first and last day."""
    grain, start = unit_of(period), period.start
    if grain == "week":
        week = start.isocalendar()
        return visit.text("Week {n}", n=f"{week.week}/{week.year}")
    if grain == "month":
        return f"{writing.month(start, visit.locale.code)} {start.year}"
    if grain == "quarter":
        return visit.text("Quarter {n}", n=f"{(start.month + 2) // 3}/{start.year}")
    if grain == "year":
        return str(start.year)
    return span_text(period.start, period.end, visit.locale)


def _begin(day: date, grain: Grain) -> date:
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "year":
        return date(day.year, 1, 1)
    months = 3 if grain == "quarter" else 1
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationException("no day") from None
    if not _EARLIEST <= day < _LATEST:
        raise ValidationException("no day of ours")
    return day
