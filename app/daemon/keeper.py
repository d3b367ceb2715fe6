"""Keeps one source up to date: reads it when poked, rests when it fails, says how it stands."""

from __future__ import annotations

import logging
import random
import threading
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import cast

from msgspec.structs import replace

from stammkunde.app import readers
from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon.clock import Clock
from stammkunde.app.daemon.pauses import pause_s
from stammkunde.app.failures import of_connector, place
from stammkunde.app.sources import Namesakes
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import (
    Closes,
    Connector,
    ConnectorError,
    CredentialsError,
    Holding,
    Holds,
    Hook,
    Listens,
    Receives,
    Reply,
    UnavailableError,
)
from stammkunde.core.errors import (
    CursorConflictError,
    HomeError,
    Message,
    StammkundeError,
)
from stammkunde.core.feed import Feed, SystemMemory
from stammkunde.core.standing import Standing, State, save_standing, standings

NOTED_S = 60
"""How often it is written that an unchanged source was read again: an idle daemon must not write all the time."""
LISTENED_S = 60
"""Who listened for so long is not failing: the next pause is a short one."""

logger = logging.getLogger(__name__)


class Keeper:
    """One source under one thread; `poke` and `receive` may be called by any."""

    def __init__(
        self,
        home: Home,
        table: SourceTable,
        clock: Clock,
        lot: random.Random,
        connect: Callable[[SourceTable], Connector] | None = None,
    ) -> None:
        """`connect` makes the source's connector; default: as the settings say."""
        self.table = table
        self.wanted = threading.Event()
        self.well = threading.Event()
        self._afresh = threading.Event()
        self._home = home
        self._clock = clock
        self._lot = lot
        self._connect = connect or home.connector
        self._connector: Connector | None = None
        self._failures = 0
        self._rests_until: datetime | None = None
        self.standing = standings(home.log).get(table.name, Standing())
        self._saved = self.standing

    @property
    def name(self) -> str:
        """The source's."""
        return self.table.name

    def poke(self) -> None:
        """Say that there may be something new."""
        self.wanted.set()

    def again(self) -> None:
        """Read it now even if it rests: somebody may have mended what was wrong."""
        self._afresh.set()
        self.wanted.set()

    # ---- reading, by the source's own thread

    def step(self, ended: threading.Event) -> None:
        """Read the source, unless it rests; whatever goes wrong ends here and is shown as the source's state."""
        is_mended = self._afresh.is_set()
        self._afresh.clear()
        if not is_mended and self._rests_until and self._clock.now() < self._rests_until:
            return  # it is poked when the pause is over
        self._rests_until = None
        try:
            holdings = self._read(ended)
        except CursorConflictError:
            logger.info("Source %s is being read by another process.", self.name)
            self._failures = 0  # nothing failed
            self._rest("unavailable", 0)
        except UnavailableError as error:
            self._failed("unavailable", error, error.pause_s)
        except (
            HomeError
        ) as error:  # our own disk: the source is not to blame, and it passes in the same way
            self._failed("unavailable", error)
        except CredentialsError as error:
            self._failed("credentials", error)
        except StammkundeError as error:
            self._failed("broken", error)
        except Exception as error:  # whatever a plugin does, the other sources go on
            _log_place(self.name, error)
            self._failed("broken", of_connector(error))
        else:
            self._went_well(holdings)

    def _read(self, ended: threading.Event) -> tuple[Holding, ...]:
        fresh = self._connector is None
        connector = self._connector = self._connector or self._connect(self.table)
        if fresh:
            connector.check()
        source = self._home.source(self.table)
        feed = self._home.intake.open(source, advance=True)
        readers.remember(self._home.log, [self.table])
        namesakes = Namesakes(self._home.log, source)
        for batch in connector.fetch(feed.cursor, feed.memory):
            namesakes.refuse_doubles(batch.contacts, configured=True)
            feed.record(batch)
            if ended.is_set():
                return self.standing.holdings
        if feed.counts.items or self._is_stale():
            feed.finish()
        return self._holdings(connector, feed)

    def _holdings(self, connector: Connector, feed: Feed) -> tuple[Holding, ...]:
        if not hasattr(connector, "holdings"):
            return ()
        return tuple(cast(Holds, connector).holdings(feed.cursor, feed.memory))

    def _is_stale(self) -> bool:
        return self.standing.state != "ok" or _us(self._clock.now()) - self._saved.tried > (
            NOTED_S * 1_000_000
        )

    def close(self) -> None:
        """Let go of what the connector holds open."""
        connector, self._connector = self._connector, None
        if connector is not None and hasattr(connector, "close"):
            cast(Closes, connector).close()

    # ---- how it stands

    def _went_well(self, holdings: Iterable[Holding]) -> None:
        self._failures = 0
        self._stand("ok", None, None, tuple(holdings))
        self.well.set()

    def _failed(self, state: State, why: Message, asked: float = 0.0) -> None:
        """Rest; a connection that failed is made anew, and a password that was mended is read anew."""
        self.well.clear()
        try:
            self.close()
        except Exception as error:  # it failed already
            _log_place(self.name, error)
            self._connector = None
        until = self._rest(state, asked)
        self._stand(state, why, until, self.standing.holdings)

    def _rest(self, state: State, asked: float) -> datetime:
        self._failures += 1
        pause = pause_s(state, self._failures, asked, self._lot)
        self._rests_until = self._clock.now() + timedelta(seconds=pause)
        self._clock.once(f"again {self.name}", self._rests_until, self.poke)
        return self._rests_until

    def _stand(
        self,
        state: State,
        why: Message | None,
        until: datetime | None,
        holdings: tuple[Holding, ...],
    ) -> None:
        before, now = self.standing, _us(self._clock.now())
        changed = state != before.state
        self.standing = Standing(
            connector=self.table.connector,
            state=state,
            since=now if changed else before.since,
            tried=now,
            next=_us(until) if until else None,
            why=why,
            holdings=holdings,
        )
        if changed:
            self._tell(state, why)
        if self._is_news():
            try:
                save_standing(self._home.log, self.name, self.standing)
                self._saved = self.standing
            except (
                Exception
            ) as error:  # as of a full disk: it is written next time, and the thread lives
                logger.warning(
                    "The state of source %s could not be written: %s.", self.name, place(error)
                )

    def _is_news(self) -> bool:
        same = replace(self.standing, tried=0, why=None) == replace(self._saved, tried=0, why=None)
        old = self.standing.tried - self._saved.tried > NOTED_S * 1_000_000
        return not same or old or str(self.standing.why) != str(self._saved.why)

    def _tell(self, state: State, why: Message | None) -> None:
        """One line for each change: a source that stays down fills no disk."""
        if state == "ok":
            logger.info("Source %s: ok.", self.name)
        else:
            said = str(why).encode("utf-8", "replace").decode()  # names of files may be no text
            logger.warning("Source %s: %s. %s", self.name, state, said)

    # ---- listening and being called, by other threads

    def listen(self, ended: threading.Event) -> None:
        """Listen whenever the source is well, until all is ended; what came while nobody listened is looked for."""
        failures = 0
        while not ended.is_set():
            if not self.well.wait(1):
                continue
            connector = self._connector
            if connector is None:  # it failed since we looked: `well` is clear, or will be at once
                ended.wait(0.1)
                continue
            if not hasattr(connector, "listen"):
                return
            began = self._clock.now()
            try:
                cast(Listens, connector).listen(self.poke, ended)
            except ConnectorError:
                pass  # reading finds the same, and says so
            except Exception as error:  # a plugin's listening must not end its reading
                _log_place(self.name, error)
            lasted = (self._clock.now() - began).total_seconds()
            failures = 1 if lasted > LISTENED_S else failures + 1
            self.poke()
            ended.wait(pause_s("unavailable", failures, 0, self._lot))

    def receive(self, hook: Hook) -> Reply:
        """Answer what the source sent; 404 where it takes no calls, 503 while it was not connected yet."""
        connector = self._connector
        if connector is None:
            return Reply(status=503)
        if not hasattr(connector, "receive"):
            return Reply(status=404)
        source = self._home.source(self.table)
        memory = SystemMemory(self._home.log, source.namespace)
        reply = cast(Receives, connector).receive(hook, memory)
        if reply.batch is not None:
            self._home.intake.open(source).record(reply.batch)
        if reply.wakes:
            self.poke()
        return reply


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _log_place(source: str, error: Exception) -> None:
    """Where something failed, without what it says: that may be anybody's name."""
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    logger.error("Source %s: %s at\n%s", source, type(error).__name__, frames)
