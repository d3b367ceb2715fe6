"""A source that does as it is told, and a clock that goes when it is told, for the daemon's tests."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import msgspec

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.daemon.keeper import Keeper
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Batch, Connector, Holding, Hook, Memory, Reply
from stammkunde.core.contact import Contact, Identifier, Item

BEGIN = datetime(2026, 11, 2, 8, tzinfo=UTC)


class Hand:
    """A clock for `Keeper`: appointments are kept when it is moved on."""

    def __init__(self) -> None:
        self._now = BEGIN
        self._calls: dict[str, tuple[datetime, Callable[[], None], float | None]] = {}

    def now(self) -> datetime:
        return self._now

    def every(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        self._calls[name] = (self._now + timedelta(seconds=seconds), call, seconds)

    def once(self, name: str, at: datetime, call: Callable[[], None]) -> None:
        self._calls[name] = (at, call, None)

    def forget(self, name: str) -> None:
        self._calls.pop(name, None)

    @property
    def next(self) -> datetime:
        """When something is due; far away where nothing is."""
        return min((at for at, _, _ in self._calls.values()), default=BEGIN + timedelta(days=999))

    def move(self, until: datetime) -> None:
        """Let the time pass, and keep each appointment on the way."""
        while self.next <= until:
            name = min(self._calls, key=lambda each: (self._calls[each][0], each))
            at, call, again = self._calls.pop(name)
            self._now = max(self._now, at)
            if again is not None:
                self._calls[name] = (at + timedelta(seconds=again), call, again)
            call()
        self._now = max(self._now, until)


@dataclass
class Actor:
    """What happens at a source, whoever reads it: mails come in, and `fails` says what goes wrong when it is asked."""

    mails: int = 0
    fails: Callable[[], None] = lambda: None
    asked: list[datetime] = field(default_factory=list)
    closed: int = 0
    hints: list[bytes] = field(default_factory=list)
    step: int = 2


class Acting:
    """Reads an actor; its cursor is the number of mails read."""

    Settings: ClassVar[type[msgspec.Struct]] = msgspec.defstruct("Settings", [])

    def __init__(self, name: str, actor: Actor, now: Callable[[], datetime]) -> None:
        self._name = name
        self._actor = actor
        self._now = now

    def check(self) -> None:
        """Nothing to be found wrong."""

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        self._actor.asked.append(self._now())
        self._actor.fails()
        read = int(cursor or 0)
        while read < self._actor.mails:
            upto = min(read + self._actor.step, self._actor.mails)
            yield Batch(
                contacts=tuple(mail(self._name, n) for n in range(read, upto)), cursor=str(upto)
            )
            self._actor.fails()
            read = upto

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        yield Holding(part="mails", held=self._actor.mails, read=int(cursor or 0))

    def receive(self, hook: Hook, memory: Memory) -> Reply:
        self._actor.hints.append(hook.body)
        return Reply(status=202, wakes=True)

    def close(self) -> None:
        self._actor.closed += 1


def mail(source: str, number: int) -> Contact:
    """A made-up mail."""
    address = f"person{number % 7}@{source}.example"
    at = BEGIN - timedelta(days=1) + timedelta(minutes=number)
    return Contact(
        item=Item(f"<{number}@{source}.example>", round(at.timestamp() * 1000)),
        party=address,
        channel="mail",
        kind="message",
        direction="in",
        occurred_at=at,
        identifiers=(Identifier("mail", address),),
        subject="Offerte",
    )


def keeper_of(
    home: Home, name: str, actor: Actor, clock: Hand, lot: random.Random | None = None
) -> Keeper:
    """A keeper whose source is the actor."""

    def connect(table: SourceTable) -> Connector:
        return Acting(table.name, actor, clock.now)

    return Keeper(home, SourceTable(name, "mailbox"), clock, lot or random.Random(1), connect)


def new_home(folder: Path) -> Path:
    """An empty home."""
    Home(folder).create("")
    return folder


NEVER = threading.Event()
"""Nothing is ended."""

__all__ = ["BEGIN", "NEVER", "Acting", "Actor", "Hand", "keeper_of", "mail", "new_home", "opened"]
