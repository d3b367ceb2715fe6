"""The repository keeps its own rules: what no file may hold, how long one may be, and what stands in which list."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from stammkunde.connectors import registry

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("core", "connectors", "projections", "app", "config")
MOST_LINES = {"tests": 500}
"""Lines of a Python file; tables of cases may run longer than the 400 of all others."""

NOT_OURS = (
    ".git",
    ".venv",
    ".types",
    "build",
    "dist",
    "__pycache__",
    ".hypothesis",
    "node_modules",
)
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# each put together, or this file would be found, too
FORBIDDEN = {
    "an option for a package index": re.compile("--(extra-)?index" + "-url|--find" + "-links"),
    "a package index": re.compile("(pypi|pythonhosted)" + r"\.(org|io)|/sim" + "ple/"),
    "a path of one machine": re.compile("/wo" + "rk/|/ro" + r"ot/|/home/[a-z]+/"),
    "a folder beside the repository": re.compile(r"\.\./" + "shared"),
}
MAY = {".ci/run": {"a folder beside the repository"}}


@cache
def files() -> tuple[Path, ...]:
    """What git tracks or would track; without git, all that is not made by a tool."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
        return tuple(sorted(path for path in found if path.is_file()))
    return tuple(sorted(_walked()))


def _walked() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        is_made = any(part in NOT_OURS or part.endswith((".egg-info", "_cache")) for part in parts)
        if path.is_file() and not is_made and path.name != ".coverage":
            yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def python_files(*folders: str) -> list[Path]:
    """Of those folders, or of all."""
    found = [path for path in files() if path.suffix == ".py" or name(path) == "run"]
    return [path for path in found if not folders or name(path).partition("/")[0] in folders]


# ---- what no file may hold


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{name(path)}: {match[0]}"
        for path in files()
        if what not in MAY.get(name(path), set())
        if (match := FORBIDDEN[what].search(text(path)))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("an option for a package index", "pip install --index" + "-url X"),
        ("a package index", "files.python" + "hosted.org"),
        ("a path of one machine", "/wo" + "rk/main/core"),
        ("a folder beside the repository", "../" + "shared/data"),
    ],
)
def test_what_is_forbidden_would_be_found(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


def test_constraints_pin_versions_and_name_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [
        line for line in lines if "://" in line or not re.match(r"[a-z0-9-]+==[\w.]+", line)
    ] == []


def test_no_python_file_is_two_ideas() -> None:
    lengths = {name(path): len(text(path).splitlines()) for path in python_files()}
    most = {each: MOST_LINES.get(each.partition("/")[0], 400) for each in lengths}
    assert {each: n for each, n in lengths.items() if n > most[each]} == {}


# ---- dependencies


def requirement(line: str) -> str:
    """The normal form of the name that a requirement begins with (PEP 503)."""
    found = re.match(r"[\w.-]+", line)
    assert found, line
    return re.sub(r"[-_.]+", "-", found[0]).lower()


RUN_TIME = {requirement(line) for line in PYPROJECT["project"]["dependencies"]}
DEVELOPMENT = {requirement(line) for line in PYPROJECT["project"]["optional-dependencies"]["dev"]}


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    wanted = {*PYPROJECT["project"]["dependencies"]}
    wanted |= {
        line for lines in PYPROJECT["project"]["optional-dependencies"].values() for line in lines
    }
    explained = {
        found[1] for line in lines if (found := re.fullmatch(r'  "([^"]+)", # \w.{5,}', line))
    }
    assert wanted - explained == set()


def test_every_dependency_is_pinned() -> None:
    pinned = {
        requirement(line)
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    assert (RUN_TIME | DEVELOPMENT) - pinned == set()


def imported(path: Path) -> set[str]:
    """The distributions of other people that a file imports from, wherever in it."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.partition(".")[0])
    foreign = modules - sys.stdlib_module_names - {"stammkunde", "tests", "benchmarks"}
    return {requirement(distribution(module)) for module in foreign}


@cache
def distribution(module: str) -> str:
    return installed().get(module, [module])[0]


installed = cache(packages_distributions)


def test_every_package_that_is_imported_is_declared() -> None:
    """Only what is for tests, the contract and pytest's plugin, may need what development does."""
    for_tests = ("connectors/contract/", "connectors/pytest_plugin.py")
    undeclared = {
        name(path): missing
        for path in python_files(*LAYERS)
        if (
            missing := imported(path)
            - RUN_TIME
            - (DEVELOPMENT if name(path).startswith(for_tests) else set())
        )
    }
    assert undeclared == {}


def test_every_package_that_is_declared_is_imported() -> None:
    used = {each for path in python_files(*LAYERS) for each in imported(path)}
    assert used >= RUN_TIME


# ---- what stands in several lists


def test_every_layer_stands_in_every_list() -> None:
    packages = {name(path).partition("/")[0] for path in files() if path.name == "__init__.py"}
    assert packages - {"tests", "benchmarks"} == set(LAYERS)
    setup = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (folders,) = [
        ast.literal_eval(node.value)
        for node in setup.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FOLDERS"
    ]
    assert set(folders) == set(LAYERS)
    tools = PYPROJECT["tool"]
    assert set(tools["coverage"]["run"]["source"]) == set(LAYERS)
    assert set(tools["importlinter"]["root_packages"]) == {f"stammkunde.{each}" for each in LAYERS}
    assert {path.name for path in (ROOT / ".types" / "stammkunde").iterdir()} == set(LAYERS)
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)/` \|", architecture, re.MULTILINE)) == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_typed(layer: str) -> None:
    assert (ROOT / layer / "py.typed").is_file()


def test_connectors_are_kept_apart_from_each_other() -> None:
    (contract,) = [
        each
        for each in PYPROJECT["tool"]["importlinter"]["contracts"]
        if each["type"] == "independence"
    ]
    offered = PYPROJECT["project"]["entry-points"][registry.GROUP].values()
    assert set(contract["modules"]) == {target.partition(":")[0] for target in offered}
