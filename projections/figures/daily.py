"""Rows counted day by day, for figures that would have to read too many of them: waits, and steps of the customer base."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, get_args

import msgspec

from stammkunde.projections.figures.service import What

ALL = "*"
"""Stands for every day, or marks everything of its sort."""

_WAITS = (
    "SELECT what, local_day, until, CASE WHEN by_himself = 0 THEN business_ms END FROM waits"
    " {where} ORDER BY what, local_day"
)
_INSERT_DELAY = "INSERT INTO delays VALUES (?, ?, ?, ?, ?)"


def _one(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


# Who was known by an order is a prospect on no day: he comes and goes on the same one.
_STEPS = f"""
INSERT INTO steps (local_day, new, won_back, churned, dormant, lost, prospects, ordered, reordered)
SELECT local_day, sum(new), sum(won_back), sum(churned), sum(dormant), sum(lost), sum(prospects), sum(ordered),
       sum(reordered)
FROM (
  SELECT local_day, {_one("before = 'none'")} AS new, {_one("before <> 'none' AND after = 'active'")} AS won_back,
         {_one("before = 'active'")} AS churned,
         {_one("after = 'dormant'")} - {_one("before = 'dormant'")} AS dormant,
         {_one("after = 'lost'")} - {_one("before = 'lost'")} AS lost,
         0 AS prospects, 0 AS ordered, 0 AS reordered
  FROM moves WHERE local_day {{which}}
  UNION ALL SELECT first_day, 0, 0, 0, 0, 0, 1 - {_one("first_order < first_day")}, 0, 0
  FROM profiles WHERE first_day {{which}}
  UNION ALL SELECT first_order, 0, 0, 0, 0, 0, -{_one("first_order >= first_day")}, 1, 0
  FROM profiles WHERE first_order {{which}}
  UNION ALL SELECT second_order, 0, 0, 0, 0, 0, 0, 0, 1 FROM profiles WHERE second_order {{which}}
) AS each_one GROUP BY local_day
"""


def count_delays(cursor: sqlite3.Cursor, days: Collection[str]) -> None:
    """The waits that began on these days anew."""
    if ALL in days:
        cursor.execute("DELETE FROM delays")
        reader = cursor.connection.cursor()
        reader.row_factory = None
        cursor.executemany(_INSERT_DELAY, _delays(reader.execute(_WAITS.format(where=""))))
        return
    where = "WHERE what = ? AND local_day = ?"
    for what in get_args(What):
        of_days = [(what, day) for day in sorted(days)]
        cursor.executemany(f"DELETE FROM delays {where}", of_days)
        for values in of_days:
            rows = cursor.execute(_WAITS.format(where=where), values).fetchall()
            cursor.executemany(_INSERT_DELAY, _delays(rows))


def _delays(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for (what, day), of_day in groupby(rows, key=lambda row: (row[0], row[1])):
        waits = list(of_day)
        ended = sum(until is not None for _, _, until, _ in waits)
        answered = sorted(ms for _, _, _, ms in waits if ms is not None)
        yield what, day, len(waits), ended, msgspec.json.encode(answered).decode()


def count_steps(cursor: sqlite3.Cursor, days: Collection[str]) -> None:
    """What these days add to the customer base anew."""
    if ALL in days:
        cursor.execute("DELETE FROM steps")
        cursor.execute(_STEPS.format(which="IS NOT NULL"))
        return
    cursor.executemany("DELETE FROM steps WHERE local_day = ?", [(day,) for day in sorted(days)])
    sql = _STEPS.format(which="= ?")
    cursor.executemany(sql, [(day,) * sql.count("?") for day in sorted(days)])
