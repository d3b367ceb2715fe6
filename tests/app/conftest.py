"""Commands called as a person calls them, and the home of a made-up company."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from stammkunde.app.cli import main
from stammkunde.app.demo.world import play
from tests.app.calling import Result, Run, program


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "STAMMKUNDE_HOME", "STAMMKUNDE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call a command within this process: `run(home, "status")`."""

    def call(home: Path, *words: str) -> Result:
        capsys.readouterr()
        status = main(["--home", str(home), *words])
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def _played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    play(1).write(folder)
    for words in (("init", "--defaults"), ("sync",)):
        subprocess.run(program(folder, *words), check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture
def company(_played: Path) -> Path:
    """The home of a made-up company whose today stands still; nobody writes into it."""
    return _played


@pytest.fixture
def own_company(_played: Path, tmp_path: Path) -> Path:
    """A copy of it to write into."""
    return Path(copytree(_played, tmp_path / "company"))


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    """An empty home."""
    folder = tmp_path / "home"
    assert run(folder, "init", "--defaults").status == 0
    file = folder / "stammkunde.toml"
    file.write_text(file.read_text().replace("domains = []", 'domains = ["muster-velo.example"]'))
    return folder


@pytest.fixture
def spawned() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are gone when the test ends."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def start(spawned: list[subprocess.Popen[str]]) -> Callable[..., "subprocess.Popen[str]"]:
    """Begin a command in a process of its own."""

    def begin(home: Path, *words: str) -> "subprocess.Popen[str]":
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen(
            program(home, *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=surroundings,
        )
        spawned.append(process)
        return process

    return begin
