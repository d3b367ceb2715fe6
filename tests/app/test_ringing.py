"""Calls as they come, with the customer: the switchboard on a home whose telephone system plays from loopback, and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stammkunde.app import ringing
from stammkunde.app.bootstrap import opened
from stammkunde.app.ringing import WAITING, Listener, Ringing, Switchboard
from stammkunde.connectors.interface import Call
from tests.connectors.asterisk.telephone_system import SECRET, Played, TelephoneSystem, event
from tests.homes import Command

LOG = Path(__file__).parents[1] / "data" / "telephony" / "Master_newcdrcolumns_gmt.csv"
MAX, STRANGER, SEVERAL = "+41791112233", "+41780000000", "+41522000000"


def channel(n: int, number: str, name: str = "") -> dict[str, str]:
    key = f"17954501{n:02}.{n}"
    return {
        "Channel": f"PJSIP/trunk-{n:08x}", "ChannelState": "4", "CallerIDNum": number, "CallerIDName": name,
        "Context": "from-trunk", "Exten": "+41445551101", "Uniqueid": key, "Linkedid": key,
    }  # fmt: skip


def rings(n: int, number: str, name: str = "") -> bytes:
    return event("Newchannel", **channel(n, number, name))


def hangs_up(n: int) -> bytes:
    return event("Hangup", **channel(n, ""))


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """A home that knows Max Muster by his call, and two customers who share a number."""
    made = Command(tmp_path / "home")
    assert (
        made.run("import", "asterisk", str(LOG), "--source", "phone", "--set", "timezone=UTC")[0]
        == 0
    )
    cards = "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nN:{name};{given};;;\r\nFN:{given} {name}\r\nTEL:{SEVERAL}\r\nEND:VCARD\r\n"
        for given, name in (("Anna", "Frei"), ("Peter", "Moser"))
    )
    (tmp_path / "cards.vcf").write_text(cards)
    assert made.run("import", str(tmp_path / "cards.vcf"))[0] == 0
    return made


def configure(command: Command, port: int, secret: str = SECRET, name: str = "phone") -> None:
    (command.home / "ami.secret").write_text(secret)
    with (command.home / "stammkunde.toml").open("a") as file:
        file.write(
            f'\n[[source]]\nname = "{name}"\nconnector = "asterisk"\npath = ["{LOG}"]\ntimezone = "UTC"\n'
            f'ami_host = "127.0.0.1"\nami_port = {port}\nami_user = "stammkunde"\nami_secret = {{ file = "ami.secret" }}\n'
        )


@contextmanager
def listening(command: Command, system: TelephoneSystem) -> Iterator[tuple[Switchboard, Listener]]:
    configure(command, system.port)
    with opened(command.home) as home:
        home.catch_up()
        with Switchboard(home) as board, board.subscribe() as listener:
            assert system.connected.acquire(timeout=5)
            yield board, listener


def heard(listener: Listener) -> Ringing:
    found = listener.next(5)
    assert found is not None, "nothing was told"
    return found


def test_a_call_is_told_with_the_customer_and_what_was_last(command: Command) -> None:
    with TelephoneSystem([Played(())]) as system, listening(command, system) as (board, listener):
        system.say(rings(1, MAX, "Whoever"))
        told = heard(listener)
        assert [one.name for one in told.caller.customers] == ["Max Muster"]
        assert told.caller.class_ == "exclusive"
        assert [contact.kind for contact in told.caller.contacts] == ["call"]
        assert board.now == (told,)
        system.say(hangs_up(1))
        assert heard(listener).call.state == "ended"
        assert not board.now


@pytest.mark.parametrize(
    ("number", "names", "class_"),
    [
        (STRANGER, [], None),
        (SEVERAL, ["Anna Frei", "Peter Moser"], "shared"),
        ("anonymous", [], None),
    ],
)
def test_strangers_and_shared_numbers_are_told_as_such(
    command: Command, number: str, names: list[str], class_: str | None
) -> None:
    with TelephoneSystem([Played(())]) as system, listening(command, system) as (_, listener):
        system.say(rings(1, number))
        caller = heard(listener).caller
    assert sorted(one.name for one in caller.customers) == names
    assert (caller.n, caller.class_) == (len(names), class_)


def test_nothing_of_it_is_stored(command: Command) -> None:
    with opened(command.home) as home:
        before = home.log.last_position()
    with TelephoneSystem([Played(())]) as system, listening(command, system) as (_, listener):
        system.say(rings(1, STRANGER) + hangs_up(1))
        heard(listener)
        heard(listener)
    with opened(command.home) as home:
        assert home.log.last_position() == before
    stored = b"".join(path.read_bytes() for path in command.home.iterdir() if path.is_file())
    assert STRANGER[1:].encode() not in stored


def test_a_connection_that_breaks_is_said_once_and_calls_are_shown_again_when_it_is_back(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ringing, "LONGEST_PAUSE_S", 0.05)
    said: list[str] = []
    rang = rings(1, MAX)
    listed = rang.removeprefix(b"Event: Newchannel\r\n").removesuffix(b"\r\n\r\n")
    sessions = [Played([rang], len(rang)), Played((), None, [listed])]
    with TelephoneSystem(sessions) as system:
        configure(command, system.port)
        with opened(command.home) as home:
            home.catch_up()
            board = Switchboard(
                home, (), lambda source, line: said.append(f"{source} {line.state}")
            )
            with board, board.subscribe() as listener:
                assert heard(listener).call.state == "ringing"
                assert system.connected.acquire(timeout=5)
                assert system.connected.acquire(timeout=5)
                system.say(hangs_up(1))
                assert heard(listener).call.state == "ended"
    assert said == ["phone ok", "phone unavailable", "phone ok"]


def test_a_refused_secret_is_a_line_of_its_own_and_ends_with_the_switchboard(
    command: Command,
) -> None:
    with TelephoneSystem([], secret="another") as system:  # noqa: S106
        configure(command, system.port)
        came = threading.Event()
        with opened(command.home) as home, Switchboard(home, (), lambda *_: came.set()) as board:
            assert came.wait(5)
            line = board.lines["phone"]
            assert line.state == "credentials"
            assert SECRET not in str(line.why)


def test_a_source_without_a_manager_interface_leaves_the_switchboard_idle(command: Command) -> None:
    with (command.home / "stammkunde.toml").open("a") as file:
        file.write(f'\n[[source]]\nname = "phone"\nconnector = "asterisk"\npath = ["{LOG}"]\n')
    with opened(command.home) as home, Switchboard(home) as board:
        for thread in board._threads:
            thread.join(5)
        assert board.is_idle


def call(n: int) -> Ringing:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Ringing(
        source="phone",
        call=Call(key=str(n), state="ringing", direction="in", number=STRANGER, at=at),
    )


def test_who_does_not_listen_holds_up_nobody_and_hears_the_last() -> None:
    listener = Listener(lambda _: None)
    for n in range(WAITING + 50):
        listener.hear(call(n))
    keys = []
    while found := listener.next(0):
        keys.append(int(found.call.key))
    assert keys == list(range(50, WAITING + 50))


# ---- the command


def started(command: Command, *arguments: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "stammkunde.app", "--home", str(command.home), *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def printed(command: Command, arguments: tuple[str, ...], lines: int, plays: bytes) -> list[str]:
    """What the command prints until Ctrl-C."""
    with TelephoneSystem([Played(())]) as system:
        configure(command, system.port)
        process = started(command, *arguments)
        assert process.stdout is not None
        try:
            assert system.connected.acquire(timeout=20)
            system.say(plays)
            found = [process.stdout.readline().rstrip() for _ in range(lines)]
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    return found


PLAYS = rings(1, MAX, "Whoever") + event("BridgeEnter", **channel(1, MAX)) + hangs_up(1)
PLAYS += rings(2, STRANGER, "\x1b[31mMarkt") + rings(3, "anonymous") + rings(4, SEVERAL)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "de",
            [
                ["ruft an", "079 111 22 33", "Max Muster", "letzter Kontakt"],
                ["beantwortet", "Max Muster"],
                ["beendet", "Max Muster"],
                ["ruft an", "078 000 00 00", "«[31mMarkt», hier nicht bekannt"],
                ["ruft an", "unterdrückt"],
                ["ruft an", "052 200 00 00", "2 Kunden:", "Anna Frei", "Peter Moser"],
            ],
        ),
        (
            "en",
            [
                ["calls", "079 111 22 33", "Max Muster", "last contact"],
                ["answered"],
                ["ended"],
                ["calls", "“[31mMarkt”, not known here"],
                ["calls", "withheld"],
                ["calls", "2 customers:"],
            ],
        ),
    ],
)
def test_calls_are_printed_as_they_come_until_interrupted(
    command: Command, language: str, wanted: list[list[str]]
) -> None:
    lines = printed(command, ("--lang", language, "ringing"), len(wanted), PLAYS)
    for line, words in zip(lines, wanted, strict=True):
        assert [word for word in words if word not in line] == [], line


def test_for_programs_one_object_a_line(command: Command) -> None:
    found: list[dict[str, Any]] = list(
        map(json.loads, printed(command, ("ringing", "phone", "--json"), 3, PLAYS))
    )
    assert [one["state"] for one in found] == ["ringing", "answered", "ended"]
    assert {one["number"] for one in found} == {MAX}
    assert [one["name"] for one in found[0]["customers"]] == ["Max Muster"]
    assert set(found[0]) == {
        "source", "key", "state", "direction", "number", "line", "name", "at", "customers", "n", "class", "last_contact",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("ringing",), "No source here tells of calls"), (("ringing", "fax"), "There is no source “fax”")],
)  # fmt: skip
def test_without_a_source_that_tells_of_calls_it_says_what_is_missing(
    command: Command, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = command.run(*arguments)
    assert (status, out) == (1, "")
    assert said in err
