"""What the figures are: one function for each, plain SQL over tables that are small whatever the log's size."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median

import msgspec

from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Grain, Period

MICRO = Decimal(1_000_000)
HOUR_MS = 3_600_000


class FigureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One figure in one period. `value` is a number, a share of 1, hours, or money (then `unit` is its currency).

    `numerator` is how many stand in the list behind it, `denominator` of how many; `n` is how many cases the value rests
    on. No value (a share of nothing) has a `note` that says why.
    """

    code: str
    unit: str
    from_: date = msgspec.field(name="from")
    to: date
    value: Decimal | float | int | None
    numerator: int | None = None
    denominator: int | None = None
    n: int
    note: str = ""


class Segment(msgspec.Struct, frozen=True):
    """A part of the contacts, as `channel:mail` or `direction:in,channel:phone` says it."""

    channel: str = ""
    direction: str = ""
    kind: str = ""
    currency: str = ""

    @classmethod
    def parse(cls, text: str) -> Segment:
        """Raises `ValueError` naming what is wrong."""
        values: dict[str, str] = {}
        for part in filter(None, text.split(",")):
            key, colon, value = part.strip().partition(":")
            if not colon or key not in cls.__struct_fields__:
                known = ", ".join(cls.__struct_fields__)
                raise ValueError(
                    f"A segment is like channel:mail; known are {known}, not “{part}”."
                )
            values[key] = value
        return cls(**values)

    def where(self) -> tuple[str, list[str]]:
        """A condition over columns of `contacts` or `tally`, and its parameters; `currency` narrows money alone."""
        parts, values = [""], []
        for column in ("channel", "direction", "kind"):
            if value := getattr(self, column):
                parts.append(f"{column} = ?")
                values.append(value)
        return " AND ".join(parts), values


EVERYTHING = Segment()

Compute = Callable[[sqlite3.Cursor, Period, Segment], "Iterator[FigureAnswer]"]


def figures(
    cursor: sqlite3.Cursor,
    period: Period,
    *,
    codes: Sequence[str] = (),
    grain: Grain | None = None,
    segment: Segment = EVERYTHING,
) -> list[FigureAnswer]:
    """Figures by code, in the order of their definitions, each for every part of the period."""
    wanted = codes or tuple(FIGURES)
    return [
        answer
        for code in wanted
        for part in period.cut(grain)
        for answer in _COMPUTE[code](cursor, part, segment)
    ]


def span(cursor: sqlite3.Cursor) -> tuple[date, date] | None:
    """The first and the last local day with a contact."""
    first, last = cursor.execute("SELECT min(local_day), max(local_day) FROM tally").fetchone()
    return (date.fromisoformat(first), date.fromisoformat(last)) if first else None


