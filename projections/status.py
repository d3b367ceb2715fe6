"""The state of a home: what the log holds, how its sources fare, how far the views are."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

import msgspec

from stammkunde.core.feed import open_cursor
from stammkunde.core.log.store import Log
from stammkunde.core.standing import Standing, standings
from stammkunde.projections.answers import LogStatus, ProjectionStatus, SourceStatus, Status
from stammkunde.projections.finding import SHOWN
from stammkunde.projections.reading import utc
from stammkunde.projections.views import NAME, Views, tracked

_CUSTOMERS = (
    "SELECT count(*) FROM customers WHERE merged_into IS NULL AND contacts > 0",
    f"SELECT count(*) FROM customers c WHERE c.merged_into IS NULL AND c.contacts = 0 AND {SHOWN}",
)
"""Those with contacts are counted in an index alone; the others, who are few, are looked at."""


def status(views: Views, log: Log) -> Status:
    """The state of views and of the log that they follow."""
    known = sources(log)
    last = log.last_position()
    with views.store.reading() as cursor:
        position = tracked(cursor)
        dead = cursor.execute("SELECT count(*) FROM dead_letters").fetchone()[0]
        total = cursor.execute("SELECT n FROM totals WHERE name = 'contacts'").fetchone()
        customers = sum(cursor.execute(sql).fetchone()[0] for sql in _CUSTOMERS)
    return Status(
        LogStatus(last, total[0] if total else 0, customers),
        known,
        (ProjectionStatus(NAME, position, last - position, dead),),
    )


class Arrivals(msgspec.Struct, frozen=True):
    """Contacts of a source that stand: all of them, and by local day those since a day."""

    source: str
    contacts: int
    days: dict[date, int]


def arrivals(cursor: sqlite3.Cursor, since: date) -> list[Arrivals]:
    """What each source brought, by name; days without a contact are left out."""
    rows = cursor.execute(
        "SELECT source, sum(contacts) FROM arrivals GROUP BY source ORDER BY source"
    ).fetchall()
    recent = cursor.execute(
        "SELECT source, local_day, contacts FROM arrivals WHERE local_day >= ? ORDER BY local_day",
        (since.isoformat(),),
    ).fetchall()
    days: dict[str, dict[date, int]] = {}
    for source, day, contacts in recent:
        days.setdefault(source, {})[date.fromisoformat(day)] = contacts
    return [Arrivals(source, total, days.get(source, {})) for source, total in rows]


def sources(log: Log) -> tuple[SourceStatus, ...]:
    """How the sources of a log fare, in the order in which they were first read; then those that never could be."""
    with log.store.reading() as cursor:
        rejected = dict(
            cursor.execute("SELECT source, count(*) FROM quarantine GROUP BY source").fetchall()
        )
        rows = cursor.execute(
            "SELECT number, name, connector, cursor, last_success FROM sources ORDER BY number"
        ).fetchall()
    known = standings(log)
    read = [
        _source(name, connector, success, rejected.get(number, 0), known.pop(name, None))
        for number, name, connector, _, success in rows
    ]
    cursors = {name: open_cursor(log, name, sealed) for _, name, _, sealed, _ in rows}
    tried = [_source(name, one.connector, None, 0, one) for name, one in known.items()]
    return tuple(
        msgspec.structs.replace(each, cursor=cursors.get(each.name)) for each in (*read, *tried)
    )


def _source(
    name: str, connector: str, success: int | None, rejected: int, standing: Standing | None
) -> SourceStatus:
    at: datetime | None = None if success is None else utc(success)
    stands = standing or Standing()
    return SourceStatus(
        name=name,
        connector=connector,
        state=stands.state if standing else "new" if at is None else "ok",
        cursor=None,
        last_success=at,
        gaps=sum(each.gaps for each in stands.holdings),
        rejected=rejected,
        since=utc(stands.since) if stands.since else None,
        why=str(stands.why or ""),
        next_try=utc(stands.next) if stands.next else None,
        holdings=stands.holdings,
    )
