"""Where things stand: from values to places, which grid lines and tick words there are, and labels kept apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing

MOST_GRID_LINES = 3
_TICKS = 5
_MOST_TICK = 30.0
_A_YEAR = 14
"""Months, of which one still knows the year of each."""
_BESIDE = 6.0


class Scale(msgspec.Struct, frozen=True):
    """A straight line from `low` … `high` to `start` … `end`; where all values are one, it lies in the middle."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value."""
        if self.high <= self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def places(n: int, first: float, last: float) -> list[float]:
    """`n` places at equal distances; a single one is the last."""
    if n < 2:
        return [last] * n
    return [first + (last - first) * at / (n - 1) for at in range(n)]


def gaps(absent: Sequence[bool], x: Sequence[float]) -> Iterator[tuple[float, float]]:
    """From where to where periods are absent, each with half of the distance to its neighbours."""
    half = (x[1] - x[0]) / 2 if len(x) > 1 else 2.0
    begin: float | None = None
    for at, is_absent in enumerate([*absent, False]):
        if is_absent and begin is None:
            begin = max(0.0, x[at] - half)
        elif not is_absent and begin is not None:
            yield begin, min(100.0, x[at - 1] + half)
            begin = None


def grid(high: float) -> list[float]:
    """At most three round values from above 0 up to the first that is not below `high`."""
    if high <= 0:
        return []
    decade = 10.0 ** math.floor(math.log10(high))
    steps = (decade * factor for factor in (0.5, 1, 2, 5, 10))
    step = next(each for each in steps if math.ceil(high / each) <= MOST_GRID_LINES)
    return [step * n for n in range(1, math.ceil(high / step) + 1)]


def ticks(x: Sequence[float], words: Sequence[str], y: float) -> Iterator[Markup]:
    """Small marks below the axis at `y`, with their words where there is room for them at the narrowest."""
    free = -math.inf
    for at, whole in zip(x, words, strict=True):
        word = drawing.fitted(whole, _MOST_TICK)
        if not word:
            continue
        need = drawing.per_cent(drawing.width(word))
        left, place, kind = at - need / 2, at, "c"
        if left < 0:
            left, place, kind = 0, 0, ""
        elif left + need > 100:
            left, place, kind = 100 - need, 100, "e"
        if left < free:
            continue
        free = left + need + drawing.per_cent(_BESIDE)
        yield drawing.line("axis", at, y, at, y + 4)
        yield drawing.text(word, place, y + 17, kind)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The base lines of labels, in the order given and each `gap` px below the one before, if need be moved up."""
    kept: list[float] = []
    for y in wanted:
        kept.append(max(y, low, kept[-1] + gap if kept else low))
    for at in range(len(kept) - 1, -1, -1):
        below = high if at == len(kept) - 1 else kept[at + 1] - gap
        kept[at] = min(kept[at], below)
    return kept


def months(starts: Sequence[date], locale: Locale) -> tuple[str, ...]:
    """A word for each period, most of them empty: at most five months, the first with its year.

    Beyond about a year each first of a year has it.
    """
    at_first = [at for at, day in enumerate(starts) if _begins_month(starts[:at], day)]
    if not at_first and starts:
        at_first = [0]
    words = [""] * len(starts)
    year = None
    for at in at_first[:: max(1, math.ceil(len(at_first) / _TICKS))]:
        day = starts[at]
        words[at] = writing.month(day, locale.code)
        if year is None or (day.year != year and len(at_first) > _A_YEAR):
            words[at] = f"{words[at].rstrip('.')} {day:%y}"
        year = day.year
    return tuple(words)


def _begins_month(before: Sequence[date], day: date) -> bool:
    """The first of all periods does so only in the first week of a month."""
    if not before:
        return day.day <= 7
    return (day.year, day.month) != (before[-1].year, before[-1].month)


def weeks(starts: Sequence[date], locale: Locale) -> tuple[str, ...]:
    """A word for each week, most of them empty: at most five numbers, the first with the word "Week"."""
    words = [""] * len(starts)
    last = len(starts) - 1
    step = max(1, math.ceil(len(starts) / _TICKS))
    for at in range(last, -1, -step):
        words[at] = f"{starts[at].isocalendar().week}"
    first = next((at for at, word in enumerate(words) if word), None)
    if first is not None:
        words[first] = locale.text("Week {n}", n=words[first])
    return tuple(words)
