"""How long one waits before anything happens: `--help`, in CPU seconds of a whole process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import ROUNDS, Result, at_most


def run() -> Iterator[Result]:
    """`stammkunde --help`, warm."""
    yield at_most(
        "startup", "stammkunde --help, CPU", statistics.median(map(_help, range(ROUNDS))), "s", 0.3
    )


def _help(_: int) -> float:
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "stammkunde.app", "--help"], check=True, capture_output=True
    )
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
