"""`init`: questions at a terminal, none elsewhere, and nothing the second time."""

import os
import pty
import select
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

import pytest

from stammkunde.core.recovery import recovered_key
from tests.app.calling import Run, program

DEADLINE_S = 60


class Terminal:
    """The other end of a terminal in which a command runs."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.shown = ""

    def expect(self, words: str, nudge: Callable[[], object] = lambda: None) -> None:
        """Wait until something is shown, which is then done with.

        `nudge` is done once a second: a signal between a prompt and the terminal library's wait for a key is lost.
        """
        deadline = time.monotonic() + DEADLINE_S
        while words not in self.shown:
            assert time.monotonic() < deadline, self.shown
            nudge()
            if select.select([self._handle], [], [], 1)[0]:
                self.shown += self._read()
        self.shown = self.shown.partition(words)[2]

    def line(self, begin: str) -> str:
        """The next line with these words, from them on."""
        self.expect(begin)
        rest = self.shown
        self.expect("\n")
        return begin + rest.partition("\n")[0]

    def type(self, words: str) -> None:
        os.write(self._handle, f"{words}\n".encode())

    def _read(self) -> str:
        try:
            return os.read(self._handle, 4096).decode()
        except OSError as gone:  # Linux says so when the program has ended
            raise AssertionError(self.shown) from gone


@contextmanager
def _terminal(home: Path, *words: str) -> Iterator[tuple[Terminal, "subprocess.Popen[bytes]"]]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        program(home, *words), stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    try:
        yield Terminal(ours), process
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_at_a_terminal_four_questions_make_the_settings_and_wrong_answers_are_asked_for_again(
    tmp_path: Path,
) -> None:
    with _terminal(tmp_path / "home", "init") as (terminal, process):
        terminal.expect("company's name?")
        terminal.type("Muster Velo AG")
        terminal.expect("mail addresses or domains")
        terminal.type("info, @muster velo")
        terminal.expect("domains: “info” is no domain: write it like “muster-velo.example”.")
        terminal.expect("mail addresses or domains")
        terminal.type("Info@gmail.example, @muster-velo.example")
        terminal.expect("telephone numbers")
        terminal.type("052 123 45")
        terminal.expect("country and canton, as CH-ZH? [CH]")
        terminal.type("ch-xx")
        terminal.expect("“XX” is no part of CH whose holidays are known")
        terminal.expect("country and canton, as CH-ZH? [CH]")
        terminal.type("ch-zh")
        terminal.expect("“052 123 45” is no telephone number in CH")
        terminal.expect("telephone numbers")
        terminal.type("052 123 45 00")
        for question in ("Its mail address?", "Its call log", "Its address (WooCommerce)"):
            terminal.expect(question)
            terminal.type("")
        terminal.expect("Next: stammkunde import")
        assert process.wait(DEADLINE_S) == 0
    company = tomllib.loads((tmp_path / "home" / "stammkunde.toml").read_text())["company"]
    assert company == {
        "name": "Muster Velo AG",
        "country": "CH",
        "canton": "ZH",
        "timezone": "Europe/Zurich",
        "currency": "CHF",
        "addresses": ["info@gmail.example"],
        "domains": ["muster-velo.example"],
        "numbers": ["052 123 45 00"],
    }


def test_the_questions_are_german_where_the_system_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "de_CH.UTF-8")
    with _terminal(tmp_path / "home", "init") as (terminal, process):
        for question in ("Wie heisst die Firma?", "Mailadressen", "Telefonnummern", "Kanton",
                         "Mailadresse?", "Anrufprotokoll", "WooCommerce"):  # fmt: skip
            terminal.expect(question)
            terminal.type("")
        terminal.expect("Der Hauptschlüssel ist")
        assert process.wait(DEADLINE_S) == 0


def test_at_a_terminal_the_recovery_sheet_is_shown_once(tmp_path: Path) -> None:
    with _terminal(tmp_path / "home", "init", "--defaults") as (terminal, process):
        terminal.expect("recovery sheet of the home")
        rows = [terminal.line("SK1-") for _ in range(4)]
        terminal.expect("Next: stammkunde import")
        assert process.wait(DEADLINE_S) == 0
    written = bytes.fromhex((tmp_path / "home" / "master.key").read_text())
    assert recovered_key("\n".join(rows)) == written
    with _terminal(tmp_path / "home", "init") as (terminal, process):
        terminal.expect("nothing was changed")
        assert process.wait(DEADLINE_S) == 0
    assert "SK1" not in terminal.shown


def test_the_recovery_sheet_is_written_to_a_file_of_its_owner_alone(
    tmp_path: Path, run: Run
) -> None:
    home, sheet = tmp_path / "home", tmp_path / "Sheet.txt"
    result = run(home, "init", "--recovery", str(sheet))
    assert result.status == 0
    assert f"{sheet}: print it, then delete it" in result.out
    assert "SK1" not in result.out
    assert S_IMODE(sheet.stat().st_mode) == 0o600
    assert recovered_key(sheet.read_text()).hex() == (home / "master.key").read_text().strip()


def test_a_file_that_is_there_is_not_taken_for_the_recovery_sheet(tmp_path: Path, run: Run) -> None:
    sheet = tmp_path / "Sheet.txt"
    sheet.write_text("Ours")
    result = run(tmp_path / "home", "init", "--recovery", str(sheet))
    assert result.status == 1
    assert "is there already" in result.err
    assert sheet.read_text() == "Ours"
    assert not (tmp_path / "home").exists()


def test_a_master_key_that_was_there_before_gets_no_new_sheet(tmp_path: Path, run: Run) -> None:
    home, sheet = tmp_path / "home", tmp_path / "Sheet.txt"
    assert run(home, "init").status == 0
    for file in home.glob("*.db*"):
        file.unlink()
    result = run(home, "init", "--recovery", str(sheet))
    assert (result.status, sheet.exists()) == (1, False)
    assert "was there before" in result.err
    assert run(home, "status").status == 0


def test_an_interrupt_at_a_question_makes_nothing(tmp_path: Path) -> None:
    with _terminal(tmp_path / "home", "init") as (terminal, process):
        terminal.expect("company's name?")
        terminal.expect("stammkunde: stopped.", lambda: process.send_signal(signal.SIGINT))
        assert process.wait(DEADLINE_S) == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("words", [("--defaults",), ()])
def test_without_a_terminal_nothing_is_asked(
    words: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    home = tmp_path / "home"
    result = run(home, "init", *words)
    assert result.status == 0
    assert result.err == (
        "stammkunde: no own addresses, domains or numbers are known, so direction and counterpart of mails can't be"
        " told: name them under [company] in stammkunde.toml, or import with"
        " --set company.domains=muster-velo.example.\n"
    )
    assert str(home / "master.key") in result.out
    assert (home / "master.key").read_text().strip() not in result.out


def test_all_files_are_their_owners_alone(home: Path, run: Run) -> None:
    assert run(home, "status").status == 0
    files = {path.name: S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert files.keys() >= {"stammkunde.toml", "master.key", "keys.db", "log.db", "views.db"}
    assert set(files.values()) == {0o600}
    assert S_IMODE(home.stat().st_mode) == 0o700


def test_a_second_init_changes_nothing(home: Path, run: Run) -> None:
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    result = run(home, "init", "--defaults")
    assert result.out == f"There is a home in {home} already; nothing was changed.\n"
    assert result.status == 0
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_settings_that_lie_there_already_are_kept(tmp_path: Path, run: Run) -> None:
    (tmp_path / "stammkunde.toml").write_text('[company]\nname = "Ours"\n')
    assert run(tmp_path, "init", "--defaults").status == 0
    assert (tmp_path / "stammkunde.toml").read_text() == '[company]\nname = "Ours"\n'
    assert run(tmp_path, "status").status == 0


@pytest.mark.parametrize("own", ["addresses", "domains", "numbers"])
def test_who_knows_his_own_side_is_not_warned(own: str, tmp_path: Path, run: Run) -> None:
    value = {"addresses": "info@a.example", "domains": "a.example", "numbers": "052 123 45 00"}[own]
    (tmp_path / "stammkunde.toml").write_text(f'[company]\n{own} = ["{value}"]\n')
    assert run(tmp_path, "init", "--defaults").err == ""
