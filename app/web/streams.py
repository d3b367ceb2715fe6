"""Answers that stay open while a page is: how many there may be, and that all of them end with the server."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 100
"""A small firm has no more windows; each holds a connection of the few that a process may have."""
MOST_EACH = 6
"""Of one user: a browser itself opens no more than six connections to one host (HTTP/1.1)."""


class Streams:
    """Counts the open streams of a server; all of it happens in the server's own loop."""

    def __init__(self, most: int = MOST, each: int = MOST_EACH) -> None:
        """None is open yet."""
        self._most = most
        self._each = each
        self._open: Counter[str] = Counter()
        self._bells: set[asyncio.Event] = set()
        self.ended = False

    def is_full(self, user: str) -> bool:
        """Whether there is no room for one more of this user, or the server ends."""
        return self.ended or self._open.total() >= self._most or self._open[user] >= self._each

    @contextmanager
    def seat(self, user: str) -> Iterator[asyncio.Event]:
        """Room for a stream, and a bell that rings once more when all are to end."""
        bell = asyncio.Event()
        self._open[user] += 1
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)
            self._open[user] -= 1

    def end(self) -> None:
        """Have all of them end now: the server waits for open answers."""
        self.ended = True
        for bell in self._bells:
            bell.set()
