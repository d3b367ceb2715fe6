"""The company's own clock: on which local day and in which local month an instant falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
_START = datetime(1970, 1, 1, tzinfo=UTC)
_CACHED_DAYS = 50_000


class LocalTime:
    """Instants in milliseconds since 1970 UTC, seen in one time zone.

    A zone changes its offset on a few days a year: on all others one offset holds from midnight to midnight UTC, and is
    asked for once.
    """

    def __init__(self, timezone: str) -> None:
        """`timezone` is an IANA name."""
        self.zone = ZoneInfo(timezone)
        self._offsets: dict[int, int | None] = {}
        self._names: dict[int, tuple[str, str]] = {}

    def day_and_month(self, at_ms: int) -> tuple[str, str]:
        """`YYYY-MM-DD` and `YYYY-MM`."""
        local = (at_ms + self._offset_ms(at_ms)) // _DAY_MS
        names = self._names.get(local)
        if names is None:
            day = date.fromordinal(_EPOCH + local).isoformat()
            names = self._names[local] = (day, day[:7])
        return names

    def bounds(self, first: str, last: str) -> tuple[int, int]:
        """The instants in milliseconds between which the local days from `first` to `last` lie, the end excluded."""
        start = datetime.fromisoformat(first).replace(tzinfo=self.zone)
        end = datetime.fromisoformat(last).replace(tzinfo=self.zone) + timedelta(days=1)
        return round(start.timestamp() * 1000), round(end.timestamp() * 1000)

    def at(self, at_ms: int) -> datetime:
        """The instant as a time of day here."""
        return (_START + timedelta(milliseconds=at_ms)).astimezone(self.zone)

    def _offset_ms(self, at_ms: int) -> int:
        day = at_ms // _DAY_MS
        try:
            offset = self._offsets[day]
        except KeyError:
            first, last = self._exact(day * _DAY_MS), self._exact((day + 1) * _DAY_MS)
            if len(self._offsets) > _CACHED_DAYS:
                self._offsets.clear()
                self._names.clear()
            offset = self._offsets[day] = first if first == last else None
        return self._exact(at_ms) if offset is None else offset

    def _exact(self, at_ms: int) -> int:
        offset = self.at(at_ms).utcoffset() or timedelta()
        return offset // timedelta(milliseconds=1)
