"""Plugins as their makers and users have them: beside an installed wheel, and outside of the repository."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "cash_register"
SOURCES = ("core", "connectors", "projections", "app", "config")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")

pytestmark = pytest.mark.slow


class Place:
    """A folder with an environment in which the wheel is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "env" / "bin"
        self.python = str(self.bin / "python")

    def pip(self, *words: str) -> None:
        subprocess.run([*PIP, "--python", self.python, *words], check=True, cwd=self.folder)

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A program of the environment, which knows nothing of the repository."""
        foreign = ("PYTHON", "STAMMKUNDE", "COV", "PYTEST")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**clean, "LC_ALL": "C.UTF-8"},
            timeout=60,
        )

    def stammkunde(self, *words: str) -> str:
        done = self.call(str(self.bin / "stammkunde"), "--home", "home", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pytest(self, folder: Path) -> "subprocess.CompletedProcess[str]":
        return self.call(self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The wheel as it would be shipped, in a fresh environment; what it depends on is the development's."""
    folder = tmp_path_factory.mktemp("elsewhere")
    source = folder / "source"
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder, source], check=True)
    venv.create(folder / "env", symlinks=True)
    place = Place(folder)
    site = place.call(place.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (Path(site.stdout.strip()) / "development.pth").write_text(sysconfig.get_path("purelib"))
    (wheel,) = folder.glob("*.whl")
    place.pip("install", "--no-deps", str(wheel))
    return place


def test_it_is_the_wheel_that_is_imported(place: Place) -> None:
    code = (
        "import stammkunde.core.batch as a, stammkunde.connectors.contract as b, stammkunde.app.cli as c;"
        "print(a.__file__, b.__file__, c.__file__)"
    )
    files = place.call(place.python, "-c", code).stdout.split()
    assert len(files) == 3
    assert all(Path(file).is_relative_to(place.folder / "env") for file in files)


def test_the_example_is_installed_tested_and_read(place: Place) -> None:
    folder = place.folder / "till"
    shutil.copytree(EXAMPLE, folder)
    place.pip("install", "--no-deps", str(folder))
    tested = place.pytest(folder)
    assert tested.returncode == 0, tested.stdout
    place.stammkunde("init", "--defaults")
    read = json.loads(place.stammkunde("import", "till/sample.csv", "--json"))
    assert (read["source"], read["items"], read["recorded"]) == ("cash-register", 5, 4)
    contacts = [json.loads(line) for line in place.stammkunde("contacts", "--json").splitlines()]
    assert {one["kind"] for one in contacts} == {"order_placed", "order_refunded"}
    assert len(contacts) == 4


def test_a_new_package_is_installed_and_passes_the_contract_as_it_is(place: Place) -> None:
    place.stammkunde("connector", "new", "paper-trail", "--into", "mine")
    folder = place.folder / "mine" / "stammkunde-paper-trail"
    place.pip("install", "--no-deps", "--editable", str(folder))
    tested = place.pytest(folder)
    assert tested.returncode == 0, tested.stdout
    sample = folder / "tests" / "sample.csv"
    setting = f"path={sample}"
    trial = json.loads(
        place.stammkunde("connector", "test", "paper-trail", "--set", setting, "--json")
    )
    assert (trial["kinds"], trial["flaws"]) == ({"visit": 4}, {})
    read = json.loads(place.stammkunde("import", str(sample), "--json"))
    assert (read["source"], read["recorded"]) == ("paper-trail", 4)
    module = folder / "paper_trail.py"
    module.write_text(module.read_text().replace('kind="visit"', 'kind="telegram"'))
    failed = place.pytest(folder)
    assert failed.returncode == 1
    assert "assert {'the kind is unknown'} == set()" in failed.stdout, (
        "the plugin shows what was compared"
    )
