"""Being told of new mail: by IDLE, by asking where a server can't, and never silently not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue

import pytest

from stammkunde.connectors.imap import Imap
from stammkunde.connectors.interface import ConnectorError, UnavailableError
from tests.connectors.imap.accounts import imap, imap_of
from tests.connectors.imap.dovecot import Dovecot
from tests.connectors.imap.servers import Script, proxy, scripted
from tests.connectors.imap.test_dovecot import numbered

PATIENCE_S = 10


class Listening:
    """A thread that listens; `pokes` has one entry a poke, `error` what ended it."""

    def __init__(self, connector: Imap) -> None:
        self.pokes: Queue[float] = Queue()
        self.ended = threading.Event()
        self.error: ConnectorError | None = None
        self._connector = connector
        self.thread = threading.Thread(target=self._run)

    def poked(self) -> float:
        return self.pokes.get(timeout=PATIENCE_S)

    def _run(self) -> None:
        try:
            self._connector.listen(lambda: self.pokes.put(time.monotonic()), self.ended)
        except ConnectorError as error:
            self.error = error


@contextmanager
def listening(connector: Imap) -> Iterator[Listening]:
    """Listens within; must end within two seconds of being told."""
    found = Listening(connector)
    found.thread.start()
    yield found
    found.ended.set()
    found.thread.join(2)
    assert not found.thread.is_alive()


def local(port: int) -> Imap:
    return imap(host="127.0.0.1", port=port, tls="none")


def announcing(line: socket.socket, tag: bytes) -> None:
    line.sendall(b"+ idling\r\n")


def test_new_mail_pokes(dovecot: Dovecot) -> None:
    dovecot.drop("INBOX", *numbered(1, 2))
    dovecot.start()
    with listening(imap_of(dovecot)) as heard:
        heard.poked()  # once at the beginning, for what came before
        dovecot.drop("INBOX", *numbered(3, 3))
        heard.poked()
    assert heard.error is None


def test_news_are_passed_on_at_once() -> None:
    lines: Queue[socket.socket] = Queue()

    def idle(line: socket.socket, tag: bytes) -> None:
        announcing(line, tag)
        lines.put(line)

    script = Script()
    script.answers["IDLE"] = idle
    with scripted(script) as port, listening(local(port)) as heard:
        heard.poked()
        line = lines.get(timeout=PATIENCE_S)
        line.sendall(
            b"* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n* 2 EXPUNGE\r\n"
        )
        heard.poked()
        heard.poked()
        assert heard.pokes.empty()


def test_a_quiet_connection_is_tried_and_kept() -> None:
    script = Script()
    done: list[bytes] = []

    def idle(line: socket.socket, tag: bytes) -> None:
        announcing(line, tag)
        done.append(tag)

    def answer(line: socket.socket, _: bytes) -> None:
        line.sendall(done[-1] + b" OK idled\r\n")

    script.answers |= {"IDLE": idle, "DONE": answer}
    with scripted(script) as port:
        connector = local(port)
        connector.quiet_s = 0.05
        with listening(connector) as heard:
            _until(lambda: script.said.count("IDLE") >= 3)
            assert heard.error is None


def test_a_server_that_drops_idle_silently_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stammkunde.connectors.imap.session.CONNECT_S", 0.05)
    monkeypatch.setattr("stammkunde.connectors.imap.session.reached.__defaults__", (0.05,))
    script = Script()
    script.answers |= {"IDLE": announcing, "DONE": lambda line, tag: None}
    with scripted(script) as port:
        connector = local(port)
        connector.quiet_s = 0.05
        with listening(connector) as heard:
            heard.thread.join(PATIENCE_S)
            assert isinstance(heard.error, UnavailableError)


def test_a_connection_that_is_cut_ends_the_listening(dovecot: Dovecot) -> None:
    dovecot.start()
    with proxy(dovecot.port) as (between, port):
        with listening(local(port)) as heard:
            heard.poked()
            dovecot.kill()
            heard.thread.join(PATIENCE_S)
            assert isinstance(heard.error, UnavailableError)
        dovecot.start()
        with listening(local(port)) as heard:
            heard.poked()
            assert heard.error is None
    assert between.passed


def test_a_farewell_says_how_long_to_wait() -> None:
    def bye(line: socket.socket, tag: bytes) -> None:
        announcing(line, tag)
        line.sendall(b"* BYE Session invalidated. Suggested Backoff Time: 5000 milliseconds\r\n")

    script = Script()
    script.answers["IDLE"] = bye
    with scripted(script) as port, listening(local(port)) as heard:
        heard.thread.join(PATIENCE_S)
        assert isinstance(heard.error, UnavailableError)
        assert heard.error.pause_s == 5


def test_a_server_without_idle_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script("IMAP4rev1 AUTH=PLAIN")
    script.answers["NOOP"] = b"* 5 EXISTS\r\nTAG OK done\r\n"
    with scripted(script) as port:
        connector = local(port)
        connector._settings = type(connector._settings)(
            host="127.0.0.1",
            port=port,
            user="anna",
            password="x",  # noqa: S106
            tls="none",
            poll_s=0,
        )
        with listening(connector) as heard:
            heard.poked()
            heard.poked()
    assert "IDLE" not in script.said


def test_nobody_listens_before_somebody_signed_in() -> None:
    connector = imap(
        oauth="other",
        client_id="x",
        token_url="http://127.0.0.1:9/",  # noqa: S106
        device_url="http://127.0.0.1:9/",
    )
    with listening(connector) as heard:
        assert heard.pokes.empty()
    assert heard.error is None


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    waits = threading.Event()
    while not true():
        assert time.monotonic() < deadline
        waits.wait(0.01)
