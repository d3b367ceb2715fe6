"""A heat map of weekdays and hours: one hue in five steps, the number in each cell."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing, units
from stammkunde.app.web.charts.drawing import Chart, Drawn
from stammkunde.app.web.charts.rows import empty
from stammkunde.app.web.charts.table import Row, table

_STEPS = 5
_DARK = 4
_ROW, _TALL, _HEAD = 28, 26, 20
_LABELS = 9.0
_MOST_LABEL = 20.0
_SHARE = 0.945
"""Of the width of a column the cell; the rest is the gap."""


class Gap(enum.Enum):
    """Why a cell has no number."""

    CLOSED = "closed"
    NO_DATA = "no data"


Cell = int | Gap


class Line(msgspec.Struct, frozen=True):
    """A row: a weekday and its hours."""

    label: str
    cells: tuple[Cell, ...]


class HeatMap(Chart, frozen=True, kw_only=True):
    """`columns` are the words above the cells. Zero stays blank, closed is not drawn, no data is hatched."""

    heading: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Every line has a cell for every column."""
        super().__post_init__()
        if any(len(line.cells) != len(self.columns) for line in self.lines):
            raise ValueError("cells: one for each of the columns")


def heat_map(chart: HeatMap, locale: Locale) -> Drawn:
    """The picture and the table. Numbers that their cells are too narrow for stand in the table alone."""
    if not chart.lines or not chart.columns:
        return empty(locale)
    label = max(drawing.per_cent(drawing.width(line.label)) + 1.5 for line in chart.lines)
    start = min(max(label, _LABELS), _MOST_LABEL)
    parts = [*_heads(chart, start), *_cells(chart, start, locale)]
    height = _HEAD + _ROW * len(chart.lines)
    return Drawn(drawing.picture(chart, height, parts), _table(chart, locale))


def step(count: int, most: int) -> int:
    """1 to 5. Up to five each count has its own, or a single call would be as dark as can be."""
    return max(1, math.ceil(_STEPS * count / max(most, _STEPS)))


def _heads(chart: HeatMap, start: float) -> Iterator[Markup]:
    """A word above each column, or above every second, third … where they are too close."""
    pitch = (100 - start) / len(chart.columns)
    widest = max(drawing.per_cent(drawing.width(word)) for word in chart.columns)
    every = math.ceil(min(widest, 100.0) / pitch)
    for at in range(0, len(chart.columns), every):
        x = start + pitch * at + pitch * _SHARE / 2
        yield drawing.text(drawing.fitted(chart.columns[at], pitch * every), x, 12, "c")


def _cells(chart: HeatMap, start: float, locale: Locale) -> Iterator[Markup]:
    pitch = (100 - start) / len(chart.columns)
    counts = [cell for line in chart.lines for cell in line.cells if isinstance(cell, int)]
    most = max(counts, default=0)
    written = {count: units.brief(count, "count", locale.code) for count in counts if count > 0}
    room = pitch * drawing.NARROWEST / 100
    has_room = all(drawing.width(word) <= room for word in written.values())
    for number, line in enumerate(chart.lines):
        top = _HEAD + number * _ROW
        yield drawing.text(drawing.fitted(line.label, start), 0, top + 17)
        for at, cell in enumerate(line.cells):
            x, width = start + pitch * at, pitch * _SHARE
            if cell is Gap.NO_DATA:
                yield drawing.hatched(chart, x, top, width, _TALL)
            elif isinstance(cell, int):
                shade = step(cell, most) if cell > 0 else 0
                yield drawing.rect(f"h{shade}", x, top, width, _TALL)
                if shade and has_room:
                    kind = "c hs" if shade >= _DARK else "c hi"
                    yield drawing.text(written[cell], x + width / 2, top + 17.5, kind)


def _table(chart: HeatMap, locale: Locale) -> Markup:
    rows = (Row(line.label, [_cell(cell, locale) for cell in line.cells]) for line in chart.lines)
    return table(chart, [chart.heading, *chart.columns], rows, locale)


def _cell(cell: Cell, locale: Locale) -> str:
    if isinstance(cell, Gap):
        return locale.text("shut") if cell is Gap.CLOSED else units.NONE
    return writing.number(cell, language=locale.code)
