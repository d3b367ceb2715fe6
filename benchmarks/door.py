"""The whole door: normalise, deduplicate, decide, encrypt, append; against raw rows, and its flatness to a million."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.measure import Result, against, at_most, cpu, interleaved, peak
from benchmarks.rows import Raw, contacts, folder
from benchmarks.wiring import open_intake
from stammkunde.core.batch import Batch
from stammkunde.core.feed import Feed, Source

MILLION = 1_000_000
PAGE = 1000
STEP = 100_000


def run() -> Iterator[Result]:
    """A million contacts of 20,000 people, in batches of 1000."""
    with folder() as path:
        intake = open_intake(path)
        feed = intake.open(Source(name="info", connector="mailbox"), advance=True)
        costs = [_step(feed, first) for first in range(0, MILLION, STEP)]
        yield at_most("door", "memory at 1,000,000 contacts", peak(), "MiB", 200)
        with intake.log.store.reading() as cursor:
            rows = cursor.execute(
                "SELECT originator_id, originator_version, topic, state FROM stored_events"
                " WHERE topic = 'contact.recorded' ORDER BY rowid LIMIT ?",
                (STEP,),
            ).fetchall()

        def raw(number: int) -> float:
            target = Raw(path / f"raw{number}.db")
            cost = sum(
                cpu(lambda at=at: target.write(rows[at : at + PAGE]))  # type: ignore[misc]
                for at in range(0, STEP, PAGE)
            )
            target.close()
            return cost / STEP

        figures = interleaved({"raw": raw, "door": lambda number: costs[number]})
        yield against("door", "batches of 1000, per contact", figures, "door", "raw", 15)
        flat = statistics.median(costs[-1:]) / costs[0]
        yield at_most("door", "last 100,000 of 1,000,000 / first", flat, "×", 1.4)
        again = _step(feed, 0)
        yield at_most(
            "door", "second import / first, of the same", again / costs[0], "×", round(1 / 2.8, 2)
        )
        intake.log.close()


def _step(feed: Feed, first: int) -> float:
    """CPU per contact of 100,000 contacts, made ready beforehand a batch at a time."""
    total = 0.0
    for at in range(first, first + STEP, PAGE):
        batch = Batch(contacts=tuple(contacts(at, PAGE)), cursor=str(at))
        total += cpu(lambda batch=batch: feed.record(batch))  # type: ignore[misc]
    return total / STEP
