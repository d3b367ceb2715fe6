"""`connector new`, `test` and `login`: what a maker of a connector and whoever sets a source up get to see."""

import errno
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from stammkunde.app.bootstrap import opened
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Batch, Context, Discreet, Memory, Message, Secret
from stammkunde.core.contact import Contact, Identifier, Item
from tests.app.calling import Run

BOOK = Path(__file__).parents[1] / "data" / "addressbook" / "book.vcf"


class Bureau:
    """A made-up source that one signs in to."""

    class Settings(Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
        """`host`: where it is. `token`: what lets us in."""

        host: str
        token: Secret = ""

    closed: ClassVar[list[str]] = []
    kind: ClassVar[str] = "letter"

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        self.host, self.token = settings.host, settings.token  # type: ignore[attr-defined]

    def check(self) -> None: ...

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        yield Batch(cursor="0")
        said = f"{self.host} {self.token} {(memory.get('ticket') or b'-').decode()}"
        letter = Contact(
            item=Item("1"),
            channel="letter",
            kind=self.kind,
            occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
            identifiers=(Identifier("mail", "anna@kunden.example"),),
        )
        yield Batch(contacts=(letter,), ignored={said: 1}, cursor="1")
        raise AssertionError("the second batch is nobody's business")

    def login(self, say: Callable[[Message], None], memory: Memory) -> Batch:
        say(Message("Open {url} and enter {code}.", url="https://bureau.example", code="AB-12"))
        return Batch(remember={"ticket": b"let in"})

    def close(self) -> None:
        self.closed.append(self.host)


class Misspelling(Bureau):
    kind = "telegram"


class Failing(Bureau):
    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        raise KeyError("anna@kunden.example")


@pytest.fixture(autouse=True)
def _bureaus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Installed beside ours, as plugins are."""
    sys.modules["bureau"] = sys.modules[__name__]
    ours = entry_points(group=registry.GROUP)
    kinds = {"bureau": Bureau, "misspelling": Misspelling, "failing": Failing}
    theirs = [EntryPoint(n, f"bureau:{k.__name__}", registry.GROUP) for n, k in kinds.items()]
    points = EntryPoints([*ours, *theirs])
    monkeypatch.setattr(registry, "entry_points", lambda **by: points.select(**by))
    Bureau.closed.clear()
    yield
    del sys.modules["bureau"]


def _held(home: Path) -> list[str]:
    """All rows of the log's database."""
    with closing(sqlite3.connect(home / "log.db")) as log:
        return [line for line in log.iterdump() if line.startswith("INSERT")]


# ---- new


def test_a_package_is_written_and_the_next_steps_are_said(tmp_path: Path, run: Run) -> None:
    answer = run(tmp_path / "home", "connector", "new", "paper-trail", "--into", str(tmp_path))
    folder = tmp_path / "stammkunde-paper-trail"
    assert answer.status == 0
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")) == [
        "README.md", "paper_trail.py", "pyproject.toml", "tests/broken.csv", "tests/sample.csv",
        "tests/test_paper_trail.py",
    ]  # fmt: skip
    assert "$" not in "".join(p.read_text() for p in folder.rglob("*.*"))
    assert f"pip install --editable '{folder}[test]'" in answer.out
    assert f"connector test paper-trail --set path={folder}/tests/sample.csv" in answer.out
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("Paper Trail", 2, "as paper-trail."),
        ("PaperTrail", 2, "as paper-trail."),
        ("paper_trail", 2, "as paper-trail."),
        ("9", 2, "small letters and digits"),
        ("-x", 2, ""),
        ("a--b", 2, "as a-b."),
        ("x" * 41, 2, "small letters"),
        ("../up", 2, "as up."),
        ("mailbox", 1, "There is a connector “mailbox” already"),
        ("csv", 1, "Python has a module “csv” already"),
        ("class", 1, "Python has a module “class” already"),
        ("msgspec", 1, "Python has a module “msgspec” already"),
        ("there", 1, "stammkunde-there is there already"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    name: str, status: int, says: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "stammkunde-there").mkdir()
    answer = run(tmp_path / "home", "connector", "new", name, "--into", str(tmp_path))
    assert answer.status == status
    assert says in answer.err
    assert [each.name for each in tmp_path.iterdir()] == ["stammkunde-there"]


