"""The customer base: who is new, active, dormant, lost or won back, as moves between states.

A customer is *active* while the last order is at most W days old, *dormant* while it is at most 2 W, then *lost*. A move
stands on the day on which the rule becomes true, so past months stay as they were. Counting moves makes the balance close
by construction: active at the end = active at the start + new + won back − churned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple, TypeAlias

WINDOW_DAYS = 365
"""W: the activity window."""

State: TypeAlias = Literal["none", "active", "dormant", "lost"]


class Move(NamedTuple):
    """A customer goes from one state to another on a day."""

    day: date
    before: State
    after: State


def moves(purchases: Sequence[date], window_days: int = WINDOW_DAYS) -> Iterator[Move]:
    """All moves of one customer, given the days of his orders in ascending order, into the future as well.

    none → active is *new*, active → dormant is *churned*, dormant or lost → active is *won back*.
    """
    if not purchases:
        return
    window = timedelta(days=window_days)
    day_after = timedelta(days=1)
    yield Move(purchases[0], "none", "active")
    for last, following in zip(purchases, [*purchases[1:], None], strict=True):
        churned = last + window + day_after
        if following is not None and following < churned:
            continue
        yield Move(churned, "active", "dormant")
        lost = last + 2 * window + day_after
        if following is not None and following < lost:
            yield Move(following, "dormant", "active")
            continue
        yield Move(lost, "dormant", "lost")
        if following is not None:
            yield Move(following, "lost", "active")
