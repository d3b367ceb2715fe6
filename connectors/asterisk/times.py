"""Times as Asterisk writes them, and which offset from UTC the local ones have."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

_CACHED = 50_000
_HOUR = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:", re.ASCII)
_SECONDS = re.compile(r"\d{1,11}(?:\.\d*)?", re.ASCII)
_SIXTIETHS = [f"{each:02}" for each in range(60)]
_EARLIEST = 631_152_000
"""1990: Asterisk is younger."""

_LATEST = 4_102_444_800
_QUARTER = 900
_SAME = 5
"""Seconds that a channel's start may differ from the epoch in its own id."""

_FARTHEST = 15 * 3600
_BACKWARDS = 120
"""Seconds by which rows may be out of order without the clock having been set back."""

EXACT, AMBIGUOUS, SHIFTED = 0, 1, 2
"""How sure a local time is: no doubt; in the hour that comes twice; in the hour that the clock skips."""

_OFFSETS = {
    offset + late: (offset, EXACT)
    for offset in range(-_FARTHEST, _FARTHEST + 1, _QUARTER)
    for late in range(-_SAME, _SAME + 1)
}
"""The offset from UTC by how far a channel's local start is from the epoch in its own id."""


class Order(msgspec.Struct, array_like=True):
    """What the order of rows says about a clock that was set back: the last end, and whether it was the second pass."""

    last: int = 0
    fold: int = 0


class _Hours(dict[str, int]):
    """Local times to the hour, as `2026-11-23 16:`, in seconds since 1970; ValueError for what is none."""

    def __missing__(self, text: str) -> int:
        """Read it and keep it."""
        if not _HOUR.fullmatch(text):
            raise ValueError
        start = _plausible(int(datetime.fromisoformat(text[:13] + ":00+00:00").timestamp()))
        if len(self) >= _CACHED:
            self.clear()
        self[text] = start
        return start


class Times:
    """Reads times; local ones are of one zone.

    `hours` and `seconds` together read a local time: `hours[text[:14]] + seconds[text[14:]]`. (A whole day's seconds
    would not fit the processor's cache.)
    """

    def __init__(self, zone: ZoneInfo) -> None:
        """`zone` is that of the telephone system's clock, as its CDR settings use it."""
        self._zone = zone
        self.hours = _Hours()
        self.seconds = {
            f"{minute}:{second}": int(minute) * 60 + int(second)
            for minute in _SIXTIETHS
            for second in _SIXTIETHS
        }
        self._offsets: dict[int, tuple[int, int]] = {}

    def read(self, value: object) -> tuple[int, int | None]:
        """Seconds since 1970 and the offset of a time; ValueError for what is none.

        It is written as `2026-11-23 16:03:36`, in ISO 8601 with an offset, or as seconds since 1970 UTC. A local time
        comes as if it were UTC, with the offset None.
        """
        if isinstance(value, str) and len(value) == 19:
            return self.local(value), None
        return _exact(value)

    def local(self, value: str) -> int:
        """A local time as if it were UTC; ValueError for what is none."""
        try:
            return self.hours[value[:14]] + self.seconds[value[14:]]
        except LookupError:
            raise ValueError from None

    def offsets(self, local: int) -> tuple[int, int]:
        """The zone's offset at a local time, seen from before and from after a change of the clock."""
        quarter = local // _QUARTER
        found = self._offsets.get(quarter)
        if found is None:
            when = datetime.fromtimestamp(quarter * _QUARTER, UTC).replace(tzinfo=self._zone)
            found = _offset(when), _offset(when.replace(fold=1))
            if len(self._offsets) >= _CACHED:
                self._offsets.clear()
            self._offsets[quarter] = found
        return found

    def of_channel(self, start: int, epoch: int | None) -> tuple[int, int]:
        """The offset of a channel's first local time, and how sure it is.

        The id of a channel begins with the second in which it was made, in UTC (in all calls that we recorded). So it
        tells both passes of the October hour apart, and a zone that is set wrongly. Later legs of a channel, whose
        first one is missing, have the zone's.
        """
        found = _OFFSETS.get(start - epoch) if epoch else None
        if found is not None:
            return found
        before, after = self.offsets(start)
        return before, _doubt(before, after)

    def in_order(self, start: int, end: int, duration: int, order: Order) -> tuple[int, int]:
        """The offset of a local start by the order of the rows alone, and how sure it is.

        Rows are written when a channel ends. An end that is ambiguous belongs to the second pass once ends have gone
        backwards; the start follows from the duration.
        """
        doubt = EXACT
        before, after = self.offsets(end)
        if before > after:
            order.fold = int(order.fold or end < order.last - _BACKWARDS)
            doubt = EXACT if order.fold else AMBIGUOUS
        else:
            order.fold = 0
        order.last = end
        began = end - (after if order.fold else before) - duration
        first, second = self.offsets(start)
        if first == second:
            return first, EXACT
        if first < second:
            return first, SHIFTED
        return min(first, second, key=lambda offset: abs(start - offset - began)), doubt


def moment(seconds: int, offset: int) -> datetime:
    """An aware time from seconds since 1970 UTC, in an offset east of it."""
    return datetime.fromtimestamp(seconds, _fixed(offset))


@lru_cache(maxsize=256)
def _fixed(offset: int) -> timezone:
    return timezone(timedelta(seconds=offset)) if offset else UTC


def _exact(value: object) -> tuple[int, int]:
    """Seconds since 1970 UTC and the offset of a time that says both; ValueError for a local one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _plausible(int(value)), 0
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 (whatever is no time)
    if _SECONDS.fullmatch(value):
        return _plausible(int(value.partition(".")[0])), 0
    when = datetime.fromisoformat(value)
    return _plausible(int(when.timestamp())), _offset(when)


def _offset(when: datetime) -> int:
    offset = when.utcoffset()
    if offset is None:
        raise ValueError
    return int(offset.total_seconds())


def _plausible(seconds: int) -> int:
    if not _EARLIEST <= seconds <= _LATEST:
        raise ValueError
    return seconds


def _doubt(before: int, after: int) -> int:
    if before == after:
        return EXACT
    return AMBIGUOUS if before > after else SHIFTED
