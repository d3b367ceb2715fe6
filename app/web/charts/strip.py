"""A strip: a customer's orders along the years up to today, so that one sees the rhythm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec
from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import axes, drawing
from stammkunde.app.web.charts.axes import Scale
from stammkunde.app.web.charts.drawing import Chart, Drawn
from stammkunde.app.web.charts.rows import empty
from stammkunde.app.web.charts.table import Row, table

_HEIGHT, _AXIS, _MIDDLE = 66, 40, 23
_FIRST, _TODAY = 1.5, 94.0
_SHORTEST = 365
"""Days the strip shows at least."""
_MOST_YEARS = 4
_FEWEST_PARTS = 8
"""Of the strip, that the first, incomplete year must be more than one of to have its word."""
_FINEST = 0.25
"""Per cent below which two dots are one."""


class Order(msgspec.Struct, frozen=True):
    """What was ordered on a day; an order without a known value counts all the same."""

    day: date
    amount: Decimal | None = None
    currency: str = ""


class Strip(Chart, frozen=True, kw_only=True):
    """`counted` and `worth` stand above the columns of the table, beside a column of years."""

    orders: tuple[Order, ...]
    today: date
    heading: str
    counted: str
    worth: str


def strip(chart: Strip, locale: Locale) -> Drawn:
    """The picture and the table by year, the newest first."""
    if not chart.orders:
        return empty(locale)
    days = sorted(order.day.toordinal() for order in chart.orders)
    today = max(chart.today.toordinal(), days[-1])
    scale = Scale(min(days[0], today - _SHORTEST), today, _FIRST, _TODAY)
    spots = dict.fromkeys(round(scale.at(day) / _FINEST) * _FINEST for day in days)
    now = scale.at(chart.today.toordinal())
    parts = [
        drawing.line("axis", 0, _AXIS, 100, _AXIS),
        *(drawing.circle("dot1", x, _MIDDLE, 4.2) for x in spots),
        drawing.line("goal", now, 4, now, 44),
        *_words(scale, now, locale),
    ]
    return Drawn(drawing.picture(chart, _HEIGHT, parts), _table(chart, locale))


def _words(scale: Scale, now: float, locale: Locale) -> Iterator[Markup]:
    """Years, or the months of a short strip, as far as "today" leaves room for them."""
    first, last = date.fromordinal(int(scale.low)), date.fromordinal(int(scale.high))
    starts = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    if (date(first.year + 1, 1, 1) - first).days > (last - first).days / _FEWEST_PARTS:
        starts.insert(0, first)
    if len(starts) < 2:
        begin = first.year * 12 + first.month
        months = range(begin, last.year * 12 + last.month)
        starts = [date(month // 12, month % 12 + 1, 1) for month in months]
        words = list(axes.months(starts, locale))
    else:
        every = -(-len(starts) // _MOST_YEARS)
        words = [f"{day.year}" if not at % every else "" for at, day in enumerate(starts)]
    today = locale.text("today")
    half = drawing.per_cent(drawing.width(today, is_strong=True)) / 2
    x = [scale.at(day.toordinal()) for day in starts]
    need = [drawing.per_cent(drawing.width(word)) / 2 + half + 2 for word in words]
    kept = [
        word if abs(at - now) > room else "" for at, word, room in zip(x, words, need, strict=True)
    ]
    yield from axes.ticks(x, kept, _AXIS)
    if now + half <= 100:
        yield drawing.text(today, now, _AXIS + 17, "c strong")
    else:
        yield drawing.text(today, 100, _AXIS + 17, "e strong")


def _table(chart: Strip, locale: Locale) -> Markup:
    years = sorted({order.day.year for order in chart.orders}, reverse=True)
    rows = (_row(chart, year, locale) for year in years)
    return table(chart, [chart.heading, chart.counted, chart.worth], rows, locale)


def _row(chart: Strip, year: int, locale: Locale) -> Row:
    own = [order for order in chart.orders if order.day.year == year]
    sums: dict[str, Decimal] = {}
    for order in own:
        if order.amount is not None:
            sums[order.currency] = sums.get(order.currency, Decimal(0)) + order.amount
    worth = " · ".join(
        writing.money(sums[currency], currency, locale.code) for currency in sorted(sums)
    )
    is_now = year == chart.today.year
    head = locale.text("{year} to date", year=year) if is_now else str(year)
    return Row(head, [writing.number(len(own), language=locale.code), worth or "–"])
