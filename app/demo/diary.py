"""What happened, in the order in which the story thinks of it: mails, calls, orders and cards, before any file format."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Literal, TypeAlias

import msgspec

from stammkunde.app.demo.house import STAFF, Article, Colleague
from stammkunde.app.demo.people import Person
from stammkunde.core.contact import Name

MailKind: TypeAlias = Literal[
    "message", "away", "bounce", "newsletter", "spam", "form", "notification", "internal", "torn"
]
Shape: TypeAlias = Literal[
    "answered", "group", "queue", "forwarded", "missed", "abandoned", "voicemail", "busy", "out", "out-missed", "internal"
]  # fmt: skip
Status: TypeAlias = Literal["processing", "completed", "on-hold", "cancelled", "refunded"]


class Mail(msgspec.Struct, eq=False):
    """One mail between us and `who` at his `address`; `also` are further counterparts in Cc.

    `parent` is the mail that it answers, quotes and refers to. `by_thread` says that a mail from a shared box can be
    told by its thread.
    """

    at: datetime
    who: Person | None
    address: str
    incoming: bool
    subject: str
    text: str
    number: int
    us: Colleague = STAFF[0]
    language: str = "de"
    kind: MailKind = "message"
    parent: Mail | None = None
    also: tuple[tuple[str, Person], ...] = ()
    attachment: str = ""
    by_thread: bool = False
    order: Order | None = None


class Call(msgspec.Struct, eq=False):
    """One call with `who` at `number` (empty: withheld), or among us."""

    at: datetime
    who: Person | None
    number: str
    shape: Shape
    talk: int
    us: Colleague = STAFF[0]

    @property
    def incoming(self) -> bool:
        """Whether somebody rang us."""
        return self.shape not in ("out", "out-missed", "internal")

    @property
    def is_talk(self) -> bool:
        """Whether people talked."""
        return self.shape in ("answered", "group", "queue", "forwarded", "out")


class Order(msgspec.Struct, eq=False):
    """One order in the web shop, as it stands today; name, address and number are as he typed them.

    `refund` is the amount that was given back, tax included. `gift` is who gets the parcel.
    """

    at: datetime
    who: Person
    name: Name
    mail: str
    phone: str
    lines: tuple[tuple[Article, int], ...]
    status: Status = "completed"
    as_guest: bool = False
    gift: Person | None = None
    refund: Decimal = Decimal(0)
    changed: datetime | None = None
    number: int = 0

    @property
    def total(self) -> Decimal:
        """What it came to, tax included."""
        return sum((article.price * count for article, count in self.lines), Decimal(0))


class Card(msgspec.Struct, eq=False):
    """An entry in the address book."""

    who: Person
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    changed: datetime
    note: str = ""
    is_supplier: bool = False


class Diary:
    """Takes down what happens; `rng` decides what chance decides."""

    def __init__(self, rng: Random) -> None:
        """Empty."""
        self.rng = rng
        self.mails: list[Mail] = []
        self.calls: list[Call] = []
        self.orders: list[Order] = []
        self.cards: list[Card] = []

    def mail(
        self,
        at: datetime,
        who: Person | None,
        subject: str,
        text: str,
        *,
        incoming: bool,
        address: str = "",
        kind: MailKind = "message",
        parent: Mail | None = None,
        us: Colleague | None = None,
    ) -> Mail:
        """Take down a mail; by default it goes over the address of the one it answers, else over his usual one."""
        mail = Mail(
            at=at,
            who=who,
            address=address or (parent.address if parent else who.mail if who else ""),
            incoming=incoming,
            subject=subject,
            text=text,
            number=len(self.mails) + 1,
            us=us or (parent.us if parent else self.rng.choice(STAFF)),
            language=who.language if who else "de",
            kind=kind,
            parent=parent,
        )
        self.mails.append(mail)
        return mail

    def call(
        self,
        at: datetime,
        who: Person | None,
        shape: Shape,
        *,
        number: str | None = None,
        us: Colleague | None = None,
    ) -> Call:
        """Take down a call; by default over his usual number."""
        rng = self.rng
        usual = who.phone if who else ""
        call = Call(
            at=at,
            who=who,
            number=usual if number is None else number,
            shape=shape,
            talk=rng.randint(25, 540),
            us=us or rng.choice(STAFF),
        )
        self.calls.append(call)
        return call
