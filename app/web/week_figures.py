"""The charts of Monday's page, each with a heading that says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from stammkunde.app import writing
from stammkunde.app.web import figures
from stammkunde.app.web.charts import axes, units
from stammkunde.app.web.charts.bars import Bar, Bars, bars
from stammkunde.app.web.charts.dots import Dots, Spread, dots
from stammkunde.app.web.charts.drawing import Drawn
from stammkunde.app.web.charts.heat_map import Cell, Gap, HeatMap, Line, heat_map
from stammkunde.app.web.charts.waterfall import Step, Waterfall, waterfall
from stammkunde.app.web.courses import label
from stammkunde.app.web.visit import Visit
from stammkunde.projections.figures.monday import MISSED_WEEKS, Monday
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.segments import Segment

DOT_WEEKS = 26
_FEWEST_MISSED = 10
_HEAPED = 1.5
"""An hour with so many times the missed calls of an hour on average stands in the heading."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A chart with what it found; `href` leads to the number in the heading."""

    heading: str
    caption: str
    chart: Drawn
    href: str
    stale_since: datetime | None = None


# ---- customer base


def base(visit: Visit, found: Monday) -> Figure:
    """The customer base since the year began."""
    base, text = found.base, visit.text
    first, last = base.period.start, base.period.end - timedelta(days=1)

    def href(code: str) -> str:
        return f"{figures.address(code, base.period)}#who"

    chart = Waterfall(
        anchor="base",
        title=text(
            "Customer base from {first} to {last}", first=_day(visit, first), last=_day(visit, last)
        ),
        desc=text("Active customers at the beginning, new, won back, churned, at the end."),
        heading=text("Item"),
        counted=text("Customers"),
        opening=text("On {day}", day=_day(visit, first)),
        opened_with=base.opening,
        steps=(
            Step(label=text("New"), count=base.new, href=href("new")),
            Step(label=text("Won back"), count=base.won_back, href=href("won_back")),
            Step(label=text("Churned"), count=base.churned, is_loss=True, href=href("churned")),
        ),
        closing=text("On {day}", day=_day(visit, last)),
    )
    return Figure(
        heading=_base_heading(visit, base.closing - base.opening),
        caption=text("The sum closes: beginning + new + won back − churned = end."),
        chart=waterfall(chart, visit.locale),
        href=figures.address("active", base.period),
        stale_since=figures.stale_since(visit, "active", base.period),
    )


def _base_heading(visit: Visit, change: int) -> str:
    plural = visit.locale.plural
    if change > 0:
        return plural("{n} customer more than when the year began", "{n} customers more than when the year began", change)  # fmt: skip
    if change < 0:
        return plural("{n} customer fewer than when the year began", "{n} customers fewer than when the year began", -change)  # fmt: skip
    return visit.text("As many customers as when the year began")


def base_words(visit: Visit, found: Monday) -> Sequence[tuple[str, str, str]]:
    """The five numbers of the sum, each with the page of its figure."""
    base, text = found.base, visit.text
    start = Period(base.period.start - timedelta(days=1), base.period.start)
    return (
        (visit.locale.number(base.opening), text("at the beginning"), figures.address("active", start)),
        (f"+{visit.locale.number(base.new)}", text("new"), figures.address("new", base.period)),
        (f"+{visit.locale.number(base.won_back)}", text("won back"), figures.address("won_back", base.period)),
        (f"−{visit.locale.number(base.churned)}", text("churned"), figures.address("churned", base.period)),
        (visit.locale.number(base.closing), text("at the end"), figures.address("active", base.period)),
    )  # fmt: skip


# ---- service


def response(visit: Visit, found: Monday) -> Figure:
    """How long people waited for our first answer, week by week."""
    spreads, text = found.responses[-DOT_WEEKS:], visit.text
    last = spreads[-1]
    ticks = axes.weeks([spread.start for spread in spreads], visit.locale)
    chart = Dots(
        anchor="response",
        title=text("First response week by week"),
        desc=text("Filled dot: the median in business hours. Ring: nine of ten were faster."),
        heading=text("Week"),
        median=text("Median"),
        p90=text("Nine of ten within"),
        spreads=tuple(
            Spread(
                label=label(visit, Period(each.start, each.end)),
                median=each.median,
                p90=each.p90,
                tick=tick,
                note="" if each.n else text("nothing was answered"),
                href=figures.address("first_response", Period(each.start, each.end)),
            )
            for each, tick in zip(spreads, ticks, strict=True)
        ),
    )
    caption = [text("● Median, ○ nine of ten were faster, in business hours.")]
    if last.still_open:
        caption.append(visit.locale.plural("{n} message of the week is still open.", "{n} messages of the week are still open.", last.still_open))  # fmt: skip
    return Figure(
        heading=text("Half of them have an answer after {hours}", hours=units.exact(last.median, "hours", visit.locale.code))
        if last.median is not None
        else text("No message was answered in this week"),
        caption=" ".join(caption),
        chart=dots(chart, visit.locale),
        href=figures.address("first_response", found.week),
        stale_since=figures.stale_since(visit, "first_response", found.week),
    )  # fmt: skip


