"""Bars, one row each: what of each kind there is, in one series or in two of which the second continues the first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing, units
from stammkunde.app.web.charts.axes import Scale
from stammkunde.app.web.charts.drawing import Chart, Drawn, Number
from stammkunde.app.web.charts.rows import Columns, columns, empty
from stammkunde.app.web.charts.table import Row, table

_KINDS = ("bar", "bar2")
_ROW, _THICK = 28, 16


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A row: a value for each series. None is no data, and `note` says why; `href` leads to the list behind it."""

    label: str
    values: tuple[Number | None, ...]
    note: str = ""
    href: str = ""


class Bars(Chart, frozen=True, kw_only=True):
    """`heading` stands above the labels in the table, `series` above its one or two columns of numbers.

    `short` are the words after the numbers beside a bar ("in", "out"). With `full`, the most there can be, a pale track
    shows what is missing to it. `unit` is that of `units`; with `total` the table sums each row up in such a column.
    """

    heading: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    unit: str = "count"
    short: tuple[str, ...] = ()
    full: Number | None = None
    total: str = ""

    def __post_init__(self) -> None:
        """More than two series nobody tells apart."""
        super().__post_init__()
        if not 1 <= len(self.series) <= len(_KINDS):
            raise ValueError(f"series: one or two, not {len(self.series)}")
        if any(len(bar.values) != len(self.series) for bar in self.bars):
            raise ValueError("values: one for each of the series")


def bars(chart: Bars, locale: Locale) -> Drawn:
    """The picture and the table; where there are no bars, a sentence."""
    if not chart.bars:
        return empty(locale)
    written = [_beside(bar, chart, locale) for bar in chart.bars]
    is_strong = len(chart.series) == 1
    cols = columns([bar.label for bar in chart.bars], written, is_strong_value=is_strong)
    ends = [end for bar in chart.bars for end in _ends(bar)]
    full = drawing.drawn(chart.full) or 0.0
    scale = Scale(min([0.0, *ends]), max([0.0, full, *ends]), cols.start, cols.end)
    height = _ROW * len(chart.bars)
    parts = list(_rows(chart, written, cols, scale))
    if scale.low < 0:
        parts.append(drawing.line("axis", scale.at(0), 0, scale.at(0), height))
    return Drawn(drawing.picture(chart, height, parts), _table(chart, locale))


def _rows(chart: Bars, written: list[str], cols: Columns, scale: Scale) -> Iterator[Markup]:
    for number, (bar, value) in enumerate(zip(chart.bars, written, strict=True)):
        top = number * _ROW + 3
        yield drawing.text(drawing.fitted(bar.label, cols.label), 0, top + 13)
        if not any(drawing.is_known(each) for each in bar.values):
            yield drawing.hatched(chart, cols.start, top, cols.end - cols.start, _THICK)
        elif scale.high > scale.low:
            yield from _bar(bar, top, scale, drawing.drawn(chart.full))
        is_strong = len(chart.series) == 1
        words = drawing.fitted(value, 100 - cols.end, is_strong=is_strong)
        yield drawing.text(words, 100, top + 13, "e strong" if is_strong else "e")


def _bar(bar: Bar, top: float, scale: Scale, full: float | None) -> Iterator[Markup]:
    """What is above zero goes to the right, what is below to the left, each from where the series before it ended."""
    if full:
        yield drawing.rect("track", scale.at(0), top, scale.at(full) - scale.at(0), _THICK)
    ends = {True: 0.0, False: 0.0}
    for kind, value in zip(_KINDS, map(drawing.drawn, bar.values), strict=False):
        if not value:
            continue
        begin = ends[value > 0]
        ends[value > 0] = end = begin + value
        left, right = sorted((scale.at(begin), scale.at(end)))
        yield drawing.rect(kind, left, top, right - left, _THICK)


def _ends(bar: Bar) -> tuple[float, float]:
    values = [drawing.drawn(value) or 0.0 for value in bar.values]
    return sum(v for v in values if v > 0), sum(v for v in values if v < 0)


def _beside(bar: Bar, chart: Bars, locale: Locale) -> str:
    words = [units.brief(value, chart.unit, locale.code) for value in bar.values]
    for at, word in enumerate(chart.short[: len(words)]):
        words[at] = f"{words[at]} {word}"
    return " · ".join(words)


def _table(chart: Bars, locale: Locale) -> Markup:
    heads = [chart.heading, *chart.series, *filter(None, [chart.total])]
    return table(chart, heads, (_row(bar, chart, locale) for bar in chart.bars), locale)


def _row(bar: Bar, chart: Bars, locale: Locale) -> Row:
    cells: list[str | tuple[str, str]] = [
        units.exact(value, chart.unit, locale.code)
        if drawing.is_known(value)
        else (units.NONE, bar.note)
        for value in bar.values
    ]
    if chart.total:
        known = [value for value in bar.values if drawing.is_known(value)]
        cells.append(units.exact(units.total(known), chart.unit, locale.code))
    return Row(bar.label, cells, bar.href)
