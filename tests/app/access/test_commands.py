"""`user` and `token` as a person calls them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import click
import pytest

from stammkunde.app.bootstrap import opened
from stammkunde.app.commands.access import token_command, user_command
from tests.app.access.kit import OTHER, PHRASE
from tests.app.calling import Run

NAME = "Anna Frei"


class Keyboard:
    """What stands on standard input, or what somebody types at a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.asked: list[str] = []

    def pipes(self, content: bytes) -> None:
        stream = TextIOWrapper(BytesIO(content), encoding="utf-8")
        self._patch.setattr(sys, "stdin", stream)

    def types(self, *words: str) -> None:
        """Hidden ones, one after the other."""
        answers: Iterator[str] = iter(words)

        def hidden(prompt: str) -> str:
            self.asked.append(prompt.strip())
            return next(answers)

        self.pipes(b"")
        self._patch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        self._patch.setattr(click.termui, "hidden_prompt_func", hidden)


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(monkeypatch)


@pytest.fixture
def anna(home: Path, run: Run, keyboard: Keyboard) -> str:
    """An admin."""
    keyboard.pipes(f"{PHRASE}\n".encode())
    assert run(home, "user", "add", NAME, "admin") == (0, f"{NAME} may sign in.\n", "")
    return NAME


def fits(home: Path, password: str) -> bool:
    """Whether it is Anna's password."""
    with opened(home) as one:
        with one.accounts._store.reading() as cursor:
            (stored,) = cursor.execute("SELECT hash FROM users").fetchone()
        return one.accounts._passwords.fits(stored, password)


# ---- the password


def test_at_a_terminal_the_password_is_asked_twice_and_not_shown(
    home: Path, run: Run, keyboard: Keyboard
) -> None:
    keyboard.types(PHRASE, PHRASE)
    assert run(home, "user", "add", NAME, "admin").status == 0
    assert keyboard.asked == ["Password:", "Once more:"]
    assert fits(home, PHRASE)


def test_two_different_passwords_are_refused(home: Path, run: Run, keyboard: Keyboard) -> None:
    keyboard.types(PHRASE, OTHER)
    result = run(home, "user", "add", NAME, "admin")
    assert result == (1, "", "stammkunde: The two passwords are not the same.\n")
    assert run(home, "user", "list", "--json").out == "[]\n"


@pytest.mark.parametrize("content", ["{}", "{}\n", "{}\r\n", "\ufeff{}\r\nsecond line\n"])
def test_the_password_is_the_first_line_of_a_file(
    home: Path, run: Run, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "password.txt"
    file.write_bytes(content.format(PHRASE).encode())
    assert run(home, "user", "add", NAME, "admin", "--password-file", str(file)).status == 0
    assert fits(home, PHRASE)


def test_a_file_that_is_not_there_is_one_line(home: Path, run: Run, tmp_path: Path) -> None:
    missing = str(tmp_path / "password.txt")
    result = run(home, "user", "add", NAME, "admin", "--password-file", missing)
    assert result == (1, "", f"stammkunde: {missing}: no such file or directory.\n")


def test_spaces_belong_to_the_password(anna: str, home: Path, run: Run, keyboard: Keyboard) -> None:
    keyboard.pipes(f" {OTHER} \n".encode())
    assert run(home, "user", "password", "anna frei").status == 0
    assert fits(home, f" {OTHER} ")


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"", 1, "The password has 0 characters. It needs 12 more."),
        (b"velo-2026\n", 1, "The password has 9 characters. It needs 3 more."),
        (b"a" * 2000, 1, "The password is too long: 1024 bytes at most."),
        (b"Z\xfcrcher Geschnetzeltes", 2, "The password is no text in UTF-8."),
    ],
)
def test_a_password_that_is_none_is_refused(
    home: Path, run: Run, keyboard: Keyboard, content: bytes, status: int, says: str
) -> None:
    keyboard.pipes(content)
    result = run(home, "user", "add", NAME, "reader")
    assert (result.status, result.out) == (status, "")
    assert says in result.err
    assert "Geschnetzeltes" not in result.err


def test_no_command_takes_a_password_as_an_argument() -> None:
    commands = [*user_command.commands.values(), *token_command.commands.values()]
    options = {option for each in commands for part in each.params for option in part.opts}
    assert "--password-file" in options
    assert {"--password", "password"} & options == set()


# ---- users


