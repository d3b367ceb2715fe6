"""`sync --again`: what a changed setting turns round is turned round, as the preview said, and nothing else moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.homes import Command

MAILS = (
    # sender, recipients, subject
    ("anna@kunden.example", "info@muster-velo.example", "Anfrage"),
    ("info@muster-velo.example", "anna@kunden.example", "Offerte"),
    ("velo@alt.example", "beat@kunden.example", "Rechnung"),
    ("beat@kunden.example", "velo@alt.example", "Frage"),
    ("velo@alt.example", "info@muster-velo.example", "Weiterleitung"),
    ("carla@kunden.example", "info@muster-velo.example, velo@alt.example", "Termin"),
)
"""`velo@alt.example` is ours, and forgotten in the settings."""


def letter(folder: Path, number: int, sender: str, to: str, subject: str) -> None:
    (folder / f"{number}.eml").write_text(
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: Mon, 16 Nov 2026 09:0{number}:00 +0100\n"
        f"Message-ID: <{number}@mail.example>\n\nGuten Tag\n"
    )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    made = Command(tmp_path / "home")
    mails = tmp_path / "mails"
    mails.mkdir()
    for number, mail in enumerate(MAILS):
        letter(mails, number, *mail)
    settings = made.home / "stammkunde.toml"
    settings.write_text(
        '[company]\naddresses = ["info@muster-velo.example"]\n'
        f'[[source]]\nname = "info"\nconnector = "mailbox"\npath = ["{mails}"]\n'
    )
    made.run("sync")
    return made


def remember_the_address(command: Command) -> None:
    settings = command.home / "stammkunde.toml"
    settings.write_text(
        settings.read_text().replace(
            '["info@muster-velo.example"]', '["info@muster-velo.example", "velo@alt.example"]'
        )
    )


def sides(command: Command) -> list[tuple[str, str, str]]:
    """Direction, counterpart and subject of every contact."""
    found = command.lines("contacts")
    return sorted((one["direction"], one["party"], one["subject"]) for one in found)


COUNTS = ("recorded", "duplicates", "ignored", "contacts", "amended", "retracted", "sighted")


def counts(reading: dict[str, Any]) -> dict[str, Any]:
    return {name: reading[name] for name in COUNTS}


def test_a_forgotten_own_address_turns_its_mails_and_no_others(command: Command) -> None:
    untouched = [
        one for one in command.lines("contacts") if one["subject"] in ("Anfrage", "Offerte")
    ]
    remember_the_address(command)
    log = (command.home / "log.db").read_bytes()
    (said,) = command.ask("sync", "info", "--again", "--preview")
    assert (command.home / "log.db").read_bytes() == log
    assert not list(command.home.glob("copy-*"))
    (done,) = command.ask("sync", "info", "--again")
    assert counts(done) == counts(said["reading"])
    assert sides(command) == [
        ("in", "anna@kunden.example", "Anfrage"),
        ("in", "beat@kunden.example", "Frage"),
        ("in", "carla@kunden.example", "Termin"),
        ("out", "anna@kunden.example", "Offerte"),
        ("out", "beat@kunden.example", "Rechnung"),
    ]
    after = {one["id"]: one for one in command.lines("contacts")}
    for one in untouched:
        assert after[one["id"]] == one
    turned = {(turn["before"], turn["after"]): turn["contacts"] for turn in said["turns"]}
    assert turned == {
        ("in message", "in message"): 2,  # which of our addresses they were written to
        ("in message", ""): 2,  # our own, taken for a stranger's
        ("", "out message"): 1,
    }
    (again,) = command.ask("sync", "info", "--again")
    assert (again["amended"], again["retracted"], again["contacts"]) == (0, 0, 0)
    status, out, err = command.run("rebuild", "--check")
    assert status == 0, out + err


def test_what_does_not_change_is_left_as_it_is(command: Command) -> None:
    before = command.ask("status")["log"]["events"]
    (said,) = command.ask("sync", "--again", "--preview")
    assert said["turns"] == []
    (done,) = command.ask("sync", "--again")
    assert counts(done) == counts(said["reading"])
    assert command.ask("status")["log"]["events"] == before


def test_the_cursor_stays(command: Command) -> None:
    cursor = command.ask("status")["sources"][0]["cursor"]
    command.ask("sync", "--again")
    assert command.ask("status")["sources"][0]["cursor"] == cursor
    (news,) = command.ask("sync")
    assert news["items"] == 0


def test_what_the_source_no_longer_holds_stays(command: Command, tmp_path: Path) -> None:
    remember_the_address(command)
    (tmp_path / "mails" / "3.eml").unlink()
    (done,) = command.ask("sync", "--again")
    assert done["retracted"] >= 1
    assert [one for one in sides(command) if one[2] == "Frage"] != []


def test_the_preview_says_in_words_what_turns(command: Command) -> None:
    remember_the_address(command)
    status, out, _ = command.run("sync", "--again", "--preview")
    assert status == 0
    assert "2  from them message → nothing\n" in out
    assert "1  nothing → from us message\n" in out
    assert out.endswith("Nothing was written.\n")


def test_a_copy_that_a_kill_left_behind_goes_with_the_next_one(command: Command) -> None:
    left = command.home / "copy-left"
    left.mkdir()
    (left / "keys.db").write_bytes(b"keys that erasure does not reach")
    assert len(command.ask("sync", "--again", "--preview")) == 1
    assert not list(command.home.glob("copy-*"))


def test_a_preview_of_a_log_that_lies_elsewhere(command: Command, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (command.home / "log.db").rename(elsewhere / "log.db")
    settings = command.home / "stammkunde.toml"
    settings.write_text(f'{settings.read_text()}\n[store]\nurl = "sqlite:{elsewhere}/log.db"\n')
    (said,) = command.ask("sync", "--again", "--preview")
    assert said["reading"]["recorded"] == 0
