"""How long a single append waits while another process imports in bulk into the same home."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.measure import Result, at_most
from benchmarks.rows import contacts, folder
from benchmarks.wiring import open_intake
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact
from stammkunde.core.feed import Feed, Source

APPENDS = 500
PAGE = 1000
PAUSE_S = 0.005
"""Between two appends, so that they fall on any moment of the other's transactions."""


def run() -> Iterator[Result]:
    """500 appends from the first batch of the import on; wall time, as a person at the counter feels it."""
    spawn = multiprocessing.get_context("spawn")
    running, enough = spawn.Event(), spawn.Event()
    with folder() as path:
        intake = open_intake(path)
        importer = spawn.Process(target=_import, args=(path, running, enough))
        importer.start()
        try:
            if not running.wait(60):
                raise RuntimeError("The import beside did not begin.")
            feed = intake.open(Source(name="desk", connector="record"))
            waits = sorted(_append(feed, contact) for contact in contacts(0, APPENDS, seed=2))
            if not importer.is_alive():
                raise RuntimeError("The import beside ended too early.")
        finally:
            enough.set()
            importer.join()
            intake.log.close()
    p99 = waits[APPENDS * 99 // 100 - 1] * 1000
    yield at_most("beside", "single append beside a bulk import, p99", p99, "ms", 100)


def _append(feed: Feed, contact: Contact) -> float:
    time.sleep(PAUSE_S)
    began = time.perf_counter()
    feed.record_one(contact)
    return time.perf_counter() - began


def _import(path: Path, running: Event, enough: Event) -> None:
    """Batches of 1000 until told to stop."""
    intake = open_intake(path)
    feed = intake.open(Source(name="info", connector="mailbox"), advance=True)
    for first in count(0, PAGE):
        feed.record(Batch(contacts=tuple(contacts(first, PAGE)), cursor=str(first)))
        running.set()
        if enough.is_set():
            break
    intake.log.close()
