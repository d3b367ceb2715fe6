"""What holds for a source that can do more than be read; a test of what a connector can't do has nothing to say."""

# ruff: noqa: D102, S101, S311 (tests: their names say what they check, by assert, with fixed noise)

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any, ClassVar

import msgspec

from stammkunde.connectors.contract.made import Connect
from stammkunde.connectors.contract.reading import Reading, read
from stammkunde.connectors.interface import Connector, Holding, Hook, Reply

ENDS_WITHIN_S = 2.0
"""The longest that a listener may go on after its end was called (`interface.Listens`)."""

_BEGINS_WITHIN_S = 0.3
_SPAN = re.compile(r"(\d+)–(\d+)")


class LiveContract:
    """For `listen`, `ringing`, `receive`, `holdings` and `close`."""

    genuine: ClassVar[Hook | None] = None
    """A call as the source makes it, signed if it signs; then forged ones are tried, too."""

    def test_a_listener_ends_in_time(self, connect: Connect) -> None:
        for name in ("listen", "ringing"):
            connector = connect()
            for at_once in (False, True):
                listening = _Listening(connector, name)
                listening.begin(at_once=at_once)
                assert listening.end(), f"`{name}` goes on after `ended` was set"
                assert listening.error is None

    def test_reading_and_listening_do_not_disturb_each_other(self, connect: Connect) -> None:
        connector = connect()
        listening = _Listening(connector, "listen")
        listening.begin()
        reading = read(connector)
        assert listening.end()
        assert reading.latest == read(connect()).latest

    def test_garbage_is_refused(self, connect: Connect) -> None:
        for hook in _garbage():
            reply = _received(connect(), hook)
            assert reply is None or _refuses(reply), hook

    def test_a_genuine_call_is_understood_and_a_forged_one_refused(self, connect: Connect) -> None:
        if self.genuine is None:
            return
        connector, hook = connect(), self.genuine
        reply = _received(connector, hook)
        assert reply is not None, "`genuine` is for a connector with `receive`"
        assert 200 <= reply.status < 300
        assert _received(connector, hook) == reply, "a call that is repeated is answered alike"
        body = hook.body
        for forged in (body[:-1], body + b" ", body[:-1] + bytes([body[-1] ^ 1]), b""):
            reply = _received(connector, msgspec.structs.replace(hook, body=forged))
            assert reply is not None
            assert _refuses(reply), forged

    def test_what_is_held_was_read_or_is_named(self, connect: Connect, stepwise: Connect) -> None:
        for reading in (read(connect()), read(stepwise(), batches=1)):
            for part in _held(connect(), reading):
                assert 0 <= part.read <= part.held
                assert part.held == part.read + sum(map(_count, part.missing)), part

    def test_when_all_is_read_nothing_is_missing(self, connect: Connect) -> None:
        parts = _held(connect(), read(connect()))
        assert [part.part for part in parts if part.missing] == []
        assert len({part.part for part in parts}) == len(parts), "each part is named once"

    def test_asked_again_the_source_holds_the_same(self, connect: Connect) -> None:
        connector = connect()
        reading = read(connector)
        assert _held(connector, reading) == _held(connector, reading) == _held(connect(), reading)

    def test_closing_twice_does_no_harm(self, connect: Connect) -> None:
        connector = connect()
        close: Callable[[], None] | None = getattr(connector, "close", None)
        if close is None:
            return
        close()  # nothing is open yet
        for _ in range(2):
            again = read(connector).latest
            assert again == read(connect()).latest, "`fetch` may be called again after `close`"
            close()
            close()


class _Listening:
    """A connector's `listen` or `ringing` on a thread of its own; nothing where it has none."""

    def __init__(self, connector: Connector, name: str) -> None:
        self._listen: Callable[[Any, Event], None] | None = getattr(connector, name, None)
        self._told, self._ended = Event(), Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.error: BaseException | None = None

    def begin(self, *, at_once: bool = False) -> None:
        """Listen, until something was told or a moment has passed; `at_once` its end is called before."""
        if self._listen is None:
            return
        if at_once:
            self._ended.set()
        self._thread.start()
        if not at_once:
            self._told.wait(_BEGINS_WITHIN_S)

    def end(self) -> bool:
        """Call its end; whether it came in time."""
        self._ended.set()
        if self._listen is not None:
            self._thread.join(ENDS_WITHIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        assert self._listen is not None
        try:
            self._listen(lambda *_: self._told.set(), self._ended)
        except Exception as error:  # shown by the test, whatever it is
            self.error = error


def _received(connector: Connector, hook: Hook) -> Reply | None:
    """What a connector answers; None where nobody can call it."""
    receive: Callable[..., Reply] | None = getattr(connector, "receive", None)
    return receive(hook, read(connector, batches=0).memory) if receive else None


def _refuses(reply: Reply) -> bool:
    return 400 <= reply.status < 500 and reply.batch is None and not reply.wakes


def _garbage() -> Iterator[Hook]:
    noise = random.Random(3)
    bodies = [b"", b"\0", b"{", b"{}", b"[]", b"null", b"[" * 20_000, b"\xff\xfe", b"a=1&b=2"]
    bodies += [b'{"id": 1, "status": "completed"}', *map(noise.randbytes, (1, 100, 5000))]
    for body in bodies:
        for headers in ({}, {"content-type": "application/json", "authorization": "Basic \xff"}):
            yield Hook(headers=headers, body=body, received_at=datetime(2026, 11, 20, tzinfo=UTC))


def _held(connector: Connector, reading: Reading) -> list[Holding]:
    """What the source holds against what was read; nothing where it can't be asked."""
    holdings: Callable[..., Iterator[Holding]] | None = getattr(connector, "holdings", None)
    return list(holdings(reading.cursor, reading.memory)) if holdings else []


def _count(named: str) -> int:
    """How many items `17` or `203–207` names."""
    span = _SPAN.fullmatch(named)
    return int(span[2]) - int(span[1]) + 1 if span else 1
