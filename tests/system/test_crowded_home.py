"""Two processes on one home, and a disk without room: each is told so, and nothing recorded is lost."""

import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from stammkunde.core.log import datastore
from tests.homes import Command
from tests.soak.kill9 import COMMAND, _call

CALLS = 3000


def run(home: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, "--home", str(home), "--lang", "en", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    file = tmp_path / "calls.jsonl"
    file.write_text("".join(_call(n) for n in range(CALLS)))
    return file


def test_two_processes_on_one_home_take_turns(command: Command, calls: Path) -> None:
    own = ("--set", "company.domains=muster-velo.example")
    both = [run(command.home, "import", "asterisk", str(calls), *own, "--json") for _ in range(2)]
    answers = []
    for process in both:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        answers.append(msgspec.json.decode(out))
    assert sum(answer["recorded"] for answer in answers) == CALLS
    assert sum(answer["duplicates"] for answer in answers) == CALLS
    assert command.ask("status")["log"]["contacts"] == CALLS
    assert command.run("rebuild", "--check")[0] == command.run("verify")[0] == 0


def test_who_holds_the_home_too_long_is_waited_for_and_then_named(
    command: Command, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datastore, "LOCK_TIMEOUT_S", 0.2)
    other = sqlite3.connect(command.home / "log.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        status, out, err = command.run("import", "asterisk", str(calls))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert "log.db: another process holds it: wait until it is done, then try again." in err
    assert command.ask("import", "asterisk", str(calls))["recorded"] == CALLS


OWN_DISK = """
size=$1 disk=$2 home=$3; shift 3
mount -t tmpfs -o size="$size"k none "$disk" && cp -a "$home"/. "$disk" || exit 99
"$@"; status=$?
cp -a "$disk"/. "$home"; exit $status
"""


def may_mount(folder: Path) -> bool:
    """Whether this system lets anybody have a file system of his own (Linux with user namespaces)."""
    script = 'mount -t tmpfs none "$1"'
    unshare = shutil.which("unshare")
    return unshare is not None and not subprocess.call(
        [unshare, "-rm", "sh", "-c", script, "sh", folder], stderr=subprocess.DEVNULL
    )


def on_a_small_disk(kilobytes: int, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    disk = home.with_name("disk")
    disk.mkdir()
    if not may_mount(disk):
        return with_small_files(kilobytes, home, *words)
    command = [*COMMAND, "--home", str(disk), "--lang", "en", *words]
    own = ["unshare", "-rm", "sh", "-c", OWN_DISK, "sh", str(kilobytes), str(disk), str(home)]
    return subprocess.run([*own, *command], capture_output=True, text=True, check=False)


def with_small_files(kilobytes: int, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The same without a right to mount: no file may grow beyond a size (setrlimit(2), EFBIG)."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    return subprocess.run(
        [*COMMAND, "--home", str(home), "--lang", "en", *words],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("runs", [on_a_small_disk, with_small_files])
@pytest.mark.parametrize("kilobytes", [500, 1500, 2800])
def test_a_full_disk_is_named_and_what_was_recorded_is_there(
    runs: Callable[..., "subprocess.CompletedProcess[str]"],
    kilobytes: int,
    command: Command,
    calls: Path,
) -> None:
    done = runs(kilobytes, command.home, "import", "asterisk", str(calls))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "room" in done.stderr
    assert "nothing recorded is lost" in done.stderr
    assert command.run("verify")[0] == 0
    there = command.ask("status")["log"]["contacts"]
    assert there < CALLS
    answer = command.ask("import", "asterisk", str(calls))
    assert (answer["recorded"], answer["duplicates"]) == (CALLS - there, there)
    assert command.ask("status")["log"]["contacts"] == CALLS
    assert command.run("rebuild", "--check")[0] == 0
