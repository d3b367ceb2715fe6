"""Reading the log as projections do, and walking its chain, against plain reads of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import Result, against, at_most, cpu, interleaved
from benchmarks.rows import Raw, contacts, folder
from benchmarks.wiring import open_intake
from stammkunde.core.batch import Batch
from stammkunde.core.feed import Source
from stammkunde.core.log.store import Log
from stammkunde.core.log.verify import verify_chain

EVENTS = 100_000
PAGE = 1000


def run() -> Iterator[Result]:
    """100,000 contacts: whole events, open parts, the chain."""
    with folder() as path:
        intake = open_intake(path)
        feed = intake.open(Source(name="info", connector="mailbox"))
        for first in range(0, EVENTS, PAGE):
            feed.record(Batch(contacts=tuple(contacts(first, PAGE))))
        log = intake.log
        raw = _copy(log, path / "raw.db")
        total = log.last_position()
        figures = interleaved(
            {
                "raw rows": lambda _: _page_through(raw.read, lambda rows: rows[-1][0]) / total,
                "whole": lambda _: _page_through(log.read, lambda page: page[-1].position) / total,
                "open": lambda _: (
                    _page_through(log.read_open, lambda page: page[-1].position) / total
                ),
            }
        )
        yield against("reading", "whole events, pages of 1000", figures, "whole", "raw rows", 9.2)
        yield against("reading", "open parts alone", figures, "open", "raw rows", 2.4)
        seconds = cpu(lambda: verify_chain(log)) / total * 1e6
        yield at_most("reading", "verify of the chain, per 1,000,000 events", seconds, "s", 5.0)
        raw.close()
        log.close()


def _page_through(read: Callable[[int, int], Sequence[Any]], last: Callable[[Any], int]) -> float:
    def all_pages() -> None:
        position = 0
        while page := read(position, PAGE):
            position = last(page)

    return cpu(all_pages)


def _copy(log: Log, path: Path) -> Raw:
    raw = Raw(path)
    with log.store.reading() as cursor:
        rows = cursor.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        ).fetchall()
    for first in range(0, len(rows), PAGE):
        raw.write(rows[first : first + PAGE])
    return raw
