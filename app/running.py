"""`run`: sources, views and pages of a home, in one process or apart, until told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal, TypeAlias

from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon import notify
from stammkunde.app.daemon.daemon import Daemon
from stammkunde.app.ringing import Switchboard
from stammkunde.app.web.follower import Follower
from stammkunde.app.web.server import serve
from stammkunde.core.errors import Message

Part: TypeAlias = Literal["sources", "web", "projections"]


def run(home: Home, port: int | None, only: Part | None, say: Callable[[Message], None]) -> None:
    """Run all of it or one part, until SIGINT or SIGTERM; SIGHUP reads the settings again.

    `HomeError` where another process reads this home's sources. A company that stands still has nothing to be read.
    """
    with _ending(), ExitStack() as stack:
        daemon = None
        if only in (None, "sources") and not home.settings.demo.now:
            daemon = stack.enter_context(Daemon(home))
            stack.enter_context(_reloading(daemon))
        follower = stack.enter_context(Follower(home)) if only in (None, "projections") else None
        if only in (None, "web"):
            rings = not home.settings.demo.now
            switchboard = stack.enter_context(Switchboard(home)) if rings else None
            receive = daemon.receive if daemon else None
            serve(home, port, say, follower=follower, receive=receive, switchboard=switchboard)
        else:
            say(Message("Stammkunde runs – Ctrl-C ends it."))
            notify.tell("READY=1")
            while True:
                time.sleep(3600)


@contextmanager
def _ending() -> Iterator[None]:
    """SIGINT and SIGTERM end the block in good order, whatever it is doing."""
    if threading.current_thread() is not threading.main_thread():  # no signal gets there
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    hangup = signal.signal(
        signal.SIGHUP, signal.SIG_IGN
    )  # who has no settings to read again goes on
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGHUP, hangup)


@contextmanager
def _reloading(daemon: Daemon) -> Iterator[None]:
    """SIGHUP reads the settings again, as long as the block lasts."""
    if threading.current_thread() is not threading.main_thread():  # no signal gets there
        yield
        return
    before = signal.signal(signal.SIGHUP, lambda *_: daemon.reload())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
