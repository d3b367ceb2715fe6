"""Kennzahlen: all figures of a period, each with the value before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get

from stammkunde.app.figure_table import GROUPS
from stammkunde.app.web import figures
from stammkunde.app.web.periods import asked_period, choices, days_of, period_text, up_to
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visiting
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.queries import FigureAnswer


class Row(msgspec.Struct, frozen=True):
    """A figure in the period and in the one before, and what it counts; what has no period has no value before."""

    now: figures.Number
    before: figures.Number | None
    definition: str


@get("/figures", sync_to_thread=True)
def all_figures(request: Request[Any, Any, Any], visit: Visiting) -> Response[str]:
    """By group, for the last week or the period of the address."""
    query = request.query_params
    period = asked_period(visit, query.get("from", ""), query.get("last", ""))
    earlier, *rest = up_to(period)
    answers = visit.queries.figures_in([earlier, *rest])
    now = _by_code(answer for answer in answers if answer.from_ in (period.start, None))
    then = _by_code(answer for answer in answers if answer.from_ == earlier.start)
    groups: dict[str, list[Row]] = {}
    for code in GROUPS:
        row = Row(
            figures.number(visit, code, now.get(code, []), period),
            figures.number(visit, code, then.get(code, []), earlier)
            if FIGURES[code].has_period
            else None,
            visit.text(FIGURES[code].definition),
        )
        groups.setdefault(figures.group(visit, code), []).append(row)
    return page(
        visit,
        "figures.html",
        groups=groups,
        days=days_of(period),
        period=period_text(visit, period),
        earlier=period_text(visit, earlier),
        choices=choices(visit, period),
    )


def _by_code(answers: Iterable[FigureAnswer]) -> dict[str, list[FigureAnswer]]:
    found: dict[str, list[FigureAnswer]] = {}
    for answer in answers:
        found.setdefault(answer.code, []).append(answer)
    return found
