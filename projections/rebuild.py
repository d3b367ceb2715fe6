"""Views made anew from the log: aside, then put in place of the old ones; or only compared with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
        found = (_difference(live, other.cursor(), table) for table in tables)
        return [difference for difference in found if difference]
    finally:
        other.close()


def _difference(live: sqlite3.Cursor, aside: sqlite3.Cursor, table: Table) -> Difference | None:
    """The first key at which two tables differ, both read in the order of their keys."""
    columns = [column.split()[0] for column in table.columns]
    key = [columns.index(name) for name in table.key]
    sql = f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {', '.join(table.key)}"
    ours, theirs = iter(live.execute(sql)), iter(aside.execute(sql))
    for row in ours:
        other = next(theirs, None)
        if row != other:
            keys = [tuple(r[at] for at in key) for r in (row, other) if r is not None]
            return Difference(table.name, min(keys))
    other = next(theirs, None)
    return Difference(table.name, tuple(other[at] for at in key)) if other else None
