"""What goes into an assignment and what comes out: observations of contacts, and decisions as differences.

Rules by name: `name` (a named handle in a group of consistent names), `shop`, `mail`, `phone` (a nameless one by its
best identifier), `thread`, `person`. Why something was taken away: `undecided`, `shared`, `blocked`, `relationship`
(there is none any more), `withdrawn` (no contact is left), `thread`, `counterpart`, `released`, `person`. Why an identifier has its
class: `names`, `hub`, `crossed` (it joined people that are kept apart), `pattern`, `person`. Rule names are stored.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from stammkunde.core.contact import Identifier

VERSION = 1
"""Version of the rules; it stands with every decision."""

EXACT = 1.0
"""Score of a decision by an exact rule, or by a person."""

IdentifierClass: TypeAlias = Literal["exclusive", "shared", "blocked"]


class Observation(msgspec.Struct, frozen=True, gc=False):
    """What evidence needs of one contact; all of it is open.

    `relationship` is what the kind alone says. `inbound` and `outbound` tell letters and mails in a thread: an inbound
    contact whose thread has an earlier outbound one is a relationship too.
    """

    contact: str
    handle: str | None
    at_ms: int
    relationship: bool = False
    thread: str | None = None
    outbound: bool = False
    inbound: bool = False


class CustomerOpened(msgspec.Struct, frozen=True):
    """A group of handles has its first relationship."""

    customer: str
    rule: str


class CustomerMerged(msgspec.Struct, frozen=True):
    """From now on `customer` is part of `into`, until it is unmerged."""

    customer: str
    into: str
    rule: str


class CustomerUnmerged(msgspec.Struct, frozen=True):
    """`customer` stands by itself again; it was part of `from_`."""

    customer: str
    from_: str
    rule: str


class HandleAssigned(msgspec.Struct, frozen=True):
    """All contacts of a handle are this customer's, save those that are assigned by themselves."""

    handle: str
    customer: str
    rule: str
    score: float
    evidence: tuple[Identifier, ...]


class HandleUnassigned(msgspec.Struct, frozen=True):
    """A handle that was assigned is nobody's now."""

    handle: str
    rule: str


class ContactAssigned(msgspec.Struct, frozen=True):
    """One contact does not follow its handle: a person pinned it, or its thread tells whose it is."""

    contact: str
    customer: str
    rule: str
    score: float
    evidence: tuple[Identifier, ...]


class ContactUnassigned(msgspec.Struct, frozen=True):
    """By rule `person` the contact is nobody's, whatever its handle is; by any other it follows its handle again."""

    contact: str
    rule: str


class IdentifierClassified(msgspec.Struct, frozen=True):
    """The class of an identifier is another than before; without any, it is what its pattern says, else exclusive."""

    identifier: Identifier
    class_: IdentifierClass
    rule: str


class IdentifierLinked(msgspec.Struct, frozen=True):
    """A person gave an identifier to this very customer."""

    customer: str
    identifier: Identifier


class IdentifierUnlinked(msgspec.Struct, frozen=True):
    """What a person linked is this very customer's no more: taken back, given to another, or shared by his word."""

    customer: str
    identifier: Identifier


Decision: TypeAlias = (
    CustomerOpened
    | CustomerMerged
    | CustomerUnmerged
    | HandleAssigned
    | HandleUnassigned
    | ContactAssigned
    | ContactUnassigned
    | IdentifierClassified
    | IdentifierLinked
    | IdentifierUnlinked
)


class Suggestion(msgspec.Struct, frozen=True):
    """A customer whose a handle may be, for a person to decide: `rule` is `identifier` or `thread`."""

    customer: str
    rule: str
    evidence: tuple[Identifier, ...] = ()
