"""One source under the daemon: what it brings is recorded, and what goes wrong is its state and nobody else's trouble."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.daemon.pauses import pause_s
from stammkunde.connectors.interface import (
    ConnectorError,
    CredentialsError,
    Hook,
    UnavailableError,
)
from stammkunde.core.standing import State, standings
from tests.app.daemon.acting import NEVER, Actor, Hand, keeper_of, new_home
from tests.homes import Command


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened(new_home(tmp_path / "home")) as made:
        yield made


def _raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_what_is_new_is_recorded_once(home: Home) -> None:
    actor, clock = Actor(mails=5), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    keeper.step(NEVER)
    actor.mails = 7
    keeper.step(NEVER)
    home.catch_up()
    status = home.queries.status(home.log)
    assert status.log.contacts == 7
    (source,) = status.sources
    assert (source.name, source.state, source.gaps) == ("info", "ok", 0)
    assert [(each.part, each.held, each.read) for each in source.holdings] == [("mails", 7, 7)]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (UnavailableError("The server does not answer."), "unavailable"),
        (CredentialsError("password: it is refused."), "credentials"),
        (ConnectorError("path: there is nothing."), "broken"),
        (ZeroDivisionError("of a plugin"), "broken"),
    ],
)
def test_what_fails_is_a_state(
    home: Home, error: Exception, state: State, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "stammkunde")
    actor, clock = Actor(mails=1, fails=_raising(error)), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    assert standings(home.log)["info"].state == state
    assert str(standings(home.log)["info"].why)
    assert "of a plugin" not in caplog.text
    (source,) = home.queries.sources(home.log)
    assert (source.state, source.connector, source.last_success) == (state, "mailbox", None)
    assert source.next_try is not None
    assert source.next_try > clock.now()


def test_a_source_that_rests_is_not_asked_before_its_time(home: Home) -> None:
    actor, clock = Actor(fails=_raising(UnavailableError("Away.", pause_s=1000))), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    keeper.poke()
    keeper.step(NEVER)
    clock.move(clock.now() + timedelta(seconds=999))
    keeper.step(NEVER)
    assert len(actor.asked) == 1
    keeper.wanted.clear()
    clock.move(clock.now() + timedelta(seconds=1))
    assert keeper.wanted.is_set()
    keeper.step(NEVER)
    assert len(actor.asked) == 2


def test_a_server_that_stops_and_comes_back_is_two_lines_in_all(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    actor, clock = Actor(mails=1), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    caplog.set_level(logging.INFO, "stammkunde")
    caplog.clear()
    actor.fails = _raising(UnavailableError("The server does not answer."))
    for _ in range(20):
        clock.move(clock.now() + timedelta(hours=1))
        keeper.step(NEVER)
    actor.fails = lambda: None
    clock.move(clock.now() + timedelta(hours=1))
    keeper.step(NEVER)
    keeper.step(NEVER)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "Source info: unavailable. The server does not answer.",
        "Source info: ok.",
    ]


def test_a_connection_that_failed_is_closed_and_made_anew(home: Home) -> None:
    actor, clock = Actor(fails=_raising(UnavailableError("Away."))), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    assert actor.closed == 1


def test_what_was_committed_before_a_failure_stays(home: Home) -> None:
    actor, clock = Actor(mails=6), Hand()
    times = iter([None, None, UnavailableError("Cut.")])

    def fail() -> None:
        if error := next(times, None):
            raise error

    actor.fails = fail
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    assert home.intake.log.last_position() > 0
    clock.move(clock.now() + timedelta(hours=1))
    keeper.step(NEVER)
    home.catch_up()
    assert home.queries.status(home.log).log.contacts == 6


def test_an_idle_source_writes_once_a_minute(home: Home) -> None:
    actor, clock = Actor(mails=1), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    tried = set()
    for _ in range(120):
        clock.move(clock.now() + timedelta(seconds=5))
        keeper.step(NEVER)
        tried.add(standings(home.log)["info"].tried)
    assert 8 <= len(tried) <= 11


def test_a_call_of_the_source_wakes_it(home: Home) -> None:
    actor, clock = Actor(mails=1), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    hook = Hook(headers={}, body=b"42", received_at=datetime.now(UTC))
    assert keeper.receive(hook).status == 503
    keeper.step(NEVER)
    keeper.wanted.clear()
    assert keeper.receive(hook).status == 202
    assert actor.hints == [b"42"]
    assert keeper.wanted.is_set()


def test_pauses_double_to_an_end_and_respect_what_was_asked() -> None:
    lot = random.Random(1)
    pauses = [pause_s("unavailable", n, 0, lot) for n in range(1, 40)]
    assert 4 <= pauses[0] <= 6
    assert 720 <= pauses[-1] <= 1080
    assert all(later > earlier for earlier, later in pairwise(pauses[:7]))
    assert len(set(pauses)) == len(pauses)
    assert pause_s("unavailable", 1, 300, lot) == 300
    assert pause_s("credentials", 1, 0, lot) >= 600


def test_a_name_that_is_no_text_is_shown_all_the_same(home: Home) -> None:
    actor, clock = Actor(fails=_raising(ConnectorError("{path}: gone.", path="B\udcfcro"))), Hand()
    keeper_of(home, "info", actor, clock).step(NEVER)
    standing = standings(home.log)["info"]
    assert (standing.state, str(standing.why)) == ("broken", "B\ufffdro: gone.")


def test_a_state_that_cannot_be_written_ends_no_thread(
    home: Home, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("of Anna Keller")

    keeper = keeper_of(home, "info", Actor(mails=1), Hand())
    monkeypatch.setattr("stammkunde.app.daemon.keeper.save_standing", refuse)
    keeper.step(NEVER)
    assert "could not be written" in caplog.text
    assert "Keller" not in caplog.text


def test_who_mended_a_password_need_not_wait_for_the_pause(home: Home) -> None:
    actor, clock = Actor(mails=1, fails=_raising(CredentialsError("It is refused."))), Hand()
    keeper = keeper_of(home, "info", actor, clock)
    keeper.step(NEVER)
    actor.fails = lambda: None
    keeper.wanted.clear()
    keeper.again()
    assert keeper.wanted.is_set()
    keeper.step(NEVER)
    assert standings(home.log)["info"].state == "ok"


def test_a_connection_lost_between_two_looks_does_not_end_the_listening(home: Home) -> None:
    ended = threading.Event()
    keeper = keeper_of(home, "info", Actor(), Hand())
    keeper.well.set()  # read, but its connection was just closed
    listening = threading.Thread(target=keeper.listen, args=(ended,))
    listening.start()
    listening.join(0.3)
    try:
        assert listening.is_alive()
    finally:
        ended.set()
        listening.join(5)


def test_a_reading_by_hand_ends_what_the_daemon_noted(tmp_path: Path) -> None:
    command = Command(tmp_path / "home")
    (tmp_path / "mails").mkdir()
    settings = command.home / "stammkunde.toml"
    settings.write_text(
        f'[[source]]\nname = "info"\nconnector = "mailbox"\npath = ["{tmp_path / "mails"}"]\n'
    )
    with command.opened() as home:
        actor, clock = Actor(fails=_raising(ConnectorError("path: gone."))), Hand()
        keeper_of(home, "info", actor, clock).step(NEVER)
        assert standings(home.log)["info"].state == "broken"
    command.ask("sync")
    with command.opened() as home:
        assert (standings(home.log)["info"].state, standings(home.log)["info"].why) == ("ok", None)
