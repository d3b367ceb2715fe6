"""Contacts, written: new ones inserted, old ones changed, and what a change touched noted."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from stammkunde.core.events import ContactPrivate, Event, SightedPrivate
from stammkunde.projections.batch import Batch
from stammkunde.projections.cards import Displays
from stammkunde.projections.contact_rows import (
    DAY,
    DELETE_CONTENT,
    DISPLAY,
    HANDLE,
    INSERT_CONTACT,
    INSERT_CONTENT,
    ORDER,
    THREAD,
    UPDATE_FACTS,
    Row,
    content_row,
    fact,
    facts_row,
)
from stammkunde.projections.corrections import Corrections, select_in
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.pointing import Pointers
from stammkunde.projections.projection import Fact
from stammkunde.projections.said import forget, hear


class Standing(msgspec.Struct):
    """A contact that was there before the batch, with what decides whose it is."""

    customer: str | None
    handle: str | None
    own_rule: str | None
    own_customer: str | None
    retracted: int
    day: str
    thread: str | None
    order: str | None


class Written(msgspec.Struct):
    """New contacts that stand, the display names they brought, and how many more contacts stand than before."""

    added: list[Fact] = msgspec.field(default_factory=list)
    displays: Displays = msgspec.field(default_factory=dict)
    more: int = 0

    def add(self, fact: Fact, display: str) -> None:
        """Take in one new contact."""
        self.added.append(fact)
        self.more += 1
        if display and fact.customer and fact.counted:
            latest = (fact.at, fact.id, display)
            known = self.displays.get(fact.customer, latest)
            self.displays[fact.customer] = max(known, latest)


def write_contacts(
    cursor: sqlite3.Cursor,
    batch: Batch,
    local: LocalTime,
    corrections: Corrections,
    *,
    point: bool,
) -> Written:
    """Write the contacts of a batch, after its handles and customers; without `point` their customer is left open."""
    facts = {event.stream: facts_row(event.open, local) for event in batch.facts}
    latest = {event.stream: event for event in batch.facts}
    standing = _standing(cursor, batch, latest)
    pointers = _pointers(cursor, batch, facts, standing) if point else Pointers(cursor, (), ())
    forgotten = standing.keys() & facts.keys()
    if point:
        forget(cursor, forgotten)
    written = _insert(cursor, batch, facts, latest, pointers)
    for contact, before in standing.items():
        _correct(corrections, contact, before)
        if contact in facts:
            _amend(cursor, latest[contact], facts[contact])
        after = _change(cursor, batch, contact, before, facts.get(contact), pointers)
        _correct(corrections, contact, after)
        written.more += before.retracted - after.retracted
    if point:
        hear(cursor, forgotten | batch.recorded.keys())
    _write_sources(cursor, batch.facts)
    _write_sightings(cursor, batch.sighted)
    return written


def _standing(
    cursor: sqlite3.Cursor, batch: Batch, latest: dict[str, Event]
) -> dict[str, Standing]:
    """The old contacts that the batch speaks of; what was decided on one that is a dead letter has no effect."""
    touched = latest.keys() | batch.retracted.keys() | batch.own.keys()
    rows = select_in(
        cursor,
        "SELECT id, customer, handle, own_rule, own_customer, retracted, local_day, thread, order_id"
        " FROM contacts WHERE id IN ({ids})",
        touched - batch.recorded.keys(),
    )
    standing = {row[0]: Standing(*row[1:]) for row in rows}
    if latest.keys() - batch.recorded.keys() - standing.keys():
        raise LookupError("amends a contact that is not there")
    return standing


def _pointers(
    cursor: sqlite3.Cursor, batch: Batch, facts: dict[str, Row], standing: dict[str, Standing]
) -> Pointers:
    handles = {row[HANDLE] for row in facts.values()}
    handles.update(before.handle for before in standing.values())
    ids = {own.customer for own in batch.own.values() if own}
    ids.update(before.own_customer for before in standing.values())
    return Pointers(cursor, handles - {None}, ids - {None})  # type: ignore[arg-type]


def _insert(
    cursor: sqlite3.Cursor,
    batch: Batch,
    facts: dict[str, Row],
    latest: dict[str, Event],
    pointers: Pointers,
) -> Written:
    """Insert the new ones."""
    rows: list[Row] = []
    contents: list[Row] = []
    written = Written()
    for contact, first in batch.recorded.items():
        row = facts[contact]
        own = _own_columns(batch, contact)
        customer = pointers.customer(row[HANDLE], own[0], own[1])
        retracted = batch.retracted.get(contact, False)
        rows.append(
            (contact, first.position, first.recorded_at, customer, int(retracted), *own, *row)
        )
        content = content_row(latest[contact])
        if content:
            contents.append(content)
        if not retracted:
            written.add(fact(contact, customer, row), content[DISPLAY] if content else "")
    cursor.executemany(INSERT_CONTACT, rows)
    cursor.executemany(INSERT_CONTENT, contents)
    return written


def _change(
    cursor: sqlite3.Cursor,
    batch: Batch,
    contact: str,
    before: Standing,
    facts: Row | None,
    pointers: Pointers,
) -> Standing:
    """Set what the batch says of an old contact; how it stands afterwards."""
    after = msgspec.structs.replace(before)
    if facts is not None:
        after.handle, after.day = facts[HANDLE], facts[DAY]
        after.thread, after.order = facts[THREAD], facts[ORDER]
    if contact in batch.own:
        own = _own_columns(batch, contact)
        after.own_rule, after.own_customer = own[0], own[1]
        cursor.execute(
            "UPDATE contacts SET own_rule = ?, own_customer = ?, own_score = ?, own_evidence = ? WHERE id = ?",
            (*own, contact),
        )
    after.retracted = int(batch.retracted.get(contact, before.retracted))
    after.customer = pointers.customer(after.handle, after.own_rule, after.own_customer)
    cursor.execute(
        "UPDATE contacts SET retracted = ?, customer = ? WHERE id = ?",
        (after.retracted, after.customer, contact),
    )
    return after


def _correct(corrections: Corrections, contact: str, it: Standing) -> None:
    corrections.add(it.customer, it.handle or contact, it.day, it.thread, it.order)


def _amend(cursor: sqlite3.Cursor, event: Event, facts: Row) -> None:
    cursor.execute(UPDATE_FACTS, (*facts, event.stream))
    cursor.execute(DELETE_CONTENT, (event.stream,))
    content = content_row(event)
    if content:
        cursor.execute(INSERT_CONTENT, content)


def _own_columns(batch: Batch, contact: str) -> tuple[Any, Any, Any, Any]:
    own = batch.own.get(contact)
    return (own.rule, own.customer, own.score, own.evidence) if own else (None, None, None, None)


def _write_sources(cursor: sqlite3.Cursor, facts: list[Event]) -> None:
    """From whom each handle is known: what was erased names no source."""
    pairs = {
        (event.open.handle, event.private.source)
        for event in facts
        if event.open.handle and isinstance(event.private, ContactPrivate)
    }
    cursor.executemany(
        "INSERT INTO handle_sources (handle, source) VALUES (?, ?) ON CONFLICT DO NOTHING",
        sorted(pairs),
    )


def _write_sightings(cursor: sqlite3.Cursor, events: list[Event]) -> None:
    cursor.executemany(
        "INSERT INTO sightings (contact, source) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(e.stream, e.private.source) for e in events if isinstance(e.private, SightedPrivate)],
    )
