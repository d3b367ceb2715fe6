"""Keeps the views of a running server up to date, also with what other processes record."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from stammkunde.app.bootstrap import Home

INTERVAL_S = 1.0
"""How long what another process recorded may take to be noticed; our own transactions are followed at once."""

logger = logging.getLogger(__name__)


class _Ended(Exception):  # noqa: N818
    """The server stops; what is not read yet is read at its next start."""


class Follower:
    """A thread that catches up whenever the log has grown; used with `with`."""

    def __init__(self, home: Home) -> None:
        """The thread starts on entering."""
        self._home = home
        self._poked = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self.failure: str = ""

    def __enter__(self) -> Self:
        """Catch up once, then follow."""
        self._home.catch_up()
        self._home.log.listen(self._poked.set)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the thread; the page of events that it was applying it finishes, others wait for the next start."""
        self._ended.set()
        self._poked.set()
        self._thread.join()

    def is_well(self) -> bool:
        """Whether the views follow the log."""
        return self._thread.is_alive() and not self.failure

    def _run(self) -> None:
        seen = self._home.log.last_position()
        while not self._ended.is_set():
            own = self._poked.wait(INTERVAL_S)
            self._poked.clear()
            seen = self._catch_up(seen, is_told=own or bool(self.failure))

    def _catch_up(self, seen: int, *, is_told: bool) -> int:
        """Follow what is behind `seen`; how far the log goes. What failed is tried again each time."""
        try:
            position = self._home.log.last_position()
            if is_told or position != seen:
                seen = position
                self._home.catch_up(self._go_on)
                self.failure = ""
        except _Ended:
            pass
        except Exception as error:  # the pages go on with what is known, and say so
            if not self.failure:  # once, and not each second
                logger.exception("The views could not be brought up to date.")
            self.failure = type(error).__name__
        return seen

    def _go_on(self, _position: int) -> None:
        if self._ended.is_set():  # behind a long import there may be minutes of it
            raise _Ended
