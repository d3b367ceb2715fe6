"""The XmR chart's arithmetic: which values are ordinary variation, and which are a signal.

Limits x̄ ± 2.66·mR̄ (D. J. Wheeler, Understanding Variation, 2nd ed. 2000, chapter 4: 2.66 = 3 / d₂ with d₂ = 1.128 for
ranges of two values); beside them the rule of eight values in a row on one side of the mean (Western Electric,
Statistical Quality Control Handbook, 1956). From 12 points there are limits, under 24 they are provisional: of twelve
points, about every sixth year without any change brings a false alarm, of 24 every eleventh.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import fmean
from typing import Literal, TypeAlias

import msgspec

FACTOR = 2.66
FEWEST = 12
"""So many values, and there are limits."""
SETTLED = 24
"""So many values, and the limits are no longer provisional."""
RUN = 8
_ROUNDING = 1e-9

Side: TypeAlias = Literal["above", "below"]


class Limits(msgspec.Struct, frozen=True):
    """What is usual, in the unit of the values. A limit past what the figure can reach is none."""

    mean: float
    lower: float | None
    upper: float | None
    n: int

    @property
    def is_provisional(self) -> bool:
        """Whether the limits rest on few values."""
        return self.n < SETTLED


class Signal(msgspec.Struct, frozen=True):
    """One value beyond a limit, or a run on one side of the mean; `first` and `last` count from 0."""

    rule: Literal["limit", "run"]
    side: Side
    first: int
    last: int


class Reading(msgspec.Struct, frozen=True):
    """The limits of a course of values, none where they are too few, and its signals in the order of their end."""

    limits: Limits | None = None
    signals: tuple[Signal, ...] = ()


def read(
    values: Sequence[float | None], *, floor: float | None = None, ceiling: float | None = None
) -> Reading:
    """Limits and signals of finite values in the order of time.

    None is a period without data: no range is taken across it, and it ends a run. `floor` and `ceiling` are the least
    and the greatest value the figure can have, 0 and 1 for a share.
    """
    limits = _limits(values, floor, ceiling)
    if limits is None:
        return Reading()
    # the mean of equal values need not be that value to the last bit
    slack = _ROUNDING * max(abs(value) for value in values if value is not None)
    signals = [*_beyond(values, limits, slack), *_runs(values, limits.mean, slack)]
    return Reading(limits, tuple(sorted(signals, key=lambda signal: (signal.last, signal.rule))))


def _limits(
    values: Sequence[float | None], floor: float | None, ceiling: float | None
) -> Limits | None:
    known = [value for value in values if value is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < FEWEST or not ranges:
        return None
    mean, width = fmean(known), FACTOR * fmean(ranges)
    lower, upper = mean - width, mean + width
    return Limits(
        mean,
        None if floor is not None and lower < floor else lower,
        None if ceiling is not None and upper > ceiling else upper,
        len(known),
    )


def _beyond(values: Sequence[float | None], limits: Limits, slack: float) -> Iterator[Signal]:
    for at, value in enumerate(values):
        if value is None:
            continue
        if limits.upper is not None and value > limits.upper + slack:
            yield Signal("limit", "above", at, at)
        if limits.lower is not None and value < limits.lower - slack:
            yield Signal("limit", "below", at, at)


def _runs(values: Sequence[float | None], mean: float, slack: float) -> Iterator[Signal]:
    sides = enumerate(_side(value, mean, slack) for value in values)
    for side, group in groupby(sides, key=lambda pair: pair[1]):
        places = [at for at, _ in group]
        if side is not None and len(places) >= RUN:
            yield Signal("run", side, places[0], places[-1])


def _side(value: float | None, mean: float, slack: float) -> Side | None:
    """A value on the mean itself is on neither side."""
    if value is None or abs(value - mean) <= slack:
        return None
    return "above" if value > mean else "below"
