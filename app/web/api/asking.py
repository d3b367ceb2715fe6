"""The questions: what the reading commands answer, as GET."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from stammkunde.app import periods, quarantined
from stammkunde.app.quarantined import Waiting
from stammkunde.app.web.api import hiding
from stammkunde.app.web.api.answering import Answers, Listed, paged
from stammkunde.app.web.api.description import reads
from stammkunde.app.web.api.problems import InputError, field
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.connectors import registry
from stammkunde.connectors.registry import Installed
from stammkunde.core.contact import KINDS, Channel, Direction
from stammkunde.core.errors import Message, UnknownError
from stammkunde.projections.answers import (
    Contact,
    Customer,
    CustomerKind,
    CustomerSheet,
    Review,
    Status,
)
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import Segment, asked
from stammkunde.projections.figures.who import Behind
from stammkunde.projections.queries import Filter
from stammkunde.projections.todo import Todo

MOST = 200
"""Entries of a page."""
PARTS = 1000
"""Parts of a period: a course of 19 years by the week."""

Answering = NamedDependency[Answers]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description="No more than so many.")]
After = Annotated[str, QueryParameter(max_length=500, description="The `next` of the page before.")]
Text = Annotated[str, QueryParameter(max_length=200)]
From = Annotated[
    str | None,
    QueryParameter(name="from", max_length=40, description="Not before this day or instant."),
]
To = Annotated[
    str | None, QueryParameter(name="to", max_length=40, description="Before this day or instant.")
]
Codes = Annotated[list[str] | None, QueryParameter(name="code", max_items=len(FIGURES))]
SegmentText = Annotated[
    str,
    QueryParameter(name="segment", max_length=200, description="As `channel:mail,direction:in`."),
]


class Customers(Listed[Customer], frozen=True):
    """A page of customers."""


class Contacts(Listed[Contact], frozen=True):
    """A page of contacts."""


class Figures(Listed[FigureAnswer], frozen=True):
    """Figures, all that were asked for."""


class BehindFigure(Listed[Behind], frozen=True):
    """A page of who is behind a figure."""


class Todos(Listed[Todo], frozen=True):
    """A page of what is to be done."""


class Reviews(Listed[Review], frozen=True):
    """A page of the queue."""


class Quarantined(Listed[Waiting], frozen=True):
    """A page of the quarantine."""


class Connectors(Listed[Installed], frozen=True):
    """All connectors."""


@reads("/status")
def status(visit: Visiting, answers: Answering) -> Response[Status]:
    """What the log holds, how fresh each source and view is, and what waits in quarantine."""
    return answers.of_now(visit.status)


@reads("/customers")
def customers(
    visit: Visiting,
    answers: Answering,
    text: Text = "",
    kind: FromQuery[CustomerKind | None] = None,
    limit: Limit = 50,
    after: After = "",
) -> Response[Customers]:
    """Customers and prospects, the latest contact first, or those whom the beginnings of words find."""

    def find() -> Customers:
        found = visit.queries.customers(text, kind=kind, limit=limit + 1, after=after)
        return paged(Customers, found, limit, lambda one: one.id)

    return answers.of_views(find)


@reads("/customers/{ref:str}")
def customer(
    visit: Visiting, answers: Answering, ref: FromPath[str], limit: Limit = 50
) -> Response[CustomerSheet]:
    """Everything on one customer: by id, mail address or phone number. `limit` is that of his contacts."""
    return answers.of_views(lambda: hiding.sheet(visit, visit.queries.customer(ref, limit=limit)))


@reads("/contacts")
def contacts(
    visit: Visiting,
    answers: Answering,
    begin: From = None,
    end: To = None,
    customer: Text = "",
    channel: FromQuery[Channel | None] = None,
    kind: Text = "",
    direction: FromQuery[Direction | None] = None,
    source: Text = "",
    unassigned: FromQuery[bool] = False,  # noqa: FBT002 — a parameter of the address
    limit: Limit = 50,
    after: After = "",
) -> Response[Contacts]:
    """Contacts, the newest first. `unassigned` asks for those that count and are nobody's."""
    if kind and kind not in KINDS:
        raise InputError("kind", Message("There is no kind “{kind}”.", kind=kind))
    with field("from"):
        since = periods.instant(begin, visit.zone) if begin else None
    with field("to"):
        until = periods.instant(end, visit.zone) if end else None
    wanted = Filter(
        customer=customer,
        channel=channel,
        kind=kind,
        direction=direction,
        since=since,
        until=until,
        source=source,
        unassigned=unassigned,
    )

    def find() -> Contacts:
        found = visit.queries.contacts(wanted, limit=limit + 1, after=after)
        return paged(Contacts, tuple(map(visit.shown, found)), limit, lambda one: one.id)

    return answers.of_views(find)


