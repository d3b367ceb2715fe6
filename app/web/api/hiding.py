"""What the owner of a token may see of sources that are not for his role: the facts alone, as `Visit.shown` does it."""

from __future__ import annotations

from msgspec.structs import replace

from stammkunde.app.quarantined import Waiting
from stammkunde.app.web.visit import Visit
from stammkunde.projections.answers import CustomerSheet, Review
from stammkunde.projections.figures.who import Behind
from stammkunde.projections.todo import Todo


def sheet(visit: Visit, found: CustomerSheet) -> CustomerSheet:
    """A sheet with its contacts as the visitor may see them."""
    return replace(found, contacts_list=tuple(map(visit.shown, found.contacts_list)))


def todo(visit: Visit, found: Todo) -> Todo:
    """Who waits; a stranger is not named."""
    if not is_hidden(visit, found.contact):
        return found
    name = found.name if found.customer_id else ""
    return replace(found, name=name, counterpart="", subject="")


def behind(visit: Visit, found: Behind) -> Behind:
    """An entry behind a figure; a stranger is not named."""
    is_named = found.customer_id or found.source not in visit.hidden
    return found if is_named else replace(found, name="")


def review(visit: Visit, found: Review) -> Review:
    """A counterpart whose newest contact is hidden is not named, and neither is what leads to him."""
    if not is_hidden(visit, found.contact):
        return found
    return replace(found, name="", identifiers=(), candidates=())


def waiting(visit: Visit, found: Waiting) -> Waiting:
    """What can't be read may say anything."""
    return found if found.source not in visit.hidden else replace(found, reason="", reference="")


def is_hidden(visit: Visit, contact: str) -> bool:
    """Whether this contact is of a source that is not for the visitor; one that is gone says nothing either."""
    if not visit.hidden:
        return False
    found = visit.queries.contact(contact)
    return found is None or found.source in visit.hidden
