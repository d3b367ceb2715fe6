"""Keeps the tables of the figures up to date: marks what a batch touches, and computes it again when asked.

Computing waits until the log is read to its end: an import of years touches the same customer a hundred times, and one
computation serves them all. Nothing is changed by a difference; whatever is marked is made anew from the contacts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.core.events import Event
from stammkunde.projections.business_time import BusinessTime
from stammkunde.projections.cards import NAME
from stammkunde.projections.figures import tables
from stammkunde.projections.figures.base import moves
from stammkunde.projections.figures.calendars import business_time
from stammkunde.projections.figures.daily import ALL, count_delays, count_steps
from stammkunde.projections.figures.service import Touch, waits
from stammkunde.projections.finding import IN_FIGURES, SHOWN
from stammkunde.projections.projection import Touched
from stammkunde.projections.schema import Table

_CHUNK = 500
_DAY = timedelta(days=1)

_TALLY = """
INSERT INTO tally (local_day, channel, direction, kind, counted, items, open_contacts, contacts)
SELECT local_day, channel, coalesce(direction, ''), kind, max(counted), count(DISTINCT item),
       sum(CASE WHEN customer IS NULL THEN 1 ELSE 0 END), count(*)
FROM contacts WHERE at >= ? AND at < ? AND retracted = 0
GROUP BY local_day, channel, coalesce(direction, ''), kind
"""

_TURNOVER = """
INSERT INTO turnover (local_day, currency, amount_micro, net_micro, items, with_tax)
SELECT local_day, currency, sum(amount_micro), sum(coalesce(net_micro, amount_micro)), count(*),
       sum(CASE WHEN net_micro IS NULL THEN 1 ELSE 0 END)
FROM contacts WHERE at >= ? AND at < ? AND retracted = 0 AND amount_micro IS NOT NULL
GROUP BY local_day, currency
"""

# CROSS JOIN: by the index of the day to the contents of each, never through all contents.
_ARRIVALS = """
INSERT INTO arrivals (source, local_day, contacts)
SELECT t.source, k.local_day, count(*) FROM contacts k CROSS JOIN contents t ON t.contact = k.id
WHERE k.at >= ? AND k.at < ? AND k.retracted = 0 GROUP BY t.source, k.local_day
"""

_PURCHASES = """
INSERT INTO purchases (order_id, customer, contact, at, local_day, standing)
SELECT placed.order_id, placed.customer, placed.id, placed.at, placed.local_day,
       CASE WHEN EXISTS (
         SELECT 1 FROM contacts e WHERE e.order_id = placed.order_id AND e.retracted = 0
         AND e.kind IN ('order_cancelled', 'order_failed', 'order_removed', 'order_refunded')
         AND e.at <= placed.at + 2592000000
       ) AND (
         SELECT coalesce(sum(e.amount_micro), 0) FROM contacts e WHERE e.order_id = placed.order_id
         AND e.retracted = 0 AND e.at <= placed.at + 2592000000
       ) <= 0 THEN 0 ELSE 1 END
FROM contacts placed
WHERE placed.kind = 'order_placed' AND placed.retracted = 0 AND placed.order_id {which}
ON CONFLICT (order_id) DO NOTHING
"""

_INSERT_MOVE = f"INSERT INTO moves VALUES ({', '.join('?' * len(tables.MOVES.columns))})"
_INSERT_PROFILE = f"INSERT INTO profiles VALUES ({', '.join('?' * len(tables.PROFILES.columns))})"
_INSERT_WAIT = f"INSERT INTO waits VALUES ({', '.join('?' * len(tables.WAITS.columns))})"

_DAILY = ("tally", "turnover", "arrivals")

_MARKS = ("day", "customer", "card", "order", "party", "calendar")

_ORDER = "SELECT p.local_day FROM purchases p WHERE p.customer = c.id AND p.standing = 1 ORDER BY p.local_day LIMIT 1"

# CROSS JOIN: SQLite keeps the order, else it might begin with all mail addresses there are.
_USES = """CASE WHEN EXISTS (
  SELECT 1 FROM customers m CROSS JOIN handles h CROSS JOIN handle_identifiers i
  WHERE m.living = c.id AND h.customer = m.id AND i.handle = h.id AND i.kind = '{kind}'
) OR EXISTS (
  SELECT 1 FROM customers m CROSS JOIN links l WHERE m.living = c.id AND l.customer = m.id AND l.kind = '{kind}'
) THEN 1 ELSE 0 END"""

_PROFILES = f"""
SELECT c.id,
       CASE WHEN EXISTS (
         SELECT 1 FROM customers m CROSS JOIN handles h WHERE m.living = c.id AND h.customer = m.id AND h.name <> ''
       ) OR EXISTS (
         SELECT 1 FROM attributes a WHERE a.customer = c.id AND a.key = '{NAME}' AND a.source = 'person'
       ) THEN 1 ELSE 0 END,
       {_USES.format(kind="mail")}, {_USES.format(kind="phone")},
       (SELECT k.local_day FROM contacts k WHERE k.customer = c.id AND k.retracted = 0 ORDER BY k.at, k.id LIMIT 1),
       ({_ORDER}), ({_ORDER} OFFSET 1)
