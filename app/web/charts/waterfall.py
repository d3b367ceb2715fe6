"""A waterfall: from what there was, through what came and what went, to what there is. The sum closes by construction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

import msgspec
from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing, units
from stammkunde.app.web.charts.axes import Scale
from stammkunde.app.web.charts.drawing import Chart, Drawn
from stammkunde.app.web.charts.rows import Columns, columns
from stammkunde.app.web.charts.table import Row, table

_ROW, _THICK = 30, 18


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What came, or with `is_loss` what went; `href` leads to who they are."""

    label: str
    count: int
    is_loss: bool = False
    href: str = ""

    @property
    def change(self) -> int:
        """What it adds."""
        return -self.count if self.is_loss else self.count


class Waterfall(Chart, frozen=True, kw_only=True):
    """`opening` and `closing` name the two states, with their day; `heading` and `counted` stand above the table."""

    heading: str
    counted: str
    opening: str
    opened_with: int
    steps: tuple[Step, ...]
    closing: str

    @property
    def closed_with(self) -> int:
        """What there is in the end."""
        return self.opened_with + sum(step.change for step in self.steps)


def waterfall(chart: Waterfall, locale: Locale) -> Drawn:
    """The picture and the table."""
    states = list(accumulate((step.change for step in chart.steps), initial=chart.opened_with))
    shown = [drawing.drawn(state) or 0.0 for state in states]
    labels = [chart.opening, *map(_label, chart.steps), f"= {chart.closing}"]
    values = [
        units.brief(chart.opened_with, "count", locale.code),
        *(_change(step, locale) for step in chart.steps),
        units.brief(chart.closed_with, "count", locale.code),
    ]
    cols = columns(labels, values)
    scale = Scale(min(0.0, *shown), max(0.0, *shown), cols.start, cols.end)
    parts = [*_lettering(labels, values, cols), *_bars(chart, shown, scale)]
    picture = drawing.picture(chart, _ROW * len(labels) + 2, parts)
    return Drawn(picture, _table(chart, locale))


def _lettering(labels: list[str], values: list[str], cols: Columns) -> Iterator[Markup]:
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        is_total = number in (0, len(labels) - 1)
        base = number * _ROW + 16
        words = drawing.fitted(label, cols.label, is_strong=is_total)
        yield drawing.text(words, 0, base, "strong" if is_total else "")
        yield drawing.text(
            drawing.fitted(value, 100 - cols.end, is_strong=True), 100, base, "e strong"
        )


def _bars(chart: Waterfall, states: list[float], scale: Scale) -> Iterator[Markup]:
    """Each step hangs between the state before and after it, and a thin line leads to the next."""
    if scale.high <= scale.low:
        return
    kinds = ["bar2" if step.is_loss else "bar" for step in chart.steps]
    spans = [(0.0, states[0]), *pairwise(states), (0.0, states[-1])]
    for number, (kind, span) in enumerate(zip(["total", *kinds, "total"], spans, strict=True)):
        top = number * _ROW + 2
        left, right = sorted(map(scale.at, span))
        yield drawing.rect(kind, left, top, right - left, _THICK)
        if number < len(spans) - 1:
            x = scale.at(states[number])
            yield drawing.line("axis", x, top + _THICK, x, top + _ROW)
    if scale.low < 0:
        zero = scale.at(0)
        yield drawing.line("grid", zero, 0, zero, _ROW * len(spans))


def _label(step: Step) -> str:
    return f"{'−' if step.is_loss else '+'} {step.label}"


def _change(step: Step, locale: Locale) -> str:
    short = units.brief(step.change, "count", locale.code)
    return f"+{short}" if step.change > 0 else short


def _table(chart: Waterfall, locale: Locale) -> Markup:
    rows = [
        Row(chart.opening, [units.exact(chart.opened_with, "count", locale.code)]),
        *(
            Row(step.label, [writing.signed(step.change, locale.code)], step.href)
            for step in chart.steps
        ),
        Row(chart.closing, [units.exact(chart.closed_with, "count", locale.code)]),
    ]
    return table(chart, [chart.heading, chart.counted], rows, locale)
