"""What a person decides, as events: whose a contact is, who is one and who is two, what is known of a customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from stammkunde.core.conclusions import decision_events
from stammkunde.core.contact import Channel, Contact, Direction, Identifier, Item, Outcome
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import (
    CustomerDescribed,
    Description,
    Distinct,
    Event,
    Evidence,
    IdentifierClass,
    IdentifierPrivate,
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

        def decide(transaction: Transaction, _: list[NewEvent]) -> None:
            latest = self._contact(contact, transaction)
            about = observation(contact, latest.open, latest.open.handle or None)
            self._assignment.assign(about, customer)

        self._sit(decide, reason)

    def merge(self, one: str, other: str, *, reason: str = "") -> None:
        """Say that two customers are one."""
        self._sit(lambda *_: self._assignment.merge(one, other), reason)

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
        self._sit(lambda *_: self._assignment.classify(identifier, class_), reason)

    def link(self, identifier: Identifier, customer: str, *, reason: str = "") -> None:
        """Give an identifier to a customer."""

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            self._assignment.link(identifier, customer)
            events.append(
                self._event(
                    transaction,
                    self._assignment.resolve(customer),
                    "customer.identifier_linked",
                    Open(),
                    IdentifierPrivate(identifier=identifier, reason=reason, by=self._by),
                )
            )

        self._sit(decide, reason)

    def unlink(self, identifier: Identifier, customer: str, *, reason: str = "") -> None:
        """Take back `link`."""

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            self._assignment.unlink(identifier)
            events.append(
                self._event(
                    transaction,
                    self._assignment.resolve(customer),
                    "customer.identifier_unlinked",
                    Open(),
                    IdentifierPrivate(identifier=identifier, reason=reason, by=self._by),
                )
            )

        self._sit(decide, reason)

    def describe(
        self, customer: str, attributes: dict[str, str], *, role: Role | None = None
    ) -> None:
        """Write attributes (an empty value takes one away) or the role: customer, supplier, partner, private."""

        def decide(transaction: Transaction, events: list[NewEvent]) -> None:
            living = self._assignment.resolve(customer)
            what = Description(attributes=attributes, by=self._by)
            open_ = CustomerDescribed(role=role)
            events.append(self._event(transaction, living, "customer.described", open_, what))

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
    ) -> str:
        """Record a letter, a visit, a call by hand; the new contact's id. `at` is aware."""
        if kind not in BY_HAND:
            known = ", ".join(sorted(BY_HAND))
            raise DecisionError(f"“{kind}” can't be recorded by hand; what can: {known}.")
        channel, usual = BY_HAND[kind]
        contact = Contact(
            item=Item(random_id(), round(at.timestamp() * 1000)),
            channel=channel,
            kind=kind,
            direction=direction or usual,
            outcome=outcome or ("answered" if kind == "call" else None),
            occurred_at=at,
            text=text,
        )
        with self._intake.transaction():
            self._assignment.resolve(customer)
        self._intake.open(HAND).record_one(contact)
        identity = contact_id(self._intake.log.keys.keys.ids, HAND.namespace, contact.item, "")
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

    def _contact(self, contact: str, transaction: Transaction) -> Event:
        events = self._intake.log.stream(contact, transaction.cursor)
        if not events or not events[0].topic.startswith("contact."):
            raise DecisionError(f"There is no contact {contact}: “stammkunde contacts” lists them.")
        return latest_facts(events)
