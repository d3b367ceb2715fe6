"""The thread that keeps the views up to date: it ends when it is told to, however far behind it is."""

import threading
import time
from collections.abc import Callable
from typing import cast

import pytest

from stammkunde.app.bootstrap import Home
from stammkunde.app.web.follower import Follower
from tests.app.web.conftest import Web
from tests.app.web.town import mail, tell


class Behind:
    """A home whose log has no end."""

    def __init__(self) -> None:
        self.log = self
        self.began = threading.Event()
        self.is_read = False
        self.poke: Callable[[], None] = lambda: None

    def listen(self, poke: Callable[[], None]) -> None:
        self.poke = poke

    def last_position(self) -> int:
        return 1

    def catch_up(self, progress: Callable[[int], None] | None = None) -> None:
        if progress is None:
            return
        self.began.set()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            progress(1)
        self.is_read = True


def test_a_server_that_stops_does_not_read_a_long_log_to_its_end() -> None:
    home = Behind()
    with Follower(cast("Home", home)) as follower:
        home.poke()
        assert home.began.wait(10)
    assert not home.is_read
    assert follower.failure == ""


def test_what_was_left_is_read_the_next_time(web: Web) -> None:
    web.home.catch_up()
    before = web.home.queries.position()
    progress: list[int] = []

    def stop(position: int) -> None:
        progress.append(position)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(web.home, "catch_up", lambda: None)
        tell(web, *(mail(n) for n in range(3)))
    with pytest.raises(KeyboardInterrupt):
        web.home.catch_up(stop)
    assert progress
    assert progress[0] > before
    web.home.catch_up()
    assert web.home.queries.position() == web.home.log.last_position()
    assert web.home.check_views() == []
