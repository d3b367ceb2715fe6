"""Whatever goes wrong: one line on stderr with the remedy, and the right status."""

import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stammkunde.app.cli import main
from tests.app.calling import Run, program

REFUSED, USAGE = 1, 2
DATA = Path(__file__).parents[1] / "data"
CALLS = str(DATA / "telephony" / "Master_newcdrcolumns_gmt.csv")
CARDS = str(DATA / "addressbook" / "book.vcf")
FREI = "052 214 77 31"
Prepare = Callable[[Path], object]


def _settings(text: str) -> Prepare:
    return lambda home: (home / "stammkunde.toml").write_text(text)


def _of_a_newer_version(home: Path) -> None:
    log = sqlite3.connect(home / "log.db")
    log.execute("UPDATE home SET value = '99' WHERE name = 'format'")
    log.commit()
    log.close()


def _nothing(_: Path) -> None:
    return None


WRONG_HOME: list[tuple[str, Prepare, str, int, str]] = [
    ("no table", _settings("[shop]\n"), "status", REFUSED, "unknown setting “shop”; known are company"),
    ("near table", _settings("[compnay]\n"), "status", REFUSED, "did you mean “company”?"),
    ("near setting", _settings("[company]\ncountri = 'CH'\n"), "status", REFUSED, "did you mean “country”?"),
    ("wrong type", _settings("[company]\nname = 3\n"), "status", REFUSED, "[company]: name should be text, in quotes."),
    ("no table at all", _settings("company = 3\n"), "status", REFUSED, "write [company]"),
    ("broken toml", _settings("[company\n"), "status", REFUSED, "check quotes and brackets in line 1, column 9 (Expected ']'"),
    ("not utf-8", lambda home: (home / "stammkunde.toml").write_bytes(b"# \xe4"), "status", REFUSED, "can't be read"),
    ("one source", _settings("[source]\nname = 'a'\n"), "status", REFUSED, "write [[source]]"),
    ("source without name", _settings("[[source]]\nconnector = 'x'\n"), "status", REFUSED, "has no “name”"),
    ("twice the same", _settings("[[source]]\nname='a'\nconnector='x'\n" * 2), "status", REFUSED, "two sources"),
    ("unknown source", _settings("[[source]]\nname='a'\nconnector='x'\n"), "sync b", REFUSED, "known: a."),
    ("no source", _nothing, "sync", REFUSED, "add a [[source]] table"),
    ("unknown connector", _settings("[[source]]\nname='a'\nconnector='asterix'\n"), "sync", REFUSED, "“asterisk”?"),
    ("keep", _settings("[[source]]\nname='a'\nconnector='mailbox'\nkeep='all'\n"), "sync", REFUSED, "keep: “all” is none of text, subject, facts."),
    ("store", _settings("[store]\nurl = 'oracle:x'\n"), "status", REFUSED, "use sqlite:FILE"),
    ("no holidays", _settings("[company]\ncanton = 'XX'\n"), f"import {CALLS}", REFUSED, "“XX” is no part of CH whose holidays are known: write it like “ZH”."),
    ("newer", _of_a_newer_version, "status", REFUSED, "update Stammkunde"),
    ("key missing", lambda home: (home / "master.key").unlink(), "status", REFUSED, "put it back from"),
    ("key wrong", lambda home: (home / "master.key").write_text("00" * 32), "status", REFUSED, "does not fit keys.db"),
    ("key open", lambda home: (home / "master.key").chmod(0o644), "status", REFUSED, "run “chmod 600"),
    ("key no key", lambda home: (home / "master.key").write_text("secret"), "status", REFUSED, "64 hex digits"),
    ("no database", lambda home: (home / "log.db").write_bytes(b"x" * 9000), "status", REFUSED, "from a backup"),
]  # fmt: skip