def _days(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


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


def _one(cursor: sqlite3.Cursor, sql: str, values: Sequence[object]) -> tuple[int, ...]:
    return tuple(value or 0 for value in cursor.execute(sql, values).fetchone())


# ---- contacts

APART = "kind NOT LIKE 'order%' AND kind NOT IN ('entry', 'note', 'refund_withdrawn')"
"""What is shown apart: no step of an order, no address-book entry, no note."""


def _contacts(counted: int, code: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, period: Period, segment: Segment) -> Iterator[FigureAnswer]:
        where, values = segment.where()
        (items,) = _one(
            cursor,
            "SELECT sum(items) FROM tally WHERE local_day >= ? AND local_day < ? AND counted = ?"
            + ("" if counted else f" AND {APART}")
            + where,
            (*_days(period), counted, *values),
        )
        yield _count(code, period, items)

    return compute


def _unassigned(cursor: sqlite3.Cursor, period: Period, segment: Segment) -> Iterator[FigureAnswer]:
    where, values = segment.where()
    part, whole = _one(
        cursor,
        "SELECT sum(open_contacts), sum(contacts) FROM tally"
        f" WHERE local_day >= ? AND local_day < ? AND counted = 1{where}",
        (*_days(period), *values),
    )
    yield _share("unassigned_rate", period, part, whole, "no contact in the period")


# ---- customer base


def _state(code: str, state: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
        came, went = _one(
            cursor,
            "SELECT sum(CASE WHEN after = ? THEN 1 ELSE 0 END), sum(CASE WHEN before = ? THEN 1 ELSE 0 END)"
            " FROM moves WHERE local_day < ?",
            (state, state, period.end.isoformat()),
        )
        yield _count(code, period, came - went)

    return compute


def _flow(code: str, condition: str) -> Compute:
    def compute(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
        (n,) = _one(
            cursor,
            f"SELECT count(*) FROM moves WHERE local_day >= ? AND local_day < ? AND {condition}",
            _days(period),
        )
        yield _count(code, period, n)

    return compute


def _customers(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    (n,) = _one(
        cursor,
        "SELECT count(*) FROM moves WHERE before = 'none' AND local_day < ?",
        (period.end.isoformat(),),
    )
    yield _count("customers", period, n)


def _prospects(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    (n,) = _one(
        cursor, f"SELECT count(*) FROM profiles WHERE {PROSPECT}", (period.end.isoformat(),) * 2
    )
    yield _count("prospect", period, n)


PROSPECT = "first_day < ? AND (first_order IS NULL OR first_order >= ?)"
"""A row of `profiles` that is known by the end of a period and has not ordered by then."""


def _repeat_rate(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    again, once = _one(
        cursor,
        "SELECT sum(CASE WHEN second_order < ? THEN 1 ELSE 0 END), count(*) FROM profiles WHERE first_order < ?",
        (period.end.isoformat(),) * 2,
    )
    yield _share("repeat_rate", period, again, once, "nobody has ordered yet")


def _completeness(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    whole, part = _one(cursor, "SELECT count(*), sum(named * mail * phone) FROM profiles", ())
    yield _share("completeness", period, part, whole, "nobody is known yet")


# ---- orders and money


def _orders(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    (n,) = _one(
        cursor,
        "SELECT count(*) FROM purchases WHERE standing = 1 AND local_day >= ? AND local_day < ?",
        _days(period),
    )
    yield _count("orders", period, n)


def _net_revenue(
    cursor: sqlite3.Cursor, period: Period, segment: Segment
) -> Iterator[FigureAnswer]:
    rows = cursor.execute(
        "SELECT currency, sum(net_micro), sum(items), sum(with_tax) FROM turnover"
        " WHERE local_day >= ? AND local_day < ? AND ? IN ('', currency)"
        " GROUP BY currency ORDER BY currency",
        (*_days(period), segment.currency),
    ).fetchall()
    for currency, net, items, with_tax in rows:
        yield FigureAnswer(
            code="net_revenue",
            unit=currency,
            from_=period.start,
            to=period.end,
            value=Decimal(net) / MICRO,
            numerator=items,
            n=items,
            note=f"{with_tax} of {items} with tax: the source does not tell it" if with_tax else "",
        )


# ---- service


def _missed_calls(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
    yield _count("missed_calls", period, _waiting(cursor, "missed_call", period)[0])


def _callback_rate(
    cursor: sqlite3.Cursor, period: Period, segment: Segment
) -> Iterator[FigureAnswer]:
    """Of a segment by channel: those that were answered on it."""
    missed, ended = _waiting(cursor, "missed_call", period)
    if segment.channel:
        (ended,) = _one(
            cursor,
            "SELECT count(until) FROM waits WHERE what = 'missed_call'"
            " AND local_day >= ? AND local_day < ? AND answer_channel = ?",
            (*_days(period), segment.channel),
        )
    yield _share("callback_rate", period, ended, missed, "no call was missed")


def _waiting(cursor: sqlite3.Cursor, what: str, period: Period) -> tuple[int, int]:
    begun, ended = _one(
        cursor,
        "SELECT count(*), count(until) FROM waits WHERE what = ? AND local_day >= ? AND local_day < ?",
        (what, *_days(period)),
    )
    return begun, ended


def _median(code: str, what: str, condition: str) -> Compute:
    where = f"what = ? AND local_day >= ? AND local_day < ? AND {condition}"

    def compute(cursor: sqlite3.Cursor, period: Period, _: Segment) -> Iterator[FigureAnswer]:
        begun, ended = _waiting(cursor, what, period)
        waited = [
            row[0]
            for row in cursor.execute(
                f"SELECT business_ms FROM waits WHERE {where}", (what, *_days(period))
            )
        ]
        n = len(waited)
        still = f"{begun - ended} still open" if begun > ended else ""
        yield FigureAnswer(
            code=code,
            unit="hours",
            from_=period.start,
            to=period.end,
            value=median(waited) / HOUR_MS if n else None,
            numerator=n,
            denominator=begun,
            n=n,
            note=still if n else "; ".join(filter(None, ("nothing was answered", still))),
        )

    return compute


_COMPUTE: Mapping[str, Compute] = {
    "contacts": _contacts(1, "contacts"),
    "not_counted": _contacts(0, "not_counted"),
    "customers": _customers,
    "prospect": _prospects,
    "active": _state("active", "active"),
    "dormant": _state("dormant", "dormant"),
    "lost": _state("lost", "lost"),
    "new": _flow("new", "before = 'none'"),
    "won_back": _flow("won_back", "after = 'active' AND before <> 'none'"),
    "churned": _flow("churned", "before = 'active'"),
    "repeat_rate": _repeat_rate,
    "orders": _orders,
    "net_revenue": _net_revenue,
    "missed_calls": _missed_calls,
    "callback_rate": _callback_rate,
    "callback_time": _median(
        "callback_time", "missed_call", "until IS NOT NULL AND by_himself = 0"
    ),
    "first_response": _median("first_response", "message", "until IS NOT NULL AND by_himself = 0"),
    "unassigned_rate": _unassigned,
    "completeness": _completeness,
}
