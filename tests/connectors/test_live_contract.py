"""What the contract asks of live sources: a healthy one passes, each faulty one fails the test named beside it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import msgspec
import pytest

from stammkunde.connectors.interface import (
    Batch,
    ConnectorError,
    Context,
    Discreet,
    Holding,
    Hook,
    Memory,
    Reply,
    Secret,
)
from tests.connectors.contracted import failures
from tests.connectors.test_contract import Letters

TOKEN = "four words of it"  # noqa: S105 (made up)
GENUINE = Hook(
    headers={}, body=TOKEN.encode() + b":news", received_at=datetime(2026, 11, 20, tzinfo=UTC)
)


class Settings(Discreet, frozen=True, forbid_unknown_fields=True):
    path: tuple[str, ...]
    token: Secret


class PlainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: tuple[str, ...]
    token: Secret


class Postman(Letters):
    """It can do all that a live source may."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        super().__init__(settings, context)
        self.token: str = settings.token  # type: ignore[attr-defined]
        self.opened = 0

    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        poke()
        ended.wait()

    def ringing(self, tell: Callable[[Any], None], ended: Event) -> None:
        ended.wait()

    def receive(self, hook: Hook, memory: Memory) -> Reply:
        if hook.body != self.token.encode() + b":news":
            return Reply(status=401)
        return Reply(wakes=True)

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        held, seen = len(self.path.read_bytes().splitlines()), int(cursor or 0)
        missing = (f"{seen + 1}–{held}",) if held - seen > 1 else (f"{held}",) * (held - seen)
        yield Holding(part="letters", held=held, read=seen, missing=missing)

    def close(self) -> None:
        self.opened = 0


class Stubborn(Postman):
    def ringing(self, tell: Callable[[Any], None], ended: Event) -> None:
        Event().wait(3)


class Lame(Postman):
    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        raise ConnectorError("The letter box is closed.")


class Distracted(Postman):
    listening = False

    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        self.listening = True
        super().listen(poke, ended)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        yield from () if self.listening else super().fetch(cursor, memory)


class Credulous(Postman):
    def receive(self, hook: Hook, memory: Memory) -> Reply:
        return Reply(wakes=True)


class Brittle(Postman):
    def receive(self, hook: Hook, memory: Memory) -> Reply:
        msgspec.json.decode(hook.body)
        return Reply(status=400)


class Deaf(Postman):
    def receive(self, hook: Hook, memory: Memory) -> Reply:
        return Reply(status=401)


class Boastful(Postman):
    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        for part in super().holdings(cursor, memory):
            yield msgspec.structs.replace(part, missing=())


class Gappy(Postman):
    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        yield Holding(part="letters", held=5, read=4, missing=("2",))


class Fickle(Postman):
    numbers: ClassVar = count(5)

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        held = next(self.numbers)
        yield Holding(part="letters", held=held, read=held)


class Once(Postman):
    is_closed = False

    def close(self) -> None:
        if self.is_closed:
            raise ValueError
        self.is_closed = True


class Locked(Postman):
    is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        yield from () if self.is_closed else super().fetch(cursor, memory)


class Showing(Postman):
    Settings = PlainSettings


class Boasting(Postman):
    def __repr__(self) -> str:
        return f"Postman({self.token})"


class Complaining(Postman):
    def check(self) -> None:
        if not self.path.is_file():
            raise ConnectorError("path: {path}, with {it}", path=self.path, it=self.token)


def faults(kind: type[Any], folder: Path) -> set[str]:
    return failures(kind, folder, settings={"token": TOKEN}, genuine=GENUINE)


def test_a_healthy_live_connector_passes(tmp_path: Path) -> None:
    assert faults(Postman, tmp_path) == set()


@pytest.mark.parametrize(
    ("kind", "fails"),
    [
        (Stubborn, "a_listener_ends_in_time"),
        (Lame, "a_listener_ends_in_time"),
        (Distracted, "reading_and_listening_do_not_disturb_each_other"),
        (Credulous, "garbage_is_refused"),
        (Credulous, "a_genuine_call_is_understood_and_a_forged_one_refused"),
        (Brittle, "garbage_is_refused"),
        (Deaf, "a_genuine_call_is_understood_and_a_forged_one_refused"),
        (Boastful, "what_is_held_was_read_or_is_named"),
        (Gappy, "when_all_is_read_nothing_is_missing"),
        (Fickle, "asked_again_the_source_holds_the_same"),
        (Once, "closing_twice_does_no_harm"),
        (Locked, "closing_twice_does_no_harm"),
        (Showing, "secrets_are_shown_nowhere"),
        (Boasting, "secrets_are_shown_nowhere"),
        (Complaining, "secrets_are_shown_nowhere"),
    ],
)
def test_a_fault_of_a_live_source_is_found(kind: type[Any], fails: str, tmp_path: Path) -> None:
    assert fails in faults(kind, tmp_path)


def test_discreet_settings_show_all_but_their_secrets() -> None:
    settings = Settings(("box",), TOKEN)
    assert repr(settings) == "Settings(path=('box',), token=…)"
