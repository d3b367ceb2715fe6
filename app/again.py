"""`sync --again`: a source read afresh, so that what was concluded under other settings is concluded again.

Direction, kind and counterpart depend on settings: a forgotten own address turns a mail round. Reading afresh amends what
is another thing now, retracts what concerns nobody any more, and records what is new. What the source no longer holds
stays. Milestones of orders are never amended: each is a fact of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from stammkunde.app import readers
from stammkunde.app.bootstrap import Home
from stammkunde.app.reading import Progress, Reading, connected, reading_of
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import BATCH, Batch
from stammkunde.core.contact import ORDER_MILESTONES, Item
from stammkunde.core.events import Event

_PAGE = 1000


class Turn(msgspec.Struct, frozen=True):
    """So many contacts that are something else afterwards; a side is empty where there is no contact on it."""

    before: str
    after: str
    contacts: int


class Turning(msgspec.Struct, frozen=True):
    """What reading a source afresh would do, and what would turn: `in message` to `out message`."""

    reading: Reading
    turns: tuple[Turn, ...]


def read_again(home: Home, table: SourceTable, progress: Progress) -> Reading:
    """Read a source from its beginning without touching its cursor; a second time changes nothing."""
    began = time.monotonic()
    with connected(home, table) as connector:
        feed = home.intake.open(home.source(table))
        readers.remember(home.log, [table])
        for batch in _revising(connector.fetch(None, feed.memory)):
            feed.record(batch)
            progress(batch)
    return reading_of(table.name, feed.finish(), time.monotonic() - began)


def preview_again(home: Home, table: SourceTable, progress: Progress) -> Turning:
    """The same on a copy of the log that is thrown away: so it says just what would happen."""
    with home.copied() as twin:
        before = twin.log.last_position()
        reading = read_again(twin, table, progress)
        turns = Counter(_turns(twin, before))
    rows = sorted(turns.items(), key=lambda pair: (-pair[1], pair[0]))
    return Turning(reading, tuple(Turn(*sides, n) for sides, n in rows))


def _revising(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Every item revises what was recorded of it, once; those left out are taken back at the end.

    The same mail may lie in two folders: what it is, the first of them says, and where one has it left out and the other
    not, it is not left out.
    """
    seen: set[int] = set()
    left_out: dict[int, Item] = {}
    for batch in batches:
        marks = {contact.item: _mark(contact.item) for contact in batch.contacts}
        contacts = tuple(
            contact
            if contact.kind in ORDER_MILESTONES or marks[contact.item] in seen
            else replace(contact, revises=True)
            for contact in batch.contacts
        )
        seen.update(marks.values())
        left_out.update((_mark(item), item) for item in batch.left_out)
        yield replace(batch, contacts=contacts)
    gone = [item for mark, item in left_out.items() if mark not in seen]
    for first in range(0, len(gone), BATCH):
        yield Batch(withdrawn=tuple(gone[first : first + BATCH]))


def _mark(item: Item) -> int:
    """Eight bytes that stand for an item: a million of them fit, and of a million two are alike once in 37 million runs."""
    raw = f"{item.time_ms}\0{item.key}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big")


def _turns(home: Home, before: int) -> Iterator[tuple[str, str]]:
    """Of each contact that was touched behind a position, what it was and what it is."""
    touched: dict[str, None] = {}
    position = before
    while events := home.log.read_open(position, _PAGE):
        touched.update((e.stream, None) for e in events if e.topic in _TOPICS)
        position = events[-1].position
    for stream in touched:
        events = home.log.stream(stream)
        sides = (
            _side([event for event in events if event.position <= before]),
            _side(events),
        )
        if sides[0] != sides[1] or any(
            e.topic == "contact.amended" for e in events if e.position > before
        ):
            yield sides


_TOPICS = frozenset({"contact.recorded", "contact.amended", "contact.retracted"})


def _side(events: list[Event]) -> str:
    """`in message`; empty where nothing stands."""
    last = next((event for event in reversed(events) if event.topic in _TOPICS), None)
    if last is None or last.topic == "contact.retracted":
        return ""
    return f"{last.open.direction} {last.open.kind}"