FROM customers c WHERE {SHOWN} AND c.{IN_FIGURES} {{which}}
"""


class FiguresProjection:
    """The read model behind all figures; `refresh` must follow a catch-up before anything is asked."""

    tables: Sequence[Table] = tables.TABLES

    def __init__(self, timezone: str) -> None:
        """The company's IANA time zone."""
        self._zone = ZoneInfo(timezone)

    def apply(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        """Store calendars as they are set."""
        calendars = [event.open for event in events if event.topic == "calendar.set"]
        if calendars:
            cursor.executemany(
                "INSERT INTO calendars VALUES (?, ?) ON CONFLICT (year) DO UPDATE SET body = excluded.body",
                [(each.year, msgspec.json.encode(each).decode()) for each in calendars],
            )
            _mark(cursor, [("calendar", ALL)])

    def settle(self, cursor: sqlite3.Cursor, touched: Touched) -> None:
        """Mark what a batch touched."""
        marks = {("day", day) for day in touched.days}
        marks |= {("customer", customer) for customer in touched.customers}
        marks |= {("order", order) for order in touched.orders}
        marks |= {("party", party) for party in touched.parties}
        marks |= {("card", customer) for customer in touched.cards}
        for fact in touched.added:
            marks.add(("day", fact.local_day))
            if fact.customer:
                marks.add(("customer", fact.customer))
            if fact.order_id:
                marks.add(("order", fact.order_id))
        _mark(cursor, marks)

    def fill(self, cursor: sqlite3.Cursor) -> None:
        """Everything anew."""
        _mark(cursor, [(what, ALL) for what in ("day", "customer", "order")])
        self.refresh(cursor)

    def put_off(self, cursor: sqlite3.Cursor) -> bool:
        """Whether anything is marked."""
        return cursor.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is not None

    def refresh(self, cursor: sqlite3.Cursor) -> None:
        """Compute again what was marked, within the caller's transaction."""
        days = _marked(cursor, "day")
        customers = set(_marked(cursor, "customer"))
        cards = set(_marked(cursor, "card"))
        orders = _marked(cursor, "order")
        parties = set(_marked(cursor, "party"))
        calendars = _marked(cursor, "calendar")
        self._days(cursor, days)
        customers |= _purchases(cursor, orders)
        count_steps(cursor, _moves(cursor, customers) | _profiles(cursor, customers | cards))
        parties |= _stale_parties(cursor, days, self._bounds) | customers
        time = business_time(cursor)
        waited = set(days) | _waits(cursor, parties, time)
        if calendars and ALL not in parties:
            waited |= _recount(cursor, time)
        count_delays(cursor, waited)
        # Whatever else stands there is not ours, and stays for a check to find.
        cursor.executemany("DELETE FROM dirty WHERE what = ?", [(what,) for what in _MARKS])

    def _days(self, cursor: sqlite3.Cursor, days: Sequence[str]) -> None:
        if ALL in days:
            for table in _DAILY:
                cursor.execute(f"DELETE FROM {table}")
            bounds = [(-(2**62), 2**62)]
        else:
            for table in _DAILY:
                cursor.executemany(f"DELETE FROM {table} WHERE local_day = ?", [(d,) for d in days])
            bounds = [self._bounds(day) for day in days]
        cursor.executemany(_TALLY, bounds)
        cursor.executemany(_TURNOVER, bounds)
        cursor.executemany(_ARRIVALS, bounds)

    def _bounds(self, day: str) -> tuple[int, int]:
        """The instants between which a local day lies, in milliseconds since 1970 UTC."""
        first = date.fromisoformat(day)
        return tuple(
            round(datetime(d.year, d.month, d.day, tzinfo=self._zone).timestamp() * 1000)
            for d in (first, first + _DAY)
        )  # type: ignore[return-value]


def _mark(cursor: sqlite3.Cursor, marks: Iterable[tuple[str, str]]) -> None:
    cursor.executemany("INSERT INTO dirty VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(marks))


def _marked(cursor: sqlite3.Cursor, what: str) -> list[str]:
    rows = cursor.execute("SELECT id FROM dirty WHERE what = ? ORDER BY id", (what,)).fetchall()
    return [row[0] for row in rows]


def _purchases(cursor: sqlite3.Cursor, orders: Sequence[str]) -> set[str]:
    """Orders anew; the customers whose orders these are, or were."""
    if ALL in orders:
        cursor.execute("DELETE FROM purchases")
        cursor.execute(_PURCHASES.format(which="IS NOT NULL"))
        return set()
    which = "IN (SELECT id FROM dirty WHERE what = 'order')"
    owners = f"SELECT customer FROM purchases WHERE order_id {which} AND customer IS NOT NULL"
    found = {row[0] for row in cursor.execute(owners).fetchall()}
    cursor.execute(f"DELETE FROM purchases WHERE order_id {which}")
    cursor.execute(_PURCHASES.format(which=which))
    return found | {row[0] for row in cursor.execute(owners).fetchall()}


def _moves(cursor: sqlite3.Cursor, customers: set[str]) -> set[str]:
    """The base's moves of these customers; suppliers, partners and private people are not in it. The days that changed."""
    query = (
        "SELECT p.customer, p.local_day FROM purchases p JOIN customers c ON c.id = p.customer"
        f" WHERE p.standing = 1 AND c.{IN_FIGURES} {{which}} ORDER BY p.customer, p.local_day"
    )
    if ALL in customers:
        cursor.execute("DELETE FROM moves")
        rows = cursor.execute(query.format(which="")).fetchall()
        cursor.executemany(_INSERT_MOVE, _move_rows(rows))
        return {ALL}
    found: set[str] = set()
    for part in _chunks(sorted(customers)):
        marks = ",".join("?" * len(part))
        known = cursor.execute(f"SELECT * FROM moves WHERE customer IN ({marks})", part).fetchall()
        rows = cursor.execute(query.format(which=f"AND p.customer IN ({marks})"), part).fetchall()
        before, after = set(known), set(_move_rows(rows))
        delete = "DELETE FROM moves WHERE customer = ? AND step = ?"
        cursor.executemany(delete, sorted(row[:2] for row in before - after))
        cursor.executemany(_INSERT_MOVE, sorted(after - before))
        found |= {row[2] for row in before ^ after}
    return found


def _profiles(cursor: sqlite3.Cursor, customers: set[str]) -> set[str]:
    """What is known of these customers and since when, also by the handles of those merged into them; the days that
    changed."""
    if ALL in customers:
        cursor.execute("DELETE FROM profiles")
        cursor.execute(f"INSERT INTO profiles {_PROFILES.format(which='')}")
        return {ALL}
    found: set[str] = set()
    for part in _chunks(sorted(customers)):
        marks = ",".join("?" * len(part))
        known = f"SELECT * FROM profiles WHERE customer IN ({marks})"
        before = set(cursor.execute(known, part).fetchall())
        now = _PROFILES.format(which=f"AND c.id IN ({marks})")
        after = set(cursor.execute(now, part).fetchall())
        cursor.executemany(
            "DELETE FROM profiles WHERE customer = ?", sorted(row[:1] for row in before - after)
        )
        new = sorted(after - before, key=lambda row: row[0])
        cursor.executemany(_INSERT_PROFILE, new)
        found |= {day for row in before ^ after for day in row[4:] if day}
    return found


def _move_rows(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
    for customer, days in groupby(rows, key=lambda row: row[0]):
        for step, move in enumerate(moves([date.fromisoformat(day) for _, day in days])):
            yield customer, step, move.day.isoformat(), move.before, move.after


def _stale_parties(cursor: sqlite3.Cursor, days: Sequence[str], bounds: object) -> set[str]:
    """Handles and single contacts without a customer on the marked days; waits of contacts that moved on are dropped."""
    party = "coalesce(customer, handle, id)"
    if ALL in days:
        cursor.execute("DELETE FROM waits")
        rows = cursor.execute(
            f"SELECT DISTINCT {party} FROM contacts WHERE customer IS NULL AND counted = 1 AND retracted = 0"
        ).fetchall()
        return {row[0] for row in rows}
    found: set[str] = set()
    for day in days:
        between = bounds(day)  # type: ignore[operator]
        cursor.execute(
            "DELETE FROM waits WHERE what IN ('message', 'missed_call') AND local_day = ?"
            f" AND party <> coalesce((SELECT {party}"
            " FROM contacts WHERE contacts.id = waits.contact AND retracted = 0), '')",
            (day,),
        )
        rows = cursor.execute(
            f"SELECT DISTINCT {party} FROM contacts WHERE at >= ? AND at < ?"
            " AND customer IS NULL AND counted = 1 AND retracted = 0",
            between,
        ).fetchall()
        found |= {row[0] for row in rows}
    return found


def _waits(cursor: sqlite3.Cursor, parties: set[str], time: BusinessTime) -> set[str]:
    """The waits of these parties: customers, handles without a customer, contacts without a handle. The days that changed.

    Suppliers, partners and private people have none: they are in no customer figure, and nobody has to call them back.
    """
    columns = "id, at, kind, channel, coalesce(direction, ''), coalesce(outcome, ''), local_day"
    standing = "counted = 1 AND retracted = 0"
    outside = f"SELECT id FROM customers WHERE NOT {IN_FIGURES}"
    if ALL in parties:
        cursor.execute("DELETE FROM waits")
        reader = cursor.connection.cursor()
        reader.row_factory = None
        everybody = reader.execute(
            f"SELECT coalesce(customer, handle, id), {columns} FROM contacts WHERE {standing}"
            f" AND coalesce(customer, '') NOT IN ({outside}) ORDER BY 1, at, id"
        )
        cursor.executemany(_INSERT_WAIT, _all_waits(everybody, time))
        return {ALL}
    # An expression, since by the index of customers all contacts that are nobody's would be read.
    nobodys = "coalesce(customer, '') = ''"
    found: set[str] = set()
    for part in _chunks(sorted(parties)):
        marks = ",".join("?" * len(part))
        none = {row[0] for row in cursor.execute(f"{outside} AND id IN ({marks})", part)}
        rows = cursor.execute(
            f"SELECT customer, {columns} FROM contacts WHERE customer IN ({marks}) AND {standing}"
            f" UNION ALL SELECT handle, {columns} FROM contacts"
            f" WHERE handle IN ({marks}) AND {nobodys} AND {standing}"
            f" UNION ALL SELECT id, {columns} FROM contacts"
            f" WHERE id IN ({marks}) AND {nobodys} AND handle IS NULL AND {standing}",
            [*part, *part, *part],
        ).fetchall()
        theirs: list[tuple[Any, ...]] = [row for row in rows if row[0] not in none]
        theirs.sort(key=lambda row: (row[0], row[2], row[1]))
        known = cursor.execute(f"SELECT * FROM waits WHERE party IN ({marks})", part).fetchall()
        found |= _replace_waits(cursor, set(known), set(_all_waits(theirs, time)))
    return found


def _replace_waits(
    cursor: sqlite3.Cursor, before: set[tuple[Any, ...]], after: set[tuple[Any, ...]]
) -> set[str]:
    """All are computed anew; of years of waits no more is written than what is another now. The days that changed."""
    cursor.executemany(
        "DELETE FROM waits WHERE contact = ?", sorted((row[0],) for row in before - after)
    )
    new = sorted(after - before, key=lambda row: row[0])
    cursor.executemany(_INSERT_WAIT, new)
    return {row[4] for row in before ^ after}


def _all_waits(rows: Iterable[tuple[Any, ...]], time: BusinessTime) -> Iterator[tuple[Any, ...]]:
    """`rows` come party by party, each in the order of time; no more than one party is held at once."""
    for party, touches in groupby(rows, key=lambda row: row[0]):
        yield from _wait_rows(party, list(touches), time)


def _wait_rows(
    party: str, touches: Sequence[tuple[Any, ...]], time: BusinessTime
) -> Iterator[tuple[Any, ...]]:
    days = {row[1]: row[7] for row in touches}
    for wait in waits(Touch(*row[1:7]) for row in touches):
        yield (
            wait.contact,
            party,
            wait.what,
            wait.since,
            days[wait.contact],
            wait.until,
            wait.answer,
            wait.answer_channel,
            int(wait.by_himself),
            None if wait.until is None else time.between(wait.since, wait.until),
        )


def _recount(cursor: sqlite3.Cursor, time: BusinessTime) -> set[str]:
    """Business time of all waits anew, since the calendar changed; every day did with it."""
    rows = cursor.execute(
        "SELECT contact, since, until FROM waits WHERE until IS NOT NULL"
    ).fetchall()
    cursor.executemany(
        "UPDATE waits SET business_ms = ? WHERE contact = ?",
        [(time.between(since, until), contact) for contact, since, until in rows],
    )
    return {ALL}


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
