"""Keeps the views of a log up to date: what every command that reads calls first, and what the daemon lives on."""

from __future__ import annotations

import threading

from stammkunde.core.log.store import Log
from stammkunde.projections.pages import Pages, is_of
from stammkunde.projections.rebuild import Progress, rebuild
from stammkunde.projections.views import Views

_BULK = 20_000
"""Empty views that are this many events behind are built aside, which is faster than page by page."""


class Runner:
    """Follows one log. Several processes may run at once: each page is applied by one of them."""

    def __init__(self, log: Log, views: Views, progress: Progress | None = None) -> None:
        """`progress` is told the position after each page."""
        self.log = log
        self.views = views
        self._pages = Pages(log, views, progress=progress)
        self._progress = progress
        self._lock = threading.Lock()

    def catch_up(self) -> int:
        """Apply all that is new; the position reached.

        Views of another history (a log that was restored, another program, another time zone) are built anew first.
        """
        with self._lock:
            if self._is_to_be_rebuilt():
                rebuild(self.log, self.views, self._progress, is_needed=self._is_to_be_rebuilt)
            reached = self._pages.apply()
            self.views.refresh()
            return reached

    def follow(self) -> None:
        """Catch up after each transaction of this process from now on."""
        self.log.listen(self._poke)

    def _poke(self) -> None:
        self.catch_up()

    def _is_to_be_rebuilt(self) -> bool:
        return not is_of(self.views, self.log) or self._is_far_behind()

    def _is_far_behind(self) -> bool:
        return self.views.position() == 0 and self.log.last_position() > _BULK
