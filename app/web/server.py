"""Runs the application: on which address, and what is said at the start."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from stammkunde.app.bootstrap import Home
from stammkunde.app.web.application import application
from stammkunde.app.web.binding import binding, listening
from stammkunde.app.web.door import Door
from stammkunde.app.web.follower import Follower
from stammkunde.core.errors import Message


def serve(home: Home, port: int | None, say: Callable[[Message], None]) -> None:
    """Answer until told to stop (SIGINT, SIGTERM); requests under way are finished first. `port` overrides the settings'."""
    place = binding(home.settings.web, home.path, port)
    with listening(place) as listener, Follower(home):
        address = place.address(listener.getsockname()[1])
        for line in greeting(home, address):
            say(line)
        config = uvicorn.Config(
            Door(application(home, home.accounts), place),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            proxy_headers=False,  # the door does it, and stricter
            ssl_certfile=place.certificate,
            ssl_keyfile=place.key,
            timeout_graceful_shutdown=10,
        )
        with _stopping():
            uvicorn.Server(config).run(sockets=[listener])


def greeting(home: Home, address: str) -> Iterator[Message]:
    """What is printed once the server listens: how to come in, where it runs.

    A made-up company, which `[demo]` tells from a real one, gets a link that signs in without a password.
    """
    accounts = home.accounts
    if home.settings.demo.now:
        link = f"{address}/welcome/{accounts.demo_link()}"
        yield Message("This company is made up. Look around in it here: {link}", link=link)
    elif secret := accounts.first_link():
        link = f"{address}/welcome/{secret}"
        yield Message("First start. Set up your access here: {link}", link=link)
    yield Message("Stammkunde runs at {address} – Ctrl-C ends it.", address=address)


@contextmanager
def _stopping() -> Iterator[None]:
    """uvicorn ends in good order, then raises the signal once more: by its default SIGTERM would kill before all is closed."""
    if threading.current_thread() is not threading.main_thread():  # no signal gets there
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
