"""The course of a figure with the limits of ordinary variation (XmR): only signals are marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec
from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import axes, drawing, units, xmr
from stammkunde.app.web.charts.axes import Scale
from stammkunde.app.web.charts.drawing import Chart, Drawn, Number
from stammkunde.app.web.charts.rows import empty
from stammkunde.app.web.charts.table import Row, table

_TOP, _BELOW = 16.0, 20.0
_FIRST, _EDGE, _LEAST_LAST = 1.0, 2.0, 50.0
_LINE_GAP = 15.0
_MOST_DOTS = 120
_LEFT_OF = 30.0


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A period: its name in the table, a word below the axis or none, and its value.

    Without a value it is hatched, and `note` says why. A period that is not over is hatched, too, and tells nothing about
    variation; its value stands in the table.
    """

    label: str
    value: Number | None
    tick: str = ""
    note: str = ""
    is_partial: bool = False
    href: str = ""


class Course(Chart, frozen=True, kw_only=True):
    """Points in the order of time, at best 12 to 120. `better` says in which direction a signal is good news."""

    heading: str
    counted: str
    points: tuple[Point, ...]
    unit: str = "count"
    better: Literal["higher", "lower", ""] = ""
    height: int = 168


class _Plot(msgspec.Struct, frozen=True):
    """The places of the points and the scale of their values."""

    x: list[float]
    values: list[float | None]
    scale: Scale
    reading: xmr.Reading

    def y(self, at: int) -> float:
        value = self.values[at]
        return self.scale.start if value is None else self.scale.at(value)


def reading(chart: Course) -> xmr.Reading:
    """Limits and signals of the points that are over: what the sentence above the chart speaks of."""
    floor, ceiling = units.bounds(chart.unit)
    return xmr.read(_values(chart), floor=floor, ceiling=ceiling)


def course(chart: Course, locale: Locale) -> Drawn:
    """The picture and the table, the newest first."""
    if not chart.points:
        return empty(locale)
    read = reading(chart)
    labels = _limit_labels(chart, read, locale)
    plot = _plot(chart, read, [words for _, words in labels], locale)
    axis = chart.height - _BELOW
    parts = [
        *_gaps(chart, plot, axis),
        *_limits(read, plot),
        drawing.line("axis", 0, axis, 100, axis),
        *_line(plot),
        *_marks(chart, plot),
        *axes.ticks(plot.x, [point.tick for point in chart.points], axis),
        *_limit_words(labels, plot, axis),
        *_signal_words(chart, plot, locale),
    ]
    return Drawn(drawing.picture(chart, chart.height, parts), _table(chart, locale))


def _values(chart: Course) -> list[float | None]:
    return [None if point.is_partial else drawing.drawn(point.value) for point in chart.points]


def _plot(chart: Course, read: xmr.Reading, labels: Sequence[str], locale: Locale) -> _Plot:
    values = _values(chart)
    if not labels:
        labels = [f"{_newest(chart, values, locale)} "]
    need = max(drawing.per_cent(drawing.width(words, is_strong=True)) for words in labels)
    x = axes.places(len(values), _FIRST, max(_LEAST_LAST, 100 - _EDGE - need))
    shown = [value for value in values if value is not None]
    if read.limits:
        limits = (read.limits.lower, read.limits.upper)
        shown += [limit for limit in limits if limit is not None]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    return _Plot(x, values, Scale(low, high, chart.height - _BELOW - 12, _TOP), read)


def _newest(chart: Course, values: Sequence[float | None], locale: Locale) -> str:
    known = [at for at, value in enumerate(values) if value is not None]
    return _brief(chart, known[-1], locale) if known else ""


def _brief(chart: Course, at: int, locale: Locale) -> str:
    return units.brief(chart.points[at].value, chart.unit, locale.code)


def _gaps(chart: Course, plot: _Plot, axis: float) -> Iterator[Markup]:
    absent = [value is None for value in plot.values]
    for begin, end in axes.gaps(absent, plot.x):
        yield drawing.hatched(chart, begin, 4, end - begin, axis - 4)


def _limits(read: xmr.Reading, plot: _Plot) -> Iterator[Markup]:
    if read.limits is None:
        return
    for kind, value in (
        ("limit", read.limits.upper),
        ("mean", read.limits.mean),
        ("limit", read.limits.lower),
    ):
        if value is not None and (kind == "mean" or value != read.limits.mean):
            y = plot.scale.at(value)
            yield drawing.line(kind, 0, y, 100, y)


def _limit_labels(chart: Course, read: xmr.Reading, locale: Locale) -> list[tuple[float, str]]:
    """Value and words, from the top down; a limit that lies on the mean has none of its own."""
    limits = read.limits
    if limits is None:
        return []
    found = [(limits.mean, locale.text("Mean {value}", value=_label(chart, limits.mean, locale)))]
    if limits.is_provisional:
        found.append((limits.mean, locale.text("provisional")))
    for place, value in ((0, limits.upper), (len(found) + 1, limits.lower)):
        if value is not None and value != limits.mean:
            words = locale.text("Limit {value}", value=_label(chart, value, locale))
            found.insert(place, (value, words))
    return found


def _label(chart: Course, value: float, locale: Locale) -> str:
    return units.brief(value, chart.unit, locale.code)


