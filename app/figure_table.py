"""Figures for people: in groups, with what each is made of and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import get_args

import click

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, page_width, table
from stammkunde.core.contact import Channel, Direction
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import EVERYTHING, Segment
from stammkunde.projections.queries import Queries

GROUPS: dict[str, str] = {
    "contacts": "CONTACTS",
    "not_counted": "CONTACTS",
    "unassigned_rate": "CONTACTS",
    "missed_calls": "SERVICE",
    "callback_rate": "SERVICE",
    "callback_time": "SERVICE",
    "first_response": "SERVICE",
    "customers": "CUSTOMER BASE",
    "prospect": "CUSTOMER BASE",
    "active": "CUSTOMER BASE",
    "dormant": "CUSTOMER BASE",
    "lost": "CUSTOMER BASE",
    "new": "CUSTOMER BASE",
    "won_back": "CUSTOMER BASE",
    "churned": "CUSTOMER BASE",
    "orders": "ORDERS",
    "net_revenue": "ORDERS",
    "repeat_rate": "ORDERS",
    "completeness": "DATA",
}
"""Code of a figure → the heading below which it stands, in the order of the page."""

_Row = tuple[str, str, str]
_Answers = Sequence[FigureAnswer]
_WIDTHS = (28, 14)


def figures_table(
    answers: _Answers,
    queries: Queries,
    period: Period,
    locale: Locale,
    segment: Segment,
    grain: Grain | None,
) -> None:
    """All that were asked for; of the whole period, contacts also by channel and direction, and the base as a sum."""
    if any(FIGURES[answer.code].has_period for answer in answers):
        click.echo(span_text(period.start, period.end, locale))
    whole = grain is None and segment == EVERYTHING
    codes = [code for code in GROUPS if any(answer.code == code for answer in answers)]
    for title in dict.fromkeys(GROUPS[code] for code in codes):
        click.echo(f"\n{locale.text(title)}")
        own = [code for code in codes if GROUPS[code] == title]
        rows: list[_Row] = []
        for code in own:
            rows += _rows([answer for answer in answers if answer.code == code], locale, grain)
            if code == "contacts" and whole:
                rows += _channels(queries, period, locale)
        columns = (Column("", _WIDTHS[0]), Column("", _WIDTHS[1], is_number=True), Column(""))
        table(columns, rows)
        if whole and "active" in own:
            click.echo(f"  {_balance(queries, period, locale)}")
    if len(codes) == 1:
        definition = locale.text(FIGURES[codes[0]].definition)
        click.echo(f"\n{click.wrap_text(definition, page_width())}")


def figure_value(answer: FigureAnswer, language: str) -> str:
    """The value as people write it, or a dash."""
    value = answer.value
    if value is None:
        return "–"
    if answer.unit == "share":
        return writing.share(float(value))
    if answer.unit == "hours":
        return f"{writing.number(value, 1, language)} h"
    if FIGURES[answer.code].unit == "money":
        return writing.money(value, answer.unit, language)  # type: ignore[arg-type]
    return writing.number(value, language=language)


def _rows(answers: _Answers, locale: Locale, grain: Grain | None) -> Iterator[_Row]:
    """One row for each part of the period; the figure's title stands in the first."""
    for number, answer in enumerate(answers):
        title = locale.text(FIGURES[answer.code].title)
        if grain is not None and answer.from_ and answer.to:
            if number == 0:
                yield title, "", ""
            title = f"  {span_text(answer.from_, answer.to, locale)}"
        yield title, figure_value(answer, locale.code), _note(answer, locale)


def _note(answer: FigureAnswer, locale: Locale) -> str:
    parts = [locale.sentence(part) for part in answer.note.split("; ")]
    if answer.unit == "share" and answer.denominator:
        of = locale.text("{part} of {whole}")
        part, whole = (locale.number(n or 0) for n in (answer.numerator, answer.denominator))
        parts.insert(0, of.format(part=part, whole=whole))
    return ", ".join(filter(None, parts))


def _channels(queries: Queries, period: Period, locale: Locale) -> Iterator[_Row]:
    """`Telephone  201  ● 150 from them  ○ 51 from us` for each channel on which there was a contact."""
    for channel in get_args(Channel):
        total = _contacts(queries, period, Segment(channel=channel))
        if not total:
            continue
        ways = []
        for mark, direction in zip("●○", get_args(Direction), strict=True):
            n = _contacts(queries, period, Segment(channel=channel, direction=direction))
            if n:
                ways.append(f"{mark} {locale.number(n)} {locale.word(direction)}")
        yield f"  {locale.word(channel)}", locale.number(total), " · ".join(ways)


def _contacts(queries: Queries, period: Period, segment: Segment) -> int:
    (answer,) = queries.figures(period, codes=("contacts",), segment=segment)
    return answer.numerator or 0


def _balance(queries: Queries, period: Period, locale: Locale) -> str:
    """Active at the beginning, what came and what went, active at the end."""
    before = Period(period.start - timedelta(days=1), period.start)
    wanted = (("active", before), ("new", period), ("won_back", period), ("churned", period))
    opening, new, back, gone = (
        queries.figures(part, codes=(code,))[0].numerator or 0 for code, part in wanted
    )
    return locale.text(
        "{opening} + {new} new + {back} won back − {gone} churned = {closing}",
        opening=locale.number(opening),
        new=locale.number(new),
        back=locale.number(back),
        gone=locale.number(gone),
        closing=locale.number(opening + new + back - gone),
    )


def span_text(start: date, end: date, locale: Locale) -> str:
    """`23.11.2026`, or with the last day, which is the one before `end`."""
    last = end - timedelta(days=1)
    if last <= start:
        return writing.day(start, locale.code)
    return locale.text(
        "{first} to {last}",
        first=writing.day(start, locale.code),
        last=writing.day(last, locale.code),
    )
