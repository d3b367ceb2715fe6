"""The rows of evidence and of what was concluded from it."""

from __future__ import annotations

from collections import Counter

import msgspec

from stammkunde.core.assignment.decisions import IdentifierClass
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.names import Party


class Limits(msgspec.Struct, frozen=True):
    """Where evidence stops to be believed: a hub links nothing, a giant is taken apart, a list tells nobody."""

    handles_of_identifier: int = 50
    parts_of_customer: int = 50
    contacts_of_thread: int = 200


class Handle(msgspec.Struct, eq=False):
    """How a counterpart shows himself, and whose he is.

    `number` orders by age. `contacts` and `relations` count its contacts, and those of them that are a relationship and
    not pinned. `home` is the customer it was last given to, since the number `since`; it counts only while there is a
    `rule`. `tied`: a person's word keeps it at home. `retired`: a nameless handle whose contacts a person settled; later
    ones get a new handle.
    """

    id: str
    number: int
    identifiers: frozenset[Identifier]
    name: Name | None
    party: Party | None
    contacts: int = 0
    relations: int = 0
    home: str | None = None
    since: int = 0
    rule: str = ""
    tied: bool = False
    retired: bool = False


class IdentifierRow(msgspec.Struct, eq=False):
    """What is known of an identifier.

    `named` counts the named handles that use it, `bare` is its nameless handle. `owner` is the customer a person gave it
    to, in so many words (`owner_said`) or in passing. `class_` is what was last concluded; None: what the pattern says.
    """

    identifier: Identifier
    named: int = 0
    bare: str | None = None
    contradictory: bool = False
    said: IdentifierClass | None = None
    owner: str | None = None
    owner_said: bool = False
    class_: IdentifierClass | None = None


class Customer(msgspec.Struct, eq=False):
    """A customer's id: `into` whom it was merged, since which number, and whether a person named it."""

    id: str
    number: int
    into: str | None = None
    since: int = 0
    tied: bool = False


class Member(msgspec.Struct, array_like=True):
    """One contact in a thread."""

    contact: str
    handle: str | None
    at: int
    outbound: bool
    inbound: bool
    relationship: bool
    pinned: bool = False


class Thread(msgspec.Struct, eq=False):
    """A thread's contacts; `marked` once one of them was placed by itself."""

    members: dict[str, Member]
    handles: Counter[str]
    first_out: int | None = None
    marked: bool = False


class Placement(msgspec.Struct, eq=False):
    """A contact that does not follow its handle: by rule `person` (a pin, perhaps to nobody) or `thread`.

    `present` is false while the contact is withdrawn: a pin waits for its return.
    """

    contact: str
    customer: str | None
    rule: str
    handle: str | None
    thread: str | None
    since: int
    present: bool = True
