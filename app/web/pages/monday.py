"""Montag: the week that is over on one sheet, and what in it is out of the ordinary."""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery

from stammkunde.app.web import figures, week_figures
from stammkunde.app.web.courses import Sign, draw, sign
from stammkunde.app.web.periods import week_before
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.projections.figures.monday import Monday
from stammkunde.projections.figures.periods import Period

DRAWN_SIGNS = 2
"""So many signals have a chart; more of them are a line each, so that the page stays two sheets."""
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_TABLE = (
    "contacts", "new", "won_back", "churned", "orders", "net_revenue", "missed_calls", "callback_rate",
    "first_response", "unassigned_rate", "not_counted",
)  # fmt: skip


class Compared(msgspec.Struct, frozen=True):
    """A row of the table: the figure in this week and in the one before."""

    now: figures.Number
    before: figures.Number


@get("/", sync_to_thread=True)
def monday(visit: Visiting, week: FromQuery[str] = "") -> Response[str]:
    """The last week that is over, or the one that the address names: `2026-W47`."""
    latest = week_before(visit.now.date())
    chosen = _asked(week, visit.now.date()) if week else latest
    found = visit.queries.monday(chosen)
    signs = _signs(visit, found)
    return page(
        visit,
        "monday.html",
        week=chosen,
        number=chosen.start.isocalendar().week,
        earlier=_name(chosen.start - timedelta(weeks=1)),
        later=_name(chosen.end) if chosen.end <= visit.now.date() else "",
        last=chosen.end - timedelta(days=1),
        lead=_lead(visit, found, signs),
        is_latest=chosen == latest,
        is_over=chosen.end <= visit.now.date(),
        is_empty=visit.queries.span() is None,
        lines=[
            Compared(
                figures.number(visit, code, found.now.get(code, []), chosen),
                figures.number(visit, code, found.before.get(code, []), _before(chosen)),
            )
            for code in _TABLE
        ],
        not_counted=figures.number(visit, "not_counted", found.now.get("not_counted", []), chosen),
        first=visit.due.get("missed_call") or visit.due.get("message"),
        is_calls="missed_call" in visit.due,
        signs=[(each, draw(visit, each.chart)) for each in signs[:DRAWN_SIGNS]],
        further=signs[DRAWN_SIGNS:],
        watched=len(found.courses),
        base=week_figures.base(visit, found),
        base_words=week_figures.base_words(visit, found),
        response=week_figures.response(visit, found),
        missed=week_figures.missed(visit, found),
        channels=week_figures.channels(visit, found),
        quality=week_figures.quality(visit, found),
        unassigned=found.unassigned,
        unassigned_href=figures.address("unassigned_rate", found.known),
        oldest=found.oldest_unassigned,
        silent=week_figures.silent(visit, found),
    )


def _asked(text: str, today: date) -> Period:
    match = _WEEK.fullmatch(text)
    try:
        start = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        start = None
    if start is None or start > today or start.year < 1990:
        raise NotFoundException("no week")
    return Period(start, start + timedelta(weeks=1))


def _name(monday: date) -> str:
    week = monday.isocalendar()
    return f"{week.year}-W{week.week:02}"


def _before(week: Period) -> Period:
    return Period(week.start - timedelta(weeks=1), week.start)


def _lead(visit: Visit, found: Monday, signs: list[Sign]) -> list[tuple[str, str]]:
    """The week in one sentence: its words, and where a number leads."""
    if visit.queries.span() is None:
        return [(visit.text("Nothing was read yet."), "")]
    plural = visit.locale.plural
    contacts, new = (
        figures.number(visit, code, found.now.get(code, []), found.week)
        for code in ("contacts", "new")
    )
    week = visit.text("Week {n}", n=found.week.start.isocalendar().week)
    return [
        (f"{week}: ", ""),
        (plural("{n} contact", "{n} contacts", contacts.n), contacts.href),
        (", ", ""),
        (plural("{n} new customer", "{n} new customers", new.n), f"{new.href}#who"),
        *(
            [(". ", ""), (plural("{n} signal", "{n} signals", len(signs)), "#signals")]
            if found.week.end <= visit.now.date()
            else []
        ),
        (".", ""),
    ]


def _signs(visit: Visit, found: Monday) -> list[Sign]:
    """Signals of a week that is over, bad news first."""
    if found.week.end > visit.now.date():
        return []
    signs = [sign(visit, code, answers) for code, answers in found.courses.items()]
    return sorted(filter(None, signs), key=lambda each: each.tone != "worse")
