"""Applies the log to views page by page, and leaves out what can't be applied.

Failure policy: an event that makes the program stumble is isolated and kept in `dead_letters`, the rest goes on; what a
person can mend (a lost key, a full disk, a log of a newer version) stops the run with its own message.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable

from stammkunde.core.errors import StammkundeError
from stammkunde.core.log.store import Log
from stammkunde.projections.views import Origin, Views

PAGE = 1000
"""Events in a transaction."""


class Pages:
    """Reads and applies. Several processes may do so at once: each page is applied by one of them."""

    def __init__(
        self,
        log: Log,
        views: Views,
        *,
        page: int = PAGE,
        until: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """`until` is the last event to apply; `progress` is told the position after each batch."""
        self.log = log
        self.views = views
        self._page = page
        self._until = until
        self._progress = progress

    def apply(self) -> int:
        """Apply all that is new; the position reached. A page that fails is halved until one event is left of it."""
        size, after = self._page, self.views.position()
        while True:
            try:
                reached = self._step(after, size)
            except StammkundeError:
                raise
            except Exception as error:
                if size > 1:
                    size //= 2
                    continue
                self._leave_out(after, error)
                reached, size = self.views.position(), self._page
            else:
                size = min(size * 2, self._page)
            if reached == after:
                return after
            after = reached
            if self._progress:
                self._progress(after)

    def _step(self, after: int, size: int) -> int:
        """Apply one page; the position reached, `after` itself when there is nothing new."""
        limit = size if self._until is None else min(size, self._until - after)
        events = self.log.read(after, limit) if limit > 0 else []
        if not events:
            return after
        last = events[-1].position
        if self.views.apply(after, events, self._origin(last)):
            return last
        return self.views.position()

    def _leave_out(self, after: int, error: Exception) -> None:
        with self.log.store.reading() as cursor:
            position, topic = cursor.execute(
                "SELECT rowid, topic FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT 1",
                (after,),
            ).fetchone()
        self.views.skip(after, position, topic, _what(error), self._origin(position))

    def _origin(self, position: int) -> Origin:
        return origin_of(self.log, position)


def origin_of(log: Log, position: int) -> Origin:
    """The log's last transaction whose end stands at or before a position."""
    with log.store.reading() as cursor:
        row = cursor.execute(
            "SELECT position, mac FROM digests WHERE position <= ? ORDER BY position DESC LIMIT 1",
            (position,),
        ).fetchone()
    return Origin(row[0], row[1].hex()) if row else Origin()


def is_of(views: Views, log: Log) -> bool:
    """Whether the views, as far as they go, are those of this log, made by this program and for this company."""
    origin, made_with = views.origin()
    return (
        made_with == views.made_with
        and views.position() <= log.last_position()
        and origin_of(log, origin.position) == origin
    )


def _what(error: Exception) -> str:
    """The kind of error and the function that raised it: the message itself may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {frames[-1].name}" if frames else type(error).__name__
