"""Days, instants and periods as people name them, at the command line and over HTTP."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from stammkunde.app.bootstrap import Home
from stammkunde.core.errors import StammkundeError
from stammkunde.projections.figures.periods import Period, week_of

FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)
"""The days that may be named: the log counts from the first, and calendars end long before the last."""


class PeriodError(StammkundeError, ValueError):
    """A day or time that is none, or a span that holds no day."""


def instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant; without an offset it is in the company's zone, and a day is its beginning. Raises `PeriodError`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise PeriodError(
            "A time is like 2026-11-20 or 2026-11-20T14:30, not “{text}”.", text=text
        ) from None
    _refuse_far(at.date(), text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def day(text: str) -> date:
    """A local day. Raises `PeriodError`."""
    try:
        named = date.fromisoformat(text)
    except ValueError:
        raise PeriodError("A day is like 2026-11-20, not “{text}”.", text=text) from None
    _refuse_far(named, text)
    return named


def period(home: Home, begin: str | None, end: str | None) -> Period:
    """This week up to today unless days are given; one day alone reaches to the other end of what is known.

    Raises `PeriodError`.
    """
    today = home.now().date()
    if begin is None and end is None:
        return week_of(today)
    span = home.queries.span()
    first = span[0] if span else today
    start = day(begin) if begin else first
    stop = day(end) if end else today + timedelta(days=1)
    if stop <= start:
        raise PeriodError(
            "The period from {start} up to {stop} holds no day.", start=start, stop=stop
        )
    return Period(start, stop)


def _refuse_far(named: date, text: str) -> None:
    if not FIRST <= named <= LAST:
        raise PeriodError(
            "A day lies between {first} and {last}, not at “{text}”.",
            first=FIRST,
            last=LAST,
            text=text,
        )
