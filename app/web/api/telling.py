"""The decisions and what is recorded by hand: the commands that write, as POST. Each is made in the token owner's name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response
from litestar.params import HeaderParameter, JSONBody

from stammkunde.app import periods, quarantined
from stammkunde.app.quarantined import Retried
from stammkunde.app.web.api.answering import Listed
from stammkunde.app.web.api.description import PATH, decides
from stammkunde.app.web.api.problems import InputError, field
from stammkunde.app.web.deciding import deciding
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.core.contact import Direction, Identifier
from stammkunde.core.errors import Message, UnknownError
from stammkunde.core.events import IdentifierClass, Role
from stammkunde.core.limits import KEY, VALUE
from stammkunde.projections.answers import Contact

Kind = Literal["letter", "visit", "call", "message", "meeting", "chat", "complaint", "note"]
"""What can be recorded by hand."""

Ref = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=254, description="An id, a mail address or a phone number."
    ),
]
IdentifierText = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=254,
        description="A mail address, a phone number in any notation, or a shop account as SYSTEM:ID.",
    ),
]
Reason = Annotated[str, msgspec.Meta(max_length=4000)]
Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=100,
        description="The same key again records nothing and answers with what was recorded under it.",
    ),
]


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a command takes; another key is refused."""


class Recording(_Body, frozen=True, kw_only=True):
    """A letter, a visit, a call by hand. `at`, with its offset, is now unless said."""

    kind: Kind
    customer: Ref
    text: str
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    direction: Direction | None = None


class Describing(_Body, frozen=True, kw_only=True):
    """Attributes of a customer (an empty value takes one away), or his role, or both."""

    customer: Ref
    attributes: dict[
        Annotated[str, msgspec.Meta(min_length=1, max_length=KEY)],
        Annotated[str, msgspec.Meta(max_length=VALUE)],
    ] = {}
    role: Role | None = None


class Noting(_Body, frozen=True, kw_only=True):
    """A note on a customer."""

    customer: Ref
    text: Annotated[str, msgspec.Meta(min_length=1)]


class Linking(_Body, frozen=True, kw_only=True):
    """An identifier that is a customer's, or is so no longer."""

    customer: Ref
    identifier: IdentifierText
    reason: Reason = ""


class Assigning(_Body, frozen=True, kw_only=True):
    """A contact, by its id or the beginning of it, and whose it is; null for nobody's."""

    contact: Ref
    customer: Ref | None
    reason: Reason = ""


class Merging(_Body, frozen=True, kw_only=True):
    """Two customers who are one. `anyway` also where somebody said that they are two."""

    one: Ref
    other: Ref
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    anyway: bool = False


class Parting(_Body, frozen=True, kw_only=True):
    """Two customers who are not one."""

    one: Ref
    other: Ref
    reason: Reason = ""


class Classifying(_Body, frozen=True, kw_only=True):
    """Whether an identifier is one party's alone, several parties', or nobody's."""

    identifier: IdentifierText
    class_: IdentifierClass = msgspec.field(name="class")
    reason: Reason = ""


class Retrying(_Body, frozen=True, kw_only=True):
    """Which source's items are read again (default: all), and with which settings of its connector changed."""

    source: Annotated[str, msgspec.Meta(max_length=200)] = ""
    set: dict[str, str] = {}


class Retries(Listed[Retried], frozen=True):
    """What became of each source's items."""


@decides("/record", status_code=201)
def record(visit: Visiting, data: JSONBody[Recording], key: Key = "") -> Response[Contact]:
    """Record a letter, a visit or a call by hand; the answer is the contact."""
    with field("at", "body"):
        at = periods.instant(data.at.isoformat(), visit.zone) if data.at else None
    customer = visit.queries.resolve(data.customer)
    owned = f"{visit.user.number}/{key}" if key and visit.user else ""
    with deciding(visit) as decisions:
        contact = decisions.record(
            data.kind,
            customer,
            data.text,
            at or visit.now.replace(microsecond=0),
            direction=data.direction,
            key=owned,
        )
    found = visit.queries.contact(contact)
    if found is None:
        raise UnknownError("There is no contact {ref}.", ref=contact)
    return Response(visit.shown(found), headers={"location": f"{PATH}/contacts/{contact}"})


