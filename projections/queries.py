"""The public questions to the views. Lists come newest first, page by page: `after` is the id of the last one seen."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import Channel, Direction
from stammkunde.core.errors import N_, DecisionError, UnknownError
from stammkunde.core.log.store import Log
from stammkunde.core.phones import e164
from stammkunde.projections import answers, listing
from stammkunde.projections.callers import NAMED, Caller, caller
from stammkunde.projections.corrections import select_in
from stammkunde.projections.figures.makeup import Part, makeup
from stammkunde.projections.figures.monday import Base, Monday, base, monday
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer, figures, figures_in, span
from stammkunde.projections.figures.segments import EVERYTHING, Segment
from stammkunde.projections.figures.who import Behind, who
from stammkunde.projections.finding import (
    SHOWN,
    beginning_with,
    called,
    found_by,
    living,
    shortest,
)
from stammkunde.projections.origins import Origin, origins
from stammkunde.projections.reading import CONTACT, contact_answer, milliseconds
from stammkunde.projections.registers import living_of
from stammkunde.projections.review import followers, open_counterparts, to_review, waiting
from stammkunde.projections.said import Found, found
from stammkunde.projections.sheets import Sheet, sheet
from stammkunde.projections.status import Arrivals, arrivals, sources, status
from stammkunde.projections.terms import searched
from stammkunde.projections.todo import Due, Todo, due, todo
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
        self,
        text: str = "",
        *,
        kind: answers.CustomerKind | None = None,
        limit: int = PAGE,
        after: str = "",
    ) -> list[answers.Customer]:
        """Living customers and prospects, the one with the latest contact first.

        Of `text` each word begins a name, company, mail address, number, account or attribute.
        """
        where = [SHOWN]
        values: list[Any] = []
        if kind:
            where.append("c.kind = ?")
            values.append(kind)
        with self._views.store.reading() as cursor:
            for condition, bounds in called(cursor, searched(text)):
                where.append(condition)
                values += bounds
            if after:
                where.append("(coalesce(c.last_at, 0), c.id) < (?, ?)")
                values += listing.key(
                    cursor, "SELECT coalesce(last_at, 0), id FROM customers", after
                )
            rows = cursor.execute(
                f"{listing.CUSTOMER} WHERE {' AND '.join(where)} ORDER BY coalesce(c.last_at, 0) DESC, c.id DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
            return listing.customers(cursor, self._views.local, rows)

    def customer(self, ref: str, *, limit: int = PAGE) -> answers.CustomerSheet:
        """All on one customer: by id (also one that was merged into him), mail address, number in any notation, or the
        beginning of an id, as lists show it.

        `UnknownError` where nobody is meant, `DecisionError` where more than one customer is. `limit` is that of the contacts.
        """
        with self._views.store.reading() as cursor:
            found = self._resolve(cursor, ref)
            head = listing.customers(
                cursor,
                self._views.local,
                cursor.execute(f"{listing.CUSTOMER} WHERE c.id = ?", (found,)).fetchall(),
            )[0]
            return answers.CustomerSheet(
                **msgspec.structs.asdict(head),
                attributes=listing.attributes(cursor, found),
                notes=listing.notes(cursor, found),
                merged=listing.merged(cursor, found),
                contacts_list=tuple(
                    listing.contacts(cursor, ["k.customer = ?", "k.retracted = 0"], [found], limit)
                ),
            )

    def caller(self, number: str, *, limit: int = NAMED) -> Caller:
        """Who uses a telephone number, given in E.164, with no more than `limit` contacts; quick, since it rings."""
        with self._views.store.reading() as cursor:
            return caller(cursor, number, limit)

    def said(
        self, text: str, *, hidden: Collection[str] = (), limit: int = PAGE, before: int = 0
    ) -> list[Found]:
        """Contacts and notes in which all these words stand (`projections/said`), those recorded last first.

        Contacts of `hidden` sources are not found; `before` is the position of the last one seen.
        """
        with self._views.store.reading() as cursor:
            return found(cursor, text, hidden, limit, before)

    def sheet(self, customer: str, now: datetime, year_ago: datetime) -> Sheet:
        """What the sheet of a living customer shows beside his contacts, as of `now`."""
        with self._views.store.reading() as cursor:
            return sheet(cursor, self._views.local, customer, now, year_ago)

    def contact(self, contact: str) -> answers.Contact | None:
        """One contact by its id, also one that was retracted; None where there is none."""
        with self._views.store.reading() as cursor:
            row = cursor.execute(f"{CONTACT} WHERE k.id = ?", (contact,)).fetchone()
            return contact_answer(row) if row else None

    def neighbours(self, contact: str, *, limit: int = PAGE) -> list[answers.Contact]:
        """What else stands in a contact's thread, or tells of its order where it has no thread, the newest first."""
        with self._views.store.reading() as cursor:
            row = cursor.execute("SELECT thread, order_id FROM contacts WHERE id = ?", (contact,))
            thread, order = row.fetchone() or (None, None)
            if not (thread or order):
                return []
            where = ["k.thread = ?" if thread else "k.order_id = ?", "k.id <> ?", "k.retracted = 0"]
            return listing.contacts(cursor, where, [thread or order, contact], limit)

    def names(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """For each id that was ever opened the living customer's id and name."""
        with self._views.store.reading() as cursor:
            return {
                id_: (living, name)
                for id_, living, name in select_in(cursor, listing.NAMES, set(ids))
            }

    def resolve(self, ref: str) -> str:
        """The id of the living customer that a reference means, as `customer` takes it."""
        with self._views.store.reading() as cursor:
            return self._resolve(cursor, ref)

    def contact_id(self, ref: str) -> str:
        """The id of the contact that a reference means: the id itself or a beginning of it, of six digits or more."""
        with self._views.store.reading() as cursor:
            return listing.whole(cursor, "contacts", ref)

    def customer_id(self, ref: str) -> str:
        """The same of a customer's id as it was opened, whomever he was merged into since."""
        with self._views.store.reading() as cursor:
            return listing.whole(cursor, "customers", ref)

    def short_ids(
        self, table: Literal["contacts", "customers"], ids: Iterable[str]
    ) -> dict[str, str]:
        """For each id a beginning that means no other one now, as `contact_id`, `customer_id` and `resolve` take it."""
        with self._views.store.reading() as cursor:
            return shortest(cursor, table, ids)

    def contacts(
        self, wanted: Filter | None = None, *, limit: int = PAGE, after: str = ""
    ) -> list[answers.Contact]:
        """Contacts that stand, the newest first."""
        with self._views.store.reading() as cursor:
            where, values = self._conditions(cursor, wanted or Filter())
            if after:
                where.append("(k.at, k.id) < (?, ?)")
                values += listing.key(cursor, "SELECT at, id FROM contacts", after)
            return listing.contacts(cursor, where, values, limit)

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

    def review(
        self, *, limit: int = PAGE, handle: str = "", after: str = ""
    ) -> list[answers.Review]:
        """Counterparts whose contacts wait for a decision, those with most contacts first; or the one with this handle.

        `after` is the handle of the last one of the page before; `DecisionError` once nothing of his is open.
        """
        with self._views.store.reading() as cursor:
            return open_counterparts(cursor, self._views.local, limit, handle, after)

    def to_review(self, most: int) -> int:
        """How many counterparts wait for a decision; beyond `most` they are not counted on."""
        with self._views.store.reading() as cursor:
            return to_review(cursor, most)

    def waiting(self, handle: str, *, limit: int) -> list[str]:
        """Ids of the contacts with this handle that wait for a decision, the newest first."""
        with self._views.store.reading() as cursor:
            return waiting(cursor, handle, limit)

    def followers(self, handles: Iterable[str], *, but: str = "") -> Counter[str]:
        """How many contacts that count follow these handles and are not yet the customer's `but`, by channel."""
        with self._views.store.reading() as cursor:
            return followers(cursor, handles, but)

    def figures(
        self,
        period: Period,
        *,
        codes: Sequence[str] = (),
        grain: Grain | None = None,
        segment: Segment = EVERYTHING,
    ) -> list[FigureAnswer]:
        """Figures by code, for the period or each part of it; without codes all that know the segment.

        `SegmentError` where a figure named does not know the segment.
        """
        with self._views.store.reading() as cursor:
            return figures(cursor, period, codes=codes, grain=grain, segment=segment)

    def who(
        self,
        code: str,
        period: Period,
        *,
        segment: Segment = EVERYTHING,
        limit: int | None = None,
        after: str = "",
    ) -> list[Behind]:
        """Who is behind a figure, the newest first: as many as its numerator, or a page after the `key` of an entry.

        `SegmentError` as `figures` raises it, `DecisionError` where `after` is no key of this list.
        """
        with self._views.store.reading() as cursor:
            return who(cursor, self._views.local, code, period, segment, limit=limit, after=after)

    def figures_in(
        self, parts: Sequence[Period], codes: Sequence[str] = (), segment: Segment = EVERYTHING
    ) -> list[FigureAnswer]:
        """The same for parts of whatever length that follow upon each other without a gap."""
        with self._views.store.reading() as cursor:
            return figures_in(cursor, parts, codes, segment)

    def makeup(self, code: str, period: Period, *, segment: Segment = EVERYTHING) -> list[Part]:
        """What a figure is made of, by each part of a segment; `SegmentError` as `figures` raises it."""
        with self._views.store.reading() as cursor:
            return makeup(cursor, code, period, segment)

    def base(self, period: Period) -> Base:
        """The customer base of a period as a sum that closes."""
        with self._views.store.reading() as cursor:
            return base(cursor, period)

    def monday(self, week: Period) -> Monday:
        """A week from Monday to Monday as its page shows it."""
        with self._views.store.reading() as cursor:
            return monday(cursor, self._views.local, week)

    def todo(
        self,
        now: datetime,
        *,
        since: datetime | None = None,
        customer: str = "",
        limit: int | None = None,
        after: str = "",
    ) -> list[Todo]:
        """Who waits for us at `now` (aware), of those who began to since then (default: thirty days ago).

        All of them, those of a living `customer` by his id, or a page: `after` is the contact of the last one seen.
        """
        with self._views.store.reading() as cursor:
            return todo(cursor, now, since=since, customer=customer, limit=limit, after=after)

    def due(self, now: datetime) -> dict[str, Due]:
        """How many of `todo` wait for what at `now`."""
        with self._views.store.reading() as cursor:
            return due(cursor, now)

    def span(self) -> tuple[date, date] | None:
        """The first and the last local day with a contact."""
        with self._views.store.reading() as cursor:
            return span(cursor)

    def origins(
        self, customer: str, identifiers: Iterable[answers.Identifier]
    ) -> dict[answers.Identifier, Origin]:
        """Where identifiers of a customer (by his id) come from, as far as something else than they vouches for them."""
        with self._views.store.reading() as cursor:
            return origins(cursor, customer, identifiers)

    def position(self) -> int:
        """The last event of the log that these answers rest on."""
        return self._views.position()

    def sources(self, log: Log) -> tuple[answers.SourceStatus, ...]:
        """How the sources fare, as `status` says it."""
        return sources(log)

    def status(self, log: Log) -> answers.Status:
        """The state of the home to which the log belongs."""
        return status(self._views, log)

    def arrivals(self, since: date) -> list[Arrivals]:
        """How many contacts each source brought, in all and on each local day since then."""
        with self._views.store.reading() as cursor:
            return arrivals(cursor, since)

    def closed(self, customers: Iterable[str]) -> frozenset[str]:  # noqa: ARG002 — all are open here
        """Of living customers those of whom nothing may be said: none (`projections/discreet`)."""
        return frozenset()

    def _found_by(self, cursor: sqlite3.Cursor, kind: str, value: str) -> set[str]:
        return found_by(cursor, kind, value)

    def _resolve(self, cursor: sqlite3.Cursor, ref: str) -> str:
        ref = ref.strip().encode(errors="replace").decode()
        customer = living(cursor, ref.lower())
        if customer:
            return customer
        mail, number = mail_address(ref), e164(ref, self._views.company.country)
        wanted = [("mail", mail), ("phone", number), ("shop", ref)]
        customers = {
            c for kind, value in wanted if value for c in self._found_by(cursor, kind, value)
        }
        many = N_("{n} customers share this: name one by its id: {some}.")
        if not customers:
            ids = beginning_with(cursor, "customers", ref.lower())
            customers = set(living_of(cursor, ids).values())
            many = N_("{n} customers have an id that begins so, write more of it: {some}.")
        if not customers:
            raise UnknownError(
                "No customer has this id, mail address or number: “stammkunde customers WORD” finds by name."
            )
        if len(customers) > 1:
            some = ", ".join(sorted(customers)[:10])
            raise DecisionError(many, n=len(customers), some=some)
        return customers.pop()

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
