"""Whether log files grow: looked at four times a second, since no notice of the system comes from a network drive."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

_TICK_S = 0.25


def watch(paths: Sequence[str], settle_s: float, poke: Callable[[], None], ended: Event) -> None:
    """Poke at the beginning, and whenever `settle_s` have gone by since the first row that was not read yet."""
    files = [Path(path) / "Master.csv" if Path(path).is_dir() else Path(path) for path in paths]
    seen = _states(files)
    poke()
    due: float | None = None
    while not ended.wait(
        _TICK_S if due is None else min(_TICK_S, max(0.0, due - time.monotonic()))
    ):
        now = _states(files)
        if now != seen:
            seen = now
            due = time.monotonic() + settle_s if due is None else due
        if due is not None and time.monotonic() >= due:
            due = None
            poke()


def _states(files: Sequence[Path]) -> list[tuple[int, int] | None]:
    """Which file it is and how long; None where there is none now."""
    states: list[tuple[int, int] | None] = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            states.append(None)
        else:
            states.append((stat.st_ino, stat.st_size))
    return states
