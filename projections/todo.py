"""What is to be done today: missed calls that nobody returned and messages that nobody answered, on any channel."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from stammkunde.projections.figures.calendars import business_time

RECENT = timedelta(days=30)
"""What has waited longer is no longer for today; `since` asks for more."""


class Todo(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody waits for us. `open_hours` is business time; without a `counterpart` nobody can be called back."""

    what: Literal["missed_call", "message"]
    contact: str
    customer_id: str | None
    name: str
    counterpart: str
    subject: str
    since: datetime
    open_hours: float


def todo(cursor: sqlite3.Cursor, now: datetime, *, since: datetime | None = None) -> list[Todo]:
    """Who waits at `now` (aware) and began to within the last thirty days, missed calls first, then the oldest."""
    begin = since or now - RECENT
    time = business_time(cursor)
    until = _ms(now)
    rows = cursor.execute(
        "SELECT w.what, w.contact, c.customer, coalesce(k.name, nullif(x.name, ''), nullif(x.display, ''), ''),"
        " coalesce(x.address, ''), coalesce(x.subject, ''), w.since FROM waits w"
        " JOIN contacts c ON c.id = w.contact LEFT JOIN customers k ON k.id = c.customer"
        " LEFT JOIN contents x ON x.contact = c.id"
        " WHERE w.until IS NULL AND w.since >= ? AND w.since <= ?"
        " AND coalesce(k.role, '') IN ('', 'customer')"
        " ORDER BY w.what = 'message', w.since, w.contact",
        (_ms(begin), until),
    ).fetchall()
    return [
        Todo(
            what=what,
            contact=contact,
            customer_id=customer,
            name=name,
            counterpart=counterpart,
            subject=subject,
            since=datetime.fromtimestamp(at / 1000, UTC),
            open_hours=round(time.between(at, until) / 3_600_000, 1),
        )
        for what, contact, customer, name, counterpart, subject, at in rows
    ]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
