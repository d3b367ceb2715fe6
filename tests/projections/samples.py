"""A made-up log for tests of the views: each call is one event, numbered within its stream."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from stammkunde.core.company import Company
from stammkunde.core.contact import Channel, Identifier, Name
from stammkunde.core.events import (
    Assigned,
    ContactPrivate,
    ContactRetracted,
    Content,
    CustomerDescribed,
    CustomerOpened,
    Description,
    Evidence,
    Facts,
    HandleSeen,
    IdentifierClassified,
    IdentifierPrivate,
    Merged,
    NewEvent,
    Note,
    Open,
    Private,
    SightedPrivate,
    Unassigned,
    Unmerged,
)
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log
from stammkunde.projections.queries import Queries
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views

COMPANY = Company(country="CH", timezone="Europe/Zurich")
NOON = 1_700_000_000_000
DAY = 86_400_000


def mail(address: str) -> Identifier:
    return Identifier("mail", address)


def phone(number: str) -> Identifier:
    return Identifier("phone", number)


def sid(name: str) -> str:
    """An id of 32 hex digits that one can recognise."""
    return name.encode().hex().ljust(32, "0")[:32]


class Story:
    """Tells a log; `commit` is a transaction of what was told since the last one."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._versions: Counter[str] = Counter()
        self._told: list[NewEvent] = []

    def tell(self, stream: str, topic: str, open_: Open, private: Private | None = None) -> None:
        self.tell_of(sid(stream), topic, open_, private)

    def tell_of(self, stream: str, topic: str, open_: Open, private: Private | None = None) -> None:
        """The same of an id as it is."""
        self._versions[stream] += 1
        event = self.log.codec.new(stream, self._versions[stream], topic, open_, private)
        self._told.append(event)

    def commit(self) -> None:
        with self.log.transaction() as transaction:
            transaction.append(self._told)
        self._told = []

    def contact(
        self,
        contact: str,
        handle: str = "",
        *,
        days: float = 0,
        kind: str = "message",
        channel: Channel = "mail",
        amount: str | None = None,
        currency: str = "CHF",
        amended: bool = False,
        source: str = "info",
        content: Content | None = None,
        **facts: Any,
    ) -> None:
        topic = "contact.amended" if amended else "contact.recorded"
        open_ = Facts(
            handle=sid(handle) if handle else "",
            item=sid(contact),
            kind=kind,
            channel=channel,
            at=NOON + round(days * DAY),
            offset=60,
            amount=None if amount is None else Decimal(amount),
            currency="" if amount is None else currency,
            **facts,
        )
        private = ContactPrivate(source=source, content=content or Content(item=contact))
        self.tell(contact, topic, open_, private)

    def retract(self, contact: str) -> None:
        self.tell(contact, "contact.retracted", ContactRetracted(reason="withdrawn"))

    def sight(self, contact: str, source: str) -> None:
        self.tell(contact, "contact.sighted", Open(), SightedPrivate(source=source))

    def see(self, handle: str, *identifiers: Identifier, name: Name | None = None) -> None:
        self.tell(handle, "handle.seen", Open(), HandleSeen(identifiers=identifiers, name=name))

    def open(self, customer: str) -> None:
        self.tell(customer, "customer.opened", CustomerOpened(rule="mail"))

    def assign(self, handle: str, customer: str | None, rule: str = "mail") -> None:
        self._assign("handle", handle, customer, rule)

    def pin(self, contact: str, customer: str | None, rule: str = "person") -> None:
        """A decision on one contact; None by rule `person`: nobody's, by another: it follows its handle again."""
        self._assign("contact", contact, customer, rule)

    def _assign(self, what: str, stream: str, customer: str | None, rule: str) -> None:
        if customer is None:
            self.tell(stream, f"{what}.unassigned", Unassigned(rule=rule))
        else:
            open_ = Assigned(customer=sid(customer), rule=rule, score=1.0)
            evidence = Evidence(identifiers=(mail(f"{stream}@example.com"),))
            self.tell(stream, f"{what}.assigned", open_, evidence)

    def merge(self, customer: str, into: str) -> None:
        self.tell(customer, "customer.merged", Merged(into=sid(into), rule="person"))

    def unmerge(self, customer: str, from_: str) -> None:
        self.tell(customer, "customer.unmerged", Unmerged(from_=sid(from_), rule="person"))

    def describe(self, customer: str, role: Any = None, **attributes: str) -> None:
        private = Description(attributes=attributes, by="Rita")
        self.tell(customer, "customer.described", CustomerDescribed(role=role), private)

    def note(self, customer: str, text: str) -> None:
        self.tell(customer, "customer.noted", Open(), Note(text=text, by="Rita"))

    def link(self, customer: str, identifier: Identifier, *, take_back: bool = False) -> None:
        topic = "customer.identifier_unlinked" if take_back else "customer.identifier_linked"
        self.tell(customer, topic, Open(), IdentifierPrivate(identifier=identifier))

    def classify(self, stream: str, identifier: Identifier, class_: Any) -> None:
        open_ = IdentifierClassified(class_=class_, rule="person")
        self.tell(stream, "identifier.classified", open_, IdentifierPrivate(identifier=identifier))


class Home:
    """A log, its views, and what keeps and reads them."""

    def __init__(self, folder: Path, company: Company = COMPANY) -> None:
        self.log = Log(folder / "log.db", KeyStore(folder / "keys.db", b"k" * 32))
        self.views = Views(folder / "views.db", company)
        self.runner = Runner(self.log, self.views)
        self.story = Story(self.log)
        self.queries = Queries(self.views)

    def commit(self) -> None:
        """Record what was told, and bring the views up to date."""
        self.story.commit()
        self.runner.catch_up()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.views.store.reading() as cursor:
            return cursor.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """What a foreign tool might do to the file."""
        with self.views.store.transaction(commit=True) as cursor:
            cursor.execute(sql)

    def close(self) -> None:
        self.views.close()
        self.log.close()


@contextmanager
def home(folder: Path) -> Iterator[Home]:
    opened = Home(folder)
    try:
        yield opened
    finally:
        opened.close()
