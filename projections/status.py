"""The state of a home: what the log holds, how its sources fare, how far the views are."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import msgspec

from stammkunde.core.log.store import Log
from stammkunde.projections.answers import LogStatus, ProjectionStatus, SourceStatus, Status
from stammkunde.projections.finding import SHOWN
from stammkunde.projections.reading import utc
from stammkunde.projections.views import NAME, Views, tracked


def status(views: Views, log: Log) -> Status:
    """The state of views and of the log that they follow."""
    with log.store.reading() as cursor:
        sources = _sources(cursor, log)
    last = log.last_position()
    with views.store.reading() as cursor:
        position = tracked(cursor)
        dead = cursor.execute("SELECT count(*) FROM dead_letters").fetchone()[0]
        total = cursor.execute("SELECT n FROM totals WHERE name = 'contacts'").fetchone()
        living = cursor.execute(f"SELECT count(*) FROM customers c WHERE {SHOWN}")
        customers = living.fetchone()[0]
    return Status(
        LogStatus(last, total[0] if total else 0, customers),
        sources,
        (ProjectionStatus(NAME, position, last - position, dead),),
    )


def _sources(cursor: sqlite3.Cursor, log: Log) -> tuple[SourceStatus, ...]:
    rejected = dict(
        cursor.execute("SELECT source, count(*) FROM quarantine GROUP BY source").fetchall()
    )
    rows = cursor.execute(
        "SELECT number, name, connector, cursor, last_success, counts FROM sources ORDER BY number"
    ).fetchall()
    return tuple(_source(row, rejected.get(row[0], 0), log) for row in rows)


def _source(row: tuple[Any, ...], rejected: int, log: Log) -> SourceStatus:
    _, name, connector, cursor, success, counts = row
    at: datetime | None = None if success is None else utc(success)
    return SourceStatus(
        name=name,
        connector=connector,
        state="new" if at is None else "ok",
        cursor=log.keys.keys.seal.unseal(cursor, b"cursor").decode() if cursor else None,
        last_success=at,
        gaps=int(msgspec.json.decode(counts).get("gaps", 0)),
        rejected=rejected,
    )