def test_users_are_managed_from_the_command_line(
    anna: str, home: Path, run: Run, keyboard: Keyboard
) -> None:
    keyboard.pipes(PHRASE.encode())
    assert run(home, "user", "add", "Beat Moser", "reader", "--language", "de").status == 0
    assert (
        run(home, "user", "role", "beat moser", "clerk").out == "Beat Moser has the role: clerk.\n"
    )
    assert (
        run(home, "user", "disable", "Beat Moser").out == "Beat Moser may not sign in any more.\n"
    )
    users = json.loads(run(home, "user", "list", "--json").out)
    assert [(u["name"], u["role"], u["language"], u["disabled"]) for u in users] == [
        (NAME, "admin", "", False),
        ("Beat Moser", "clerk", "de", True),
    ]
    assert [line.split()[-1] for line in run(home, "user", "list").lines] == [
        "State",
        run(home, "user", "list").lines[1].split()[-1],
        "disabled",
    ]
    assert run(home, "user", "enable", "Beat Moser").out == "Beat Moser may sign in.\n"
    assert run(home, "user", "list", "--csv").lines[2].split(",")[:5] == [
        "2", "Beat Moser", "clerk", "de", "False",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("user", "disable", NAME), 1, "This is the last admin."),
        (("user", "role", NAME, "clerk"), 1, "This is the last admin."),
        (("user", "role", "Nobody", "clerk"), 1, "There is no user of that name."),
        (("user", "password", "Nobody"), 1, "There is no user of that name."),
        (("user", "role", NAME, "boss"), 2, "'boss' is not one of"),
        (("token", "add", "Nobody", "Shop"), 1, "There is no user of that name."),
        (("token", "add", NAME, "Shop", "--scope", "all"), 2, "'all' is not one of"),
        (("token", "revoke", "7"), 1, "There is no such token"),
    ],
)
def test_what_is_refused_is_one_line(
    anna: str, home: Path, run: Run, words: tuple[str, ...], status: int, says: str
) -> None:
    result = run(home, *words)
    assert (result.status, result.out) == (status, "")
    assert says in result.err
    assert result.err.count("\n") == 1


def test_where_there_is_no_home_none_is_made(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path / "nowhere", "user", "list")
    assert result.status == 1
    assert "There is no home in" in result.err
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_list_says_how_to_begin(home: Path, run: Run) -> None:
    assert run(home, "user", "list").out == "There is no user yet: stammkunde user add NAME admin\n"
    assert run(home, "token", "list").out == (
        "There is no token yet: stammkunde token add OWNER NAME\n"
    )


# ---- tokens


def test_a_token_is_printed_once_and_alone(anna: str, home: Path, run: Run) -> None:
    result = run(home, "token", "add", "anna frei", "Web shop", "--scope", "write")
    assert result.err == "Token no. 1. It is not shown again:\n"
    secret = result.out.strip()
    assert secret.startswith("sk_")
    with opened(home) as one:
        token = one.accounts.token(secret)
    assert token is not None
    assert (token.name, token.scopes, token.user.name) == ("Web shop", ("write",), NAME)
    for form in ((), ("--json",), ("--csv",)):
        shown = run(home, "token", "list", *form).out
        assert "Web shop" in shown
        assert "sk_" not in shown


def test_a_token_only_reads_unless_more_is_said(anna: str, home: Path, run: Run) -> None:
    assert run(home, "token", "add", NAME, "Report").status == 0
    (token,) = json.loads(run(home, "token", "list", "--json").out)
    assert (token["scopes"], token["last_used_at"], token["revoked_at"]) == (["read"], None, None)


def test_a_revoked_token_stays_in_the_list(anna: str, home: Path, run: Run) -> None:
    run(home, "token", "add", NAME, "Report")
    assert run(home, "token", "revoke", "1").out == "Token no. 1 is good no longer.\n"
    assert run(home, "token", "list").lines[1].split()[-1] == "revoked"


def test_the_time_of_accounts_is_real_where_the_companys_stands_still(own_company: Path) -> None:
    with opened(own_company) as one:
        standing = one.now()
        session = one.accounts.session(one.accounts.enter(one.accounts.demo_link()))
        assert session is not None
        assert one.now() == standing != session.created_at


def test_nothing_of_accounts_stands_in_the_log(anna: str, home: Path, run: Run) -> None:
    assert json.loads(run(home, "status", "--json").out)["log"]["events"] == 0
    for name in ("log.db", "keys.db"):
        assert NAME.encode() not in (home / name).read_bytes()


def test_help_of_the_commands_loads_no_hashing() -> None:
    look = (
        "import sys\nfrom stammkunde.app.cli import main\nmain(['user', '--help'])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    assert "argon2" not in done.stderr.split()
