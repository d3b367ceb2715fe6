"""Writing: what identity, encryption, key store, chain and indexes cost above raw rows, by size of batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Result, against, cpu, interleaved
from benchmarks.rows import Raw, contacts, folder
from benchmarks.wiring import IndexOnly, collect_rarely
from stammkunde.core.batch import Batch
from stammkunde.core.codec import Codec, encode, with_handle
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact
from stammkunde.core.crypto import Mac
from stammkunde.core.events import ContactPrivate, NewEvent
from stammkunde.core.facts import content_of, facts_of
from stammkunde.core.feed import Source
from stammkunde.core.ids import contact_id, item_id, key_id
from stammkunde.core.intake import Intake
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log

SOURCE = Source(name="info", connector="mailbox")
SIZES = {1000: 40_000, 100: 10_000, 1: 1_000}
LIMITS = {
    ("unprotected", 1000): 2.7,
    ("protected", 1000): 4.5,
    ("indexed", 1000): 6.0,
    ("indexed", 100): 5.8,
    ("indexed", 1): 5.5,
}
_MAC = Mac(b"benchmark")
Rows = list[tuple[str, int, str, bytes]]
Write = Callable[[list[Contact]], object]


def run() -> Iterator[Result]:
    """Batches of 1000, 100 and 1; each variant writes the same contacts into a new file a round."""
    collect_rarely()
    for size, total in SIZES.items():
        batches = [contacts(first, size) for first in range(0, total, size)]
        ready = [[_row(event) for event in _events(batch)] for batch in batches]
        variants: dict[str, Callable[[int], float]] = {
            "raw": lambda _, ready=ready: _raw(ready),  # type: ignore[misc]
            "unprotected": lambda _, batches=batches: _fresh(_unprotected, batches),  # type: ignore[misc]
            "protected": lambda _, batches=batches: _fresh(_protected, batches),  # type: ignore[misc]
            "indexed": lambda _, batches=batches: _fresh(_indexed, batches),  # type: ignore[misc]
        }
        figures = interleaved(variants)
        for (name, of), limit in LIMITS.items():
            if of == size:
                yield against("append", f"{name}, batches of {size}", figures, name, "raw", limit)


def _events(batch: Sequence[Contact]) -> list[NewEvent]:
    """Ids, structs and JSON: what any event store would need of these contacts, as long as the door makes them."""
    events = []
    for contact in batch:
        facts = facts_of(
            contact,
            item=item_id(_MAC, "mail", contact.item).hex(),
            thread=key_id(_MAC, "thread", "mail", contact.thread),
            order="",
            related="",
        )
        content = content_of(contact, contact.identifiers, "text")
        stream = contact_id(_MAC, "mail", contact.item, contact.party)
        private = ContactPrivate(source=SOURCE.name, content=content)
        open_ = with_handle(encode(facts), stream)  # any id: it is the length that counts
        events.append(NewEvent(stream, 1, "contact.recorded", open_, encode(private)))
    return events


def _row(event: NewEvent) -> tuple[str, int, str, bytes]:
    """A row of the size that a sealed event has."""
    return event.stream, 1, event.topic, bytes(34) + event.open + event.private


def _raw(batches: list[Rows]) -> float:
    with folder() as path:
        raw = Raw(path / "raw.db")
        total = sum(cpu(lambda batch=batch: raw.write(batch)) for batch in batches)  # type: ignore[misc]
        raw.close()
    return total / sum(map(len, batches))


def _fresh(
    prepare: Callable[[Path], tuple[Write, Callable[[], object]]], batches: list[list[Contact]]
) -> float:
    with folder() as path:
        write, close = prepare(path)
        total = sum(cpu(lambda batch=batch: write(batch)) for batch in batches)  # type: ignore[misc]
        close()
    return total / sum(map(len, batches))


def _unprotected(path: Path) -> tuple[Write, Callable[[], object]]:
    raw, codec = Raw(path / "log.db"), Codec()

    def write(batch: list[Contact]) -> None:
        events = _events(batch)
        known = raw.known([event.stream for event in events])
        raw.write(
            [
                (event.stream, 1, event.topic, codec.seal(event, None, b"") + event.private)
                for event in events
                if event.stream not in known
            ]
        )

    return write, raw.close


def _protected(path: Path) -> tuple[Write, Callable[[], object]]:
    log = Log(path / "log.db", KeyStore(path / "keys.db", b"k" * 32))

    def write(batch: list[Contact]) -> None:
        events = _events(batch)
        with log.transaction() as transaction:
            transaction.append(events)

    return write, log.close


def _indexed(path: Path) -> tuple[Write, Callable[[], object]]:
    log = Log(path / "log.db", KeyStore(path / "keys.db", b"k" * 32), tables=IndexOnly.SCHEMA)
    intake = Intake(log, IndexOnly(log.keys.keys.index), Company())  # type: ignore[arg-type]
    feed = intake.open(SOURCE, advance=True)
    return lambda batch: feed.record(Batch(contacts=tuple(batch), cursor="c")), log.close
