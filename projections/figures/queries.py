"""What the figures are: one function for each, plain SQL over tables that are small whatever the log's size.

Each reads its rows once for all parts of a period: a course of 52 weeks costs little more than a year as a whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from statistics import median

import msgspec

from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.parts import Parts, days, levels, sums
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.segments import EVERYTHING, Segment, asked
from stammkunde.projections.figures.service import What
from stammkunde.projections.figures.waiting import HOUR_MS, waited

MICRO = Decimal(1_000_000)


class FigureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One figure in one period. `value` is a number, a share of 1, hours, or money (then `unit` is its currency).

    `numerator` is how many stand in the list behind it, `denominator` of how many; `n` is how many cases the value rests
    on. No value (a share of nothing) has a `note` that says why. What is as things stand now has no `from` and `to`.
    """

    code: str
    unit: str
    from_: date | None = msgspec.field(name="from")
    to: date | None
    value: Decimal | float | int | None
    numerator: int | None = None
    denominator: int | None = None
    n: int
    note: str = ""


Compute = Callable[[sqlite3.Cursor, Parts, Segment], "Iterator[FigureAnswer]"]


def figures(
    cursor: sqlite3.Cursor,
    period: Period,
    *,
    codes: Sequence[str] = (),
    grain: Grain | None = None,
    segment: Segment = EVERYTHING,
) -> list[FigureAnswer]:
    """Figures by code, each for every part of the period; without codes all that know the segment.

    `SegmentError` where a figure named does not know the segment.
    """
    return figures_in(cursor, tuple(period.cut(grain)), codes, segment)


def figures_in(
    cursor: sqlite3.Cursor,
    parts: Parts,
    codes: Sequence[str] = (),
    segment: Segment = EVERYTHING,
) -> list[FigureAnswer]:
    """The same for parts that follow upon each other, of whatever length."""
    answers: list[FigureAnswer] = []
    states: dict[str, list[list[int]]] = {}
    wanted = asked(codes, segment)
    if not parts:
        return answers
    for code in wanted:
        if code in _STATES:
            states = states or _states(cursor, parts)
            answers += _counts(code, parts, states[code])
        else:
            answers += _COMPUTE[code](cursor, parts, segment)
    return answers


def span(cursor: sqlite3.Cursor) -> tuple[date, date] | None:
    """The first and the last local day with a contact."""
    first, last = cursor.execute("SELECT min(local_day), max(local_day) FROM tally").fetchone()
    return (date.fromisoformat(first), date.fromisoformat(last)) if first else None


def _count(code: str, period: Period, value: int, note: str = "") -> FigureAnswer:
    return FigureAnswer(
        code=code,
        unit=FIGURES[code].unit,
        from_=period.start,
        to=period.end,
        value=value,
        numerator=value,
        n=value,
        note=note,
    )


def _counts(code: str, parts: Parts, values: Sequence[Sequence[int]]) -> Iterator[FigureAnswer]:
    for part, (value,) in zip(parts, values, strict=True):
        yield _count(code, part, value)


def _share(code: str, period: Period, part: int, whole: int, nothing: str) -> FigureAnswer:
    return FigureAnswer(
        code=code,
        unit="share",
        from_=period.start,
        to=period.end,
        value=part / whole if whole else None,
        numerator=part,
        denominator=whole,
        n=whole,
        note="" if whole else nothing,
    )


def _shares(
    code: str, parts: Parts, values: Sequence[Sequence[int]], nothing: str
) -> Iterator[FigureAnswer]:
    for part, (numerator, denominator) in zip(parts, values, strict=True):
        yield _share(code, part, numerator, denominator, nothing)


# ---- contacts

APART = "kind NOT LIKE 'order%' AND kind NOT IN ('entry', 'note', 'refund_withdrawn')"
"""What is shown apart: no step of an order, no address-book entry, no note."""

IN_DAYS = "local_day >= ? AND local_day < ?"


def _contacts(counted: int, code: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, segment: Segment) -> Iterator[FigureAnswer]:
        where, values = segment.where()
        rows = cursor.execute(
            f"SELECT local_day, sum(items) FROM tally WHERE {IN_DAYS} AND counted = ?"
            f"{'' if counted else f' AND {APART}'}{where} GROUP BY local_day",
            (*days(parts), counted, *values),
        ).fetchall()
        yield from _counts(code, parts, sums(rows, parts))

    return compute


def _unassigned(cursor: sqlite3.Cursor, parts: Parts, segment: Segment) -> Iterator[FigureAnswer]:
    where, values = segment.where()
    rows = cursor.execute(
        "SELECT local_day, sum(open_contacts), sum(contacts) FROM tally"
        f" WHERE {IN_DAYS} AND counted = 1{where} GROUP BY local_day",
        (*days(parts), *values),
    ).fetchall()
    yield from _shares("unassigned_rate", parts, sums(rows, parts, 2), "no contact in the period")


# ---- customer base


_STATES: Mapping[str, str] = {
    "customers": "sum(CASE WHEN before = 'none' THEN 1 ELSE 0 END)",
    **{
        state: f"sum(CASE WHEN after = '{state}' THEN 1 WHEN before = '{state}' THEN -1 ELSE 0 END)"
        for state in ("active", "dormant", "lost")
    },
}
"""Figure → what a day adds to it; all are read at once."""


def _states(cursor: sqlite3.Cursor, parts: Parts) -> dict[str, list[list[int]]]:
    """Of each part how many are in which state at its end."""
    rows = cursor.execute(
        f"SELECT local_day, {', '.join(_STATES.values())} FROM moves WHERE local_day < ? GROUP BY local_day",
        (days(parts)[1],),
    ).fetchall()
    found = levels(rows, parts, len(_STATES))
    return {code: [[row[at]] for row in found] for at, code in enumerate(_STATES)}


