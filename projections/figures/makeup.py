"""What a number is made of: its parts by channel, direction, kind or currency, each a segment with a list of its own."""

from __future__ import annotations

import sqlite3
from typing import Literal

import msgspec

from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.parts import days
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import APART, IN_DAYS
from stammkunde.projections.figures.segments import Segment, asked


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Those of a figure's numerator that have this value (empty: none) in one part of a segment: `channel`, `mail`.

    `of` is how many of its denominator do, where the figure is a share by that part.
    """

    part: str
    value: str
    n: int
    of: int | None = None


class Way(msgspec.Struct, frozen=True):
    """Contacts of a period on one channel in one direction, an item counted once."""

    channel: str
    direction: Literal["in", "out", ""]
    n: int


class Completeness(msgspec.Struct, frozen=True):
    """Living customers and prospects, and how many of them have a name, a mail address, a telephone number, and all."""

    known: int
    named: int
    mail: int
    phone: int
    complete: int


def makeup(cursor: sqlite3.Cursor, code: str, period: Period, segment: Segment) -> list[Part]:
    """The parts of a figure by each part of a segment that it knows and that is still open, the largest first.

    `SegmentError` where the figure does not know the segment.
    """
    asked([code], segment)
    return [
        found
        for part in FIGURES[code].segments
        if part not in segment.parts
        for found in _parts(cursor, code, part, period, segment)
    ]


def _parts(
    cursor: sqlite3.Cursor, code: str, part: str, period: Period, segment: Segment
) -> list[Part]:
    values: list[str] = []
    if code == "net_revenue":
        sql = f"SELECT currency, sum(items), NULL FROM turnover WHERE {IN_DAYS}"
    elif code == "callback_rate":
        sql = (
            "SELECT answer_channel AS channel, count(*), NULL FROM waits"
            f" WHERE what = 'missed_call' AND until IS NOT NULL AND {IN_DAYS}"
        )
    else:
        where, values = segment.where()
        sql = f"SELECT {part}, {_TALLIED[code]} AND {IN_DAYS}{where}"
    rows = cursor.execute(f"{sql} GROUP BY {part} ORDER BY 2 DESC, 1", (*days([period]), *values))
    return [Part(part=part, value=value, n=n, of=of) for value, n, of in rows.fetchall() if n or of]


_TALLIED = {
    "contacts": "sum(items), NULL FROM tally WHERE counted = 1",
    "not_counted": f"sum(items), NULL FROM tally WHERE counted = 0 AND {APART}",
    "unassigned_rate": "sum(open_contacts), sum(contacts) FROM tally WHERE counted = 1",
}


def ways(cursor: sqlite3.Cursor, period: Period) -> list[Way]:
    """The contacts of a period by channel and direction, the channel with most of them first."""
    rows = cursor.execute(
        f"SELECT channel, direction, sum(items) FROM tally WHERE counted = 1 AND {IN_DAYS}"
        " GROUP BY channel, direction",
        days([period]),
    ).fetchall()
    totals: dict[str, int] = {}
    for channel, _, n in rows:
        totals[channel] = totals.get(channel, 0) + n
    return [Way(*row) for row in sorted(rows, key=lambda row: (-totals[row[0]], row[0], row[1]))]


def completeness(cursor: sqlite3.Cursor) -> Completeness:
    """Of all that are known now."""
    row = cursor.execute(
        "SELECT count(*), sum(named), sum(mail), sum(phone), sum(named * mail * phone) FROM profiles"
    ).fetchone()
    return Completeness(*(n or 0 for n in row))
