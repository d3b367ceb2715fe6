"""A period in parts: rows of days, read once for all of it, added up part by part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
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
        self._later = [part.start.isoformat() for part in parts[1:]]

    def part(self, day: str) -> int:
        """The number of the part, from 0."""
        return bisect_right(self._later, day)


def sums(rows: Iterable[tuple[Any, ...]], parts: Parts, width: int = 1) -> list[list[int]]:
    """For each part the sums of so many columns, which stand behind the day in each row; none is 0."""
    part_of = Calendar(parts).part
    of_parts: list[list[tuple[Any, ...]]] = [[] for _ in parts]
    for row in rows:
        of_parts[part_of(row[0])].append(row)
    nothing = [0] * width
    return [
        [sum(filter(None, column)) for column in islice(zip(*of_part, strict=True), 1, None)]
        or list(nothing)
        for of_part in of_parts
    ]
