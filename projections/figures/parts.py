"""A period in parts: rows of days, read once for all of it, added up part by part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, TypeAlias

from stammkunde.projections.figures.periods import Period

Parts: TypeAlias = Sequence[Period]
"""Periods that follow upon each other without a gap, one at least."""


def days(parts: Parts) -> tuple[str, str]:
    """The first day of all parts, and the one on which the last of them is over."""
    return parts[0].start.isoformat(), parts[-1].end.isoformat()


class Calendar:
    """Says in which part a day lies; what lies before the first of them belongs to it."""

    def __init__(self, parts: Parts) -> None:
        """Days come as the views store them."""
        self._starts = [part.start.isoformat() for part in parts]

    def part(self, day: str) -> int:
        """The number of the part, from 0."""
        return max(bisect_right(self._starts, day) - 1, 0)


def sums(rows: Iterable[tuple[Any, ...]], parts: Parts, width: int = 1) -> list[list[int]]:
    """For each part the sums of so many columns, which stand behind the day in each row; none is 0."""
    calendar = Calendar(parts)
    found = [[0] * width for _ in parts]
    for day, *numbers in rows:
        sums_of_part = found[calendar.part(day)]
        for at, number in enumerate(numbers):
            sums_of_part[at] += number or 0
    return found


def levels(rows: Iterable[tuple[Any, ...]], parts: Parts, width: int = 1) -> list[list[int]]:
    """The same, added up from the first day of all to the end of each part: rows before the first part count in all."""
    return list(
        accumulate(
            sums(rows, parts, width), lambda a, b: [x + y for x, y in zip(a, b, strict=True)]
        )
    )
