"""One reading of one source, from its connector into the log or, as a preview, nowhere."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import msgspec

from stammkunde.app import readers
from stammkunde.app.bootstrap import Home
from stammkunde.app.sources import Namesakes
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Batch, Closes, Connector, Holds, Memory
from stammkunde.core.contact import Contact
from stammkunde.core.feed import Counts, Feed
from stammkunde.core.standing import Standing, save_standing, standings

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
    with connected(home, table) as connector:
        _many_young_objects()
        began = time.monotonic()
        source = home.source(table)
        feed = home.intake.open(source, advance=advance)
        # before anything of it is seen; an import beside the file says nothing of readers
        if advance or table.readers:
            readers.remember(home.log, [table])
        namesakes = Namesakes(home.log, source, rivals)
        for batch in connector.fetch(feed.cursor, feed.memory):
            namesakes.refuse_doubles(batch.contacts, configured=advance)
            feed.record(batch)
            progress(batch)
        counts = feed.finish()
        if advance:
            _note(home, table, connector, feed)
    return reading_of(table.name, counts, time.monotonic() - began)


def preview(
    home: Home,
    table: SourceTable,
    progress: Progress,
    *,
    advance: bool,
    rivals: Sequence[str] = (),
) -> Preview:
    """Read a source and write nothing; with `advance` only what is new to a source that was read before."""
    with connected(home, table) as connector:
        return _previewed(home, table, connector, progress, advance=advance, rivals=rivals)


def _previewed(
    home: Home,
    table: SourceTable,
    connector: Connector,
    progress: Progress,
    *,
    advance: bool,
    rivals: Sequence[str],
) -> Preview:
    cursor, memory, namesakes = None, Overlay(), None
    if home.exists:
        source = home.source(table)
        feed = home.intake.open(source, advance=advance)
        cursor, memory = feed.cursor, Overlay(feed.memory)
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


@contextmanager
def connected(home: Home, table: SourceTable) -> Iterator[Connector]:
    """A source's connector, checked, and closed again whatever happens."""
    connector = home.connector(table)
    try:
        connector.check()
        yield connector
    finally:
        if hasattr(connector, "close"):
            cast(Closes, connector).close()


def _note(home: Home, table: SourceTable, connector: Connector, feed: Feed) -> None:
    """A reading that went through ends what a daemon noted of an earlier one, and says what the source holds."""
    before = standings(home.log).get(table.name)
    holds = hasattr(connector, "holdings")
    if before is None and not holds:
        return
    now = time.time_ns() // 1000
    is_new = before is None or before.state != "ok"
    held = tuple(cast(Holds, connector).holdings(feed.cursor, feed.memory)) if holds else ()
    since = now if is_new or before is None else before.since
    standing = Standing(
        connector=table.connector, state="ok", since=since, tried=now, holdings=held
    )
    save_standing(home.log, table.name, standing)


def _many_young_objects() -> None:
    """A batch makes tens of thousands of objects that live until it is committed; looking through them takes a fifth."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Overlay(Memory):
    """A memory that lasts as long as the preview, over what is remembered for good."""

    def __init__(self, below: Memory | None = None) -> None:
        """Nothing is written to the memory below."""
        self._below = below
        self._values: dict[str, bytes | None] = {}

    def get(self, key: str) -> bytes | None:
        """What was remembered last."""
        if key in self._values or self._below is None:
            return self._values.get(key)
        return self._below.get(key)

    def remember(self, batch: Batch) -> None:
        """Take over what a batch remembers."""
        self._values.update(batch.remember)


def _counterpart(contact: Contact) -> str:
    if contact.identifiers:
        return contact.identifiers[0].value
    return str(contact.name) if contact.name else contact.party


def reading_of(source: str, counts: Counts, seconds: float) -> Reading:
    """What a feed counted, as it is shown."""
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
