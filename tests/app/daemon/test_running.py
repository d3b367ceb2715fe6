"""`run` as processes of their own: sources are read by themselves, one daemon a home, reloaded and stopped by signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.app.calling import program
from tests.homes import Command

PATIENCE_S = 30


class Daemon:
    """A `run` under way."""

    def __init__(self, home: Path, words: tuple[str, ...], extra: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            program(home, "--lang", "en", "run", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | extra,
        )
        assert self.process.stdout
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if "Ctrl-C" in line:
                break

    @property
    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.lines[-1])
        assert found, self.lines
        return found[0]

    def end(self, with_: int = signal.SIGTERM) -> tuple[int, str]:
        began = time.monotonic()
        self.process.send_signal(with_)
        _, err = self.process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        return self.process.returncode, err


@contextmanager
def daemon(home: Path, *words: str, **extra: str) -> Iterator[Daemon]:
    started = Daemon(home, words, extra)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def letter(folder: Path, number: int) -> None:
    (folder / f"{number}.eml").write_text(
        f"From: Anna Keller <anna{number}@kunden.example>\nTo: info@muster-velo.example\n"
        f"Subject: Offerte {number}\nDate: Mon, 16 Nov 2026 09:{number:02}:00 +0100\nMessage-ID: <{number}@kunden.example>\n\nGuten Tag\n"
    )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    made = Command(tmp_path / "home")
    (tmp_path / "mails").mkdir()
    letter(tmp_path / "mails", 1)
    settings = made.home / "stammkunde.toml"
    settings.write_text(
        settings.read_text() + "\n"
        '[[source]]\nname = "info"\nconnector = "mailbox"\nevery = "1s"\n'
        f'path = ["{tmp_path / "mails"}"]\n'
    )
    return made


def contacts(command: Command) -> int:
    with closing(sqlite3.connect(command.home / "log.db")) as log:
        question = "SELECT count(*) FROM stored_events WHERE topic LIKE '%contact.recorded'"
        return int(log.execute(question).fetchone()[0])


def state(command: Command, name: str) -> str:
    return next((s["state"] for s in command.ask("status")["sources"] if s["name"] == name), "")


def test_what_comes_in_is_recorded_by_itself(command: Command, tmp_path: Path) -> None:
    with daemon(command.home, "--port", "0") as running:
        until(lambda: contacts(command) == 1)
        letter(tmp_path / "mails", 2)
        until(lambda: contacts(command) == 2)
        assert state(command, "info") == "ok"
        text = httpx.get(f"{running.address}/metrics").text
        assert 'stammkunde_source_state{source="info",state="ok"} 1' in text
        assert 'stammkunde_source_state{source="info",state="broken"} 0' in text
        assert re.search(r"^stammkunde_contacts 2$", text, re.MULTILINE)
        assert httpx.post(f"{running.address}/hooks/nobody", content=b"x").status_code == 404
        assert httpx.post(f"{running.address}/hooks/info", content=b"x").status_code == 404
        status, err = running.end()
    assert status == 0
    assert [line.partition(" ")[2] for line in err.splitlines()] == ["info Source info: ok."]


def test_a_second_daemon_is_refused_and_the_pages_alone_are_not(command: Command) -> None:
    with daemon(command.home, "--port", "0") as running:
        refused = subprocess.run(
            program(command.home, "--lang", "en", "run", "--port", "0"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert f"Process {running.process.pid} runs on this home already" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        with daemon(command.home, "--only", "web", "--port", "0") as pages:
            assert httpx.get(f"{pages.address}/healthz").status_code == 200
            assert httpx.post(f"{pages.address}/hooks/info", content=b"x").status_code == 503
            assert pages.end()[0] == 0
        assert running.end()[0] == 0


def test_reading_afresh_waits_for_the_daemon_to_be_stopped(command: Command) -> None:
    with daemon(command.home, "--only", "sources") as running:
        until(lambda: contacts(command) == 1)
        status, _, err = command.run("sync", "--again")
        assert status == 1
        assert f"Process {running.process.pid} reads the sources of this home" in err
        assert command.run("sync", "--again", "--preview")[0] == 0
        running.end()
    assert command.run("sync", "--again")[0] == 0


def test_a_hangup_ends_no_part(command: Command) -> None:
    with daemon(command.home, "--only", "projections") as views:
        views.process.send_signal(signal.SIGHUP)
        assert views.end()[0] == 0


def test_parts_run_apart(command: Command) -> None:
    with daemon(command.home, "--only", "sources", "--log", "json") as sources:
        with daemon(command.home, "--only", "projections") as views:
            until(lambda: contacts(command) == 1)
            assert views.end()[0] == 0
        status, err = sources.end(signal.SIGINT)
    assert status == 0
    (line,) = map(json.loads, err.splitlines())
    assert (line["level"], line["message"]) == ("info", "Source info: ok.")


def test_a_hangup_reads_the_settings_again(command: Command, tmp_path: Path) -> None:
    file = command.home / "stammkunde.toml"
    before = file.read_text()
    with daemon(command.home, "--port", "0") as running:
        until(lambda: contacts(command) == 1)
        file.write_text(before + "\nwrong ==\n")
        running.process.send_signal(signal.SIGHUP)
        letter(tmp_path / "mails", 2)
        until(lambda: contacts(command) == 2)
        more = tmp_path / "more"
        more.mkdir()
        letter(more, 9)
        file.write_text(
            f'{before}\n[[source]]\nname = "more"\nconnector = "mailbox"\npath = ["{more}"]\n'
        )
        running.process.send_signal(signal.SIGHUP)
        until(lambda: contacts(command) == 3)
        file.write_text(before.replace('path = ["', 'path = ["/nowhere'))
        running.process.send_signal(signal.SIGHUP)
        until(lambda: state(command, "info") == "broken")
        status, err = running.end()
    assert status == 0
    assert "The settings were not taken over" in err
    assert "Source info: broken" in err


def test_a_source_that_fails_touches_no_other(command: Command, tmp_path: Path) -> None:
    file = command.home / "stammkunde.toml"
    file.write_text(
        f'{file.read_text()}\n[[source]]\nname = "gone"\nconnector = "mailbox"\npath = ["nowhere"]\n'
    )
    with daemon(command.home, "--port", "0") as running:
        until(lambda: contacts(command) == 1)
        until(lambda: state(command, "gone") == "broken")
        letter(tmp_path / "mails", 2)
        until(lambda: contacts(command) == 2)
        running.end()
    (gone,) = [s for s in command.ask("status")["sources"] if s["name"] == "gone"]
    assert gone["why"]
    assert gone["next_try"]
    shown = command.run("status")[1]
    assert "broken" in shown
    assert gone["why"] in shown


def test_systemd_hears_that_it_is_ready_lives_and_stops(command: Command, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(PATIENCE_S)
        said: list[str] = []
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with daemon(command.home, "--port", "0", **environment) as running:
            while said.count("WATCHDOG=1") < 3:
                said.append(channel.recv(100).decode())
            assert running.end()[0] == 0
            while said[-1] != "STOPPING=1":
                said.append(channel.recv(100).decode())
    assert "READY=1" in said


def test_sources_killed_at_any_time_go_on(command: Command, tmp_path: Path) -> None:
    for number in range(2, 30):
        letter(tmp_path / "mails", number)
    for _ in range(3):
        with daemon(command.home, "--only", "sources") as running:
            running.process.kill()
    with daemon(command.home, "--only", "sources"):
        until(lambda: contacts(command) == 29)
