"""Zuordnen: whose the contacts are that nobody could tell, one counterpart after the other, answered by single keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from stammkunde.app import writing
from stammkunde.app.web import answering, evidence, timeline
from stammkunde.app.web.answering import Case, Given, Last, case, say
from stammkunde.app.web.choosing import Candidate, candidates
from stammkunde.app.web.foresight import foreseen
from stammkunde.app.web.proposals import proposals
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.visit import COUNTED_REVIEWS, Visit, Visiting
from stammkunde.core.errors import DecisionError
from stammkunde.projections.answers import Contact, Review

COOKIE = "stammkunde-answer"
"""Where the visitor's last answer stands in the log: two positions and a handle, which say nothing to anybody else."""

UNDO_S = 3600
"""How long an answer is offered to be taken back here; the sheet's forms do it at any time."""

QUEUE = 12
"""Entries of the queue that are shown beside the one in question."""

FOUND = 5
"""Customers found by a word, each with what the answer would move."""

_EXCERPT = 400


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the queue."""

    handle: str
    icon: str
    title: str
    about: str
    is_current: bool


class Other(msgspec.Struct, frozen=True):
    """A customer found by a word."""

    one: Candidate
    foreseen: str


@get("/review", sync_to_thread=True)
def review(
    request: Request[Any, Any, Any],
    visit: Visiting,
    at: FromQuery[str] = "",
    q: FromQuery[str] = "",
) -> Response[Any]:
    """The counterpart asked for, else the first; with `q` also customers found by it."""
    about = case(visit, at) or _first(visit)
    if wants_part(request) and about:
        return part(visit, "review.html", "others", about=about, **_others(visit, about, q))
    return _page(visit, about, q, request.cookies)


@post("/review/answer", sync_to_thread=True)
def answer(
    request: Request[Any, Any, Any], visit: Visiting, data: URLEncodedBody[Given]
) -> Response[Any]:
    """Decide, and go on to what is next; a refusal stands on the page, and the entry stays."""
    following = _after(visit, _queue(visit, data.handle), data.handle)
    try:
        mark = answering.carry_out(visit, data)
    except DecisionError as error:
        about = case(visit, data.handle)
        return _page(visit, about or _first(visit), "", request.cookies, refusal=error)
    stays = visit.queries.review(limit=1, handle=data.handle)
    return _to(data.handle if stays else following, mark, UNDO_S)


@post("/review/undo", sync_to_thread=True)
def undo(request: Request[Any, Any, Any], visit: Visiting) -> Response[Any]:
    """Take the last answer back, by a decision that is an event like it."""
    known = _last(visit, request.cookies)
    if known is None:
        return _to("", "", 0)
    try:
        answering.take_back(visit, known)
    except DecisionError as error:
        return _page(visit, case(visit, known.handle) or _first(visit), "", {}, refusal=error)
    return _to(known.handle, "", 0)


def _to(handle: str, mark: str, seconds: int) -> Redirect:
    address = f"/review?at={handle}" if handle else "/review"
    cookie = Cookie(
        key=COOKIE, value=mark, max_age=seconds, path="/review", httponly=True, samesite="lax"
    )
    return Redirect(address, status_code=303, cookies=[cookie])


def _first(visit: Visit) -> Case | None:
    return case(visit, visit.reviews[0].handle) if visit.reviews else None


def _queue(visit: Visit, handle: str) -> list[Review]:
    """The entries that are counted, should this one be among them, else those from it on."""
    first = visit.reviews
    if len(first) < COUNTED_REVIEWS or any(one.handle == handle for one in first):
        return first
    own = visit.queries.review(limit=1, handle=handle) if handle else []
    return [*own, *visit.queries.review(limit=QUEUE, after=handle)] if own else first


def _after(visit: Visit, queue: list[Review], handle: str) -> str:
    """The entry behind this one; behind the last of all, the first."""
    others = (one.handle for one in visit.reviews if one.handle != handle)
    return _behind(visit, queue, handle) or next(others, "")


def _behind(visit: Visit, queue: list[Review], handle: str) -> str:
    handles = [one.handle for one in queue]
    at = handles.index(handle) if handle in handles else -1
    if at + 1 < len(handles):
        return handles[at + 1]
    found = visit.queries.review(limit=1, after=handle) if len(queue) >= QUEUE else []
    return found[0].handle if found else ""


def _last(visit: Visit, cookies: Mapping[str, str]) -> Last | None:
    return answering.last(visit, cookies.get(COOKIE, ""))


# ---- the page


def _page(
    visit: Visit,
    about: Case | None,
    q: str,
    cookies: Mapping[str, str],
    refusal: DecisionError | None = None,
) -> Response[Any]:
    values: dict[str, Any] = {
        "about": about,
        "refusal": visit.locale.say(refusal) if refusal else "",
        "last": _said(visit, _last(visit, cookies)),
    }
    if about is not None:
        values |= _entry(visit, about) | _others(visit, about, q)
    return page(visit, "review.html", status=409 if refusal else 200, **values)


def _entry(visit: Visit, about: Case) -> dict[str, Any]:
    is_hidden = about.contact.source in visit.hidden
    may_answer = visit.may("write") and not is_hidden
    shown = visit.shown(about.contact)
    handle = about.review.handle
    queue = _queue(visit, handle)
    handles = [one.handle for one in visit.reviews]
    places, further = _places(visit, queue, handle)
    return {
        "shown": shown,
        "is_hidden": is_hidden,
        "may_answer": may_answer,
        "question": _question(visit, shown),
        "who": _title(visit, about.review, about.contact),
        "way": evidence.identifier(visit, about.way) if about.way and not is_hidden else "",
        "what": timeline.title(visit, shown),
        "day": writing.long_day(shown.occurred_at.astimezone(visit.zone).date(), visit.locale.code),
        "excerpt": writing.clipped(shown.text[: _EXCERPT * 4], _EXCERPT) if shown.text else "",
        "number": handles.index(handle) + 1 if handle in handles else 0,
        "many": len(visit.reviews) >= COUNTED_REVIEWS,
        "days": (visit.now - min(one.oldest for one in visit.reviews)).days if handles else 0,
        "next": _after(visit, queue, handle),
        "queue": places,
        "further": further,
        "is_beyond": queue is not visit.reviews,
        "proposals": proposals(visit, about) if not is_hidden else (),
        "effects": _effects(visit, about) if may_answer else {},
        "one_party": len(about.review.identifiers) > 1,
        "most": min(about.earlier, answering.MOST - 1),
    }


def _effects(visit: Visit, about: Case) -> dict[str, str]:
    """What the answers that name nobody would move."""
    contact, way = about.contact, about.way
    found = {"new": foreseen(visit, contact, _open(about)), "shared": ""}
    if way is not None:
        found["shared"] = foreseen(visit, contact, lambda who, _: who.classify(way, "shared"))
    return found


def _open(about: Case) -> Any:
    return lambda who, seen: say(about, who.open_customer())(who, seen)


def _others(visit: Visit, about: Case, q: str) -> dict[str, Any]:
    may_answer = visit.may("write") and about.contact.source not in visit.hidden
    found = candidates(visit, q)[:FOUND] if may_answer else ()
    others = [Other(one, foreseen(visit, about.contact, say(about, one.id))) for one in found]
    return {"q": q.strip(), "others": others}


def _places(visit: Visit, queue: list[Review], handle: str) -> tuple[list[Place], str]:
    """A window of the queue around the entry in question, and the first one behind it."""
    handles = [one.handle for one in queue]
    at = handles.index(handle) if handle in handles else 0
    start = max(0, min(at - QUEUE // 3, len(handles) - QUEUE))
    window = queue[start : start + QUEUE]
    places = []
    for one in window:
        contact = visit.queries.contact(one.contact)
        if contact is not None:
            places.append(_place(visit, one, contact, is_current=one.handle == handle))
    return places, _behind(visit, queue, window[-1].handle) if window else ""


def _place(visit: Visit, one: Review, contact: Contact, *, is_current: bool) -> Place:
    moment = writing.moment(contact.occurred_at, visit.zone, visit.locale.code)
    what = timeline.title(visit, visit.shown(contact))
    more = f" +{one.waiting - 1}" if one.waiting > 1 else ""
    return Place(
        handle=one.handle,
        icon=contact.channel,
        title=_title(visit, one, contact),
        about=f"{moment} · {what}{more}",
        is_current=is_current,
    )


def _title(visit: Visit, one: Review, contact: Contact) -> str:
    """His name, else how he can be reached; of a hidden source neither."""
    if contact.source in visit.hidden:
        return visit.text("Not for your role")
    ways = [evidence.identifier(visit, way) for way in one.identifiers[:1]]
    return one.name or (ways[0] if ways else visit.text("Unknown"))


def _question(visit: Visit, contact: Contact) -> str:
    text, is_out = visit.text, contact.direction == "out"
    if contact.kind == "call":
        return text("Whom did we call?") if is_out else text("Who called?")
    if contact.kind == "message":
        return text("To whom did we write?") if is_out else text("Who wrote?")
    if contact.kind.startswith("order_"):
        return text("Who ordered?")
    return text("Whose contact is this?")


def _said(visit: Visit, last: Last | None) -> tuple[str, str, str] | None:
    """The last answer in words, and who was named."""
    if last is None:
        return None
    text, topic = visit.text, last.events[0].topic
    if last.customer:
        living, name = visit.queries.names([last.customer]).get(last.customer, ("", ""))
        shown = writing.phone(name, visit.home.company.country)
        return text("Assigned to"), living, shown or text("Customer without a name")
    said = text("Said to be shared.") if topic == "identifier.classified" else text("Nobody's.")
    return said, "", ""
