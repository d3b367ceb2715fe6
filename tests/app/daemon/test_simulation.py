"""The daemon under one seed: sources, clock and crashes behind small interfaces; nothing is lost, doubled or hurried.

Each seed plays a day of several sources that get mails, fail in every way and come back, while the process is killed
between two transactions now and then and started anew.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.daemon.keeper import Keeper
from stammkunde.connectors.interface import ConnectorError, CredentialsError, UnavailableError
from stammkunde.core.standing import standings
from tests.app.daemon.acting import BEGIN, NEVER, Actor, Hand, keeper_of, new_home

SEEDS = 200
EVERY_S = 300
HOURS = 2


class Killed(BaseException):
    """The process is gone."""


class World:
    """Some sources, and a process that reads them until it is killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.lot = random.Random(seed)
        self.folder = folder
        self.clock = Hand()
        self.actors = {f"s{n}": Actor() for n in range(self.lot.randint(2, 4))}
        self.rests: dict[str, datetime] = {}
        self.hurried: list[str] = []
        self.ill: dict[str, Exception | None] = dict.fromkeys(self.actors)
        for name, actor in self.actors.items():
            actor.fails = self._failing(name)

    def _failing(self, name: str) -> Callable[[], None]:
        def fail() -> None:
            if self.lot.random() < 0.01:
                raise Killed
            error = self.ill[name]
            if error is not None:
                raise error

        return fail

    def play(self) -> None:
        end = BEGIN + timedelta(hours=HOURS)
        while self.clock.now() < end:
            with opened(self.folder) as home:
                try:
                    self._run(home, end)
                except Killed:
                    self.rests.clear()  # a new process knows nothing of pauses, and may ask

    def _run(self, home: Home, end: datetime) -> None:
        keepers = {
            name: keeper_of(home, name, actor, self.clock, self.lot)
            for name, actor in self.actors.items()
        }
        for keeper in keepers.values():
            self.clock.forget(f"again {keeper.name}")
            self.clock.every(f"read {keeper.name}", EVERY_S, keeper.poke)
            keeper.poke()
        while self.clock.now() < end:
            wanted = [keeper for keeper in keepers.values() if keeper.wanted.is_set()]
            if wanted:
                self._step(home, self.lot.choice(wanted))
            else:
                self._happen()
                self.clock.move(min(self.clock.next, end))

    def _step(self, home: Home, keeper: Keeper) -> None:
        actor = self.actors[keeper.name]
        asked = len(actor.asked)
        keeper.wanted.clear()
        keeper.step(NEVER)
        if len(actor.asked) > asked and self.clock.now() < self.rests.get(keeper.name, BEGIN):
            self.hurried.append(keeper.name)
        later = keeper.standing.next
        if later:
            self.rests[keeper.name] = datetime.fromtimestamp(later / 1e6, BEGIN.tzinfo)
        else:
            self.rests.pop(keeper.name, None)

    def _happen(self) -> None:
        """Between two appointments mails come in, and sources fall ill or recover."""
        for name, actor in self.actors.items():
            if self.lot.random() < 0.3:
                actor.mails += self.lot.randint(1, 3)
            if self.lot.random() < 0.1:
                self.ill[name] = self.lot.choice(
                    [
                        UnavailableError("Away."),
                        UnavailableError("Busy.", pause_s=self.lot.choice([30, 1000])),
                        CredentialsError("password: refused."),
                        ConnectorError("path: nothing there."),
                        ValueError("of a plugin"),
                    ]
                )
            elif self.lot.random() < 0.5:
                self.ill[name] = None

    def recover(self) -> None:
        """All are well again; each is read once."""
        for name, actor in self.actors.items():
            self.ill[name] = None
            actor.fails = lambda: None
            with opened(self.folder) as home:
                keeper_of(home, name, actor, self.clock).step(NEVER)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_home(tmp_path_factory.mktemp("daemon") / "home")


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_nothing_is_lost_doubled_or_hurried(empty: Path, tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 20):
        folder = tmp_path / str(seed)
        shutil.copytree(empty, folder)
        world = World(folder, seed)
        world.play()
        assert world.hurried == [], seed
        _schedule_kept(world, seed)
        world.recover()
        with opened(folder) as home:
            home.catch_up()
            recorded = home.queries.status(home.log).log.contacts
            assert recorded == sum(actor.mails for actor in world.actors.values()), seed
            assert {each.state for each in standings(home.log).values()} == {"ok"}, seed
            for source in home.queries.sources(home.log):
                assert [(each.held, each.read) for each in source.holdings] == [
                    (world.actors[source.name].mails,) * 2
                ], seed
        shutil.rmtree(folder)


def _schedule_kept(world: World, seed: int) -> None:
    """A source is asked at least as often as its longest pause allows: six hours for a refused password."""
    for actor in world.actors.values():
        asked = [BEGIN, *actor.asked, world.clock.now()]
        gaps = [later - earlier for earlier, later in pairwise(asked)]
        assert max(gaps) <= timedelta(hours=6 * 1.2), seed
        assert len(actor.asked) >= 2, seed
