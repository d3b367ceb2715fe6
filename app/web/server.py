"""Runs the application: on which address, and what is said at the start."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon import notify
from stammkunde.app.ringing import Switchboard
from stammkunde.app.web.application import application
from stammkunde.app.web.binding import binding, listening
from stammkunde.app.web.door import Door
from stammkunde.app.web.follower import Follower
from stammkunde.app.web.hooks import Receiver
from stammkunde.app.web.patience import LIMITS
from stammkunde.app.web.streams import Streams
from stammkunde.core.errors import Message


def serve(
    home: Home,
    port: int | None,
    say: Callable[[Message], None],
    *,
    follower: Follower | None = None,
    receive: Receiver | None = None,
    switchboard: Switchboard | None = None,
) -> None:
    """Answer until told to stop (SIGINT, SIGTERM); requests under way are finished first. `port` overrides the settings'.

    `follower` is who keeps the views up to date, where that is this process; `receive` and `switchboard` as in `application`.
    """
    place = binding(home.settings.web, home.path, port)
    is_well = follower.is_well if follower else lambda: True
    streams = Streams()
    with listening(place) as listener:
        address = place.address(listener.getsockname()[1])
        for line in greeting(home, address):
            say(line)
        notify.tell("READY=1")
        config = uvicorn.Config(
            Door(application(home, home.accounts, is_well, receive, switchboard, streams), place),
            log_level="warning",
            log_config=None,  # our own form of lines, for its errors too
            access_log=False,
            server_header=False,
            ws="none",
            proxy_headers=False,  # the door does it, and stricter
            ssl_certfile=place.certificate,
            ssl_keyfile=place.key,
            timeout_graceful_shutdown=4,  # and the sources as long again: systemd and people wait ten seconds
            **LIMITS,
        )
        with _stopping():
            _Server(config, streams).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends the open streams first: it would wait for them, and then cut them off with an error."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.end()
        await super().shutdown(sockets)


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