def _limit_words(labels: list[tuple[float, str]], plot: _Plot, axis: float) -> Iterator[Markup]:
    """The words above their line, the uppermost and a second one of the same line below it."""
    lines = [plot.scale.at(value) for value, _ in labels]
    wanted = [
        y + 15 if y < _TOP + 10 or (number and y == lines[number - 1]) else y - 5
        for number, y in enumerate(lines)
    ]
    bases = axes.spread(wanted, _LINE_GAP, 12, axis - 4)
    for (_, words), y in zip(labels, bases, strict=True):
        yield drawing.text(words, 100, y, "e halo")


def _line(plot: _Plot) -> Iterator[Markup]:
    for (at, value), (then, following) in pairwise(enumerate(plot.values)):
        if value is not None and following is not None:
            yield drawing.line("line", plot.x[at], plot.y(at), plot.x[then], plot.y(then))


def _is_worse(chart: Course, signal: xmr.Signal) -> bool:
    return chart.better == ("lower" if signal.side == "above" else "higher")


def _marks(chart: Course, plot: _Plot) -> Iterator[Markup]:
    """A small dot each; those of a run larger, and vermilion where it is bad news; beyond a limit with a ring."""
    large: dict[int, str] = {}
    ringed: dict[int, bool] = {}
    for signal in plot.reading.signals:
        is_worse = _is_worse(chart, signal)
        if signal.rule == "limit":
            ringed[signal.first] = is_worse
        elif is_worse:
            ringed.setdefault(signal.last, True)
        for at in range(signal.first, signal.last + 1):
            large[at] = "neg" if is_worse else "dot1"
    for at, value in enumerate(plot.values):
        if value is None:
            continue
        x, y = plot.x[at], plot.y(at)
        if at in ringed:
            yield from _ringed(x, y, is_worse=ringed[at])
        elif at in large:
            yield drawing.circle(large[at], x, y, 3.2)
        elif len(plot.values) <= _MOST_DOTS:
            yield drawing.circle("dot", x, y, 1.8)


def _ringed(x: float, y: float, *, is_worse: bool) -> Iterator[Markup]:
    if is_worse:
        yield drawing.circle("dots", x, y, 5.5)
        yield drawing.circle("halo-s", x, y, 8.5)
    else:
        yield drawing.circle("ring", x, y, 7)
        yield drawing.circle("dot1", x, y, 4.2)


def _signal_words(chart: Course, plot: _Plot, locale: Locale) -> Iterator[Markup]:
    """The value of signals beyond a limit, from the newest back as far as they keep clear; how long the last run is."""
    if plot.reading.limits is None:
        yield from _newest_word(chart, plot, locale)
        return
    runs = [signal for signal in plot.reading.signals if signal.rule == "run"]
    in_runs = {at for run in runs for at in range(run.first, run.last)}
    marked = {at for s in plot.reading.signals for at in range(s.first, s.last + 1)}
    free = 101.0
    for signal in reversed(plot.reading.signals):
        at = signal.last
        if signal.rule == "run" or at in in_runs:
            continue
        words = _brief(chart, at, locale)
        need = drawing.per_cent(drawing.width(words, is_strong=True) + 20)
        if plot.x[at] + need / 2 > free:
            continue
        free = plot.x[at] - need
        kind = "ts" if _is_worse(chart, signal) else "strong"
        is_crowded = at == len(plot.values) - 1 and at - 1 in marked
        is_left = plot.x[at] > _LEFT_OF and not is_crowded
        side, dx = ("e ", -14.0) if is_left else ("", 14.0)
        yield drawing.text(words, plot.x[at], plot.y(at) + 5, f"{kind} {side}halo", dx)
    if runs:
        yield _run_words(chart, plot, runs[-1], locale)


def _newest_word(chart: Course, plot: _Plot, locale: Locale) -> Iterator[Markup]:
    """Too few values for limits: at least the newest is said."""
    known = [at for at, value in enumerate(plot.values) if value is not None]
    if known:
        at = known[-1]
        yield drawing.text(_brief(chart, at, locale), plot.x[at], plot.y(at) + 5, "strong halo", 8)


def _run_words(chart: Course, plot: _Plot, run: xmr.Signal, locale: Locale) -> Markup:
    """Left of the run, clear of the points there: away from the mean, or towards it where that leaves the plot."""
    n = run.last - run.first + 1
    is_below = run.side == "below"
    words = (
        locale.text("{n} in a row below the mean", n=n)
        if is_below
        else locale.text("{n} in a row above the mean", n=n)
    )
    need = drawing.per_cent(drawing.width(words, is_strong=True))
    right = min(max(plot.x[run.first] - 2, need), 100.0)
    beside = [
        plot.y(at)
        for at, x in enumerate(plot.x)
        if right - need - 2 <= x <= right + 2 and plot.values[at] is not None
    ] or [plot.y(run.first)]
    under, over = max(beside) + 18, min(beside) - 8
    lowest = plot.scale.start + 8
    if is_below:
        y = under if under <= lowest else max(over, _TOP)
    else:
        y = over if over >= _TOP - 4 else min(under, lowest)
    kind = "ts" if _is_worse(chart, run) else "strong"
    return drawing.text(words, right, y, f"{kind} e halo")


def _table(chart: Course, locale: Locale) -> Markup:
    rows = (Row(p.label, [_cell(p, chart.unit, locale)], p.href) for p in reversed(chart.points))
    return table(chart, [chart.heading, chart.counted], rows, locale)


def _cell(point: Point, unit: str, locale: Locale) -> tuple[str, str]:
    note = point.note
    if not drawing.is_known(point.value):
        note = note or locale.text("no data")
    elif point.is_partial:
        note = note or locale.text("not over yet")
    return units.exact(point.value, unit, locale.code), note