def test_a_package_is_written_whole_or_not_at_all(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_text

    def full(path: Path, text: str, **how: str) -> int:
        if path.suffix == ".csv":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, text, **how)

    monkeypatch.setattr(Path, "write_text", full)
    answer = run(tmp_path, "connector", "new", "paper-trail", "--into", str(tmp_path))
    assert answer.status == 1
    assert "the disk is full" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_the_next_steps_are_said_in_german(tmp_path: Path, run: Run) -> None:
    answer = run(tmp_path, "connector", "new", "spur", "--into", str(tmp_path), "--lang", "de")
    assert "Installieren" in answer.out
    again = run(tmp_path, "connector", "new", "spur", "--into", str(tmp_path), "--lang", "de")
    assert "gibt es schon" in again.err


# ---- test


def test_a_connector_is_tried_without_a_home(tmp_path: Path, run: Run) -> None:
    answer = run(
        tmp_path / "home", "connector", "test", "addressbook", "--set", f"path={BOOK}", "--json"
    )
    trial = json.loads(answer.out)
    assert (answer.status, trial["source"], trial["flaws"]) == (0, "addressbook", {})
    assert trial["kinds"] == {"entry": trial["contacts"]}
    assert {"recognises", "retry"} <= set(trial["can"])
    assert not (tmp_path / "home").exists()


def test_a_source_is_tried_with_its_settings_and_nothing_is_written(home: Path, run: Run) -> None:
    (home / "secret").write_text("four words")
    with (home / "stammkunde.toml").open("a") as file:
        file.write('\n[[source]]\nname = "desk"\nconnector = "bureau"\nhost = "a.example"\n')
    before = _held(home)
    answer = run(home, "connector", "test", "desk", "--set", "token.file=secret")
    assert answer.status == 0
    assert answer.lines == [
        "desk: can be read.",
        "  is signed in to with a browser",
        "First batch: 1 contact. Nothing was written.",
        "       1  letter",
        "       1  left out: a.example four words -",
    ]
    assert _held(home) == before
    assert Bureau.closed == ["a.example"]
    in_german = run(home, "connector", "test", "desk", "--lang", "de").lines
    assert in_german[0] == "desk: lässt sich lesen."


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("bureau",), 1, "“host” is missing"),
        (("bureau", "--set", "hots=x"), 1, "did you mean “host”"),
        (("bureau", "--set", "host=x", "--set", "token=y"), 1, "token is a secret"),
        (("addressbook", "--set", "path=absent"), 1, "absent is not there"),
        (("bureua",), 1, "no source and no connector “bureua”; did you mean “bureau”?"),
        (("zzzzzz",), 1, "known are"),
        (("failing", "--set", "host=x"), 1, "“failing” fails (KeyError, test_cli_connector.py:"),
    ],
)
def test_what_keeps_a_source_from_being_read_is_said(
    words: tuple[str, ...], status: int, says: str, home: Path, run: Run
) -> None:
    answer = run(home, "connector", "test", *words)
    assert (answer.status, answer.out) == (status, "")
    assert says in answer.err
    assert "anna@" not in answer.err


def test_contacts_that_are_not_well_formed_are_counted(home: Path, run: Run) -> None:
    answer = run(home, "connector", "test", "misspelling", "--set", "host=x")
    assert answer.status == 1
    assert "       1  not well-formed: the kind is unknown" in answer.lines


# ---- login


def test_a_sign_in_says_where_to_go_and_is_remembered(home: Path, run: Run) -> None:
    with (home / "stammkunde.toml").open("a") as file:
        file.write('\n[[source]]\nname = "desk"\nconnector = "bureau"\nhost = "a.example"\n')
    answer = run(home, "connector", "login", "desk")
    assert answer.lines == ["Open https://bureau.example and enter AB-12.", "desk: signed in."]
    assert Bureau.closed == ["a.example"]
    with opened(home) as place:
        source = place.source(place.configured(["desk"])[0])
        assert place.intake.open(source).memory.get("ticket") == b"let in"
    assert "a.example let in" in run(home, "connector", "test", "desk").out


def test_a_source_without_a_sign_in_says_so(home: Path, run: Run) -> None:
    with (home / "stammkunde.toml").open("a") as file:
        file.write('\n[[source]]\nname = "phone"\nconnector = "addressbook"\npath = ["x.csv"]\n')
    answer = run(home, "connector", "login", "phone")
    assert answer.status == 1
    assert "“phone” needs no sign-in: its connector addressbook has none." in answer.err
    assert "There is no source “desk”" in run(home, "connector", "login", "desk").err
