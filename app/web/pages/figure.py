"""Kennzahl: one figure, how it comes about, its course, and who stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath
from litestar.response import Stream

from stammkunde.app import writing
from stammkunde.app.behind_table import BEHIND_HEAD, behind_cells
from stammkunde.app.web import figures
from stammkunde.app.web.api import hiding
from stammkunde.app.web.charts.course import Course, reading
from stammkunde.app.web.charts.xmr import FEWEST as FEWEST_POINTS
from stammkunde.app.web.composition import compositions
from stammkunde.app.web.courses import (
    FEWEST_A_PERIOD,
    bar_chart,
    course_chart,
    draw,
    heading,
    is_scarce,
    sentence,
    tone,
)
from stammkunde.app.web.download import spreadsheet
from stammkunde.app.web.periods import (
    GRAINS,
    asked_grain,
    asked_period,
    before,
    choices,
    course_of,
    days_of,
    period_text,
    up_to,
)
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.interval import wilson
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import Segment, SegmentError, asked
from stammkunde.projections.figures.who import Behind

PAGE = 25
_EXPORTED = 1000
"""Entries read at once for a spreadsheet."""
_UNITS: dict[Grain, int] = {"week": 52, "month": 24, "quarter": 12, "year": 10}
"""So many parts a course has, or as many as the period."""
_MOST_BARS = 16


class Asked(msgspec.Struct, frozen=True):
    """What an address asks for."""

    code: str
    period: Period
    grain: Grain
    segment: Segment

    def query(self, **more: object) -> str:
        """As an address has it."""
        return urlencode(
            {
                **days_of(self.period),
                "grain": self.grain,
                **figures.segment_of(self.segment),
                **more,
            }
        )


class Said(msgspec.Struct, frozen=True):
    """What the course says in words: good news, bad news, or neither."""

    tone: str
    words: str


@get("/figures/{code:str}", sync_to_thread=True)
def figure(request: Request[Any, Any, Any], visit: Visiting, code: FromPath[str]) -> Response[str]:
    """The page, or the next page of its list."""
    wanted = _asked(request, visit, code)
    after, seen = request.query_params.get("after", ""), request.query_params.get("seen", "")
    entries = visit.queries.who(
        code, wanted.period, segment=wanted.segment, limit=PAGE + 1, after=after
    )
    start = int(seen) if after and seen.isdecimal() and len(seen) < 12 else 0
    listed: dict[str, Any] = {
        "code": code,
        "who": FIGURES[code].who,
        "is_money": FIGURES[code].unit == "money",
        "entries": [hiding.behind(visit, entry) for entry in entries[:PAGE]],
        "start": start,
        "query": wanted.query(),
        "next_query": wanted.query(after=entries[PAGE - 1].key, seen=start + PAGE)
        if len(entries) > PAGE
        else "",
    }
    earlier, *rest = up_to(wanted.period)
    found = visit.queries.figures_in([earlier, *rest], [code], wanted.segment)
    answers = [answer for answer in found if answer.from_ in (wanted.period.start, None)]
    then = [answer for answer in found if answer.from_ == earlier.start]
    number = figures.number(visit, code, answers, wanted.period, wanted.segment)
    listed["number"] = number
    if after and wants_part(request):
        return part(visit, "figure.html", "next", **listed)
    return page(visit, "figure.html", **listed, **_parts(visit, wanted, answers, then))


@get("/figures/{code:str}/list.csv", sync_to_thread=True)
def figure_csv(request: Request[Any, Any, Any], visit: Visiting, code: FromPath[str]) -> Stream:
    """All who stand behind it."""
    wanted = _asked(request, visit, code)
    return spreadsheet(
        f"{code}-{wanted.period.start}",
        BEHIND_HEAD,
        (behind_cells(hiding.behind(visit, entry)) for entry in _all(visit, wanted)),
    )


def _all(visit: Visit, wanted: Asked) -> Iterator[Behind]:
    after = ""
    while entries := visit.queries.who(
        wanted.code, wanted.period, segment=wanted.segment, limit=_EXPORTED, after=after
    ):
        yield from entries
        after = entries[-1].key


def _asked(request: Request[Any, Any, Any], visit: Visit, code: str) -> Asked:
    if code not in FIGURES:
        raise NotFoundException("no figure")
    query = request.query_params
    try:
        segment = Segment.parse(query.get("segment", ""))
        asked([code], segment)
    except SegmentError:
        raise ValidationException("no segment of this figure") from None
    period = asked_period(visit, query.get("from", ""), query.get("last", ""))
    return Asked(code, period, asked_grain(query.get("grain", ""), period), segment)


def _parts(
    visit: Visit, wanted: Asked, answers: list[FigureAnswer], then: list[FigureAnswer]
) -> dict[str, Any]:
    """What the page shows beside the list."""
    code, period, segment = wanted.code, wanted.period, wanted.segment
    definition, earlier = FIGURES[code], before(period)
    course = _course(visit, wanted) if definition.has_period else {"chart": None}
    return {
        "definition": visit.text(definition.definition),
        "group": figures.group(visit, code),
        "has_period": definition.has_period,
        "days": days_of(period),
        "days_query": urlencode(days_of(period)),
        "whole_href": figures.address(code, period),
        "grain": wanted.grain,
        "grains": GRAINS,
        "choices": choices(visit, period),
        "segment": figures.segment_text(segment),
        "narrowed": _narrowed(visit, segment),
        "period": period_text(visit, period),
        "earlier": period_text(visit, earlier),
        "then": figures.number(visit, code, then, earlier, segment),
        "counted": _counted(visit, answers),
        "sure": _sure(visit, answers),
        "not_counted": _not_counted(visit, wanted),
        **course,
        "fewest": FEWEST_A_PERIOD,
        "most": _MOST_BARS,
        "tables": compositions(visit, code, period, segment, answers),
    }


def _narrowed(visit: Visit, segment: Segment) -> str:
    """The segment in words: `Mail, from us`."""
    words = (getattr(segment, part) for part in segment.parts)
    return ", ".join(visit.locale.word(word) for word in words)


def _counted(visit: Visit, answers: list[FigureAnswer]) -> str:
    """`1’195 of 1’412`, or how many entries there are."""
    number = writing.number
    if len(answers) == 1 and answers[0].denominator is not None:
        numerator, denominator = answers[0].numerator or 0, answers[0].denominator
        return visit.text("{part} of {whole}", part=number(numerator), whole=number(denominator))
    return number(sum(answer.numerator or 0 for answer in answers))


def _sure(visit: Visit, answers: list[FigureAnswer]) -> str:
    """The interval of a share."""
    if len(answers) != 1 or answers[0].unit != "share" or not answers[0].denominator:
        return ""
    low, high = wilson(answers[0].numerator or 0, answers[0].denominator)
    return visit.text(
        "Between {low} and {high} in 95 of 100 cases",
        low=writing.share(low),
        high=writing.share(high),
    )


def _not_counted(visit: Visit, wanted: Asked) -> figures.Number | None:
    """Beside the contacts what is kept but does not count."""
    if wanted.code not in ("contacts", "unassigned_rate"):
        return None
    answers = visit.queries.figures(wanted.period, codes=["not_counted"], segment=wanted.segment)
    return figures.number(visit, "not_counted", answers, wanted.period, wanted.segment)


def _course(visit: Visit, wanted: Asked) -> dict[str, Any]:
    """What adds up as a line with limits, where it has cases and parts enough for them; else bars."""
    code, segment = wanted.code, wanted.segment
    answers = _answers(visit, wanted)
    scarce = code not in figures.LEVELS and is_scarce(answers)
    if code in figures.LEVELS or len(answers) < FEWEST_POINTS or scarce:
        bars = bar_chart(visit, code, answers[-_MOST_BARS:], segment=segment, grain=wanted.grain)
        is_cut = len(answers) > _MOST_BARS
        return {"chart": draw(visit, bars), "said": None, "is_scarce": scarce, "is_cut": is_cut}
    chart = course_chart(visit, code, answers, segment=segment, grain=wanted.grain, height=250)
    said = _said(visit, code, answers, chart)
    return {"chart": draw(visit, chart), "said": said, "is_scarce": False, "is_cut": False}


def _answers(visit: Visit, wanted: Asked) -> list[FigureAnswer]:
    """The parts of the course, none before the first contact; of money those of one currency, nothing being zero."""
    period = course_of(wanted.period, wanted.grain, _UNITS[wanted.grain])
    known = visit.queries.span()
    first = min(known[0], wanted.period.start) if known else wanted.period.start
    end = min(period.end, max(visit.now.date() + timedelta(days=1), wanted.period.end))
    parts = [
        each for each in Period(period.start, period.end).cut(wanted.grain) if each.end > first
    ]
    parts = [each for each in parts if each.start < end]
    found = visit.queries.figures(
        Period(parts[0].start, parts[-1].end),
        codes=[wanted.code],
        grain=wanted.grain,
        segment=wanted.segment,
    )
    if FIGURES[wanted.code].unit != "money":
        return found
    return _of_one_currency(visit, wanted, parts, found)


def _of_one_currency(
    visit: Visit, wanted: Asked, parts: list[Period], found: list[FigureAnswer]
) -> list[FigureAnswer]:
    currencies = {answer.unit for answer in found}
    own = wanted.segment.currency or visit.home.company.currency
    currency = own if own in currencies or not currencies else min(currencies)
    by_start: dict[date | None, FigureAnswer] = {
        answer.from_: answer for answer in found if answer.unit == currency
    }
    return [
        by_start.get(each.start)
        or FigureAnswer(
            code=wanted.code,
            unit=currency,
            from_=each.start,
            to=each.end,
            value=0,
            numerator=0,
            n=0,
        )
        for each in parts
    ]


def _said(visit: Visit, code: str, answers: list[FigureAnswer], chart: Course) -> Said:
    """The latest signal, or that there is none."""
    read = reading(chart)
    if read.limits is None:
        return Said("", visit.text("Too few periods are over to tell a change from chance."))
    if not read.signals:
        return Said("", visit.text("No signal: all lies within ordinary variation."))
    signal = read.signals[-1]
    words = f"{heading(visit, code, signal)}. {sentence(visit, answers, signal, read.limits)}"
    return Said(tone(code, signal), words)
