"""Connections that ask slowly, at length or in masses, against a real socket."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
import uvicorn

from stammkunde.app.web import patience
from stammkunde.app.web.binding import binding, listening
from stammkunde.app.web.door import BODY_BYTES, Door
from stammkunde.config.settings import Web
from tests.app.web.test_door import HOME

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
LONG = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
Connect = Callable[[], socket.socket]


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, as a form's handler does."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def serving() -> Iterator[Connect]:
    """uvicorn with our limits; connections to it."""
    place = binding(Web(port=0), HOME)
    config = uvicorn.Config(
        Door(_answer, place),
        log_level="critical",
        ws="none",
        lifespan="off",
        **patience.LIMITS,
    )
    server = uvicorn.Server(config)
    with closing(listening(place)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield lambda: socket.create_connection(listener.getsockname(), timeout=10)
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    monkeypatch.setattr(patience, "REQUEST_S", 0.4)
    with serving() as found:
        yield found


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes; it must."""
    found = b""
    try:
        while part := connection.recv(4096):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize(
    "asked",
    [b"", b"G", HEAD, HEAD + b"X: y\r\n", LONG % 1000, LONG % 1000 + b"a"],
    ids=["nothing", "a letter", "half a head", "a head without an end", "no body", "half a body"],
)
def test_who_does_not_finish_asking_is_cut_off(connect: Connect, asked: bytes) -> None:
    with closing(connect()) as connection:
        connection.sendall(asked)
        assert heard(connection) == b""


def test_a_second_request_that_does_not_end_is_cut_off_too(connect: Connect) -> None:
    with closing(connect()) as connection:
        connection.sendall(HEAD + b"\r\n" + HEAD)
        assert heard(connection).startswith(b"HTTP/1.1 200")


def test_who_asks_again_in_time_is_answered_again(connect: Connect) -> None:
    with closing(connect()) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"\r\n")
            found = b""
            while not found.endswith(b"ok"):
                found += connection.recv(4096)


def test_a_body_that_is_announced_too_long_is_refused_before_it_comes(connect: Connect) -> None:
    with closing(connect()) as connection:
        connection.sendall(LONG % (BODY_BYTES + 1))
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_head_without_measure_is_refused(connect: Connect) -> None:
    with closing(connect()) as connection:
        connection.sendall(HEAD + b"X: " + b"a" * (patience.HEAD_BYTES * 2))
        assert heard(connection)[:12] in (b"HTTP/1.1 400", b"")


@pytest.mark.parametrize(
    ("asking", "open_", "last"), [(3, 9, b"503"), (9, 2, b"")], ids=["many", "far too many"]
)
def test_masses_are_answered_shortly_and_then_not_at_all(
    monkeypatch: pytest.MonkeyPatch, asking: int, open_: int, last: bytes
) -> None:
    monkeypatch.setattr(patience, "MOST_OPEN", open_)
    monkeypatch.setitem(patience.LIMITS, "limit_concurrency", asking)
    answers = []
    with serving() as connect, ExitStack() as held:
        for _ in range(3):
            connection = held.enter_context(closing(connect()))
            connection.sendall(HEAD + b"\r\n")
            try:
                answers.append(connection.recv(4096)[9:12])
            except ConnectionResetError:
                answers.append(b"")
    assert answers == [b"200", b"200", last]
