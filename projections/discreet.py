"""The questions to the views for somebody who may not hear some sources: the same answers, without what only they say.

All facts stay (how many, when, how much); contacts themselves are the asker's to cover.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from stammkunde.core.contact import Identifier
from stammkunde.projections import answers
from stammkunde.projections.callers import NAMED, Caller
from stammkunde.projections.cards import Card
from stammkunde.projections.corrections import select_in
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.segments import EVERYTHING, Segment
from stammkunde.projections.figures.who import Behind
from stammkunde.projections.openness import closed, open_cards
from stammkunde.projections.origins import Origin
from stammkunde.projections.queries import PAGE, Queries
from stammkunde.projections.said import Found
from stammkunde.projections.sheets import Sheet
from stammkunde.projections.terms import searched
from stammkunde.projections.todo import Todo
from stammkunde.projections.views import Views

_MOST = 500
"""Customers, or hits, that are looked at for one page: who may hear few of the sources gets an end."""

_SOURCES = "SELECT contact, source FROM contents WHERE contact IN ({ids})"

T = TypeVar("T", Behind, Todo, Found)


class DiscreetQueries(Queries):
    """`Queries` without what only hidden sources say."""

    def __init__(self, views: Views, hidden: Collection[str], unnamed: str) -> None:
        """`unnamed` stands in place of the name of a customer of whom nothing may be said."""
        super().__init__(views)
        self._hidden = frozenset(hidden)
        self._unnamed = unnamed

    def customers(
        self,
        text: str = "",
        *,
        kind: answers.CustomerKind | None = None,
        limit: int = PAGE,
        after: str = "",
    ) -> list[answers.Customer]:
        """Those whom `text` finds by what is hidden are left out."""
        sought = searched(text)
        found: list[answers.Customer] = []
        looked, portion = 0, limit
        while looked < _MOST:
            rows = super().customers(text, kind=kind, limit=portion, after=after)
            cards = self._cards(row.id for row in rows)
            found += [self._customer(row, cards) for row in rows if _fits(cards[row.id], sought)]
            looked += len(rows)
            if len(found) >= limit or len(rows) < portion:
                break
            after, portion = rows[-1].id, min(2 * portion, max(limit, _MOST - looked))
        return found[:limit]

    def customer(self, ref: str, *, limit: int = PAGE) -> answers.CustomerSheet:
        """As for everybody; an address or a number that is hidden leads nowhere."""
        sheet = super().customer(ref, limit=limit)
        card = self._cards([sheet.id])[sheet.id]
        known: dict[str, Any] = card.attributes if card else {}
        return replace(
            sheet,
            name=self._name(card),
            identifiers=_shown(sheet.identifiers, card),
            attributes={key: answers.Attribute(*known[key]) for key in sorted(known)},
            notes=sheet.notes if card else (),
        )

    def sheet(self, customer: str, now: datetime, year_ago: datetime) -> Sheet:
        """As for everybody, without the addresses of his parts that are hidden."""
        found = super().sheet(customer, now, year_ago)
        card = self._cards([customer])[customer]
        return replace(
            found,
            parts=tuple(
                replace(part, identifiers=_shown(part.identifiers, card)) for part in found.parts
            ),
            linked=frozenset(_shown(found.linked, card)),
        )

    def names(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """For each id the living customer's id and name."""
        found = super().names(ids)
        cards = self._cards(living for living, _ in found.values())
        return {id_: (living, self._name(cards[living])) for id_, (living, _) in found.items()}

    def caller(self, number: str, *, limit: int = NAMED) -> Caller:
        """Who is known to use a number from what is open; of the contacts those of open sources."""
        found = super().caller(number, limit=limit)
        cards = self._cards(one.id for one in found.customers)
        way = Identifier("phone", number)
        known = tuple(
            replace(one, name=self._name(card))
            for one in found.customers
            if (card := cards[one.id]) and way in card.identifiers
        )
        fewer = len(found.customers) - len(known)
        contacts = tuple(one for one in found.contacts if one.source not in self._hidden)
        if fewer or not (known or contacts):
            contacts = ()
        if not (known or contacts):
            return Caller()
        return replace(found, customers=known, n=found.n - fewer, contacts=contacts)

    def said(
        self, text: str, *, hidden: Collection[str] = (), limit: int = PAGE, before: int = 0
    ) -> list[Found]:
        """Contacts of open sources, and notes on customers of whom something may be said."""
        without = self._hidden | frozenset(hidden)
        found: list[Found] = []
        looked, portion = 0, limit
        while looked < _MOST:
            hits = super().said(text, hidden=without, limit=portion, before=before)
            shut = self.closed(hit.customer_id for hit in hits if hit.note and hit.customer_id)
            found += [hit for hit in hits if not (hit.note and hit.customer_id in shut)]
            looked += len(hits)
            if len(found) >= limit or len(hits) < portion:
                break
            before, portion = hits[-1].position, min(2 * portion, max(limit, _MOST - looked))
        return self._named(found[:limit])

    def review(
        self, *, limit: int = PAGE, handle: str = "", after: str = ""
    ) -> list[answers.Review]:
        """Candidates are those of whom it is open that they use what the contact shows."""
        found = super().review(limit=limit, handle=handle, after=after)
        cards = self._cards(one.id for review in found for one in review.candidates)
        return [
            replace(
                review,
                candidates=tuple(
                    replace(one, name=self._name(card))
                    for one in review.candidates
                    if (card := cards[one.id])
                    and Identifier(one.shared.kind, one.shared.value) in card.identifiers
                ),
            )
            for review in found
        ]

    def who(
        self,
        code: str,
        period: Period,
        *,
        segment: Segment = EVERYTHING,
        limit: int | None = None,
        after: str = "",
    ) -> list[Behind]:
        """As many as for everybody."""
        return self._named(super().who(code, period, segment=segment, limit=limit, after=after))

    def todo(
        self,
        now: datetime,
        *,
        since: datetime | None = None,
        customer: str = "",
        limit: int | None = None,
        after: str = "",
    ) -> list[Todo]:
        """As many as for everybody."""
        found = super().todo(now, since=since, customer=customer, limit=limit, after=after)
        return self._named(found)

    def origins(
        self, customer: str, identifiers: Iterable[answers.Identifier]
    ) -> dict[answers.Identifier, Origin]:
        """Without witnesses of hidden sources."""
        found = super().origins(customer, identifiers)
        with self._views.store.reading() as cursor:
            contacts = {origin.contact for origin in found.values() if origin.contact}
            told = dict(select_in(cursor, _SOURCES, contacts))
        return {
            identifier: origin
            for identifier, origin in found.items()
            if told.get(origin.contact, "") not in self._hidden
        }

    def closed(self, customers: Iterable[str]) -> frozenset[str]:
        """Of living customers those of whom nothing may be said."""
        with self._views.store.reading() as cursor:
            return closed(cursor, customers, self._hidden)

    def _found_by(self, cursor: sqlite3.Cursor, kind: str, value: str) -> set[str]:
        found = super()._found_by(cursor, kind, value)
        cards = open_cards(cursor, found, self._hidden)
        return {
            customer
            for customer, card in cards.items()
            if card and any((one.kind, one.value) == (kind, value) for one in card.identifiers)
        }

    def _cards(self, customers: Iterable[str]) -> dict[str, Card | None]:
        with self._views.store.reading() as cursor:
            return open_cards(cursor, customers, self._hidden)

    def _name(self, card: Card | None) -> str:
        return card.name if card else self._unnamed

    def _customer(self, row: answers.Customer, cards: dict[str, Card | None]) -> answers.Customer:
        card = cards[row.id]
        return replace(row, name=self._name(card), identifiers=_shown(row.identifiers, card))

    def _named(self, rows: list[T]) -> list[T]:
        cards = self._cards(row.customer_id for row in rows if row.customer_id)
        return [
            replace(row, name=self._name(cards[row.customer_id])) if row.customer_id else row
            for row in rows
        ]


def _fits(card: Card | None, sought: list[set[str]]) -> bool:
    """Whether each word sought begins one by which the customer is found as far as he is open."""
    if not sought:
        return True
    terms = card.terms if card else []
    return all(any(term.startswith(tuple(each)) for term in terms) for each in sought)


def _shown(ways: Iterable[Any], card: Card | None) -> tuple[Any, ...]:
    """Those of some identifiers, of whichever struct, that are open."""
    known = {(one.kind, one.value) for one in card.identifiers} if card else set()
    return tuple(one for one in ways if (one.kind, one.value) in known)
