"""How long it took, period by period: a dot at the median, a ring that nine of ten stayed below, a thin line between."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import axes, drawing, units
from stammkunde.app.web.charts.axes import Scale
from stammkunde.app.web.charts.drawing import Chart, Drawn, Number
from stammkunde.app.web.charts.rows import empty
from stammkunde.app.web.charts.table import Row, table

_TOP, _BELOW = 16.0, 24.0
_LEAST_FIRST, _LAST = 8.0, 98.5


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A period: its name in the table, a word below the axis or none, median and 90th percentile."""

    label: str
    median: Number | None
    p90: Number | None
    tick: str = ""
    note: str = ""
    href: str = ""


class Dots(Chart, frozen=True, kw_only=True):
    """Periods in the order of time; `median` and `p90` stand above the columns of the table."""

    heading: str
    median: str
    p90: str
    spreads: tuple[Spread, ...]
    unit: str = "hours"
    height: int = 196


def dots(chart: Dots, locale: Locale) -> Drawn:
    """The picture and the table, the newest first. A period without both numbers is hatched."""
    if not chart.spreads:
        return empty(locale)
    pairs = [(drawing.drawn(each.median), drawing.drawn(each.p90)) for each in chart.spreads]
    known = [value for pair in pairs for value in pair if value is not None]
    lines = axes.grid(max(known, default=0.0))
    axis = chart.height - _BELOW
    scale = Scale(min([0.0, *known]), max(lines, default=1.0), axis, _TOP)
    words = [units.brief(value, chart.unit, locale.code, is_round=True) for value in lines]
    widest = max((drawing.per_cent(drawing.width(word)) for word in words), default=0.0)
    x = axes.places(len(pairs), max(_LEAST_FIRST, widest + 3), _LAST)
    parts = [
        *_grid(lines, words, scale),
        *_gaps(chart, pairs, x, axis),
        drawing.line("axis", 0, scale.at(0), 100, scale.at(0)),
        *_spreads(pairs, x, scale),
        *axes.ticks(x, [each.tick for each in chart.spreads], axis),
    ]
    return Drawn(drawing.picture(chart, chart.height, parts), _table(chart, locale))


_Pair = tuple[float | None, float | None]


def _grid(lines: list[float], words: list[str], scale: Scale) -> Iterator[Markup]:
    for value, word in zip(lines, words, strict=True):
        y = scale.at(value)
        yield drawing.line("grid", 0, y, 100, y)
        yield drawing.text(word, 0, y - 4, "halo")


def _gaps(chart: Dots, pairs: list[_Pair], x: list[float], axis: float) -> Iterator[Markup]:
    for begin, end in axes.gaps([pair == (None, None) for pair in pairs], x):
        yield drawing.hatched(chart, begin, _TOP, end - begin, axis - _TOP)


def _spreads(pairs: list[_Pair], x: list[float], scale: Scale) -> Iterator[Markup]:
    """Lines first, so that dots and rings lie above them."""
    for at, (median, p90) in zip(x, pairs, strict=True):
        if median is not None and p90 is not None:
            yield drawing.line("thin", at, scale.at(median), at, scale.at(p90))
    for at, (median, p90) in zip(x, pairs, strict=True):
        if p90 is not None:
            yield drawing.circle("ring", at, scale.at(p90), 3.2)
        if median is not None:
            yield drawing.circle("dot1", at, scale.at(median), 3.6)


def _table(chart: Dots, locale: Locale) -> Markup:
    rows = (_row(each, chart.unit, locale) for each in reversed(chart.spreads))
    return table(chart, [chart.heading, chart.median, chart.p90], rows, locale)


def _row(spread: Spread, unit: str, locale: Locale) -> Row:
    cells: list[str | tuple[str, str]] = [
        units.exact(value, unit, locale.code)
        if drawing.is_known(value)
        else (units.NONE, spread.note or locale.text("no data"))
        for value in (spread.median, spread.p90)
    ]
    return Row(spread.label, cells, spread.href)
