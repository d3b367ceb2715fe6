"""The last days of a source: a bar for each day with contacts, a line where there were none, a hatch where nothing was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing
from stammkunde.app.web.charts.drawing import Chart
from stammkunde.app.web.charts.table import Row, table

_HEIGHT, _FLOOR, _TALLEST, _LEAST = 24, 22, 20, 4
_SHARE = 0.82
"""Of the width of a day the bar; the rest is the gap."""


class Days(Chart, frozen=True, kw_only=True):
    """`contacts` day by day, the oldest first; None where the source was not read yet when the day ended."""

    contacts: tuple[int | None, ...]


def days(chart: Days) -> Markup:
    """The picture alone: one table below a list of sources has the numbers of all."""
    return drawing.picture(chart, _HEIGHT, _bars(chart))


def _bars(chart: Days) -> Iterator[Markup]:
    most = max((n for n in chart.contacts if n), default=1)
    step = 100 / max(len(chart.contacts), 1)
    for at, contacts in enumerate(chart.contacts):
        x, width = at * step, step * _SHARE
        if contacts is None:
            yield drawing.hatched(chart, x, _FLOOR - _TALLEST, width, _TALLEST)
        elif contacts:
            tall = max(contacts / most * _TALLEST, _LEAST)
            yield drawing.rect("bar2", x, _FLOOR - tall, width, tall)
        else:
            yield drawing.rect("track", x, _FLOOR - 2, width, 2)


def days_table(
    chart: Chart, dates: Sequence[date], sources: Sequence[tuple[str, Days]], locale: Locale
) -> Markup:
    """The numbers of several sources, the newest day first; `chart` names the table."""
    heads = [locale.text("Day"), *(name for name, _ in sources)]
    rows = (
        Row(
            writing.day(day, locale.code),
            [_cell(drawn.contacts[at], locale) for _, drawn in sources],
        )
        for at, day in reversed(list(enumerate(dates)))
    )
    return table(chart, heads, rows, locale)


def _cell(contacts: int | None, locale: Locale) -> str:
    return "–" if contacts is None else writing.number(contacts, language=locale.code)
