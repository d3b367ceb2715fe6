"""Looking for a customer to choose: who is found by a word, and by what one tells him from his namesakes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from stammkunde.app import writing
from stammkunde.app.web import evidence
from stammkunde.app.web.visit import Visit
from stammkunde.projections.answers import Customer

MOST = 20
_LONGEST = 200


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in a list to choose from."""

    id: str
    name: str
    kind: str
    ways: str
    contacts: int
    last: datetime | None


def candidates(visit: Visit, q: str, *, but: str | None = None) -> tuple[Candidate, ...]:
    """The customers found by what was typed, without `but`; nobody while nothing is typed."""
    q = q.strip()[:_LONGEST]
    if not q:
        return ()
    found = visit.queries.customers(q, limit=MOST + 1)
    return tuple(
        Candidate(
            id=one.id,
            name=writing.phone(one.name, visit.home.company.country)
            or visit.text("Customer without a name"),
            kind=one.kind,
            ways=" · ".join(_ways(visit, one)[:4]),
            contacts=one.contacts,
            last=one.last_contact,
        )
        for one in found
        if one.id != but
    )[:MOST]


def _ways(visit: Visit, customer: Customer) -> list[str]:
    return [evidence.identifier(visit, way) for way in customer.identifiers if way.kind != "shop"]
