"""The package that a new connector begins with: complete, installable, and kept by the contract as it is written."""

from __future__ import annotations

import keyword
import re
import shutil
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template

import msgspec

from stammkunde.app.failures import WrongCall
from stammkunde.connectors import registry
from stammkunde.core.errors import ConnectorError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40

LAYOUT = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "connector.py": "{module}.py",
    "test_connector.py": "tests/test_{module}.py",
    "sample.csv": "tests/sample.csv",
    "broken.csv": "tests/broken.csv",
}
"""Each template (`template/NAME.template`, with `$places`) and the file that it becomes."""


class Names(msgspec.Struct, frozen=True):
    """What a connector is called: by sources, by Python, by pip."""

    name: str

    @property
    def module(self) -> str:
        """`paper_trail`."""
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        """`PaperTrailSource`; the ending keeps it apart from what its module imports."""
        return "".join(part.capitalize() for part in self.name.split("-")) + "Source"

    @property
    def distribution(self) -> str:
        """`stammkunde-paper-trail`."""
        return f"stammkunde-{self.name}"


def write_package(name: str, into: Path) -> Path:
    """Write the package of a new connector; its folder, which is below `into`.

    Raises `WrongCall` for what can't be a name, `ConnectorError` for a name or folder that is taken. A package is
    written whole or not at all.
    """
    names = _checked(name)
    folder = into / names.distribution
    if folder.exists():
        raise ConnectorError(
            "{folder} is there already: name another folder with --into, or another connector.",
            folder=folder,
        )
    texts = {
        path.format(module=names.module): _filled(each, names) for each, path in LAYOUT.items()
    }
    folder.mkdir(parents=True)
    try:
        for path, text in texts.items():
            file = folder / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _checked(name: str) -> Names:
    names = Names(name)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        near = _near(name)
        if near:
            raise WrongCall(
                "“{name}” can't be a connector's name: small letters and digits, with hyphens between words, as {near}.",
                name=name,
                near=near,
            )
        raise WrongCall(
            "“{name}” can't be a connector's name: small letters and digits, with hyphens between words.",
            name=name,
        )
    if name in registry.names():
        raise ConnectorError(
            "There is a connector “{name}” already: sources are stored under its name. Take another.",
            name=name,
        )
    if keyword.iskeyword(names.module) or _is_module(names.module):
        raise ConnectorError(
            "Python has a module “{module}” already, which the new one would hide: take another name.",
            module=names.module,
        )
    return names


def _near(name: str) -> str:
    """The nearest name that could be one, or nothing."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    near = "-".join(words).lstrip("0123456789-")[:_LONGEST].rstrip("-")
    return near if _NAME.fullmatch(near) else ""


def _is_module(name: str) -> bool:
    return name in sys.stdlib_module_names or find_spec(name) is not None


def _filled(template: str, names: Names) -> str:
    text = files(__package__).joinpath("template", f"{template}.template").read_text("utf-8")
    return Template(text).substitute(
        name=names.name,
        module=names.module,
        class_name=names.class_name,
        distribution=names.distribution,
    )
