"""Measuring: interleaved rounds, medians, and one result for each promise."""

from __future__ import annotations

import math
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

ROUNDS = 5


class Result(msgspec.Struct, frozen=True):
    """One measured promise; `ratio` is value / baseline, `limit` the most (or least) that is allowed."""

    benchmark: str
    metric: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    limit: str
    ok: bool


Benchmark = Callable[[], Iterator[Result]]


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process that one call takes, both files' commits included."""
    began = time.process_time()
    work()
    return time.process_time() - began


def peak() -> float:
    """MiB of this process at its most. (On Linux `ru_maxrss` begins with what the starting process had.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    lines = status.read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1024


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many of a hundred do not pass."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def interleaved(
    variants: Mapping[str, Callable[[int], float]], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Each variant's figures, one a round, the variants in turn; the function gets the round's number."""
    figures: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        for name, run in variants.items():
            figures[name].append(run(number))
    return figures


def against(
    benchmark: str,
    metric: str,
    figures: Mapping[str, list[float]],
    name: str,
    baseline: str,
    limit: float,
    *,
    unit: str = "µs",
    scale: float = 1e6,
) -> Result:
    """A variant against its baseline: the median of the ratios round by round, at most `limit`."""
    pairs = zip(figures[name], figures[baseline], strict=True)
    ratio = statistics.median(own / base for own, base in pairs)
    return Result(
        benchmark,
        metric,
        round(statistics.median(figures[name]) * scale, 2),
        unit,
        round(statistics.median(figures[baseline]) * scale, 2),
        round(ratio, 2),
        f"≤ {limit} × {baseline}",
        ratio <= limit,
    )


def at_least(
    benchmark: str,
    metric: str,
    value: float,
    unit: str,
    limit: float,
    *,
    baseline: float | None = None,
) -> Result:
    """A rate that must not fall below a limit (of the ratio, where there is a baseline)."""
    judged = value / baseline if baseline else value
    ratio = round(judged, 2) if baseline else None
    return Result(
        benchmark, metric, round(value, 2), unit, baseline, ratio, f"≥ {limit}", judged >= limit
    )


def at_most(benchmark: str, metric: str, value: float, unit: str, limit: float) -> Result:
    """A figure that must not pass a limit."""
    return Result(
        benchmark, metric, round(value, 3), unit, None, None, f"≤ {limit}", value <= limit
    )


def told(benchmark: str, metric: str, value: float, unit: str) -> Result:
    """A figure without a limit."""
    limit = "for information"
    return Result(benchmark, metric, round(value, 3), unit, None, None, limit, ok=True)
