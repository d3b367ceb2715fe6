"""An answer to whose a counterpart is: what it decides, and how the last one is taken back by a decision of its own."""

from __future__ import annotations

import msgspec
from litestar.exceptions import PermissionDeniedException

from stammkunde.app.web.deciding import customer_id, deciding
from stammkunde.app.web.foresight import Say
from stammkunde.app.web.visit import Visit
from stammkunde.core.contact import Identifier
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import Event
from stammkunde.projections.answers import Contact, Review

MOST = 500
"""Contacts that one answer decides on one by one: a transaction that other writers can wait for."""


_LONGEST_MARK = 100


class Case(msgspec.Struct, frozen=True):
    """A counterpart in the queue, and his newest open contact as it was recorded.

    `way` is the identifier that an answer gives to a customer with all its contacts, past and to come. Without one,
    several use it, or none of his identifiers is his alone: then an answer holds for contacts.
    """

    review: Review
    contact: Contact
    way: Identifier | None

    @property
    def earlier(self) -> int:
        """His other open contacts."""
        return self.review.waiting - 1


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """The form. `answer` is `new`, `nobody`, `shared` or a customer's id; `contact` and `way` are what was seen when it
    was given; `earlier` is a ticked box.
    """

    handle: str
    contact: str
    answer: str
    way: str = ""
    earlier: str = ""


def case(visit: Visit, handle: str) -> Case | None:
    """The counterpart with this handle, while anything of him is open."""
    found = visit.queries.review(limit=1, handle=handle) if handle else []
    contact = visit.queries.contact(found[0].contact) if found else None
    if contact is None:
        return None
    [review] = found
    alone = len(review.identifiers) == 1 and review.identifiers[0].class_ == "exclusive"
    way = review.identifiers[0] if alone else None
    return Case(review, contact, Identifier(way.kind, way.value) if way else None)


def say(case: Case, customer: str) -> Say:
    """The answer that he is this customer, to be rehearsed."""
    way = case.way
    if way is None:
        return lambda who, seen: who.assign(seen[0], customer)
    return lambda who, _: who.link(way, customer)


def carry_out(visit: Visit, given: Given) -> str:
    """Decide; which part of the log the answer is, to be taken back by `take_back`.

    `DecisionError` where somebody else answered meanwhile, or what was seen is no longer so.
    """
    about = case(visit, given.handle)
    contacts = visit.queries.waiting(given.handle, limit=MOST)
    if about and not visit.may_see(about.contact):
        raise PermissionDeniedException
    way = about.way.value if about and about.way else ""
    if about is None or given.way != way or given.contact not in contacts:
        raise DecisionError("Somebody answered meanwhile, or something new came in: look again.")
    if not (given.earlier or (given.answer == "nobody" and way)):
        contacts = [given.contact]
    contacts = _seen(visit, contacts)
    words = ("new", "nobody", "shared")
    customer = None if given.answer in words else customer_id(visit, given.answer)
    log = visit.home.log
    before = log.last_position()
    with deciding(visit) as decisions:
        _decide(decisions, given.answer, about.way, contacts, customer)
    return f"{before + 1}.{log.last_position()}.{given.handle}"


def _seen(visit: Visit, contacts: list[str]) -> list[str]:
    """Those that the visitor may decide on: of one counterpart some may be of a source that is not for him."""
    if not visit.hidden:
        return contacts
    found = ((one, visit.queries.contact(one)) for one in contacts)
    return [one for one, contact in found if contact and visit.may_see(contact)]


def _decide(
    decisions: Decisions,
    answer: str,
    way: Identifier | None,
    contacts: list[str],
    customer: str | None,
) -> None:
    if answer == "new":
        decisions.open_customer(way, () if way else contacts)
    elif answer == "shared":
        if way is None:
            raise DecisionError("This is shared already.")
        decisions.classify(way, "shared")
    elif customer and way:
        decisions.link(way, customer)
    else:
        decisions.assign_all(contacts, customer)


# ---- the last answer


class Last(msgspec.Struct, frozen=True):
    """The visitor's own last answer: the handle it was about and its events that a person decided."""

    handle: str
    events: tuple[Event, ...]

    @property
    def customer(self) -> str | None:
        """The customer who was named."""
        for event in self.events:
            if event.topic == "customer.identifier_linked":
                return event.stream
            if event.topic == "contact.assigned":
                return str(event.open.customer)
        return None


def last(visit: Visit, mark: str) -> Last | None:
    """The answer that `carry_out` marked so, if it is this visitor's; nothing where the mark is none of ours."""
    first, _, rest = mark.partition(".")
    end, _, handle = rest.partition(".")
    if not (first.isascii() and first.isdigit() and end.isascii() and end.isdigit()):
        return None
    if len(mark) > _LONGEST_MARK:  # Python refuses to read numbers of thousands of digits
        return None
    begin, n = int(first), int(end) - int(first) + 1
    if not (0 < begin < 1 << 53 and 0 < n <= 4 * MOST):
        return None
    by = visit.user.name if visit.user else ""
    events = visit.home.log.read(begin - 1, n)
    mine = tuple(one for one in events if _is_word(one) and getattr(one.private, "by", "") == by)
    return Last(handle, mine) if mine else None


def _is_word(event: Event) -> bool:
    """Whether it is what a person said, and not what followed from it."""
    if event.topic == "customer.identifier_linked":
        return True
    topics = ("contact.assigned", "contact.unassigned", "identifier.classified")
    return event.topic in topics and event.open.rule == "person"


def take_back(visit: Visit, answer: Last) -> None:
    """Decide the contrary: what was said of contacts, links and classes is said no more."""
    contacts = [one.stream for one in answer.events if one.topic.startswith("contact.")]
    with deciding(visit) as decisions:
        if contacts:
            decisions.release(contacts)
        for event in answer.events:
            if event.topic == "customer.identifier_linked":
                decisions.unlink(event.private.identifier, event.stream)
            elif event.topic == "identifier.classified":
                decisions.declassify(event.private.identifier)
