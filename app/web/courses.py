"""The course of a figure as a chart: points with their words and addresses, and what a signal at its end says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from stammkunde.app.web.charts import axes, units
from stammkunde.app.web.charts.bars import Bar, Bars, bars
from stammkunde.app.web.charts.course import Course, Point, course, reading
from stammkunde.app.web.charts.drawing import Drawn
from stammkunde.app.web.charts.xmr import Limits, Signal
from stammkunde.app.web.figures import BETTER, address, show_text
from stammkunde.app.web.periods import period_text
from stammkunde.app.web.visit import Visit
from stammkunde.core.errors import N_
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import EVERYTHING, Segment

FEWEST_A_PERIOD = 5
"""With fewer cases in a period chance alone is wider than the limits say."""


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A signal in the last period of a course: what happened, what is usual, and where those behind it are."""

    code: str
    tone: Literal["worse", "better", ""]
    heading: str
    sentence: str
    chart: Course
    href: str
    button: str
    behind: str


def course_chart(
    visit: Visit,
    code: str,
    answers: Sequence[FigureAnswer],
    *,
    segment: Segment = EVERYTHING,
    grain: Grain = "week",
    height: int = 168,
) -> Course:
    """The course of a figure; a part that is not over is marked."""
    title = visit.text(FIGURES[code].title)
    return Course(
        anchor=f"course-{code}",
        title=f"{title}, {visit.text(_EACH[grain])}",
        desc=visit.text("A line with the mean and the limits of ordinary variation."),
        heading=visit.text(_UNIT[grain]),
        counted=title,
        points=points(visit, code, answers, segment),
        unit=answers[0].unit if answers else "count",
        better=BETTER.get(code, ""),
        height=height,
    )


def points(
    visit: Visit, code: str, answers: Sequence[FigureAnswer], segment: Segment = EVERYTHING
) -> tuple[Point, ...]:
    """One for each answer, which all have a period."""
    periods = [Period(answer.from_, answer.to) for answer in answers if answer.from_ and answer.to]
    ticks = axes.months([period.start for period in periods], visit.locale)
    today = visit.now.date()
    return tuple(
        Point(
            label=label(visit, period),
            value=answer.value,
            tick=tick,
            note=visit.locale.sentence(answer.note.partition("; ")[0])
            if answer.value is None
            else "",
            is_partial=period.end > today,
            href=address(code, period, segment),
        )
        for answer, period, tick in zip(answers, periods, ticks, strict=True)
    )


def label(visit: Visit, period: Period) -> str:
    """`47/2026` for a week, else as one says it."""
    text = period_text(visit, period)
    return text.rpartition(" ")[2] if "/" in text else text


def bar_chart(
    visit: Visit,
    code: str,
    answers: Sequence[FigureAnswer],
    *,
    segment: Segment = EVERYTHING,
    grain: Grain,
) -> Bars:
    """The same as bars, for what stands at the end of a period, or for few periods."""
    title = visit.text(FIGURES[code].title)
    made = points(visit, code, answers, segment)
    return Bars(
        anchor=f"bars-{code}",
        title=f"{title}, {visit.text(_EACH[grain])}",
        desc=visit.text("A bar for each period, from zero."),
        heading=visit.text(_UNIT[grain]),
        series=(title,),
        bars=tuple(
            Bar(
                label=f"{point.label} {visit.text('so far')}" if point.is_partial else point.label,
                values=(point.value,),
                note=point.note,
                href=point.href,
            )
            for point in made
        ),
        unit=answers[0].unit if answers else "count",
        full=1 if answers and answers[0].unit == "share" else None,
    )


def draw(visit: Visit, chart: Course | Bars) -> Drawn:
    """The picture and the table."""
    return course(chart, visit.locale) if isinstance(chart, Course) else bars(chart, visit.locale)


