"""Following: one batch of 1000 contacts into the views and the figures, against a raw write of the rows it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks.measure import Result, against, cpu, interleaved
from benchmarks.rows import contacts, folder
from benchmarks.views import COMPANY
from benchmarks.wiring import open_intake
from stammkunde.core.batch import Batch
from stammkunde.core.feed import Source
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.pages import Pages
from stammkunde.projections.schema import CONTACTS, CONTENTS
from stammkunde.projections.views import Views

KNOWN = 100_000
"""Contacts that are there before."""

BATCH = 1000


def run() -> Iterator[Result]:
    """Each round records the next batch; the raw rows go into a copy of the same tables with the same indexes.

    Figures wait until the log is read to its end, once for an import however long: what they add is no matter of a batch.
    """
    with folder() as path:
        intake = open_intake(path)
        feed = intake.open(Source(name="info", connector="mailbox"))
        for first in range(0, KNOWN, BATCH):
            feed.record(Batch(contacts=tuple(contacts(first, BATCH))))
        views = Views(path / "views.db", COMPANY, (FiguresProjection(COMPANY.timezone),))
        pages = Pages(intake.log, views)
        pages.apply()
        views.refresh()
        raw = _copy(views, path / "raw.db")

        def follow(number: int) -> float:
            feed.record(Batch(contacts=tuple(contacts(KNOWN + number * BATCH, BATCH))))
            return cpu(pages.apply) / BATCH

        def refresh(_: int) -> float:
            return cpu(views.refresh) / BATCH

        figures = interleaved(
            {"followed": follow, "refreshed": refresh, "raw": lambda _: _write(views, raw) / BATCH}
        )
        figures["visible"] = [
            sum(parts) for parts in zip(figures["followed"], figures["refreshed"], strict=True)
        ]
        yield against("projection", "a batch of 1000, views", figures, "followed", "raw", 3)
        told = against("projection", "a batch of 1000, with figures", figures, "visible", "raw", 0)
        yield msgspec.structs.replace(told, limit="for information", ok=True)
        raw.close()
        views.close()
        intake.log.close()


def _copy(views: Views, path: Path) -> sqlite3.Connection:
    """The same file, written to by nothing but the rows."""
    target = sqlite3.connect(path, isolation_level=None)
    with sqlite3.connect(views.path) as source:
        source.backup(target)
    source.close()
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        target.execute(f"PRAGMA {pragma}")
    return target


def _write(views: Views, raw: sqlite3.Connection) -> float:
    """CPU of writing the latest batch's rows of contacts and contents in one transaction."""
    [(before,)] = raw.execute("SELECT max(position) FROM contacts")
    tables = (
        (CONTACTS.name, "SELECT * FROM contacts WHERE position > ? ORDER BY id"),
        (
            CONTENTS.name,
            "SELECT t.* FROM contents t JOIN contacts c ON c.id = t.contact WHERE c.position > ? ORDER BY c.id",
        ),
    )
    with views.store.reading() as cursor:
        ready = [(name, cursor.execute(sql, (before,)).fetchall()) for name, sql in tables]

    def write() -> None:
        raw.execute("BEGIN IMMEDIATE")
        for name, rows in ready:
            marks = ",".join("?" * len(rows[0]))
            raw.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        raw.execute("COMMIT")

    work: Callable[[], None] = write
    return cpu(work)
