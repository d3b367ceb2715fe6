"""The Date header: what it says, and the one strict reading that takes part in an item's identity."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_STRICT = re.compile(
    r"(?:[A-Za-z]{3},)?\s*([0-9]{1,2})\s+([A-Za-z]{3})\s+([0-9]{4})\s+([0-9]{1,2}):([0-9]{2})"
    r"(?::([0-9]{2}))?\s+([+-])([0-9]{2})([0-9]{2})(?:\s*\([^()]*\))?\s*"
)
_NUMERIC_OFFSET = re.compile(r"[+-][0-9]{4}\b")
_NAME = re.compile(r"\b[A-Za-z]{1,4}\b")
_ZONES = {
    # RFC 5322 §4.3, and those of Europe that it leaves out and mail programs write.
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "WET": 0, "WEST": 1,
}  # fmt: skip

_DAY = 86_400
_COUNTED_FROM_1900 = 100
"""Programs wrote 102 for 2002, from `tm_year`."""


def read_date(value: str) -> tuple[datetime | None, int]:
    """A Date header as it stands, and the milliseconds since 1970 UTC that belong to the item's identity.

    The date is aware where the header gives a readable offset (`-0000` counts as UTC), else naive, and None where it
    can't be read. The milliseconds are 0 unless the header has the form of RFC 5322 §3.3 with a numeric offset and a
    four-digit year: that reading is frozen, so that a better reader of odd dates never moves an item's id.
    """
    match = _STRICT.fullmatch(value)
    if match is None:
        return _tolerant(value), 0
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        local = datetime(
            int(year), _MONTHS.get(month.lower(), 0), int(day), int(hour), int(minute),
            min(int(second or 0), 59), tzinfo=timezone(offset),
        )  # fmt: skip
        return local, max(int(local.timestamp()) * 1000, 0)
    except (ValueError, OverflowError):
        return _tolerant(value), 0


def _tolerant(value: str) -> datetime | None:
    value = value[:200]
    try:
        fields = parsedate_tz(value)
        if fields is None:
            return None
        year = (
            fields[0] + 1900
            if _COUNTED_FROM_1900 <= fields[0] < _COUNTED_FROM_1900 + 100
            else fields[0]
        )
        naive = datetime(year, *fields[1:5], min(fields[5], 59))  # noqa: DTZ001 (a leap second has no datetime)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None  # parsedate_tz means to return None, and does not always
    offset = _offset(value, fields[9] or 0)
    return naive if offset is None else naive.replace(tzinfo=timezone(offset) if offset else UTC)


def _offset(value: str, seconds: int) -> timedelta | None:
    if _NUMERIC_OFFSET.search(value):
        return timedelta(seconds=seconds) if abs(seconds) < _DAY else None
    names = (name.upper() for name in _NAME.findall(value))
    hours = next((_ZONES[name] for name in names if name in _ZONES), None)
    return None if hours is None else timedelta(hours=hours)
