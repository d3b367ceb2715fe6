"""The switchboard: calls that go on now, with the customer found, told to whoever listens; none is ever stored."""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, cast

import msgspec

from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon.pauses import pause_s
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import (
    Call,
    ConnectorError,
    CredentialsError,
    Message,
    Rings,
    UnavailableError,
)
from stammkunde.core.standing import State
from stammkunde.projections.callers import Caller

LONGEST_PAUSE_S = 60.0
"""A telephone system that starts again is back within minutes, and calls come at once."""

LISTENED_S = 60.0
"""A connection that lasted so long was well: the next pause is a short one."""

WELL_S = 25.0
"""A connection that was tried so long without an error stands: nothing else tells of one on which nobody calls."""

WAITING = 200
"""Of a listener who does not keep up: older changes are dropped, since only the last of a call counts."""

STOP_S = 3.0

logger = logging.getLogger(__name__)


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    """A call that goes on, and whose it is; of a number that is withheld nobody's."""

    source: str
    call: Call
    caller: Caller = Caller()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection with a telephone system stands, since when; `why` is for people."""

    state: State = "new"
    since: datetime
    why: Message | None = None


class Listener:
    """What a subscriber hears: changes of calls, in order; used with `with`, else it is kept for ever."""

    def __init__(self, leave: Callable[[Listener], None]) -> None:
        """`leave` is called at the end."""
        self._queue: queue.Queue[Ringing] = queue.Queue(WAITING)
        self._leave = leave
        self._wake: Callable[[], object] | None = None

    def __enter__(self) -> Self:
        """It hears already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hear no more."""
        self._leave(self)

    def wakes(self, wake: Callable[[], object]) -> None:
        """Have `wake` called, by another thread, when there is something to hear; for those who may not wait."""
        self._wake = wake

    def hear(self, ringing: Ringing) -> None:
        """By the switchboard: never waits."""
        while True:
            try:
                self._queue.put_nowait(ringing)
                break
            except queue.Full:
                self.next(0)
        if self._wake:
            with suppress(RuntimeError):  # whoever was to be woken has ended already
                self._wake()

    def next(self, timeout_s: float) -> Ringing | None:
        """The next change; None if none came in time."""
        try:
            return self._queue.get(timeout=timeout_s) if timeout_s else self._queue.get_nowait()
        except queue.Empty:
            return None


class Switchboard:
    """One thread for each source that tells of calls, from entering to leaving; none where no source does."""

    def __init__(
        self,
        home: Home,
        names: Sequence[str] = (),
        stands: Callable[[str, Line], None] | None = None,
    ) -> None:
        """All sources of the settings file, or those named; `SettingError` for an unknown one.

        `stands` is told once of each change of a connection; default: the log is.
        """
        self._stands_so = stands or _logged
        self._home = home
        self._tables = home.configured(names)
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, str], Ringing] = {}
        self._lines: dict[str, Line] = {}
        self._listeners: list[Listener] = []
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lot = random.SystemRandom()

    def __enter__(self) -> Self:
        """Begin to listen. A source whose settings are wrong is a line that is broken, and no error of the others."""
        for table in self._tables:
            if connector := self._connected(table):
                name = f"ringing {table.name}"
                thread = threading.Thread(
                    target=self._follow, args=(table.name, connector), name=name, daemon=True
                )
                self._threads.append(thread)
                thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all threads, within seconds."""
        self._ended.set()
        deadline = time.monotonic() + STOP_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    # ---- asked by anybody

    def subscribe(self) -> Listener:
        """Hear from now on; what goes on already, `now` says."""
        listener = Listener(self._leave)
        with self._lock:
            self._listeners.append(listener)
        return listener

    @property
    def now(self) -> tuple[Ringing, ...]:
        """The calls that go on, the newest first; none of a source whose connection is gone, since nobody knows of them."""
        with self._lock:
            calls = [
                one
                for one in self._calls.values()
                if one.source in self._lines and self._lines[one.source].state == "ok"
            ]
        return tuple(sorted(calls, key=lambda one: one.call.at, reverse=True))

    @property
    def lines(self) -> dict[str, Line]:
        """How each source that tells of calls stands."""
        with self._lock:
            return dict(self._lines)

    @property
    def is_idle(self) -> bool:
        """Whether nothing can come any more: no source tells of calls, or all gave up."""
        return not any(thread.is_alive() for thread in self._threads)

    def _leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.remove(listener)

    # ---- by the threads of the sources

    def _connected(self, table: SourceTable) -> Rings | None:
        try:
            connector = self._home.connector(table)
        except Exception as error:  # reading finds the same, and names it
            logger.debug("Source %s: %s", table.name, type(error).__name__)
            return None
        return cast(Rings, connector) if hasattr(connector, "ringing") else None

    def _follow(self, source: str, connector: Rings) -> None:
        failures = 0
        while not self._ended.is_set():
            began = time.monotonic()
            well = threading.Timer(WELL_S, self._stands, (source, "ok", None))
            well.daemon = True
            well.start()
            try:
                connector.ringing(lambda call: self._tell(source, call), self._ended)
            except Exception as error:  # whatever a plugin does, the other sources go on
                state, asked, why = _failure(source, error)
            else:
                return  # it ended, or the source has nobody to ask
            finally:
                well.cancel()
            failures = 1 if time.monotonic() - began > LISTENED_S else failures + 1
            self._stands(source, state, why)
            pause = pause_s(state, failures, asked, self._lot)
            self._ended.wait(
                max(asked, min(pause, LONGEST_PAUSE_S)) if state == "unavailable" else pause
            )

    def _tell(self, source: str, call: Call) -> None:
        """One change, at once to all; whose call it is was asked when it began to ring."""
        self._stands(source, "ok", None)
        key = source, call.key
        with self._lock:
            before = self._calls.get(key)
        if before and before.call.number == call.number:
            caller = before.caller
        else:
            caller = self._found(call.number)
        ringing = Ringing(source=source, call=call, caller=caller)
        with self._lock:
            if call.state == "ended":
                self._calls.pop(key, None)
            else:
                self._calls[key] = ringing
            listeners = list(self._listeners)
        for listener in listeners:
            listener.hear(ringing)

    def _found(self, number: str) -> Caller:
        """Who calls; a call is told also when the views can't be asked."""
        if not number:
            return Caller()
        try:
            return self._home.queries.caller(number)
        except Exception as error:
            _defect("Who calls could not be looked up", error)
            return Caller()

    def _stands(self, source: str, state: State, why: Message | None) -> None:
        """Note a change, and log it once."""
        with self._lock:
            before = self._lines.get(source)
            if before and before.state == state:
                return
            line = self._lines[source] = Line(state=state, since=datetime.now(UTC), why=why)
        self._stands_so(source, line)


def _logged(source: str, line: Line) -> None:
    if line.state == "ok":
        logger.info("The telephone system of %s tells of calls.", source)
    else:
        logger.warning("The telephone system of %s is %s: %s", source, line.state, line.why)


def _failure(source: str, error: Exception) -> tuple[State, float, Message]:
    """What an error makes of the connection, for how long the other side wants to be left alone, and why."""
    if isinstance(error, UnavailableError):
        return "unavailable", error.pause_s, error
    if isinstance(error, CredentialsError):
        return "credentials", 0.0, error
    if isinstance(error, ConnectorError):
        return "broken", 0.0, error
    _defect(f"Source {source} can't tell of calls", error)
    why = "This is an error of the connector ({kind}): please report it; the log says where."
    return "broken", 0.0, Message(why, kind=type(error).__name__)


def _defect(what: str, error: Exception) -> None:
    """Where an error was made, without its message, which may name somebody."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s at\n%s", what, type(error).__name__, frames)
