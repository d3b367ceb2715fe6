"""Times in order of size, out of the sorted ones of many days, without sorting them all."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain
from statistics import median

_FEW = 4000
"""So many are sorted faster than narrowed down."""
_SAMPLES = 2000
_MARGIN = _SAMPLES // 25


class Ordered:
    """Numbers in ascending order that come as sorted runs."""

    def __init__(self, runs: Sequence[Sequence[int]]) -> None:
        """Runs may be empty."""
        self._runs = runs
        self._values = list(chain.from_iterable(runs))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._values)

    def median(self) -> float | None:
        """The one in the middle, or the mean of the two; None of nothing."""
        n = len(self)
        return median(self._between((n - 1) // 2, n // 2 + 1)) if n else None

    def percentile(self, percent: int) -> int | None:
        """The least that so many of a hundred do not pass (nearest rank); None of nothing."""
        rank = max(math.ceil(len(self) * percent / 100), 1) - 1
        return self._between(rank, rank + 1)[0] if len(self) else None

    def _between(self, first: int, end: int) -> list[int]:
        """Those from one rank up to another.

        A sample says between which two values they lie; what lies there is sorted. Should the sample mislead, all is.
        """
        if len(self) > _FEW:
            # An odd step does not fall into step with the weeks.
            step = len(self) // _SAMPLES | 1
            sample = sorted(self._values[::step])
            at = first * len(sample) // len(self)
            low = sample[max(at - _MARGIN, 0)]
            high = sample[min(at + _MARGIN, len(sample) - 1)]
            begins = [bisect_left(run, low) for run in self._runs]
            below = sum(begins)
            inside = [
                value
                for run, begin in zip(self._runs, begins, strict=True)
                for value in run[begin : bisect_right(run, high, begin)]
            ]
            if below <= first and end <= below + len(inside):
                return sorted(inside)[first - below : end - below]
        return sorted(self._values)[first:end]
