"""Kontakt: one event as text alone, whose it is and why, its history, and what belongs to the same conversation."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from stammkunde.app import writing
from stammkunde.app.reasons import reason
from stammkunde.app.web import evidence, timeline
from stammkunde.app.web.choosing import candidates
from stammkunde.app.web.deciding import contact_id, customer_id, deciding
from stammkunde.app.web.history import Reader, Step
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.core.contact import COUNTED
from stammkunde.core.events import Assigned, Event, Facts
from stammkunde.projections.answers import Contact

NEIGHBOURS = 30
"""Contacts of the same conversation or order that are shown."""

_LETTERS = 40_000
"""Of the text: twenty sheets of paper, and at five bytes a letter still a page of 250 KB."""


class Chosen(msgspec.Struct, frozen=True):
    """A customer's id, or nothing for nobody, with the reason."""

    customer: str = ""
    reason: str = ""


@get("/contacts/{ref:str}", sync_to_thread=True)
def contact(visit: Visiting, ref: FromPath[str]) -> Response[Any]:
    """The contact."""
    found = _contact(visit, ref)
    if found.id != ref:
        return Redirect(f"/contacts/{found.id}", status_code=303)
    is_hidden = found.source in visit.hidden
    events = visit.home.log.stream(found.id)
    shown = visit.shown(found)
    return page(
        visit,
        "contact.html",
        contact=shown,
        is_hidden=is_hidden,
        is_retracted=_is_retracted(events),
        is_counted=shown.kind in COUNTED,
        title=timeline.title(visit, shown),
        day=writing.long_day(shown.occurred_at.astimezone(visit.zone).date(), visit.locale.code),
        who=_who(visit, found.customer_id),
        counterpart=writing.phone(shown.counterpart, visit.home.company.country),
        length=timeline.duration(shown.duration_s) if shown.duration_s is not None else "",
        lines=[_line(visit, shown, at) for at in range(len(shown.lines))],
        text=shown.text[:_LETTERS],
        letters=len(shown.text),
        sizes=[(one.name, one.type, _size(one.size)) for one in shown.attachments],
        why=evidence.why(visit, found),
        because="" if is_hidden else reason(found, visit.home, visit.locale, visit.queries),
        evidence=[
            (evidence.kind_of(visit, one.kind), evidence.identifier(visit, one))
            for one in (found.assignment.evidence if found.assignment and not is_hidden else ())
        ],
        steps=_steps(visit, events, is_hidden=is_hidden),
        neighbours=timeline.days(visit, visit.queries.neighbours(found.id, limit=NEIGHBOURS)),
        has_thread=bool(found.thread),
    )


@get("/contacts/{ref:str}/assign", sync_to_thread=True)
def assign_page(visit: Visiting, ref: FromPath[str], q: FromQuery[str] = "") -> Response[str]:
    """Look for the customer whose it is."""
    found = _contact(visit, ref)
    if not visit.may_see(found):
        raise PermissionDeniedException
    return page(
        visit,
        "assign.html",
        contact=found,
        title=timeline.title(visit, found),
        who=_who(visit, found.customer_id),
        q=q.strip(),
        rows=candidates(visit, q, but=found.customer_id),
    )


@post("/contacts/{ref:str}/assign", sync_to_thread=True)
def assign(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Chosen]) -> Redirect:
    """Give the contact to another customer, or to nobody."""
    found = contact_id(visit, ref)
    customer = customer_id(visit, data.customer) if data.customer else None
    with deciding(visit) as decisions:
        decisions.assign(found, customer, reason=data.reason.strip())
    done = "assigned" if customer else "nobody"
    return Redirect(f"/contacts/{found}?done={done}", status_code=303)


def _contact(visit: Visit, ref: str) -> Contact:
    found = visit.queries.contact(contact_id(visit, ref))
    if found is None:
        raise NotFoundException
    return found


def _is_retracted(events: list[Event]) -> bool:
    said = [event.topic for event in events if event.topic.endswith(("amended", "retracted"))]
    return bool(said) and said[-1] == "contact.retracted"


def _who(visit: Visit, customer: str | None) -> tuple[str, str] | None:
    """Id and name of whose it is."""
    if customer is None:
        return None
    living, name = visit.queries.names([customer])[customer]
    shown = writing.phone(name, visit.home.company.country)
    return living, shown or visit.text("Customer without a name")


def _line(visit: Visit, found: Contact, at: int) -> tuple[str, str, str, str]:
    """Quantity, article, a unit's price and the sum."""
    line, language = found.lines[at], visit.locale.code
    currency = found.money.currency if found.money else ""
    return (
        f"{line.quantity.normalize():f}",
        " · ".join(filter(None, (line.name, line.article))),
        writing.money(line.price, currency, language),
        writing.money(line.quantity * line.price, currency, language),
    )


def _size(size: int) -> str:
    """`84 KB`, `1.2 MB`, as a file manager writes it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} KB"


def _steps(visit: Visit, events: list[Event], *, is_hidden: bool) -> tuple[Step, ...]:
    """The contact's events and the decisions on its counterparts, in the order of the log."""
    handles = dict.fromkeys(
        event.open.handle for event in events if isinstance(event.open, Facts) and event.open.handle
    )
    everything = [*events, *(one for handle in handles for one in visit.home.log.stream(handle))]
    everything.sort(key=lambda event: event.position)
    customers = [one.open.customer for one in everything if isinstance(one.open, Assigned)]
    names = visit.queries.names(customers)
    return Reader(visit, names, is_hidden=is_hidden).steps(everything)
