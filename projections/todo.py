"""What is to be done today: missed calls that nobody returned and messages that nobody answered, on any channel."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from stammkunde.core.errors import DecisionError
from stammkunde.projections.figures.calendars import business_time

RECENT = timedelta(days=30)
"""What has waited longer is no longer for today; `since` asks for more."""


_BY = "w.what = 'message', w.since, w.contact"
_ORDER = f"({_BY})"
_OF_CUSTOMER = "JOIN contacts k ON k.id = w.contact AND k.customer = ? AND k.at >= ? AND k.at <= ?"


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


class Due(msgspec.Struct, frozen=True):
    """How many wait, and the business hours of the one who has waited longest."""

    n: int
    open_hours: float


def todo(
    cursor: sqlite3.Cursor,
    now: datetime,
    *,
    since: datetime | None = None,
    customer: str = "",
    limit: int | None = None,
    after: str = "",
) -> list[Todo]:
    """Who waits at `now` (aware) and began to within the last thirty days, missed calls first, then the oldest.

    All of them, those of a living `customer`, or a page: `after` is the contact of the last one seen; `DecisionError`
    where it waits no longer.
    """
    page, key = ("", ()) if not after else (f"AND {_ORDER} > (?, ?, ?)", _key(cursor, after))
    begin, until = _ms(since or now - RECENT), _ms(now)
    time = business_time(cursor)
    # a wait begins with its contact: of a customer only the contacts of these days are looked at, not all his waits
    of, whose = (_OF_CUSTOMER, (customer, begin, until)) if customer else ("", ())
    # who they are is looked up for those of the page alone
    chosen = (
        f"SELECT w.what, w.contact, w.since FROM waits w {of} WHERE w.until IS NULL AND w.since >= ? AND w.since <= ?"
        f" {page} ORDER BY {_BY} {'' if limit is None else f'LIMIT {limit:d}'}"
    )
    rows = cursor.execute(
        "SELECT w.what, w.contact, c.customer, coalesce(k.name, nullif(x.name, ''), nullif(x.display, ''), ''),"
        f" coalesce(x.address, ''), coalesce(x.subject, ''), w.since FROM ({chosen}) w"
        " JOIN contacts c ON c.id = w.contact LEFT JOIN customers k ON k.id = c.customer"
        f" LEFT JOIN contents x ON x.contact = c.id ORDER BY {_BY}",
        (*whose, begin, until, *key),
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


def due(cursor: sqlite3.Cursor, now: datetime) -> dict[str, Due]:
    """How many of `todo` wait for what (`missed_call`, `message`) at `now`; without those for which nobody does."""
    time, until = business_time(cursor), _ms(now)
    rows = cursor.execute(
        "SELECT what, count(*), min(since) FROM waits WHERE until IS NULL AND what IN ('message', 'missed_call')"
        " AND since >= ? AND since <= ? GROUP BY what",
        (_ms(now - RECENT), until),
    ).fetchall()
    return {
        what: Due(n, round(time.between(since, until) / 3_600_000, 1)) for what, n, since in rows
    }


def _key(cursor: sqlite3.Cursor, contact: str) -> tuple[int, int, str]:
    row: tuple[int, int, str] | None = cursor.execute(
        "SELECT what = 'message', since, contact FROM waits WHERE contact = ? AND until IS NULL",
        (contact,),
    ).fetchone()
    if row is None:
        raise DecisionError("The page to continue from is gone: begin again.")
    return row


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
