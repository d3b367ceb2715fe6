"""Fifty people who read pages of a running server while another process imports into its home."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.home import LAST, PAGE, SOURCE
from benchmarks.measure import Result, at_most, percentile, told
from benchmarks.rows import mixed
from benchmarks.wiring import collect_rarely
from stammkunde.app.bootstrap import opened

READERS = 50
PAUSE_S = (2.0, 6.0)
"""For so long a person looks at a page before opening the next one: with fifty, twelve pages a second."""
NO_PAUSE = (0.0, 0.0)
PHASE_S = 12.0
ROUNDS = 3
MIX = {
    "customer": 6,
    "search": 4,
    "contact": 4,
    "customers": 2,
    "review": 2,
    "today": 1,
    "monday": 1,
}
"""How often which page is opened."""


class Crowd:
    """Fifty readers; each looks at a page for some seconds between `pause`, then opens another one."""

    def __init__(
        self,
        server: str,
        headers: Mapping[str, str],
        pages: Mapping[str, Sequence[str]],
        pause: tuple[float, float] = PAUSE_S,
    ) -> None:
        """`server` is host and port; `headers` hold the cookie of a session."""
        self._server = server
        self._headers = dict(headers)
        self._pages = {name: pages[name] for name in MIX}
        self._pause = pause
        self.is_refused = False

    def read(self, number: int, ended: threading.Event, waits: list[float]) -> None:
        """One reader: milliseconds from opening each page to its last byte, until all is ended."""
        lot = random.Random(number)  # noqa: S311
        ended.wait(lot.uniform(0, self._pause[1]))
        while not ended.is_set():
            [name] = lot.choices(list(MIX), list(MIX.values()))
            waits.append(self._open(lot.choice(self._pages[name])))
            ended.wait(lot.uniform(*self._pause))

    def _open(self, page: str) -> float:
        began = time.perf_counter()
        with closing(HTTPConnection(self._server, timeout=60)) as connection:
            connection.request("GET", page, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
        self.is_refused |= answer.status != 200
        return (time.perf_counter() - began) * 1000


def beside_an_import(path: Path, crowd: Crowd, hurried: Crowd) -> Iterator[Result]:
    """The import's speed without readers and with them, in turn, and how long the readers wait."""
    waits: list[float] = []
    quiet, beside = [], []
    with _importing(path) as imported:
        for _ in range(ROUNDS):
            quiet.append(_rate(imported))
            with _reading(crowd) as seen:
                beside.append(_rate(imported))
            waits += seen
        with _reading(hurried) as in_haste:
            _rate(imported)
    with opened(path) as home:
        behind = home.log.last_position() - home.queries.position()
    slowed = 1 - statistics.median(b / a for a, b in zip(quiet, beside, strict=True))
    yield at_most("pages", "50 readers beside an import, p95", percentile(waits, 95), "ms", 300)
    yield at_most("pages", "the import slowed by them", slowed * 100, "%", 20)
    yield told("pages", "the import without them", statistics.median(quiet), "contacts/s")
    yield told("pages", "the views behind the log at its end", behind, "events")
    yield told("pages", "pages they read", len(waits) / PHASE_S / ROUNDS, "pages/s")
    yield told("pages", "50 who never pause, p95", percentile(in_haste, 95), "ms")
    yield told("pages", "pages these read", len(in_haste) / PHASE_S, "pages/s")


def _rate(imported: Synchronized[int]) -> float:
    """Contacts a second, over one phase."""
    before, began = imported.value, time.perf_counter()
    time.sleep(PHASE_S)
    return (imported.value - before) / (time.perf_counter() - began)


@contextmanager
def _importing(path: Path) -> Iterator[Synchronized[int]]:
    """A process that imports without an end, and how many contacts it has written."""
    spawn = get_context("spawn")
    imported, enough = spawn.Value("q", 0), spawn.Event()
    process = spawn.Process(target=_import, args=(path, imported, enough))
    process.start()
    try:
        while not imported.value:
            if not process.is_alive():
                raise RuntimeError("The import did not begin.")
            time.sleep(0.1)
        yield imported
        if not process.is_alive():
            raise RuntimeError("The import ended too early.")
    finally:
        enough.set()
        process.join()


def _import(path: Path, imported: Synchronized[int], enough: Event) -> None:
    collect_rarely()
    with opened(path) as home:
        feed = home.intake.open(SOURCE)
        for first in count(LAST, PAGE):
            feed.record(mixed(first, PAGE))
            imported.value += PAGE
            if enough.is_set():
                break


@contextmanager
def _reading(crowd: Crowd) -> Iterator[list[float]]:
    """The crowd in a process of its own until the end of the block; then the list holds their waits."""
    spawn = get_context("spawn")
    enough = spawn.Event()
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_read, args=(crowd, enough, there))
    process.start()
    there.close()
    waits: list[float] = []
    try:
        yield waits
    finally:
        enough.set()
        waits += here.recv()
        process.join()


def _read(crowd: Crowd, enough: Event, there: Connection) -> None:
    ended = threading.Event()
    waits: list[float] = []
    readers = [
        threading.Thread(target=crowd.read, args=(number, ended, waits))
        for number in range(READERS)
    ]
    for reader in readers:
        reader.start()
    enough.wait()
    ended.set()
    for reader in readers:
        reader.join()
    if crowd.is_refused:
        raise RuntimeError("A page was refused.")
    there.send(waits)
