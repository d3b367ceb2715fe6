"""How long people waited, and when nobody took their call: medians and 90th percentiles, weekdays and hours."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import date
from typing import NamedTuple

import msgspec

from stammkunde.core.events import Calendar
from stammkunde.projections.figures import parts as by_part
from stammkunde.projections.figures.calendars import business_time
from stammkunde.projections.figures.order import Ordered
from stammkunde.projections.figures.parts import Parts
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.service import What
from stammkunde.projections.local_time import LocalTime

HOUR_MS = 3_600_000

ANSWERED = "until IS NOT NULL AND by_himself = 0"
"""A row of `waits` that we ended ourselves: what a time until our answer counts."""


class Waited(NamedTuple):
    """Waits that began in a part: how many, how many are over, and business ms of those that we ended."""

    begun: int
    ended: int
    answered: Ordered


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Business hours until our answer to what began in a period, its end excluded; `still_open` have none yet.

    `p90` is the least time within which nine of ten had it (nearest rank); without an answer there is neither value.
    """

    start: date
    end: date
    median: float | None
    p90: float | None
    n: int
    still_open: int


class MissedHour(NamedTuple):
    """Missed calls on one weekday (0 is Monday) within one hour of opening time."""

    weekday: int
    hour: int
    n: int


class MissedHours(msgspec.Struct, frozen=True):
    """When nobody took a call. `hours` has every hour that is open for a part at least; together with those `outside`
    opening time (at night, on a holiday, at noon) they are the missed calls of the period."""

    hours: tuple[MissedHour, ...]
    outside: int


def waited(cursor: sqlite3.Cursor, what: What, parts: Parts) -> list[Waited]:
    """For each part the waits that began in it."""
    rows = cursor.execute(
        "SELECT local_day, begun, ended, answered_ms FROM delays"
        " WHERE what = ? AND local_day >= ? AND local_day < ?",
        (what, *by_part.days(parts)),
    ).fetchall()
    part_of = by_part.Calendar(parts).part
    runs: list[list[list[int]]] = [[] for _ in parts]
    for day, _, _, answered in rows:
        runs[part_of(day)].append(_milliseconds(answered))
    counts = by_part.sums((row[:3] for row in rows), parts, 2)
    return [
        Waited(begun, ended, Ordered(of_part))
        for (begun, ended), of_part in zip(counts, runs, strict=True)
    ]


_milliseconds = msgspec.json.Decoder(list[int]).decode


def spreads(cursor: sqlite3.Cursor, what: What, parts: Parts) -> list[Spread]:
    """Median and 90th percentile of each part."""
    return [
        Spread(
            start=part.start,
            end=part.end,
            median=hours(answered.median()),
            p90=hours(answered.percentile(90)),
            n=len(answered),
            still_open=begun - ended,
        )
        for part, (begun, ended, answered) in zip(parts, waited(cursor, what, parts), strict=True)
    ]


def hours(milliseconds: float | None) -> float | None:
    """Of business time."""
    return None if milliseconds is None else milliseconds / HOUR_MS


def missed_hours(cursor: sqlite3.Cursor, local: LocalTime, period: Period) -> MissedHours:
    """Missed calls of a period by weekday and hour; opening hours as they stand in the calendar of its last day's year."""
    calls = cursor.execute(
        "SELECT since FROM waits WHERE what = 'missed_call' AND local_day >= ? AND local_day < ?",
        by_part.days([period]),
    ).fetchall()
    time = business_time(cursor)
    cells: Counter[tuple[int, int]] = Counter()
    for (since,) in calls:
        if time.is_open(since):
            at = local.at(since)
            cells[at.weekday(), at.hour] += 1
    drawn = sorted(_open_hours(cursor, period) | cells.keys())
    return MissedHours(
        tuple(MissedHour(*cell, cells[cell]) for cell in drawn), len(calls) - cells.total()
    )


def _open_hours(cursor: sqlite3.Cursor, period: Period) -> set[tuple[int, int]]:
    row = cursor.execute(
        "SELECT body FROM calendars WHERE year <= ? ORDER BY year DESC LIMIT 1", (period.end.year,)
    ).fetchone()
    if row is None:
        return set()
    weekly = msgspec.json.decode(row[0], type=Calendar, strict=False).hours
    return {
        (weekday, hour)
        for weekday, spans in weekly.items()
        for start, end in spans
        for hour in range(start // 60, -(-end // 60))
    }
