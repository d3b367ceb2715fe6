"""What a person decides, as events: whose a contact is, who is one and who is two, what is known of a customer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from stammkunde.core.assignment import Observation
from stammkunde.core.conclusions import decision_events
from stammkunde.core.contact import Channel, Contact, Direction, Identifier, Item, Outcome
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import (
    CustomerDescribed,
    Description,
    Distinct,
    Evidence,
    IdentifierClass,
    NewEvent,
    Note,
    Open,
    Private,
    Role,
)
from stammkunde.core.facts import latest_facts, observation
from stammkunde.core.feed import Source
from stammkunde.core.ids import contact_id, random_id
from stammkunde.core.intake import Intake
from stammkunde.core.limits import IDENTIFIER, KEY, NAME, VALUE, fits
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import Transaction

BY_HAND: dict[str, tuple[Channel, Direction]] = {
    "letter": ("letter", "in"),
    "visit": ("visit", "in"),
    "call": ("phone", "in"),
    "message": ("other", "in"),
    "meeting": ("other", "in"),
    "chat": ("chat", "in"),
    "complaint": ("other", "in"),
    "note": ("other", "in"),
}
"""What can be recorded by hand: its channel, and its direction unless another one is said."""

HAND = Source(name="hand", connector="hand")


class Decisions:
    """A person's word; it always wins over the rules, and no rule undoes it.

    Customers are given by id, also by that of one merged into another. Each method is one transaction; it raises
    `DecisionError` where what is asked for can't be done. `reason` and `by` (who decided) are kept privately.
    """

    def __init__(self, intake: Intake, *, by: str = "") -> None:
        """Decisions go through the same lock and the same evidence as contacts."""
        self._intake = intake
        self._assignment = intake.assignment
        self._by = by

    def assign(self, contact: str, customer: str | None, *, reason: str = "") -> None:
        """Give a contact to a customer, or to nobody."""
        self.assign_all([contact], customer, reason=reason)

    def assign_all(
        self, contacts: Sequence[str], customer: str | None, *, reason: str = ""
    ) -> None:
        """The same of several contacts at once."""

        def decide(transaction: Transaction, _: list[NewEvent]) -> None:
            for contact in contacts:
                about = observed(self._intake.log, contact, transaction.cursor)
                self._assignment.assign(about, customer)

        self._sit(decide, reason)

    def release(self, contacts: Sequence[str], *, reason: str = "") -> None:
        """Take back what was said of contacts by `assign`: they follow the rules again."""

        def decide(transaction: Transaction, _: list[NewEvent]) -> None:
            for contact in contacts:
                self._assignment.release(observed(self._intake.log, contact, transaction.cursor))

        self._sit(decide, reason)

    def open_customer(
        self,
        identifier: Identifier | None = None,
        contacts: Sequence[str] = (),
        *,
        reason: str = "",
    ) -> str:
        """A customer whom nobody knew, to whom an identifier or contacts belong; his id."""
        opened: list[str] = []

        def decide(transaction: Transaction, _: list[NewEvent]) -> None:
            opened.append(self._assignment.open_customer())
            if identifier is not None:
                self._assignment.link(identifier, opened[0])
            for contact in contacts:
                about = observed(self._intake.log, contact, transaction.cursor)
                self._assignment.assign(about, opened[0])

        if identifier is not None:
            _refuse_overlong(identifier)
        self._sit(decide, reason)
        return opened[0]

    def merge(self, one: str, other: str, *, reason: str = "", anyway: bool = False) -> None:
        """Say that two customers are one; where a person said that they are two, only `anyway`."""
        self._sit(lambda *_: self._assignment.merge(one, other, anyway=anyway), reason)

    def unmerge(self, one: str, other: str, *, reason: str = "") -> None:
        """Take a merge back, by whomever it was made."""
        self._sit(lambda *_: self._assignment.unmerge(one, other), reason)

    def distinct(self, one: str, other: str, *, reason: str = "") -> None:
        """Say that two customers are never the same."""

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            self._assignment.distinct(one, other)
            why = Evidence(reason=reason, by=self._by)
            open_ = Distinct(other=self._assignment.resolve(other))
            customer = self._assignment.resolve(one)
            events.append(
                self._event(transaction, customer, "customer.declared_distinct", open_, why)
            )

        self._sit(decide, reason)

    def classify(
        self, identifier: Identifier, class_: IdentifierClass, *, reason: str = ""
    ) -> None:
        """Say that an identifier is one party's alone, several parties', or nobody's."""
        _refuse_overlong(identifier)
        self._sit(lambda *_: self._assignment.classify(identifier, class_), reason)

    def declassify(self, identifier: Identifier, *, reason: str = "") -> None:
        """Take back `classify`."""
        self._sit(lambda *_: self._assignment.declassify(identifier), reason)

    def link(self, identifier: Identifier, customer: str, *, reason: str = "") -> None:
        """Give an identifier to a customer."""
        _refuse_overlong(identifier)
        self._sit(lambda *_: self._assignment.link(identifier, customer), reason)

    def unlink(self, identifier: Identifier, customer: str, *, reason: str = "") -> None:
        """Take back `link`."""
        self._sit(lambda *_: self._assignment.unlink(identifier, customer), reason)

    def describe(
        self, customer: str, attributes: dict[str, str], *, role: Role | None = None
    ) -> None:
        """Write attributes (an empty value takes one away) or the role: customer, supplier, partner, private.

        Of a private customer nothing is kept of what is said from then on; what stands in the log stays.
        """
        for key, value in attributes.items():
            if len(key) > KEY or len(value) > (NAME if key == "name" else VALUE):
                raise DecisionError(
                    "An attribute's name has at most {key} characters, a customer's name {name}, any other value {value}.",
                    key=KEY,
                    name=NAME,
                    value=VALUE,
                )

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            living = self._assignment.resolve(customer)
            what = Description(attributes=attributes, by=self._by)
            open_ = CustomerDescribed(role=role)
            events.append(self._event(transaction, living, "customer.described", open_, what))
            self._intake.roles.outdate()

        self._sit(decide)

    def note(self, customer: str, text: str) -> None:
        """Write a remark on a customer."""

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            living = self._assignment.resolve(customer)
            what = Note(text=text, by=self._by)
            events.append(self._event(transaction, living, "customer.noted", Open(), what))

        self._sit(decide)

    def record(
        self,
        kind: str,
        customer: str,
        text: str,
        at: datetime,
        *,
        direction: Direction | None = None,
        outcome: Outcome | None = None,
        key: str = "",
    ) -> str:
        """Record a letter, a visit, a call by hand; the new contact's id. `at` is aware.

        A text on a private customer is refused: it would not be kept. A `key` makes it safe to say the same again, as
        after a lost answer: what was recorded under it stays as it is, and its id is the answer.
        """
        if kind not in BY_HAND:
            known = ", ".join(sorted(BY_HAND))
            raise DecisionError(
                "“{kind}” can't be recorded by hand; what can: {known}.", kind=kind, known=known
            )
        channel, usual = BY_HAND[kind]
        contact = Contact(
            item=Item(key) if key else Item(random_id(), round(at.timestamp() * 1000)),
            channel=channel,
            kind=kind,
            direction=direction or usual,
            outcome=outcome or ("answered" if kind == "call" else None),
            occurred_at=at,
            text=text,
        )
        identity = contact_id(self._intake.log.keys.keys.ids, HAND.namespace, contact.item, "")
        if key and any(e.topic == "contact.assigned" for e in self._intake.log.stream(identity)):
            return identity
        with self._intake.transaction() as (transaction, _):
            living = self._assignment.resolve(customer)
            if text and living in self._intake.private(transaction):
                raise DecisionError(
                    "This customer is private, nothing of what was said is kept: leave the text empty, or describe another role."
                )
        self._intake.open(HAND).record_one(contact)
        self.assign(identity, customer)
        return identity

    def _sit(
        self, decide: Callable[[Transaction, list[NewEvent]], object], reason: str = ""
    ) -> None:
        """One transaction: decide, then conclude what follows."""
        with self._intake.transaction() as (transaction, events):
            decide(transaction, events)
            decisions = self._assignment.settle()
            events.extend(
                decision_events(
                    decisions, transaction, self._intake.log, reason=reason, by=self._by
                )
            )

    def _event(
        self, transaction: Transaction, stream: str, topic: str, open_: Open, private: Private
    ) -> NewEvent:
        version = transaction.next_version(stream)
        return self._intake.log.codec.new(stream, version, topic, open_, private)


def observed(log: Log, contact: str, cursor: sqlite3.Cursor) -> Observation:
    """A contact as evidence knows it, read by a transaction's cursor."""
    events = log.stream(contact, cursor)
    if not events or not events[0].topic.startswith("contact."):
        raise DecisionError(
            "There is no contact {contact}: “stammkunde contacts” lists them.", contact=contact
        )
    facts = latest_facts(events).open
    return observation(contact, facts, facts.handle or None)


def _refuse_overlong(identifier: Identifier) -> None:
    if not fits(identifier):
        raise DecisionError(
            "An identifier of this kind has at most {longest} characters.",
            longest=IDENTIFIER[identifier.kind],
        )
