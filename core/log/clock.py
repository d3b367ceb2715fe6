"""Whether the system's clock can be right: what it says stands in the log for ever, and later times only grow."""

from __future__ import annotations

from datetime import date, timedelta

from stammkunde.core.errors import HomeError

VOUCHED = "STAMMKUNDE_LAST_DAY"
"""The environment variable by which a person says that the log's last day is right or known, and the clock too."""

_DAY = 86_400_000_000
_BEHIND, _AHEAD = _DAY, 366 * _DAY
_FIRST = 20_454 * _DAY  # 2026-01-01
_LATEST = _FIRST + 20 * _AHEAD


def refuse_wrong_clock(now: int, last: int | None, vouched: date | None = None) -> None:
    """Raises `HomeError` where the clock is a day behind the log's last transaction, or a year ahead of it.

    There is no second clock to ask, and a company may close for a season; but a clock behind the log is wrong or was, and
    one that a dead battery or a slip of the hand set is mostly years off. A log that begins is compared with the time in
    which this program was made. Microseconds since 1970 UTC; `vouched` is the log's last day, where a person named it.
    """
    if last is None:
        if not _FIRST <= now <= _LATEST:
            raise HomeError(
                "The clock of this computer says {day}, which can't be: set the date right, then run this again.",
                day=_day(now),
            )
    elif not last - _BEHIND <= now <= last + _AHEAD and _day(last) != vouched:
        raise HomeError(
            "The clock of this computer says {day}, but the log was last written on {last}: set the date right. If it is right, run this again with {variable}={last}.",
            day=_day(now),
            last=_day(last),
            variable=VOUCHED,
        )


def _day(microseconds: int) -> date:
    return date(1970, 1, 1) + timedelta(days=microseconds // _DAY)
