"""The thread that keeps the views up to date: it ends when it is told to, however far behind it is."""

import threading
import time
from collections.abc import Callable
from typing import cast

import pytest
from litestar.testing import TestClient

from stammkunde.app.bootstrap import Home
from stammkunde.app.web.application import application
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


class Broken(Behind):
    """A home whose views can't be brought up to date until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.is_broken = False
        self.followed = threading.Event()

    def catch_up(self, progress: Callable[[int], None] | None = None) -> None:
        if progress is None:
            return
        self.began.set()
        if self.is_broken:
            raise OSError
        self.followed.set()


def test_what_failed_is_said_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    home = Broken()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("stammkunde.app.web.follower.INTERVAL_S", 0.01)
        with Follower(cast("Home", home)) as follower:
            assert follower.is_well()
            home.is_broken = True
            home.poke()
            deadline = time.monotonic() + 10
            while follower.is_well() and time.monotonic() < deadline:
                home.began.wait(0.01)
            assert (follower.is_well(), follower.failure) == (False, "OSError")
            home.is_broken = False
            assert home.followed.wait(10)
            while not follower.is_well() and time.monotonic() < deadline:
                home.began.wait(0.01)
            assert follower.is_well()
    assert not follower.is_well()
    assert [each.levelname for each in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(("is_well", "status"), [(True, 200), (False, 503)])
def test_readiness_is_what_the_follower_found(web: Web, is_well: bool, status: int) -> None:
    with TestClient(application(web.home, web.accounts, lambda: is_well)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json() == {"status": "ok" if is_well else "failed"}
