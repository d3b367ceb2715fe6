"""What the figures are: one function for each, plain SQL over tables that are small whatever the log's size.

Each reads its rows once for all parts of a period: a course of 52 weeks costs little more than a year as a whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby

import msgspec

from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.parts import Parts, days, sums
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.segments import EVERYTHING, Segment, asked
from stammkunde.projections.figures.service import What
from stammkunde.projections.figures.waiting import hours, waited

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
    wanted = asked(codes, segment)
    if not parts:
        return answers
    for code in wanted:
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

_FEW_PARTS = 4
"""So many are added up one by one; of more all days are read once."""


def _sums(
    cursor: sqlite3.Cursor,
    parts: Parts,
    table: str,
    columns: Sequence[str],
    where: str = "",
    values: Sequence[object] = (),
) -> list[list[int]]:
    """Of each part the sums of these columns over the rows of its days."""
    what = ", ".join(columns)
    condition = f"FROM {table} WHERE {IN_DAYS}{where}"
    if len(parts) <= _FEW_PARTS:
        found = [
            cursor.execute(f"SELECT {what} {condition}", (*days([part]), *values)).fetchone()
            for part in parts
        ]
        return [[number or 0 for number in row] for row in found]
    rows = cursor.execute(
        f"SELECT local_day, {what} {condition} GROUP BY local_day", (*days(parts), *values)
    ).fetchall()
    return sums(rows, parts, len(columns))


def _contacts(counted: int, code: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, segment: Segment) -> Iterator[FigureAnswer]:
        where, values = segment.where()
        which = f" AND counted = ?{'' if counted else f' AND {APART}'}{where}"
        found = _sums(cursor, parts, "tally", ["sum(items)"], which, [counted, *values])
        yield from _counts(code, parts, found)

    return compute


def _unassigned(cursor: sqlite3.Cursor, parts: Parts, segment: Segment) -> Iterator[FigureAnswer]:
    where, values = segment.where()
    columns = ["sum(open_contacts)", "sum(contacts)"]
    found = _sums(cursor, parts, "tally", columns, f" AND counted = 1{where}", values)
    yield from _shares("unassigned_rate", parts, found, "no contact in the period")


# ---- customer base


_LEVELS: Mapping[str, str] = {
    "customers": "new",
    "active": "new + won_back - churned",
    "dormant": "dormant",
    "lost": "lost",
    "prospect": "prospects",
}
"""Figure → what a day adds to it."""

PROSPECT = "first_day < ? AND (first_order IS NULL OR first_order >= ?)"
"""A row of `profiles` that is known by the end of a period and has not ordered by then."""


def _levels(cursor: sqlite3.Cursor, parts: Parts, *columns: str) -> list[list[int]]:
    """Of each part how many there are at its end, what lies before the parts with them."""
    before = Period(date.min, parts[0].start)
    found = _sums(cursor, [before, *parts], "steps", [f"sum({column})" for column in columns])
    return list(accumulate(found, lambda a, b: [x + y for x, y in zip(a, b, strict=True)]))[1:]


def _level(code: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
        yield from _counts(code, parts, _levels(cursor, parts, _LEVELS[code]))

    return compute


def _flow(code: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
        yield from _counts(code, parts, _sums(cursor, parts, "steps", [f"sum({code})"]))

    return compute


def _repeat_rate(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    found = _levels(cursor, parts, "reordered", "ordered")
    yield from _shares("repeat_rate", parts, found, "nobody has ordered yet")


def _completeness(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    whole, part = cursor.execute(
        "SELECT count(*), sum(named * mail * phone) FROM profiles"
    ).fetchone()
    answer = _share("completeness", parts[-1], part or 0, whole, "nobody is known yet")
    note = "; ".join(filter(None, ("as of now", answer.note)))
    yield msgspec.structs.replace(answer, from_=None, to=None, note=note)


# ---- orders and money


def _orders(cursor: sqlite3.Cursor, parts: Parts, _: Segment) -> Iterator[FigureAnswer]:
    found = _sums(cursor, parts, "purchases", ["count(*)"], " AND standing = 1")
    yield from _counts("orders", parts, found)


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
    found = _sums(cursor, parts, "delays", ["sum(begun)"], " AND what = 'missed_call'")
    yield from _counts("missed_calls", parts, found)


def _callback_rate(
    cursor: sqlite3.Cursor, parts: Parts, segment: Segment
) -> Iterator[FigureAnswer]:
    """Of a segment by channel: those that were answered on it."""
    columns, missed = ["sum(ended)", "sum(begun)"], " AND what = 'missed_call'"
    found = _sums(cursor, parts, "delays", columns, missed)
    if segment.channel:
        answered = f"{missed} AND until IS NOT NULL AND answer_channel = ?"
        on_it = _sums(cursor, parts, "waits", ["count(*)"], answered, [segment.channel])
        found = [[n, begun] for (n,), (_, begun) in zip(on_it, found, strict=True)]
    yield from _shares("callback_rate", parts, found, "no call was missed")


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
                value=hours(answered.median()),
                numerator=n,
                denominator=begun,
                n=n,
                note=still if n else "; ".join(filter(None, ("nothing was answered", still))),
            )

    return compute


_COMPUTE: Mapping[str, Compute] = {
    "contacts": _contacts(1, "contacts"),
    "not_counted": _contacts(0, "not_counted"),
    **{code: _level(code) for code in _LEVELS},
    **{code: _flow(code) for code in ("new", "won_back", "churned")},
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
