"""The public questions to the views. Lists come newest first, page by page: `after` is the id of the last one seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import Channel, Direction
from stammkunde.core.errors import DecisionError
from stammkunde.core.log.store import Log
from stammkunde.core.phones import e164
from stammkunde.projections import answers
from stammkunde.projections.corrections import select_in
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import EVERYTHING, FigureAnswer, Segment, figures, span
from stammkunde.projections.figures.who import Behind, who
from stammkunde.projections.finding import (
    SHOWN,
    beginning_with,
    customer_identifiers,
    found_by,
    living,
)
from stammkunde.projections.money import from_micro
from stammkunde.projections.reading import CONTACT, contact_answer, milliseconds, utc
from stammkunde.projections.review import open_counterparts
from stammkunde.projections.status import status
from stammkunde.projections.terms import LAST, searched
from stammkunde.projections.todo import Todo, todo
from stammkunde.projections.views import Views

PAGE = 50


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts are wanted; `since` is included, `until` is not. `customer` is a reference as `customer` takes it.

    `unassigned` asks for those that count and are nobody's.
    """

    customer: str = ""
    channel: Channel | None = None
    kind: str = ""
    direction: Direction | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    unassigned: bool = False


class Queries:
    """Reads one set of views; each call sees them at one moment."""

    def __init__(self, views: Views) -> None:
        """Live views, or a copy of them."""
        self._views = views

    def customers(
        self, text: str = "", *, limit: int = PAGE, after: str = ""
    ) -> list[answers.Customer]:
        """Living customers and prospects, the one with the latest contact first.

        Of `text` each word begins a name, company, mail address, number, account or attribute.
        """
        where = [SHOWN]
        values: list[Any] = []
        for spellings in searched(text):
            ranges = " OR ".join(["term >= ? AND term < ?"] * len(spellings))
            where.append(f"c.id IN (SELECT customer FROM terms WHERE {ranges})")
            for spelling in sorted(spellings):
                values += [spelling, spelling + LAST]
        with self._views.store.reading() as cursor:
            if after:
                where.append("(coalesce(c.last_at, 0), c.id) < (?, ?)")
                values += _key(cursor, "SELECT coalesce(last_at, 0), id FROM customers", after)
            rows = cursor.execute(
                f"{_CUSTOMER} WHERE {' AND '.join(where)} ORDER BY coalesce(c.last_at, 0) DESC, c.id DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
            return self._customers(cursor, rows)

    def customer(self, ref: str, *, limit: int = PAGE) -> answers.CustomerSheet:
        """All on one customer: by id (also one that was merged into him), mail address, number in any notation, or the
        beginning of an id, as lists show it.

        `DecisionError` where nobody or more than one customer is meant. `limit` is that of the contacts.
        """
        with self._views.store.reading() as cursor:
            found = self._resolve(cursor, ref)
            head = self._customers(
                cursor, cursor.execute(f"{_CUSTOMER} WHERE c.id = ?", (found,)).fetchall()
            )[0]
            return answers.CustomerSheet(
                **msgspec.structs.asdict(head),
                attributes=_attributes(cursor, found),
                notes=_notes(cursor, found),
                merged=_merged(cursor, found),
                contacts_list=tuple(
                    _contacts(cursor, ["k.customer = ?", "k.retracted = 0"], [found], limit)
                ),
            )

    def resolve(self, ref: str) -> str:
        """The id of the living customer that a reference means, as `customer` takes it."""
        with self._views.store.reading() as cursor:
            return self._resolve(cursor, ref)

    def contacts(
        self, wanted: Filter | None = None, *, limit: int = PAGE, after: str = ""
    ) -> list[answers.Contact]:
        """Contacts that stand, the newest first."""
        with self._views.store.reading() as cursor:
            where, values = self._conditions(cursor, wanted or Filter())
            if after:
                where.append("(k.at, k.id) < (?, ?)")
                values += _key(cursor, "SELECT at, id FROM contacts", after)
            return _contacts(cursor, where, values, limit)

    def all_contacts(
        self, wanted: Filter | None = None, *, page: int = 1000
    ) -> Iterator[answers.Contact]:
        """The same without an end, read page by page."""
        after = ""
        while rows := self.contacts(wanted, limit=page, after=after):
            yield from rows
            after = rows[-1].id

    def unassigned(self, *, limit: int = PAGE, after: str = "") -> list[answers.Contact]:
        """Contacts that count and are nobody's."""
        return self.contacts(Filter(unassigned=True), limit=limit, after=after)

    def review(self, *, limit: int = PAGE) -> list[answers.Review]:
        """Counterparts whose contacts wait for a decision, those with most contacts first."""
        with self._views.store.reading() as cursor:
            return open_counterparts(cursor, self._views.local, limit)

    def figures(
        self,
        period: Period,
        *,
        codes: Sequence[str] = (),
        grain: Grain | None = None,
        segment: Segment = EVERYTHING,
    ) -> list[FigureAnswer]:
        """Figures by code (none: all), for the period or each part of it."""
        with self._views.store.reading() as cursor:
            return figures(cursor, period, codes=codes, grain=grain, segment=segment)

    def who(self, code: str, period: Period, *, segment: Segment = EVERYTHING) -> list[Behind]:
        """Who is behind a figure: as many as its numerator."""
        with self._views.store.reading() as cursor:
            return who(cursor, code, period, segment)

    def todo(self, now: datetime, *, since: datetime | None = None) -> list[Todo]:
        """Who waits for us at `now` (aware), of those who began to since then (default: thirty days ago)."""
        with self._views.store.reading() as cursor:
            return todo(cursor, now, since=since)

    def span(self) -> tuple[date, date] | None:
        """The first and the last local day with a contact."""
        with self._views.store.reading() as cursor:
            return span(cursor)

    def status(self, log: Log) -> answers.Status:
        """The state of the home to which the log belongs."""
        return status(self._views, log)

    def _resolve(self, cursor: sqlite3.Cursor, ref: str) -> str:
        customer = living(cursor, ref.strip().lower())
        if customer:
            return customer
        mail, number = mail_address(ref), e164(ref, self._views.company.country)
        wanted = [("mail", mail), ("phone", number), ("shop", ref.strip())]
        customers = sorted(
            {c for kind, value in wanted if value for c in found_by(cursor, kind, value)}
            or beginning_with(cursor, ref.strip().lower())
        )
        if not customers:
            raise DecisionError(
                "No customer has this id, mail address or number: “stammkunde customers WORD” finds by name."
            )
        if len(customers) > 1:
            raise DecisionError(
                f"{len(customers)} customers share this: name one by its id: {', '.join(customers[:10])}."
            )
        return customers[0]

    def _conditions(self, cursor: sqlite3.Cursor, wanted: Filter) -> tuple[list[str], list[Any]]:
        where = ["k.retracted = 0"]
        values: list[Any] = []
        if wanted.unassigned:
            where.append("k.customer IS NULL AND k.counted = 1")
        if wanted.source:
            where.append(
                "(t.source = ? OR EXISTS (SELECT 1 FROM sightings s WHERE s.contact = k.id AND s.source = ?))"
            )
            values += [wanted.source, wanted.source]
        wishes: tuple[tuple[str, str | int | None], ...] = (
            ("k.customer = ?", self._resolve(cursor, wanted.customer) if wanted.customer else None),
            ("k.channel = ?", wanted.channel),
            ("k.kind = ?", wanted.kind or None),
            ("k.direction = ?", wanted.direction),
            ("k.at >= ?", milliseconds(wanted.since) if wanted.since else None),
            ("k.at < ?", milliseconds(wanted.until) if wanted.until else None),
        )
        for condition, value in wishes:
            if value is not None:
                where.append(condition)
                values.append(value)
        return where, values

    def _customers(
        self, cursor: sqlite3.Cursor, rows: list[tuple[Any, ...]]
    ) -> list[answers.Customer]:
        ids = [row[0] for row in rows]
        identifiers = customer_identifiers(cursor, ids)
        revenue: dict[str, list[answers.Amount]] = {}
        for customer, currency, amount in select_in(cursor, _REVENUE, ids):
            revenue.setdefault(customer, []).append(answers.Amount(from_micro(amount), currency))
        at = self._views.local.at
        return [
            answers.Customer(
                id=customer,
                name=name,
                kind=kind,
                identifiers=identifiers.get(customer, ()),
                contacts=contacts,
                first_contact=None if first is None else at(first),
                last_contact=None if last is None else at(last),
                revenue=tuple(revenue.get(customer, ())),
            )
            for customer, name, kind, contacts, first, last in rows
        ]


_CUSTOMER = "SELECT c.id, c.name, c.kind, c.contacts, c.first_at, c.last_at FROM customers c"
_REVENUE = "SELECT customer, currency, amount_micro FROM revenue WHERE customer IN ({ids}) ORDER BY customer, currency"


def _contacts(
    cursor: sqlite3.Cursor, where: list[str], values: list[Any], limit: int
) -> list[answers.Contact]:
    rows = cursor.execute(
        f"{CONTACT} WHERE {' AND '.join(where)} ORDER BY k.at DESC, k.id DESC LIMIT ?",
        (*values, limit),
    )
    return [contact_answer(row) for row in rows.fetchall()]


def _key(cursor: sqlite3.Cursor, select: str, after: str) -> tuple[Any, ...]:
    row = cursor.execute(f"{select} WHERE id = ?", (after,)).fetchone()
    if row is None:
        raise DecisionError("The page to continue from is gone: begin again.")
    return tuple(row)


def _attributes(cursor: sqlite3.Cursor, customer: str) -> dict[str, answers.Attribute]:
    rows = cursor.execute(
        "SELECT key, value, source FROM attributes WHERE customer = ? ORDER BY key", (customer,)
    )
    return {key: answers.Attribute(value, source) for key, value, source in rows.fetchall()}


def _notes(cursor: sqlite3.Cursor, customer: str) -> tuple[answers.Note, ...]:
    rows = cursor.execute(
        "SELECT n.recorded_at, n.author, n.text FROM customers c JOIN notes n ON n.customer = c.id"
        " WHERE c.living = ? ORDER BY n.position DESC",
        (customer,),
    )
    return tuple(answers.Note(utc(at), author, text) for at, author, text in rows.fetchall())


def _merged(cursor: sqlite3.Cursor, customer: str) -> tuple[str, ...]:
    rows = cursor.execute(
        "SELECT id FROM customers WHERE living = ? AND id <> ? ORDER BY position",
        (customer, customer),
    )
    return tuple(row[0] for row in rows.fetchall())
