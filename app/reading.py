"""One reading of one source, from its connector into the log or, as a preview, nowhere."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from stammkunde.app.bootstrap import Home
from stammkunde.app.sources import Namesakes
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Batch, Memory
from stammkunde.core.contact import Contact
from stammkunde.core.feed import Counts

Progress = Callable[[Batch], None]


class Reading(msgspec.Struct, frozen=True):
    """What one reading did: items = recorded + duplicates + ignored + rejected; the other numbers count contacts."""

    source: str
    items: int
    recorded: int
    duplicates: int
    ignored: dict[str, int]
    rejected: int
    contacts: int
    amended: int
    retracted: int
    sighted: int
    customers_opened: int
    unassigned: int
    seconds: float


class Preview(msgspec.Struct, frozen=True):
    """What a reading would find: contacts by kind, and the counterparts that come most often."""

    source: str
    contacts: int
    kinds: dict[str, int]
    counterparts: tuple[tuple[str, int], ...]
    ignored: dict[str, int]
    rejected: int


def read(
    home: Home,
    table: SourceTable,
    progress: Progress,
    *,
    advance: bool,
    rivals: Sequence[str] = (),
) -> Reading:
    """Read a source into the log, batch by batch; what was committed stays whatever happens later.

    `advance` for a configured source, whose cursor moves on; `rivals` as in `sources.Choice`.
    """
    connector = home.connector(table)
    connector.check()
    _many_young_objects()
    began = time.monotonic()
    source = home.source(table)
    feed = home.intake.open(source, advance=advance)
    namesakes = Namesakes(home.log, source, rivals)
    for batch in connector.fetch(feed.cursor, feed.memory):
        namesakes.refuse_doubles(batch.contacts, configured=advance)
        feed.record(batch)
        progress(batch)
    return _reading(table.name, feed.finish(), time.monotonic() - began)


def preview(
    home: Home,
    table: SourceTable,
    progress: Progress,
    *,
    advance: bool,
    rivals: Sequence[str] = (),
) -> Preview:
    """Read a source and write nothing; with `advance` only what is new to a source that was read before."""
    connector = home.connector(table)
    connector.check()
    cursor, memory, namesakes = None, _Overlay(), None
    if home.exists:
        source = home.source(table)
        feed = home.intake.open(source, advance=advance)
        cursor, memory = feed.cursor, _Overlay(feed.memory)
        namesakes = Namesakes(home.log, source, rivals)
    kinds: Counter[str] = Counter()
    counterparts: Counter[str] = Counter()
    ignored: Counter[str] = Counter()
    rejected = 0
    for batch in connector.fetch(cursor, memory):
        if namesakes:
            namesakes.refuse_doubles(batch.contacts, configured=advance)
        memory.remember(batch)
        kinds.update(contact.kind for contact in batch.contacts)
        counterparts.update(filter(None, map(_counterpart, batch.contacts)))
        ignored.update(batch.ignored)
        rejected += len(batch.rejected)
        progress(batch)
    common = tuple(sorted(counterparts.items(), key=lambda pair: (-pair[1], pair[0]))[:10])
    return Preview(table.name, kinds.total(), dict(kinds), common, dict(ignored), rejected)


def _many_young_objects() -> None:
    """A batch makes tens of thousands of objects that live until it is committed; looking through them takes a fifth."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Overlay(Memory):
    """A memory that lasts as long as the preview, over what is remembered for good."""

    def __init__(self, below: Memory | None = None) -> None:
        self._below = below
        self._values: dict[str, bytes | None] = {}

    def get(self, key: str) -> bytes | None:
        if key in self._values or self._below is None:
            return self._values.get(key)
        return self._below.get(key)

    def remember(self, batch: Batch) -> None:
        self._values.update(batch.remember)


def _counterpart(contact: Contact) -> str:
    if contact.identifiers:
        return contact.identifiers[0].value
    return str(contact.name) if contact.name else contact.party


def _reading(source: str, counts: Counts, seconds: float) -> Reading:
    return Reading(
        source,
        counts.items,
        counts.recorded,
        counts.duplicates,
        dict(counts.ignored),
        counts.rejected,
        counts.contacts,
        counts.amended,
        counts.retracted,
        counts.sighted,
        counts.customers_opened,
        counts.unassigned,
        round(seconds, 3),
    )
