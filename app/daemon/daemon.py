"""All sources of a home, each under a thread of its own, and the thread that watches over them."""

from __future__ import annotations

import logging
import random
import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon import notify
from stammkunde.app.daemon.clock import SystemClock
from stammkunde.app.daemon.dropped import EVERY_S, Dropped
from stammkunde.app.daemon.keeper import Keeper
from stammkunde.app.daemon.lock import alone
from stammkunde.app.failures import place
from stammkunde.config.settings import SourceTable, seconds
from stammkunde.connectors.interface import Hook, Reply
from stammkunde.core.errors import StammkundeError

STOP_S = 4.0
"""How long a stop waits for readings to reach the end of their batch; what is cut off then is read again."""

logger = logging.getLogger(__name__)


K = TypeVar("K", bound=Keeper | Dropped)


class _Run(Generic[K]):
    """A keeper, or the drop folder, with its threads."""

    def __init__(self, keeper: K) -> None:
        self.keeper = keeper
        self.ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"source {keeper.name}", daemon=True)
        ]
        if isinstance(keeper, Keeper):
            listening = threading.Thread(
                target=keeper.listen,
                args=(self.ended,),
                name=f"listening {keeper.name}",
                daemon=True,
            )
            self._threads.append(listening)

    def start(self) -> None:
        self.keeper.poke()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Ask it to stop; `join` waits."""
        self.ended.set()
        self.keeper.wanted.set()

    def join(self, deadline: float) -> None:
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                logger.warning(
                    "“%s” did not stop in time; what it did last is done again.", thread.name
                )

    @property
    def is_alive(self) -> bool:
        """Whether the thread that reads still runs: it never ends by itself."""
        return self._threads[0].is_alive()

    def _work(self) -> None:
        keeper = self.keeper
        while True:
            keeper.wanted.wait()
            if self.ended.is_set():
                break
            keeper.wanted.clear()
            keeper.step(self.ended)
        keeper.close()


class Daemon:
    """Reads the sources of a home from entering to leaving; `HomeError` where another process does already."""

    def __init__(self, home: Home) -> None:
        """Nothing runs before it is entered."""
        self._home = home
        self._clock = SystemClock()
        self._runs: dict[str, _Run[Keeper]] = {}
        self._box = _Run(Dropped(home, self._clock))
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._asked = threading.Event()
        self._stack = ExitStack()
        self._warden = threading.Thread(target=self._watch, name="warden", daemon=True)
        self._lot = random.SystemRandom()

    def __enter__(self) -> Self:
        """Start all sources, if no other process keeps them."""
        with ExitStack() as stack:
            stack.enter_context(alone(self._home.path))
            stack.enter_context(self._clock)
            self._start(self._home.configured())
            self._clock.every("drop folder", EVERY_S, self._box.keeper.poke)
            self._box.start()
            self._stack = stack.pop_all()
        self._warden.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all of them, each at the end of its batch, within `STOP_S`."""
        notify.tell("STOPPING=1")
        self._ended.set()
        self._asked.set()
        deadline = time.monotonic() + STOP_S
        self._box.end()
        with self._lock:  # whatever a reload is about: from here on it starts nothing
            names = list(self._runs)
        self._stop(names)
        self._box.join(deadline)
        self._warden.join(max(0.0, deadline - time.monotonic()))
        self._stack.close()

    # ---- what others ask of it

    def reload(self) -> None:
        """Read the settings again, soon: sources that changed, came or went are stopped and started, the others go on."""
        self._asked.set()

    def receive(self, source: str, hook: Hook) -> Reply:
        """Answer what a source sent to us."""
        run = self._runs.get(source)
        return run.keeper.receive(hook) if run else Reply(status=404)

    @property
    def is_alive(self) -> bool:
        """Whether every thread that should run does."""
        sources = all(run.is_alive for run in list(self._runs.values()))
        return self._warden.is_alive() and self._box.is_alive and sources

    # ---- starting and stopping

    def _start(self, tables: list[SourceTable]) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            for table in tables:
                keeper = Keeper(self._home, table, self._clock, self._lot)
                self._clock.every(f"read {table.name}", seconds(table.every), keeper.poke)
                run = self._runs[table.name] = _Run(keeper)
                run.start()

    def _stop(self, names: list[str]) -> None:
        with self._lock:
            gone = [self._runs.pop(name) for name in names if name in self._runs]
        for run in gone:
            self._clock.forget(f"read {run.keeper.name}")
            self._clock.forget(f"again {run.keeper.name}")
            run.end()
        deadline = time.monotonic() + STOP_S
        for run in gone:
            run.join(deadline)

    def _watch(self) -> None:
        """Reload when asked, and tell systemd that all threads live."""
        pause = notify.watchdog_s()
        while not self._ended.is_set():
            asked = self._asked.wait(pause)
            self._asked.clear()
            if self._ended.is_set():
                return
            if asked:
                try:
                    self._reload()
                except Exception as error:  # the sources that run go on, and so does the watching
                    logger.error("Reading the settings again failed: %s", place(error))  # noqa: TRY400
            if pause and self.is_alive:
                notify.tell("WATCHDOG=1")

    def _reload(self) -> None:
        try:
            company_changed = self._home.reload()
        except StammkundeError as error:
            logger.warning("The settings were not taken over: %s", error)
            return
        wanted = {table.name: table for table in self._home.configured()}
        gone = [
            name
            for name, run in self._runs.items()
            if company_changed or wanted.get(name) != run.keeper.table
        ]
        try:
            self._stop(gone)
            for run in list(self._runs.values()):
                run.keeper.again()  # a password in a file of its own may be another one now
        finally:  # what was stopped must not stay so, whatever went wrong meanwhile
            self._start([table for name, table in wanted.items() if name not in self._runs])
        self._box.keeper.again()
        logger.info("The settings were read again.")
