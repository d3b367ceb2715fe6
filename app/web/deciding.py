"""What a visitor decides: by the same door as the commands' decisions, under his name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litestar.exceptions import NotFoundException

from stammkunde.app.web.visit import Visit
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import UnknownError


@contextmanager
def deciding(visit: Visit) -> Iterator[Decisions]:
    """Decisions by the visitor; the views know of them when the next page is asked for."""
    yield Decisions(visit.home.intake, by=visit.user.name if visit.user else "")
    visit.home.catch_up()


def customer_id(visit: Visit, ref: str) -> str:
    """The living customer whom an address names; there is no such page where nobody is meant."""
    try:
        return visit.queries.resolve(ref)
    except UnknownError:
        raise NotFoundException from None


def contact_id(visit: Visit, ref: str) -> str:
    """The same of a contact."""
    try:
        return visit.queries.contact_id(ref)
    except UnknownError:
        raise NotFoundException from None
