"""Business time: how long somebody waited, counted in opening hours alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stammkunde.core.events import Calendar

_DAY = timedelta(days=1)


class BusinessTime:
    """Opening spans of all years for which a calendar was set, in the order of time.

    Spans are given in local wall time and turned into instants, so a weekend across a change of the clocks holds as many
    business minutes as any other.
    """

    def __init__(self, calendars: Iterable[Calendar]) -> None:
        """Of two calendars for one year the later one counts."""
        years = {calendar.year: calendar for calendar in calendars}
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        total = 0
        for year in sorted(years):
            for start, end in _spans(years[year]):
                self._starts.append(start)
                self._ends.append(end)
                self._before.append(total)
                total += end - start

    def between(self, start_ms: int, end_ms: int) -> int:
        """Milliseconds of business time from one instant to another (ms since 1970 UTC); 0 if they stand the other way."""
        return max(self._until(end_ms) - self._until(start_ms), 0)

    def is_open(self, at_ms: int) -> bool:
        """Whether the company is open at an instant."""
        at = bisect_right(self._starts, at_ms) - 1
        return at >= 0 and at_ms < self._ends[at]

    def _until(self, at_ms: int) -> int:
        at = bisect_right(self._starts, at_ms) - 1
        if at < 0:
            return 0
        return self._before[at] + min(at_ms, self._ends[at]) - self._starts[at]


def _spans(calendar: Calendar) -> Iterable[tuple[int, int]]:
    zone = ZoneInfo(calendar.timezone)
    closed = frozenset(calendar.closed)
    day = date(calendar.year, 1, 1)
    while day.year == calendar.year:
        if day.isoformat() not in closed:
            for first, last in calendar.hours.get(day.weekday(), ()):
                yield _instant(day, first, zone), _instant(day, last, zone)
        day += _DAY


def _instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    days, minutes = divmod(minutes, 24 * 60)
    local = datetime.combine(day + days * _DAY, time(minutes // 60, minutes % 60), zone)
    return round(local.timestamp() * 1000)
