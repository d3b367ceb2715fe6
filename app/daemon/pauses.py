"""For how long a source that fails is left alone."""

from __future__ import annotations

import random

from stammkunde.core.standing import State

_PAUSES: dict[State, tuple[float, float]] = {
    "unavailable": (5, 900),
    "broken": (60, 3600),
    "credentials": (900, 6 * 3600),
}
"""First and longest pause in seconds. A refused password is not tried often: servers lock the account of who insists."""


def pause_s(state: State, failures: int, asked: float, lot: random.Random) -> float:
    """Seconds until the next try after so many failures in a row, or as many as the source `asked` for, if that is more.

    Doubled each time up to the longest, and a fifth more or less by lot, so that all sources of a firm whose line was
    down do not come back at the same instant.
    """
    first, longest = _PAUSES[state]
    doubled = min(first * 2.0 ** min(failures - 1, 30), longest)
    return max(asked, doubled * lot.uniform(0.8, 1.2))