def missed(visit: Visit, found: Monday) -> Figure:
    """When nobody took a call."""
    missed, text, plural = found.missed, visit.text, visit.locale.plural
    cells = {(cell.weekday, cell.hour): cell.n for cell in missed.hours}
    hours = sorted({cell.hour for cell in missed.hours})
    span = range(hours[0], hours[-1] + 1) if hours else range(0)
    lines = tuple(
        Line(
            writing.weekday(day, visit.locale.code),
            tuple(_cell(cells.get((day, hour))) for hour in span),
        )
        for day in sorted({cell.weekday for cell in missed.hours})
    )
    chart = HeatMap(
        anchor="missed",
        title=text("Missed calls by weekday and hour"),
        desc=text("Darker is more; hours outside opening time are not drawn."),
        heading=text("Day"),
        columns=tuple(map(str, span)),
        lines=lines,
    )
    n = sum(cells.values()) + missed.outside
    caption = [text("The last {n} weeks, by the hour of the call.", n=MISSED_WEEKS)]
    if missed.outside:
        caption.append(plural("{n} call outside opening time is not drawn.", "{n} calls outside opening time are not drawn.", missed.outside))  # fmt: skip
    return Figure(
        heading=_missed_heading(visit, cells, n),
        caption=" ".join(caption),
        chart=heat_map(chart, visit.locale),
        href=figures.address("missed_calls", found.missed_in),
        stale_since=figures.stale_since(visit, "missed_calls", found.week),
    )


def _cell(n: int | None) -> Cell:
    return Gap.CLOSED if n is None else n


def _missed_heading(visit: Visit, cells: dict[tuple[int, int], int], n: int) -> str:
    words = visit.locale.plural("{n} missed call", "{n} missed calls", n)
    by_hour: dict[int, int] = {}
    for (_, hour), calls in cells.items():
        by_hour[hour] = by_hour.get(hour, 0) + calls
    drawn = sum(by_hour.values())
    if drawn >= _FEWEST_MISSED:
        hour, most = max(by_hour.items(), key=lambda pair: pair[1])
        if most * len(by_hour) >= _HEAPED * drawn:
            return visit.text("{calls}, most of them at {hour} o'clock", calls=words, hour=hour)
    return words


# ---- channels and data


def channels(visit: Visit, found: Monday) -> Figure:
    """The contacts of the week by channel and direction."""
    text = visit.text
    rows: dict[str, dict[str, int]] = {}
    for way in found.ways:
        rows.setdefault(way.channel, {})[way.direction] = way.n
    undirected = any(row.get("") for row in rows.values())
    chart = Bars(
        anchor="channels",
        title=text("Contacts of the week by channel and direction"),
        desc=text("Dark: from the customers. Pale: from us."),
        heading=text("Channel"),
        series=(text("from customers"), text("from us")),
        short=(text("in"), text("out")),
        bars=tuple(
            Bar(
                label=writing.capital(visit.locale.word(channel)),
                values=(row.get("in", 0), row.get("out", 0)),
                href=figures.address("contacts", found.week, Segment(channel=channel)),
            )
            for channel, row in rows.items()
        ),
        total="" if undirected else text("together"),
    )
    n = sum(way.n for way in found.ways)
    from_them = sum(way.n for way in found.ways if way.direction == "in")
    words = visit.locale.plural("{n} contact", "{n} contacts", n)
    return Figure(
        heading=text("{contacts}, {share} came from the customers", contacts=words, share=writing.per_cent(from_them / n, 0))
        if n
        else text("No contact in this week"),
        caption=text("Dark: from the customers. Pale: from us."),
        chart=bars(chart, visit.locale),
        href=figures.address("contacts", found.week),
        stale_since=figures.stale_since(visit, "contacts", found.week),
    )  # fmt: skip


def quality(visit: Visit, found: Monday) -> Figure:
    """How much is known of customers and prospects."""
    known, text = found.completeness, visit.text
    parts = (
        (text("Name"), known.named, ""),
        (text("Mail address"), known.mail, ""),
        (text("Telephone number"), known.phone, ""),
        (text("All three"), known.complete, "/figures/completeness#who"),
    )
    chart = Bars(
        anchor="quality",
        title=text("Completeness of customers and prospects"),
        desc=text("The share of all that have each."),
        heading=text("Filled in"),
        series=(text("Share"),),
        bars=tuple(
            Bar(
                label=label_,
                values=(n / known.known if known.known else None,),
                note=text("nobody is known yet"),
                href=href,
            )
            for label_, n, href in parts
        ),
        unit="share",
        full=1,
    )
    return Figure(
        heading=text("{share} are complete", share=writing.per_cent(known.complete / known.known, 0))
        if known.known
        else text("Nobody is known yet"),
        caption=text("{part} of {whole} customers and prospects have all three, as of now; these have a list.", part=visit.locale.number(known.complete), whole=visit.locale.number(known.known)),
        chart=bars(chart, visit.locale),
        href="/figures/completeness",
        stale_since=figures.stale_since(visit, "completeness", found.week),
    )  # fmt: skip


def silent(visit: Visit, found: Monday) -> list[tuple[str, datetime]]:
    """Channels of the week whose source was not read to its end."""
    since = {way.channel: figures.channel_stale_since(visit, way.channel) for way in found.ways}
    return [
        (writing.capital(visit.locale.word(channel)), at)
        for channel, at in since.items()
        if at and at.astimezone(visit.zone).date() < found.week.end
    ]


def _day(visit: Visit, day: date) -> str:
    return writing.day(day, visit.locale.code)
