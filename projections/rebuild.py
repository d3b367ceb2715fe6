"""Views made anew from the log: aside, then put in place of the old ones; or only compared with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

from stammkunde.core.log.datastore import LOCK_TIMEOUT_S, Turnstile, plain_errors
from stammkunde.core.log.store import Log
from stammkunde.projections.pages import Pages
from stammkunde.projections.schema import Table
from stammkunde.projections.views import Views, tracked

PAGE = 5000
"""Events in a transaction: nobody waits for the lock of a file that stands aside."""

Progress = Callable[[int], None]


class Difference(msgspec.Struct, frozen=True):
    """A table that is not what the log says, and the key of the first row that differs."""

    table: str
    key: tuple[Any, ...]


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that could not be applied: its position and topic, the kind of error and where it was raised."""

    position: int
    topic: str
    error: str


def build(
    log: Log, path: Path, like: Views, *, until: int | None = None, progress: Progress | None = None
) -> int:
    """Build views in a new file as `like` has them, up to an event of the log; the position reached."""
    _remove(path)
    views = Views(path, like.company, like.projections, scratch=True)
    try:
        reached = Pages(log, views, page=PAGE, until=until, progress=progress).apply()
        views.finish()
    finally:
        views.close()
    return reached


def rebuild(
    log: Log,
    views: Views,
    progress: Progress | None = None,
    *,
    is_needed: Callable[[], bool] = lambda: True,
) -> int:
    """Build the views anew and put them in place of the old ones; the position reached.

    One process does so at a time; `is_needed` is asked once it is our turn. Readers see the old ones until the new ones are there, whole. The content is copied into the file that is there,
    since a file that others have open must not be replaced: SQLite would mix its write-ahead logs
    (https://www.sqlite.org/howtocorrupt.html, §2.4).
    """
    new = views.path.with_name(views.path.name + ".new")
    with _alone(views.path):
        if not is_needed():
            return views.position()
        try:
            reached = build(log, new, views, progress=progress)
            with plain_errors(views.path):
                _copy(new, views.path)
        finally:
            _remove(new)
    return reached


def check(log: Log, views: Views, progress: Progress | None = None) -> list[Difference]:
    """Build the views aside, as far as the live ones go, and compare them table by table."""
    aside = views.path.with_name(views.path.name + ".check")
    with _alone(views.path):
        try:
            with views.store.reading() as live:
                position = tracked(live)
                build(log, aside, views, until=position, progress=progress)
                return _compare(live, aside, views.tables)
        finally:
            _remove(aside)


def dead_letters(views: Views) -> list[DeadLetter]:
    """The events that the views lack, in order: as long as one stands they are not all that the log says."""
    with views.store.reading() as cursor:
        cursor.execute("SELECT position, topic, error FROM dead_letters ORDER BY position")
        return [DeadLetter(*row) for row in cursor]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The file that stands aside has one name: what a crash left of it is overwritten, and two can't build at once."""
    turnstile = Turnstile(path.with_name(path.name + "-rebuild"))
    with closing(turnstile), turnstile:
        yield


def _copy(source: Path, target: Path) -> None:
    old = sqlite3.connect(target, timeout=LOCK_TIMEOUT_S)
    new = sqlite3.connect(source)
    try:
        old.execute("PRAGMA secure_delete=ON")
        new.backup(old)
        old.execute("PRAGMA busy_timeout=0")  # a reader may keep the large write-ahead log a while
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        new.close()
        old.close()


def _remove(path: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm", "-turn"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _compare(live: sqlite3.Cursor, aside: Path, tables: tuple[Table, ...]) -> list[Difference]:
    other = sqlite3.connect(aside)
    try:
        found = [_difference(live, other.cursor(), table) for table in tables]
        found.append(_difference_of_words(live, other.cursor()))
        return [difference for difference in found if difference]
    finally:
        other.close()


def _difference(live: sqlite3.Cursor, aside: sqlite3.Cursor, table: Table) -> Difference | None:
    """The first key at which two tables differ, both read in the order of their keys."""
    columns = [column.split()[0] for column in table.columns]
    key = [columns.index(name) for name in table.key]
    sql = f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {', '.join(table.key)}"
    return _first(table.name, key, live.execute(sql), aside.execute(sql))


def _first(
    table: str,
    key: Sequence[int],
    ours: Iterable[tuple[Any, ...]],
    theirs: Iterable[tuple[Any, ...]],
) -> Difference | None:
    for row, other in zip_longest(ours, theirs):
        if row != other:
            keys = [tuple(r[at] for at in key) for r in (row, other) if r is not None]
            return Difference(table, min(keys))
    return None


def _difference_of_words(live: sqlite3.Cursor, aside: sqlite3.Cursor) -> Difference | None:
    """The same of the words of what was said: which stands where, however the index keeps them."""
    name = "temp.words_of_said"
    for cursor in (live, aside):
        cursor.execute(f"CREATE VIRTUAL TABLE {name} USING fts5vocab(main, said, instance)")
    try:
        sql = f"SELECT term, doc, offset FROM {name}"
        return _first("said", (0, 1, 2), live.execute(sql), aside.execute(sql))
    finally:
        for cursor in (live, aside):
            cursor.execute(
                "SELECT 1"
            )  # ends a reading that stopped halfway: the table is in use until then
            cursor.execute(f"DROP TABLE {name}")
