"""The one door into the log: deduplicate, record, and say whose contact it is, in one transaction a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from threading import RLock

import msgspec

from stammkunde.core import ids
from stammkunde.core.assignment import Assignment, Observation
from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.codec import encode, with_handle
from stammkunde.core.company import Company
from stammkunde.core.conclusions import decision_events, handle_seen
from stammkunde.core.contact import Contact, Identifier, Item
from stammkunde.core.events import (
    ContactPrivate,
    ContactRetracted,
    Event,
    Facts,
    NewEvent,
    Open,
    SightedPrivate,
)
from stammkunde.core.facts import (
    bare,
    content_of,
    facts_of,
    latest_facts,
    observation,
    with_uncut,
)
from stammkunde.core.feed import Counts, Feed, Source
from stammkunde.core.items import Known, known_items, save_items
from stammkunde.core.limits import Uncut, fitted, is_overlong
from stammkunde.core.log.store import Log
from stammkunde.core.log.transaction import Transaction
from stammkunde.core.quarantine import Quarantine
from stammkunde.core.roles import Roles

MAIL = "mail"
"""The namespace of mails, whichever mailbox they stood in."""


class Prepared(msgspec.Struct, gc=False):
    """A contact made ready outside the lock; its handle is set under it."""

    id: str
    contact: Contact
    facts: Facts
    open: bytes
    content: bytes
    private: bytes
    identifiers: tuple[Identifier, ...]
    handle: str | None = None


class _Private(msgspec.Struct, omit_defaults=True, gc=False):
    """`ContactPrivate` with its content already encoded."""

    source: str
    content: msgspec.Raw
    reference: str = ""


class Sitting(msgspec.Struct):
    """One batch under the lock: where its events and counts gather."""

    transaction: Transaction
    events: list[NewEvent]
    counts: Counts
    source: Source
    number: int
    handles: Counter[str] = msgspec.field(default_factory=Counter)
    seen: list[Observation] = []


class Intake:
    """Records contacts and decides, under the log's lock, whose they are."""

    def __init__(self, log: Log, assignment: Assignment, company: Company) -> None:
        """One for each open log; the assignment's evidence stands in the log's own database."""
        self.log = log
        self.assignment = assignment
        self._company = company
        self.roles = Roles(log.codec)
        self._numbers = frozenset(company.numbers)
        self._position = -1
        self._lock = RLock()
        self._mac = log.keys.keys.ids
        self._index = log.keys.keys.index
        # a thread's messages and an order's milestones come close together
        self._key_id = lru_cache(maxsize=2000)(partial(ids.key_id, self._mac))

    def open(self, source: Source, *, advance: bool = False) -> Feed:
        """Begin to read a source; with `advance`, its cursor is saved with each batch."""
        return Feed(self, source, advance=advance)

    # ---- a batch

    def record(self, feed: Feed, batch: Batch, released: int | None = None) -> None:
        """Commit one batch of a feed, as `Feed.record` asks; `released` leaves the quarantine with it."""
        counts = Counts(ignored=Counter(batch.ignored), rejected=len(batch.rejected))
        items = self._prepare(feed.source, batch.contacts, counts)
        withdrawn = self._withdrawn(feed.source, batch.withdrawn) if batch.withdrawn else {}
        with self.transaction() as (transaction, events):
            number = feed.number(transaction)
            version = feed.move_on(transaction, batch.cursor)
            feed.memory.save(transaction.cursor, batch.remember.items())
            if batch.rejected or released is not None:
                self._quarantine(transaction, number, batch.rejected, released)
            known = known_items(transaction.cursor, [*items, *withdrawn])
            sitting = Sitting(transaction, events, counts, feed.source, number)
            changed = self._withdraw(sitting, withdrawn, items, known) if withdrawn else {}
            for item, contacts in items.items():
                row = known.get(item)
                if row is None:
                    changed[item] = self._new(sitting, contacts)
                elif self._again(sitting, row, contacts):
                    changed[item] = row
            save_items(transaction.cursor, changed.items())
            self.assignment.observe(sitting.seen)
            counts.customers_opened = self.settle(transaction, events)
            self._leave_out(sitting, items)
        feed.committed(number, version, batch.cursor, counts, sitting.handles)

    @contextmanager
    def transaction(self) -> Iterator[tuple[Transaction, list[NewEvent]]]:
        """The log's lock, with evidence that is fresh under it; what the list holds at the end is appended."""
        events: list[NewEvent] = []
        evidence = self.assignment.evidence
        with self._lock:  # several sources are read by threads of one process
            try:
                with self.log.transaction() as transaction:
                    evidence.attach(transaction.cursor)
                    if transaction.before != self._position:
                        evidence.drop()
                        self.roles.outdate()
                    yield transaction, events
                    transaction.append(events)
                    evidence.save()
                self._position = transaction.after
            except BaseException:
                evidence.drop()
                self._position = -1
                raise

    def _quarantine(
        self,
        transaction: Transaction,
        source: int,
        rejected: Sequence[Rejected],
        released: int | None,
    ) -> None:
        quarantine = Quarantine(self.log)
        if released is not None:
            quarantine.release(transaction, released)
        quarantine.keep(transaction, source, rejected)

    def settle(self, transaction: Transaction, events: list[NewEvent]) -> int:
        """Conclude what the new evidence changes, as further events; the number of customers opened."""
        decisions = self.assignment.settle()
        concluded = decision_events(decisions, transaction, self.log)
        events += concluded
        return sum(event.topic == "customer.opened" for event in concluded)

    def private(self, transaction: Transaction) -> frozenset[str]:
        """The living customers of whom nothing is kept of what is said."""
        return self.roles.private(transaction.cursor, self.assignment.evidence)

    def unassigned(self, handles: Counter[str]) -> int:
        """How many of these contacts, counted by handle (empty: none), have no customer now."""
        customer_of = self.assignment.customer_of_handle
        return sum(n for handle, n in handles.items() if not handle or not customer_of(handle))

    # ---- outside the lock

    def _prepare(
        self, source: Source, contacts: Sequence[Contact], counts: Counts
    ) -> dict[bytes, list[Prepared]]:
        """Contacts by item, ready to be written; those of which nothing may be stored are counted and gone.

        An item that comes again within the batch is a duplicate as it would be in the next one; only where the connector
        says that it changed does the later reading take the place of the earlier.
        """
        mac, system = self._mac, source.namespace
        items: dict[bytes, list[Prepared]] = {}
        never: set[bytes] = set()
        group: list[Prepared] = []
        before: tuple[bytes, str] | None = None
        for contact in contacts:
            namespace = MAIL if contact.channel == MAIL else system
            item, id_ = ids.both_ids(mac, namespace, contact.item, contact.party)
            if self._company.never and self._is_never(contact):
                never.add(item)
            prepared = self._ready(source, namespace, contact, item, id_)
            reading = item, contact.reference
            if reading != before or any(other.id == prepared.id for other in group):
                before, group = reading, []
                if item not in items or contact.revises:
                    counts.duplicates += item in items
                    items[item] = group
                else:
                    counts.duplicates += 1
            group.append(prepared)
        for item in never:
            del items[item]
            counts.ignored["never"] += 1
        return items

    def _is_never(self, contact: Contact) -> bool:
        addresses = [i.value for i in contact.identifiers if i.kind == "mail"]
        shuns = self._company.shuns
        return any(shuns(address.lower()) for address in (*addresses, contact.party) if address)

    def _withdrawn(self, source: Source, items: Sequence[Item]) -> dict[bytes, bool]:
        """Items that the source takes back, and whether as mails: which an item is, its key does not say."""
        mac, system = self._mac, source.namespace
        as_own = {ids.item_id(mac, system, item): False for item in items}
        return as_own | {ids.item_id(mac, MAIL, item): system != MAIL for item in items}

    def _is_own(self, identifier: Identifier) -> bool:
        if identifier.kind == "mail":
            return self._company.owns(identifier.value)
        return identifier.kind == "phone" and identifier.value in self._numbers

    def _ready(
        self, source: Source, namespace: str, contact: Contact, item: bytes, id_: str
    ) -> Prepared:
        key_id, related = self._key_id, contact.related
        uncut: Uncut = ()
        if is_overlong(contact):
            contact, uncut = fitted(contact)
        identifiers = tuple([i for i in contact.identifiers if not self._is_own(i)])
        facts = facts_of(
            contact,
            item=item.hex(),
            thread=key_id("thread", namespace, contact.thread) if contact.thread else "",
            order=key_id("order", namespace, contact.order) if contact.order else "",
            related=ids.item_id(self._mac, namespace, related).hex() if related else "",
        )
        said = content_of(contact, identifiers, source.keep)
        content = encode(with_uncut(said, uncut, source.keep) if uncut else said)
        return Prepared(
            id_,
            contact,
            facts,
            encode(facts),
            content,
            encode(_Private(source.name, msgspec.Raw(content), contact.reference)),
            identifiers,
        )

    def _digest(self, contacts: Sequence[Prepared]) -> bytes:
        """A keyed digest of the facts that do not depend on the source."""
        if len(contacts) == 1:
            return self._index(b"item\0%b%b" % (contacts[0].open, contacts[0].content))[:16]
        parts = sorted([each.open + each.content for each in contacts])
        return self._index(b"item\0" + b"".join(parts))[:16]

    # ---- under the lock

    def _new(self, sitting: Sitting, contacts: list[Prepared]) -> Known:
        for prepared in contacts:
            self._write(sitting, prepared)
            sitting.transaction.new_stream(prepared.id)
        sitting.counts.recorded += 1
        living = dict.fromkeys([prepared.id for prepared in contacts], True)
        return Known(self._digest(contacts), f",{sitting.number},", living)

    def _write(
        self, sitting: Sitting, prepared: Prepared, version: int = 1, last: str | None = None
    ) -> None:
        """Take a contact into evidence and into the log; an amended one had the handle `last`."""
        handle, new = self.assignment.handle_for(
            prepared.identifiers, prepared.contact.name, last=last
        )
        prepared.handle = handle
        if new and handle:
            sitting.events.append(handle_seen(self.log.codec, self.assignment, handle))
            sitting.transaction.new_stream(handle)
        sitting.seen.append(observation(prepared.id, prepared.facts, handle))
        topic = "contact.recorded" if version == 1 else "contact.amended"
        open_ = with_handle(prepared.open, handle)
        sitting.events.append(NewEvent(prepared.id, version, topic, open_, prepared.private))
        if version == 1:
            sitting.counts.contacts += 1
            sitting.handles[handle or ""] += 1

    def _withdraw(
        self,
        sitting: Sitting,
        withdrawn: dict[bytes, bool],
        items: dict[bytes, list[Prepared]],
        known: dict[bytes, Known],
    ) -> dict[bytes, Known]:
        """Retract what the source takes back; contacts of such an item that came with it are not recorded any more."""
        changed = {}
        for item, as_mail in withdrawn.items():
            if (row := known.get(item)) is None:
                if items.pop(item, None):
                    sitting.counts.ignored["withdrawn"] += 1
                continue
            if items.pop(item, None):
                sitting.counts.duplicates += 1
            elif as_mail and not row.stood_in(sitting.number):
                continue
            if self._retract(sitting, row, row.contacts):
                row.digest = b""  # the same facts are news when they come back
                changed[item] = row
        return changed

    def _leave_out(self, sitting: Sitting, items: dict[bytes, list[Prepared]]) -> None:
        """Of contacts that are a private customer's, once it is settled whose they are, keep the facts alone."""
        private = self.private(sitting.transaction)
        if not private:
            return
        ready = {prepared.id: prepared for contacts in items.values() for prepared in contacts}
        for at, event in enumerate(sitting.events):
            if event.topic not in ("contact.recorded", "contact.amended"):
                continue
            prepared = ready[event.stream]
            if self.assignment.customer_of(prepared.id, prepared.handle) in private:
                content = bare(content_of(prepared.contact, prepared.identifiers, "facts"))
                kept = ContactPrivate(
                    source=sitting.source.name,
                    reference=prepared.contact.reference,
                    content=content,
                )
                sitting.events[at] = msgspec.structs.replace(event, private=encode(kept))

    def _again(self, sitting: Sitting, row: Known, contacts: list[Prepared]) -> bool:
        """A known item: a duplicate, unless the connector says that it changed and its facts do differ."""
        sitting.counts.duplicates += 1
        sighted = row.sight(sitting.number)
        if sighted:
            self._sight(sitting, row)
        if not any(prepared.contact.revises for prepared in contacts):
            return sighted
        digest = self._digest(contacts)
        if digest == row.digest:
            return sighted
        row.digest = digest
        self._retract(sitting, row, row.contacts.keys() - {p.id for p in contacts})
        for prepared in contacts:
            self._amend(sitting, row, prepared)
        return True

    def _sight(self, sitting: Sitting, row: Known) -> None:
        seen = SightedPrivate(source=sitting.source.name)
        for contact in row.contacts:
            version = sitting.transaction.next_version(contact)
            event = self.log.codec.new(contact, version, "contact.sighted", Open(), seen)
            sitting.events.append(event)
            sitting.counts.sighted += 1

    def _amend(self, sitting: Sitting, row: Known, prepared: Prepared) -> None:
        if prepared.id not in row.contacts:
            self._write(sitting, prepared)
        else:
            latest = self._latest(sitting.transaction, prepared.id)
            if row.contacts[prepared.id]:
                if self._same(latest, prepared):
                    return
                self._forget(sitting, prepared.id, latest)
            version = sitting.transaction.next_version(prepared.id)
            self._write(sitting, prepared, version, latest.open.handle or None)
            sitting.counts.amended += 1
        row.contacts[prepared.id] = True

    @staticmethod
    def _same(latest: Event, prepared: Prepared) -> bool:
        content = getattr(latest.private, "content", None)
        is_so = content is None or encode(content) == prepared.content
        return is_so and msgspec.structs.replace(latest.open, handle="") == prepared.facts

    def _retract(self, sitting: Sitting, row: Known, contacts: Iterable[str]) -> bool:
        living = sorted(contact for contact in contacts if row.contacts[contact])
        for contact in living:
            self._forget(sitting, contact, self._latest(sitting.transaction, contact))
            version = sitting.transaction.next_version(contact)
            reason = ContactRetracted(reason="withdrawn")
            sitting.events.append(self.log.codec.new(contact, version, "contact.retracted", reason))
            row.contacts[contact] = False
            sitting.counts.retracted += 1
        return bool(living)

    def _latest(self, transaction: Transaction, contact: str) -> Event:
        return latest_facts(self.log.stream(contact, transaction.cursor))

    def _forget(self, sitting: Sitting, contact: str, latest: Event) -> None:
        """Take a contact out of evidence; what was seen before it goes in first."""
        self.assignment.observe(sitting.seen)
        sitting.seen.clear()
        seen = observation(contact, latest.open, latest.open.handle or None)
        self.assignment.forget((seen,))
