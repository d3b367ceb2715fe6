"""Neuer Kontakt: a letter, a visit, a call or a note, written down by hand in two fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from stammkunde.app import writing
from stammkunde.app.web.choosing import Candidate, candidates
from stammkunde.app.web.deciding import customer_id, deciding
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.core.contact import Direction
from stammkunde.core.errors import DecisionError

KINDS = ("call", "visit", "letter", "message", "meeting", "complaint", "note")
"""What is offered, most frequent first; a note is no contact."""

FOUND = 6
_LONGEST = 10_000


class Told(msgspec.Struct, frozen=True):
    """The form. `who` is what was typed, `customer` the id that was chosen; an empty `at` is now."""

    text: str = ""
    kind: str = "call"
    who: str = ""
    customer: str = ""
    direction: str = "in"
    at: str = ""


@get("/record", sync_to_thread=True)
def record_page(
    request: Request[Any, Any, Any],
    visit: Visiting,
    customer: FromQuery[str] = "",
    who: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    direction: FromQuery[str] = "",
) -> Response[Any]:
    """The form, perhaps for a customer who is known already; while one types, who may be meant."""
    if wants_part(request):
        return part(visit, "record.html", "choices", **_choices(visit, who))
    told = Told(
        customer=customer_id(visit, customer) if customer else "",
        who=who,
        kind=kind if kind in KINDS else KINDS[0],
        direction=direction if direction in get_args(Direction) else "in",
    )
    return _page(visit, told)


@post("/record", sync_to_thread=True)
def record(visit: Visiting, data: URLEncodedBody[Told]) -> Response[Any]:
    """Write it down, and go on to the customer's sheet."""
    try:
        found = _meant(visit, data)
        if found is None:
            return _page(visit, data, who=_unclear(visit, data.who))
        done = _write(visit, data, found)
    except DecisionError as error:
        return _page(visit, data, what=visit.locale.say(error))
    return Redirect(f"/customers/{found}?done={done}", status_code=303)


def _meant(visit: Visit, told: Told) -> str | None:
    """Who was chosen, or is meant by an address or a number, or is the only one found."""
    if told.customer:
        return customer_id(visit, told.customer)
    if not told.who.strip():
        return None
    try:
        return visit.queries.resolve(told.who)
    except DecisionError:
        found = candidates(visit, told.who)
        return found[0].id if len(found) == 1 else None


def _write(visit: Visit, told: Told, customer: str) -> str:
    text = told.text.strip().replace("\r\n", "\n")
    if not text:
        raise DecisionError("Say in a word what it was about.")
    if len(text) > _LONGEST:
        raise DecisionError("This is too long.")
    at = _time(visit, told.at)
    with deciding(visit) as decisions:
        if told.kind == "note":
            decisions.note(customer, text)
            return "noted"
        direction: Direction | None = next(
            (one for one in get_args(Direction) if one == told.direction), None
        )
        decisions.record(told.kind, customer, text, at, direction=direction)
    return "recorded"


def _time(visit: Visit, written: str) -> datetime:
    """In the company's zone; nobody writes down what has not happened yet."""
    now = visit.now.replace(microsecond=0)
    if not written:
        return now
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise DecisionError("A time is like 2026-11-20T14:30.") from None
    at = at if at.tzinfo else at.replace(tzinfo=visit.zone)
    if at > now:
        raise DecisionError("This time is still to come.")
    return at


def _unclear(visit: Visit, who: str) -> str:
    if not who.strip():
        return visit.text("Say who it was: a name, a number or a mail address.")
    if candidates(visit, who):
        return visit.text("Several fit. Choose one below.")
    return visit.text("Nobody is found by this. Try a number, a mail address or another name.")


def _choices(visit: Visit, who: str) -> dict[str, Any]:
    found: tuple[Candidate, ...] = candidates(visit, who)[:FOUND]
    return {"choices": found, "only": len(found) == 1, "asked": bool(who.strip())}


def _page(visit: Visit, told: Told, *, who: str = "", what: str = "") -> Response[Any]:
    name = ""
    if told.customer:
        _, name = visit.queries.names([told.customer]).get(told.customer, ("", ""))
        name = writing.phone(name, visit.home.company.country)
    return page(
        visit,
        "record.html",
        status=400 if who or what else 200,
        told=told,
        kinds=KINDS,
        name=name or visit.text("Customer without a name"),
        wrong_who=who,
        wrong_what=what,
        now=f"{visit.now:%Y-%m-%dT%H:%M}",
        **_choices(visit, "" if told.customer else told.who),
    )
