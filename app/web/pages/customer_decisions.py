"""What a clerk says of a customer: notes, properties, role, addresses, and whether two customers are one."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from litestar import Response, get, post
from litestar.exceptions import ValidationException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from stammkunde.app import writing
from stammkunde.app.web.choosing import candidates
from stammkunde.app.web.deciding import customer_id, deciding
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visiting
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import Role


class Text(msgspec.Struct, frozen=True):
    """A note."""

    text: str


class Property(msgspec.Struct, frozen=True):
    """A property by name; an empty value takes it away."""

    key: str
    value: str = ""


class RoleChoice(msgspec.Struct, frozen=True):
    """One of the roles."""

    role: str


class Address(msgspec.Struct, frozen=True):
    """A mail address, a number in any notation, or a shop's account."""

    identifier: str


class Other(msgspec.Struct, frozen=True):
    """Another customer's id, with the reason; `anyway` is the value of a ticked box."""

    other: str
    reason: str = ""
    anyway: str = ""


@post("/customers/{ref:str}/note", sync_to_thread=True)
def note(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Text]) -> Redirect:
    """Write a note."""
    found = customer_id(visit, ref)
    if not data.text.strip():
        raise DecisionError("A note without a text says nothing: write one.")
    with deciding(visit) as decisions:
        decisions.note(found, data.text.strip().replace("\r\n", "\n"))
    return _back(found, "noted", "notes")


@post("/customers/{ref:str}/describe", sync_to_thread=True)
def describe(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Property]) -> Redirect:
    """Write a property down, or take it away."""
    found, key = customer_id(visit, ref), data.key.strip()
    if not key or key.lower() == "role":
        raise DecisionError("A property needs a name, and the role has a field of its own.")
    with deciding(visit) as decisions:
        decisions.describe(found, {key: data.value.strip()})
    return _back(found, "saved", "known")


@post("/customers/{ref:str}/role", sync_to_thread=True)
def role(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[RoleChoice]) -> Redirect:
    """Say what the customer is to us."""
    found = customer_id(visit, ref)
    chosen: Role | None = next((one for one in get_args(Role) if one == data.role), None)
    if chosen is None:
        raise ValidationException
    with deciding(visit) as decisions:
        decisions.describe(found, {}, role=chosen)
    return _back(found, "saved", "one")


@post("/customers/{ref:str}/link", sync_to_thread=True)
def link(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Address]) -> Redirect:
    """Give an address or number to the customer."""
    found = customer_id(visit, ref)
    with deciding(visit) as decisions:
        decisions.link(visit.home.identifier(data.identifier.strip()), found)
    return _back(found, "linked", "h-ways")


@post("/customers/{ref:str}/unlink", sync_to_thread=True)
def unlink(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Address]) -> Redirect:
    """Take that back."""
    found = customer_id(visit, ref)
    with deciding(visit) as decisions:
        decisions.unlink(visit.home.identifier(data.identifier.strip()), found)
    return _back(found, "unlinked", "h-ways")


@get("/customers/{ref:str}/merge", sync_to_thread=True)
def merge_page(visit: Visiting, ref: FromPath[str], q: FromQuery[str] = "") -> Response[Any]:
    """Look for the other customer."""
    found = customer_id(visit, ref)
    if found != ref:
        return Redirect(f"/customers/{found}/merge", status_code=303)
    sheet = visit.queries.customer(found, limit=1)
    name = writing.phone(sheet.name, visit.home.company.country)
    return page(
        visit,
        "merge.html",
        id=found,
        name=name or visit.text("Customer without a name"),
        q=q.strip(),
        rows=candidates(visit, q, but=found),
    )


@post("/customers/{ref:str}/merge", sync_to_thread=True)
def merge(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Other]) -> Redirect:
    """Say that two customers are one."""
    found, other = customer_id(visit, ref), customer_id(visit, data.other)
    if not data.reason.strip():
        raise DecisionError("Say why the two are one: whoever looks later will ask.")
    with deciding(visit) as decisions:
        decisions.merge(found, other, reason=data.reason.strip(), anyway=bool(data.anyway))
    return _back(customer_id(visit, found), "merged", "one")


@post("/customers/{ref:str}/unmerge", sync_to_thread=True)
def unmerge(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Other]) -> Redirect:
    """Take a merge back."""
    found = customer_id(visit, ref)
    parts = visit.queries.sheet(found, visit.now, visit.now).parts
    if data.other not in {part.id for part in parts}:
        raise DecisionError("These two are not one any more: load the page again.")
    with deciding(visit) as decisions:
        decisions.unmerge(found, data.other, reason=data.reason.strip())
    return _back(found, "unmerged", "one")


@post("/customers/{ref:str}/distinct", sync_to_thread=True)
def distinct(visit: Visiting, ref: FromPath[str], data: URLEncodedBody[Other]) -> Redirect:
    """Say that two customers are never one."""
    found, other = customer_id(visit, ref), customer_id(visit, data.other)
    with deciding(visit) as decisions:
        decisions.distinct(found, other, reason=data.reason.strip())
    return _back(found, "distinct", "one")


def _back(customer: str, done: str, place: str) -> Redirect:
    return Redirect(f"/customers/{customer}?done={done}#{place}", status_code=303)


HANDLERS = (note, describe, role, link, unlink, merge_page, merge, unmerge, distinct)
"""All of them need the right to write."""