@decides("/describe", status_code=204)
def describe(visit: Visiting, data: JSONBody[Describing]) -> None:
    """Write attributes of a customer, or say what he is to us."""
    attributes = {key.strip(): value.strip() for key, value in data.attributes.items()}
    if "" in attributes or "role" in attributes:
        text = "A property needs a name, and the role has a field of its own."
        raise InputError("attributes", Message(text), "body")
    if not attributes and data.role is None:
        raise InputError("attributes", Message("Nothing is said."), "body")
    customer = visit.queries.resolve(data.customer)
    with deciding(visit) as decisions:
        decisions.describe(customer, attributes, role=data.role)


@decides("/note", status_code=204)
def note(visit: Visiting, data: JSONBody[Noting]) -> None:
    """Write a note on a customer."""
    if not data.text.strip():
        text = "A note without a text says nothing: write one."
        raise InputError("text", Message(text), "body")
    customer = visit.queries.resolve(data.customer)
    with deciding(visit) as decisions:
        decisions.note(customer, data.text.strip())


@decides("/link", status_code=204)
def link(visit: Visiting, data: JSONBody[Linking]) -> None:
    """Give an identifier to a customer."""
    identifier, customer = _identifier(visit, data.identifier), visit.queries.resolve(data.customer)
    with deciding(visit) as decisions:
        decisions.link(identifier, customer, reason=data.reason)


@decides("/unlink", status_code=204)
def unlink(visit: Visiting, data: JSONBody[Linking]) -> None:
    """Take back what link said."""
    identifier, customer = _identifier(visit, data.identifier), visit.queries.resolve(data.customer)
    with deciding(visit) as decisions:
        decisions.unlink(identifier, customer, reason=data.reason)


@decides("/assign", status_code=204)
def assign(visit: Visiting, data: JSONBody[Assigning]) -> None:
    """Give a contact to a customer, or to nobody."""
    contact = visit.queries.contact_id(data.contact)
    customer = None if data.customer is None else visit.queries.resolve(data.customer)
    with deciding(visit) as decisions:
        decisions.assign(contact, customer, reason=data.reason)


@decides("/merge", status_code=204)
def merge(visit: Visiting, data: JSONBody[Merging]) -> None:
    """Say that two customers are one. Nothing is moved, and unmerge takes it back at any time."""
    one, other = visit.queries.resolve(data.one), visit.queries.resolve(data.other)
    with deciding(visit) as decisions:
        decisions.merge(one, other, reason=data.reason, anyway=data.anyway)


@decides("/unmerge", status_code=204)
def unmerge(visit: Visiting, data: JSONBody[Parting]) -> None:
    """Take a merge back; both are named by id, since their addresses lead to the same one now."""
    one, other = visit.queries.customer_id(data.one), visit.queries.customer_id(data.other)
    with deciding(visit) as decisions:
        decisions.unmerge(one, other, reason=data.reason)


@decides("/distinct", status_code=204)
def distinct(visit: Visiting, data: JSONBody[Parting]) -> None:
    """Say that two customers are not one, for ever."""
    one, other = visit.queries.resolve(data.one), visit.queries.resolve(data.other)
    with deciding(visit) as decisions:
        decisions.distinct(one, other, reason=data.reason)


@decides("/classify", status_code=204)
def classify(visit: Visiting, data: JSONBody[Classifying]) -> None:
    """Say that an identifier is one party's alone, several parties', or nobody's."""
    identifier = _identifier(visit, data.identifier)
    with deciding(visit) as decisions:
        decisions.classify(identifier, data.class_, reason=data.reason)


@decides("/quarantine/retry", status_code=200)
def retry(visit: Visiting, data: JSONBody[Retrying]) -> Retries:
    """Read again what waits in quarantine; what is read now leaves it, the rest stays."""
    return Retries(tuple(quarantined.retry(visit.home, data.source, data.set)))


def _identifier(visit: Visit, text: str) -> Identifier:
    with field("identifier", "body"):
        return visit.home.identifier(text)


HANDLERS: tuple[Any, ...] = (
    record,
    describe,
    note,
    link,
    unlink,
    assign,
    merge,
    unmerge,
    distinct,
    classify,
)
"""All of them need the right to write."""

ADMIN: tuple[Any, ...] = (retry,)

STRUCTS: tuple[Any, ...] = (
    Recording,
    Describing,
    Noting,
    Linking,
    Assigning,
    Merging,
    Parting,
    Classifying,
    Retrying,
    Retries,
)
