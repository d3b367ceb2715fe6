"""Kunden: whom we know, found while one types; and what was said, found by its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

import msgspec
from litestar import Request, Response, get
from litestar.params import FromQuery
from litestar.response import Stream

from stammkunde.app import writing
from stammkunde.app.customer_table import CUSTOMER_HEAD, customer_cells
from stammkunde.app.web import evidence, timeline
from stammkunde.app.web.download import spreadsheet
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.projections.answers import Amount, Customer, CustomerKind
from stammkunde.projections.said import Found
from stammkunde.projections.terms import plain_words

PAGE = 25
HITS = 10
"""Contacts and notes that are shown below the customers."""
_LONGEST_QUERY = 200
_EXPORTED = 1000
"""Customers read at once for a spreadsheet."""
_WAYS = 3
"""Addresses and numbers that a row names."""

Marked = tuple[tuple[str, bool], ...]
"""A text in parts, and whether each is what was sought."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in the list."""

    id: str
    name: Marked
    ways: Marked
    kind: str
    contacts: int
    last: datetime | None
    revenue: tuple[str, ...]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A contact or a note with the words sought."""

    href: str
    icon: str
    title: Marked
    excerpt: Marked
    at: datetime
    customer_id: str | None
    name: str


@get("/customers", sync_to_thread=True)
def customers(
    request: Request[Any, Any, Any],
    visit: Visiting,
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    after: FromQuery[str] = "",
    seen: FromQuery[int] = 0,
) -> Response[str]:
    """The list, the part of it that belongs to what was typed, or its next page."""
    q = q.strip()[:_LONGEST_QUERY]
    only = known_kind(kind)
    found = visit.queries.customers(q, kind=only, limit=PAGE + 1, after=after)
    words = plain_words(q)
    values: dict[str, Any] = {
        "q": q,
        "kind": only or "",
        "after": after,
        "seen": max(0, seen) if after else 0,
        "rows": [_row(visit, customer, words) for customer in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else "",
        "hits": _hits(visit, q, words) if not (after or only) else [],
    }
    if wants_part(request):
        block = "next" if after else "found"
        return part(visit, "customers.html", block, is_part=True, **values)
    return page(visit, "customers.html", is_part=False, total=visit.status.log.customers, **values)


@get("/customers.csv", sync_to_thread=True)
def customers_csv(visit: Visiting, q: FromQuery[str] = "", kind: FromQuery[str] = "") -> Stream:
    """All that the list would show, page after page."""
    only = known_kind(kind)
    rows = _all(visit, q.strip()[:_LONGEST_QUERY], only)
    return spreadsheet("customers", CUSTOMER_HEAD, map(customer_cells, rows))


def known_kind(kind: str) -> CustomerKind | None:
    """One of the kinds, else None: all of them."""
    return next((one for one in get_args(CustomerKind) if one == kind), None)


def _all(visit: Visit, q: str, kind: CustomerKind | None) -> Iterator[Customer]:
    after = ""
    while found := visit.queries.customers(q, kind=kind, limit=_EXPORTED, after=after):
        yield from found
        after = found[-1].id


def _row(visit: Visit, customer: Customer, words: list[str]) -> Row:
    country = visit.home.company.country
    name = writing.phone(customer.name, country) or visit.text("Customer without a name")
    ways = [evidence.identifier(visit, one) for one in _matching(customer, words)[:_WAYS]]
    return Row(
        id=customer.id,
        name=marked(name, words),
        ways=marked(" · ".join(way for way in ways if way != name), words),
        kind=customer.kind,
        contacts=customer.contacts,
        last=customer.last_contact,
        revenue=tuple(_money(visit, sum_) for sum_ in customer.revenue),
    )


def _matching(customer: Customer, words: list[str]) -> list[evidence.Shown]:
    """Addresses and numbers, those first in which something sought stands; an account only where it was sought."""
    digits = "".join(word for word in words if word.isdigit()).lstrip("0")

    def fits(one: evidence.Shown) -> bool:
        return any(word in one.value for word in words) or (bool(digits) and digits in one.value)

    shown = [one for one in customer.identifiers if one.kind != "shop" or fits(one)]
    return sorted(shown, key=lambda one: not fits(one))


def _money(visit: Visit, sum_: Amount) -> str:
    return writing.money(sum_.amount, sum_.currency, visit.locale.code)


def _hits(visit: Visit, q: str, words: list[str]) -> list[Hit]:
    """What was said; one letter or two are no word yet."""
    if len("".join(words)) < 3:
        return []
    found = visit.queries.said(q, hidden=visit.hidden, limit=HITS)
    return [_hit(visit, one, words) for one in found]


def _hit(visit: Visit, found: Found, words: list[str]) -> Hit:
    if found.contact:
        shown = timeline.entry(visit, found.contact)
        href, icon, title, excerpt = f"/contacts/{shown.id}", shown.icon, shown.title, shown.excerpt
    else:
        note = found.note
        href, icon, title = f"/customers/{found.customer_id}#notes", "note", visit.text("Note")
        excerpt = writing.excerpt(note.text, timeline.EXCERPT) if note else ""
    name = writing.phone(found.name, visit.home.company.country)
    return Hit(
        href=href,
        icon=icon,
        title=marked(title, words),
        excerpt=marked(excerpt, words),
        at=found.at,
        customer_id=found.customer_id,
        name=name,
    )


def marked(text: str, words: list[str]) -> Marked:
    """A text in parts: where a word of it begins as one that was sought, that beginning by itself."""
    sought = sorted({word for word in words if word}, key=len, reverse=True)
    parts: list[tuple[str, bool]] = []
    plain, at, folded = 0, 0, text.lower()
    while at < len(text) and len(folded) == len(text):
        begins = at == 0 or not text[at - 1].isalnum()
        found = next((w for w in sought if begins and folded.startswith(w, at)), "")
        if found:
            parts += [(text[plain:at], False), (text[at : at + len(found)], True)]
            plain = at + len(found)
        at += len(found) or 1
    parts.append((text[plain:], False))
    return tuple(one for one in parts if one[0])