@reads("/contacts/{ref:str}")
def contact(visit: Visiting, answers: Answering, ref: FromPath[str]) -> Response[Contact]:
    """One contact, by its id or the beginning of it, also one that was taken back by its source."""

    def find() -> Contact:
        found = visit.queries.contact(visit.queries.contact_id(ref))
        if found is None:
            raise UnknownError("There is no contact {ref}.", ref=ref)
        return visit.shown(found)

    return answers.of_views(find)


@reads("/figures")
def figures(
    visit: Visiting,
    answers: Answering,
    codes: Codes = None,
    begin: From = None,
    end: To = None,
    grain: FromQuery[Grain | None] = None,
    segment: SegmentText = "",
) -> Response[Figures]:
    """Controlling figures of a period (default: this week), for the whole of it or for each part."""
    wanted = tuple(codes or ())
    for code in wanted:
        if code not in FIGURES:
            raise InputError("code", _no_figure(code))
    part = _segment(segment, wanted)
    span = _period(visit, begin, end)
    if sum(1 for _ in islice(span.cut(grain), PARTS + 1)) > PARTS:
        raise InputError("grain", Message("A period has {most} parts at most.", most=PARTS))
    found = visit.queries.figures(span, codes=wanted, grain=grain, segment=part)
    return answers.of_now(Figures(tuple(found)))


@reads("/figures/{code:str}/who")
def who(
    visit: Visiting,
    answers: Answering,
    code: FromPath[str],
    begin: From = None,
    end: To = None,
    segment: SegmentText = "",
    limit: Limit = 50,
    after: After = "",
) -> Response[BehindFigure]:
    """Who is behind a figure, the newest first: over all pages as many as its numerator."""
    if code not in FIGURES:
        raise _no_figure(code)
    part = _segment(segment, (code,))
    span = _period(visit, begin, end)
    found = visit.queries.who(code, span, segment=part, limit=limit + 1, after=after)
    shown = [hiding.behind(visit, one) for one in found]
    return answers.of_now(paged(BehindFigure, shown, limit, lambda one: one.key))


@reads("/todo")
def todo(
    visit: Visiting,
    answers: Answering,
    begin: From = None,
    limit: Limit = 50,
    after: After = "",
) -> Response[Todos]:
    """Who waits for us: missed calls first, then messages, the oldest first. Without `from`: of the last thirty days."""
    with field("from"):
        since = periods.instant(begin, visit.zone) if begin else None
    found = visit.queries.todo(visit.now, since=since, limit=limit + 1, after=after)
    shown = [hiding.todo(visit, one) for one in found]
    return answers.of_now(paged(Todos, shown, limit, lambda one: one.contact))


@reads("/review")
def review(
    visit: Visiting, answers: Answering, limit: Limit = 50, after: After = ""
) -> Response[Reviews]:
    """Counterparts that wait for a decision, those with most contacts first; what is decided makes room for others."""

    def find() -> Reviews:
        found = visit.queries.review(limit=limit + 1, after=after)
        shown = [hiding.review(visit, one) for one in found]
        return paged(Reviews, shown, limit, lambda one: one.handle)

    return answers.of_views(find)


@reads("/quarantine")
def quarantine(
    visit: Visiting,
    answers: Answering,
    source: Text = "",
    limit: Limit = 50,
    after: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
) -> Response[Quarantined]:
    """What could not be read, oldest first."""
    found = quarantined.waiting(visit.home, source, limit=limit + 1, after=after)
    shown = [hiding.waiting(visit, one) for one in found]
    return answers.of_now(paged(Quarantined, shown, limit, lambda one: str(one.number)))


@reads("/connectors")
def connectors(answers: Answering) -> Response[Connectors]:
    """The connectors that are installed, with their settings."""
    return answers.of_now(Connectors(tuple(registry.installed())))


def _no_figure(code: str) -> UnknownError:
    return UnknownError(
        "There is no figure “{code}”; there are {codes}.", code=code, codes=", ".join(FIGURES)
    )


def _segment(text: str, codes: tuple[str, ...]) -> Segment:
    with field("segment"):
        part = Segment.parse(text)
        asked(codes, part)
    return part


def _period(visit: Visit, begin: str | None, end: str | None) -> Period:
    with field("from" if begin else "to"):
        return periods.period(visit.home, begin, end)


HANDLERS: tuple[Any, ...] = (
    status,
    customers,
    customer,
    contacts,
    contact,
    figures,
    who,
    todo,
    review,
    quarantine,
    connectors,
)
"""All of them need the right to read."""

STRUCTS: tuple[Any, ...] = (
    Status,
    Customers,
    CustomerSheet,
    Contacts,
    Figures,
    BehindFigure,
    Todos,
    Reviews,
    Quarantined,
    Connectors,
)
