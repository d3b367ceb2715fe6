"""One week as the page of Monday shows it, with the courses that lead to it, all seen at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import msgspec

from stammkunde.projections.figures.makeup import Completeness, Way, completeness, ways
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import FigureAnswer, figures, span
from stammkunde.projections.figures.waiting import MissedHours, Spread, missed_hours, spreads
from stammkunde.projections.local_time import LocalTime

COURSE_WEEKS = 52
MISSED_WEEKS = 8
"""So many weeks lie in the heat map of missed calls: in fewer each hour has hardly any."""

WATCHED = (
    "contacts",
    "missed_calls",
    "callback_rate",
    "unassigned_rate",
    "new",
    "churned",
    "orders",
)
"""Figures whose course is watched week by week, beside the time of the first response."""

Answers: TypeAlias = dict[str, list[FigureAnswer]]

_WEEK = timedelta(weeks=1)
_OF_WEEK = (
    "contacts", "not_counted", "unassigned_rate", "new", "won_back", "churned", "orders", "net_revenue",
    "missed_calls", "callback_rate", "first_response",
)  # fmt: skip


class Base(msgspec.Struct, frozen=True):
    """Active customers from the first day of a period to its end: opening + new + won back − churned = closing."""

    period: Period
    opening: int
    new: int
    won_back: int
    churned: int
    closing: int


class Monday(msgspec.Struct, frozen=True, kw_only=True):
    """By code: `now` are figures of the week, `before` those of the week before it, each with an answer, or one for each
    currency; `courses` those of `WATCHED` in the weeks up to it, and `responses` its first response in more detail.

    A course begins in the first week that is whole since the first contact. `known` are all days with contacts;
    `unassigned` counts those of them that are nobody's, the oldest is `oldest_unassigned` (UTC).
    """

    week: Period
    now: Answers
    before: Answers
    courses: Answers
    responses: list[Spread]
    base: Base
    missed: MissedHours
    missed_in: Period
    ways: list[Way]
    completeness: Completeness
    known: Period
    unassigned: int
    oldest_unassigned: datetime | None


def monday(cursor: sqlite3.Cursor, local: LocalTime, week: Period) -> Monday:
    """The week, Monday to Monday, and what leads to it."""
    known = span(cursor) or (week.start, week.end - timedelta(days=1))
    begin = max(week.end - COURSE_WEEKS * _WEEK, _next_monday(known[0]))
    course = Period(min(begin, week.start), week.end)
    responses = spreads(cursor, "message", tuple(course.cut("week")))
    courses = _by_code(figures(cursor, course, codes=WATCHED, grain="week"))
    courses["first_response"] = [_answer(spread) for spread in responses]
    lately = figures(cursor, Period(week.start - _WEEK, week.end), codes=_OF_WEEK, grain="week")
    missed_in = Period(week.end - MISSED_WEEKS * _WEEK, week.end)
    whole = Period(known[0], known[1] + timedelta(days=1))
    (open_,) = figures(cursor, whole, codes=("unassigned_rate",))
    return Monday(
        week=week,
        now=_by_code(answer for answer in lately if answer.from_ == week.start),
        before=_by_code(answer for answer in lately if answer.from_ != week.start),
        courses=courses,
        responses=responses,
        base=base(cursor, Period(date(week.start.year, 1, 1), week.end)),
        missed=missed_hours(cursor, local, missed_in),
        missed_in=missed_in,
        ways=ways(cursor, week),
        completeness=completeness(cursor),
        known=whole,
        unassigned=open_.numerator or 0,
        oldest_unassigned=_oldest(cursor),
    )


def base(cursor: sqlite3.Cursor, period: Period) -> Base:
    """The customer base of a period as a sum that closes."""
    before = Period(period.start - timedelta(days=1), period.start)
    (opening,) = figures(cursor, before, codes=("active",))
    found = {
        answer.code: answer.numerator or 0
        for answer in figures(cursor, period, codes=("new", "won_back", "churned"))
    }
    start = opening.numerator or 0
    closing = start + found["new"] + found["won_back"] - found["churned"]
    return Base(period, start, found["new"], found["won_back"], found["churned"], closing)


def _by_code(answers: Iterable[FigureAnswer]) -> Answers:
    found: Answers = {}
    for answer in answers:
        found.setdefault(answer.code, []).append(answer)
    return found


def _answer(spread: Spread) -> FigureAnswer:
    return FigureAnswer(
        code="first_response",
        unit="hours",
        from_=spread.start,
        to=spread.end,
        value=spread.median,
        numerator=spread.n,
        denominator=spread.n + spread.still_open,
        n=spread.n,
    )


def _next_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _oldest(cursor: sqlite3.Cursor) -> datetime | None:
    row = cursor.execute(
        "SELECT at FROM contacts WHERE customer IS NULL AND counted = 1 AND retracted = 0 ORDER BY at, id LIMIT 1"
    ).fetchone()
    return datetime.fromtimestamp(row[0] / 1000, UTC) if row else None