def sign(visit: Visit, code: str, answers: Sequence[FigureAnswer]) -> Sign | None:
    """The signal of the last period, if there is one and the figure has cases enough for it."""
    if is_scarce(answers):
        return None
    chart = course_chart(visit, code, answers)
    read = reading(chart)
    last = [signal for signal in read.signals if signal.last == len(answers) - 1]
    if not last or read.limits is None or answers[-1].from_ is None or answers[-1].to is None:
        return None
    signal = min(last, key=lambda each: each.rule)
    n = answers[-1].numerator or 0
    period = Period(answers[-1].from_, answers[-1].to)
    return Sign(
        code=code,
        tone=tone(code, signal),
        heading=heading(visit, code, signal),
        sentence=sentence(visit, answers, signal, read.limits),
        chart=chart,
        href=address(code, period),
        button=show_text(visit, code, n) if n else "",
        behind=f"{address(code, period)}#who",
    )


def is_scarce(answers: Sequence[FigureAnswer]) -> bool:
    """Whether the periods have so few cases that limits mean nothing."""
    return sum(answer.n for answer in answers) < FEWEST_A_PERIOD * max(len(answers), 1)


def tone(code: str, signal: Signal) -> Literal["worse", "better", ""]:
    """Whether it is good news, bad news, or neither."""
    better = BETTER.get(code, "")
    if not better:
        return ""
    return "better" if (better == "higher") == (signal.side == "above") else "worse"


def heading(visit: Visit, code: str, signal: Signal) -> str:
    """`Missed calls: unusually many`."""
    unit = FIGURES[code].unit
    words = _LASTING if signal.rule == "run" else _UNUSUAL
    ways = words.get(unit, words["contacts"])
    return f"{visit.text(FIGURES[code].title)}: {visit.text(ways[signal.side == 'below'])}"


def sentence(visit: Visit, answers: Sequence[FigureAnswer], signal: Signal, limits: Limits) -> str:
    """What is, then what is usual."""
    last = answers[signal.last]
    value, unit, text = units.exact(last.value, last.unit, visit.locale.code), last.unit, visit.text
    when = period_text(visit, Period(last.from_ or date.min, last.to or date.max))

    def brief(limit: float) -> str:
        return units.brief(limit, unit, visit.locale.code)

    if signal.rule == "run":
        n, mean = signal.last - signal.first + 1, brief(limits.mean)
        if signal.side == "above":
            return text("{n} times in a row above the mean of {mean}, last {value}. That is no longer chance.", n=n, mean=mean, value=value)  # fmt: skip
        return text("{n} times in a row below the mean of {mean}, last {value}. That is no longer chance.", n=n, mean=mean, value=value)  # fmt: skip
    if limits.lower is None and limits.upper is not None:
        return text("{when}: {value}. Usual is up to {high}.", when=when, value=value, high=brief(limits.upper))  # fmt: skip
    if limits.upper is None and limits.lower is not None:
        return text("{when}: {value}. Usual is {low} and more.", when=when, value=value, low=brief(limits.lower))  # fmt: skip
    return text(
        "{when}: {value}. Usual is {low} to {high}.",
        when=when,
        value=value,
        low=brief(limits.lower or 0),
        high=brief(limits.upper or 0),
    )


_EACH: dict[Grain, str] = {
    "week": N_("week by week"),
    "month": N_("month by month"),
    "quarter": N_("quarter by quarter"),
    "year": N_("year by year"),
}
_UNIT: dict[Grain, str] = {
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
}
_UNUSUAL = {
    "contacts": (N_("unusually many"), N_("unusually few")),
    "share": (N_("unusually high"), N_("unusually low")),
    "money": (N_("unusually high"), N_("unusually low")),
    "hours": (N_("unusually long"), N_("unusually short")),
}
_LASTING = {
    "contacts": (N_("lastingly more"), N_("lastingly fewer")),
    "share": (N_("lastingly higher"), N_("lastingly lower")),
    "money": (N_("lastingly higher"), N_("lastingly lower")),
    "hours": (N_("lastingly longer"), N_("lastingly shorter")),
}