WRONG_CALLS: list[tuple[str, int, str]] = [
    ("", USAGE, "Missing command. See “stammkunde --help”."),
    ("impot", USAGE, "Did you mean “import”? See “stammkunde --help”."),
    ("xyz", USAGE, "There is no command “xyz”. See"),
    ("customers --limt 3", USAGE, "--limit"),
    ("--json customers", USAGE, "--json stands after the command, if it takes it: stammkunde COMMAND --json."),
    ("customers --lang fr", USAGE, "'de', 'en'"),
    ("--lang fr status", USAGE, "'de', 'en'"),
    ("customers --limit 0", USAGE, "--limit"),
    ("customers --limit many", USAGE, "--limit"),
    ("customer", USAGE, "'REF...'. See “stammkunde customer --help”."),
    ("contacts --channel fax", USAGE, "'mail', 'phone', 'shop'"),
    ("contacts --kind fax", USAGE, "'message'"),
    ("contacts --from yesterday", USAGE, "A time is like 2026-11-20 or 2026-11-20T14:30"),
    ("figures newe", USAGE, "did you mean “new”?"),
    ("figures xyz", USAGE, "there are contacts, "),
    ("figures --who", USAGE, "stammkunde figures new --who"),
    ("figures --from 20.11.2026", USAGE, "A day is like 2026-11-20"),
    ("figures --from 2026-11-20 --to 2026-11-20", USAGE, "holds no day"),
    ("figures --segment colour:red", USAGE, "A segment is like channel:mail"),
    ("record fax --customer a --text b", USAGE, "'letter'"),
    ("record letter --customer a", USAGE, "--text"),
    ("describe a nothing", USAGE, "KEY=VALUE"),
    ("describe a role=boss", USAGE, "customer, supplier, partner, private"),
    ("classify a secret", USAGE, "'shared'"),
    ("merge a b", USAGE, "--reason"),
    ("quarantine mend", USAGE, "stammkunde quarantine"),
    ("quarantine retry --set x", USAGE, "KEY=VALUE"),
    ("import", USAGE, "PATH"),
    ("import asterisk", USAGE, "stammkunde import asterisk PATH"),
    (f"import {CALLS} --set timezone", USAGE, "KEY=VALUE"),
    (f"import {CALLS} {CARDS} --source both", USAGE, "import them one by one"),
    (f"import {CALLS} --set timezon=UTC", REFUSED, "did you mean “timezone”?"),
    (f"import {CALLS} {CARDS} --set timezon=UTC", REFUSED, "unknown setting “timezon”"),
    (f"import {CALLS} --set company.domain=a.example", REFUSED, "did you mean “domains”?"),
    (f"import {CALLS} --set keep=all", REFUSED, "keep: “all” is none of text, subject, facts."),
    ("import nowhere.mbox", REFUSED, "There is no file “nowhere.mbox”"),
    ("import asterix Master.csv", REFUSED, "did you mean “asterisk”?"),
    ("import asterisk nowhere.csv", REFUSED, "correct the path"),
    (f"import {__file__}", REFUSED, "name its connector first"),
    ("customer nobody@nowhere.example", REFUSED, "No customer has this"),
    (f"customer {FREI}", REFUSED, "name one by its id"),
    ("contacts --customer nobody@nowhere.example", REFUSED, "No customer has this"),
    ("note nobody@nowhere.example x", REFUSED, "No customer has this"),
    ("assign 00ff sandra.keller@bergpost.example", REFUSED, "stammkunde contacts"),
    ("link sandra.keller@bergpost.example x", REFUSED, "no mail address, phone number or shop account"),
    ("unmerge 00ff 00fe", REFUSED, ""),
    ("merge sandra.keller@bergpost.example sandra.keller@bergpost.example --reason x", REFUSED, ""),
]  # fmt: skip


def _one_line(err: str, words: str) -> None:
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert err.startswith("stammkunde")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("prepare", "command", "status", "words"),
    [row[1:] for row in WRONG_HOME],
    ids=[row[0] for row in WRONG_HOME],
)
def test_a_home_that_is_not_right_is_refused_with_the_remedy(
    prepare: Prepare, command: str, status: int, words: str, home: Path, run: Run
) -> None:
    prepare(home)
    result = run(home, *command.split())
    _one_line(result.err, words)
    assert (result.status, result.out) == (status, "")


@pytest.mark.parametrize(
    ("command", "status", "words"), WRONG_CALLS, ids=lambda value: str(value)[:40]
)
def test_a_wrong_call_says_what_is_right(
    command: str, status: int, words: str, company: Path, run: Run
) -> None:
    words_of_call = command.split() if FREI not in command else ["customer", FREI]
    result = run(company, *words_of_call)
    _one_line(result.err, words)
    assert (result.status, result.out) == (status, "")


def test_without_any_word_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == USAGE
    assert "stammkunde init" in capsys.readouterr().err


READING = (
    "status",
    "customers",
    "contacts",
    "figures",
    "todo",
    "review",
    "verify",
    "rebuild",
    "sync",
)


@pytest.mark.parametrize("command", [*READING, f"import {CALLS}", "quarantine list", "note a b"])
def test_without_a_home_each_command_says_how_to_make_one(
    command: str, tmp_path: Path, run: Run
) -> None:
    result = run(tmp_path / "none", *command.split())
    _one_line(result.err, "add a [[source]]" if command == "sync" else "stammkunde init")
    assert result.status == REFUSED
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "give this user the right to write there"),
        (errno.EROFS, "give this user the right to write there"),
        (errno.ENOSPC, "the disk is full: make room"),
        (errno.EIO, "input/output error."),
    ],
)
def test_what_the_system_refuses_is_said_plainly(
    code: int, words: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = run(tmp_path / "home", "init", "--defaults")
    _one_line(result.err, words)
    assert result.status == REFUSED
    assert str(tmp_path / "home") in result.err


def test_a_defect_names_the_place_but_no_content(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("Anna Meier")

    monkeypatch.setattr("stammkunde.app.bootstrap.Home.catch_up", fail)
    result = run(home, "status")
    _one_line(result.err, "(ZeroDivisionError, test_cli_errors.py:")
    assert "Report this line" in result.err
    assert "Anna" not in result.err
    assert result.status == REFUSED
    monkeypatch.setenv("STAMMKUNDE_DEBUG", "1")
    assert "Traceback" in run(home, "status").err


@pytest.mark.parametrize(
    ("words", "status", "err"),
    [
        (("status",), REFUSED, "stammkunde init"),
        (("statsu",), USAGE, "Did you mean “status”?"),
        (
            ("--home", "/dev/null/x", "init", "--defaults"),
            REFUSED,
            "/dev/null/x/stammkunde.toml can't be read: not a directory.",
        ),
    ],
)
def test_a_process_ends_with_the_status_of_its_command(
    words: tuple[str, ...], status: int, err: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        program(tmp_path, *words), capture_output=True, text=True, check=False, timeout=60
    )
    _one_line(done.stderr, err)
    assert (done.returncode, done.stdout) == (status, "")