def _flow(code: str, condition: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
        rows = cursor.execute(
            f"SELECT local_day, count(*) FROM moves WHERE {IN_DAYS} AND {condition} GROUP BY local_day",
            days(parts),
        ).fetchall()
        yield from _counts(code, parts, sums(rows, parts))

    return compute


PROSPECT = "first_day < ? AND (first_order IS NULL OR first_order >= ?)"
"""A row of `profiles` that is known by the end of a period and has not ordered by then."""


def _prospects(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    """One more on the first day, one less on that of the first order, should an order be known at all."""
    end = days(parts)[1]
    rows = cursor.execute(
        "SELECT first_day, count(*) FROM profiles WHERE first_day < ? GROUP BY first_day"
        " UNION ALL SELECT CASE WHEN first_order < first_day THEN first_day ELSE first_order END AS day, -count(*)"
        " FROM profiles WHERE first_day < ? AND first_order < ? GROUP BY day",
        (end, end, end),
    ).fetchall()
    yield from _counts("prospect", parts, levels(rows, parts))


def _repeat_rate(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    end = days(parts)[1]
    rows = cursor.execute(
        "SELECT second_order, count(*), 0 FROM profiles WHERE second_order < ? GROUP BY second_order"
        " UNION ALL SELECT first_order, 0, count(*) FROM profiles WHERE first_order < ? GROUP BY first_order",
        (end, end),
    ).fetchall()
    yield from _shares("repeat_rate", parts, levels(rows, parts, 2), "nobody has ordered yet")


def _completeness(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    whole, part = cursor.execute(
        "SELECT count(*), sum(named * mail * phone) FROM profiles"
    ).fetchone()
    answer = _share("completeness", parts[-1], part or 0, whole, "nobody is known yet")
    note = "; ".join(filter(None, ("as of now", answer.note)))
    yield msgspec.structs.replace(answer, from_=None, to=None, note=note)


# ---- orders and money


def _orders(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    rows = cursor.execute(
        f"SELECT local_day, count(*) FROM purchases WHERE standing = 1 AND {IN_DAYS} GROUP BY local_day",
        days(parts),
    ).fetchall()
    yield from _counts("orders", parts, sums(rows, parts))


def _net_revenue(cursor: sqlite3.Cursor, parts: Parts, segment: Segment) -> Iterator[FigureAnswer]:
    """One for each currency of a part."""
    rows = cursor.execute(
        f"SELECT currency, local_day, net_micro, items, with_tax FROM turnover WHERE {IN_DAYS}"
        " AND ? IN ('', currency) ORDER BY currency",
        (*days(parts), segment.currency),
    ).fetchall()
    by_currency = {
        currency: sums((row[1:] for row in group), parts, 3)
        for currency, group in groupby(rows, key=lambda row: row[0])
    }
    for at, part in enumerate(parts):
        for currency, found in by_currency.items():
            net, items, with_tax = found[at]
            if items:
                yield _money(part, currency, Decimal(net) / MICRO, items, with_tax)


def _money(part: Period, currency: str, net: Decimal, items: int, with_tax: int) -> FigureAnswer:
    return FigureAnswer(
        code="net_revenue",
        unit=currency,
        from_=part.start,
        to=part.end,
        value=net,
        numerator=items,
        n=items,
        note=f"{with_tax} of {items} with tax: the source does not tell it" if with_tax else "",
    )


# ---- service


def _missed_calls(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    rows = _callbacks(cursor, parts, "")
    yield from _counts("missed_calls", parts, [(begun,) for _, begun in rows])


def _callback_rate(
    cursor: sqlite3.Cursor, parts: Parts, segment: Segment
) -> Iterator[FigureAnswer]:
    """Of a segment by channel: those that were answered on it."""
    rows = _callbacks(cursor, parts, segment.channel)
    yield from _shares("callback_rate", parts, rows, "no call was missed")


def _callbacks(cursor: sqlite3.Cursor, parts: Parts, channel: str) -> list[list[int]]:
    """Of each part the missed calls that were answered, on this channel or on any, and all that began."""
    rows = cursor.execute(
        "SELECT local_day, sum(CASE WHEN until IS NOT NULL AND ? IN ('', answer_channel) THEN 1 ELSE 0 END), count(*)"
        f" FROM waits WHERE what = 'missed_call' AND {IN_DAYS} GROUP BY local_day",
        (channel, *days(parts)),
    ).fetchall()
    return sums(rows, parts, 2)


def _median(code: str, what: What) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
        for part, (begun, ended, answered) in zip(parts, waited(cursor, what, parts), strict=True):
            n = len(answered)
            still = f"{begun - ended} still open" if begun > ended else ""
            yield FigureAnswer(
                code=code,
                unit="hours",
                from_=part.start,
                to=part.end,
                value=median(answered) / HOUR_MS if n else None,
                numerator=n,
                denominator=begun,
                n=n,
                note=still if n else "; ".join(filter(None, ("nothing was answered", still))),
            )

    return compute


_COMPUTE: Mapping[str, Compute] = {
    "contacts": _contacts(1, "contacts"),
    "not_counted": _contacts(0, "not_counted"),
    "prospect": _prospects,
    "new": _flow("new", "before = 'none'"),
    "won_back": _flow("won_back", "after = 'active' AND before <> 'none'"),
    "churned": _flow("churned", "before = 'active'"),
    "repeat_rate": _repeat_rate,
    "orders": _orders,
    "net_revenue": _net_revenue,
    "missed_calls": _missed_calls,
    "callback_rate": _callback_rate,
    "callback_time": _median("callback_time", "missed_call"),
    "first_response": _median("first_response", "message"),
    "unassigned_rate": _unassigned,
    "completeness": _completeness,
}
