"""Business time as the company's calendars in the views have it."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

import msgspec

from stammkunde.core.events import Calendar
from stammkunde.projections.business_time import BusinessTime


def business_time(cursor: sqlite3.Cursor) -> BusinessTime:
    """Opening hours of all years of which a calendar was set."""
    rows = cursor.execute("SELECT body FROM calendars ORDER BY year").fetchall()
    return _business_time(tuple(row[0] for row in rows))


@lru_cache(maxsize=4)
def _business_time(bodies: tuple[str, ...]) -> BusinessTime:
    """The opening spans of ten years take longer to work out than all else that one new contact asks for."""
    return BusinessTime(msgspec.json.decode(body, type=Calendar, strict=False) for body in bodies)
