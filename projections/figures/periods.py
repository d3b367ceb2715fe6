"""Periods: half-open spans of local days, [from, to), cut by day, ISO week, month, quarter or year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, TypeAlias

import msgspec

Grain: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")


class Period(msgspec.Struct, frozen=True):
    """From a local day up to, and without, another."""

    start: date
    end: date

    def cut(self, grain: Grain | None) -> Iterator[Period]:
        """The parts that begin on a boundary of the grain, the first and last cut short where they must be."""
        if grain is None:
            yield self
            return
        start = self.start
        while start < self.end:
            end = min(following(start, grain), self.end)
            yield Period(start, end)
            start = end


def week_of(day: date) -> Period:
    """The ISO week, Monday to Sunday, up to and including this day."""
    return Period(day - timedelta(days=day.weekday()), day + timedelta(days=1))


def following(day: date, grain: Grain) -> date:
    """The first day of the next day, week, month, quarter or year."""
    if grain == "day":
        return day + timedelta(days=1)
    if grain == "week":
        return day + timedelta(days=7 - day.weekday())
    if grain == "year":
        return date(day.year + 1, 1, 1)
    months = 3 if grain == "quarter" else 1
    first = (day.month - 1) // months * months
    month = first + months
    return date(day.year + month // 12, month % 12 + 1, 1)
