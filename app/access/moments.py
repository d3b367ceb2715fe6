"""Times as `accounts.db` stores them: whole microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored(at: datetime) -> int:
    """Microseconds of an aware time."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def shown(at: int) -> datetime:
    """The aware time, in UTC."""
    return _EPOCH + timedelta(microseconds=at)
