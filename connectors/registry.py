"""The connectors that are installed, ours and plugins alike: found by entry point, imported only when asked for.

A package offers its connector under a name that is stored with every source, so it is never renamed:

```toml
[project.entry-points."stammkunde.connectors"]
paper-trail = "paper_trail.connector:PaperTrail"
```
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import msgspec

from stammkunde.connectors.discretion import is_secret
from stammkunde.connectors.interface import Connector, ConnectorError

GROUP = "stammkunde.connectors"
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=`|[A-Z])")


TYPES = ("text", "whole number", "decimal number", "yes/no", "list", "table", "path", "secret")
"""What a setting may be, in words."""

_WORDS = {
    str: "text",
    bool: "yes/no",
    int: "whole number",
    float: "decimal number",
    tuple: "list",
    list: "list",
    dict: "table",
}


class Setting(msgspec.Struct, frozen=True):
    """One key of a connector's settings, as a person needs to know it.

    `type` is one of `TYPES`, several with ` | ` between them, or the values to choose from. `default` is what stands in
    the file's place, and None where the setting is `required`. `doc` are whole `sentences`.
    """

    name: str
    type: str
    required: bool
    default: object
    doc: str


class Installed(msgspec.Struct, frozen=True):
    """A connector that is installed, by the name that settings and sources call it."""

    name: str
    settings: tuple[Setting, ...]


def names() -> list[str]:
    """The names of all connectors, in order; imports none of them."""
    return sorted(entry_points(group=GROUP).names)


def load(name: str) -> type[Connector]:
    """The connector of that name; `ConnectorError` if there is none, or if it can't be imported."""
    found = entry_points(group=GROUP, name=name)
    if not found:
        near = difflib.get_close_matches(name.lower(), names(), n=1, cutoff=0.5)
        if near:
            raise ConnectorError(
                "connector: there is no “{name}”; did you mean “{near}”?", name=name, near=near[0]
            )
        raise ConnectorError(
            "connector: there is no “{name}”; there are {known}.",
            name=name,
            known=", ".join(names()),
        )
    return _imported(next(iter(found)))


def recognise(path: Path) -> list[str]:
    """The names of the connectors that take a file or folder for theirs; a plugin that fails is passed over."""
    return [name for name in names() if _recognises(name, path)]


def settings_of(name: str) -> list[Setting]:
    """The settings of a connector in their order; `ConnectorError` as `load`."""
    settings = load(name).Settings
    return [
        Setting(
            field.encode_name,
            "path" if field.encode_name == "path" else _spelled(field.type),
            field.required,
            None if field.required else _default(field),
            _doc(settings, field),
        )
        for field in msgspec.structs.fields(settings)
    ]


def secrets_of(connector: type[Connector]) -> list[str]:
    """The keys of its settings that are secrets."""
    fields = msgspec.structs.fields(connector.Settings)
    return [field.encode_name for field in fields if is_secret(field.type)]


def installed() -> list[Installed]:
    """All connectors in order of name; `ConnectorError` as `load`."""
    return [Installed(name, tuple(settings_of(name))) for name in names()]


def _imported(entry: EntryPoint) -> type[Connector]:
    try:
        connector = entry.load()
    except Exception as error:  # a plugin may fail in any way when it is imported
        raise ConnectorError(
            "connector: “{name}” can't be imported ({why}); reinstall or remove the package that holds {module}.",
            name=entry.name,
            why=f"{type(error).__name__}: {error}",
            module=entry.module,
        ) from error
    if not all(hasattr(connector, part) for part in ("Settings", "check", "fetch")):
        raise ConnectorError(
            "connector: “{name}” ({value}) is no connector; tell whoever made it.",
            name=entry.name,
            value=entry.value,
        )
    return cast(type[Connector], connector)


def _recognises(name: str, path: Path) -> bool:
    try:
        recognises = getattr(load(name), "recognises", None)
        return recognises is not None and bool(recognises(path))
    except Exception:  # whatever a plugin does wrong, the others still have their say
        return False


def _default(field: msgspec.structs.FieldInfo) -> object:
    make = cast(Callable[[], object], field.default_factory)
    default = make() if field.default is msgspec.NODEFAULT else field.default
    return msgspec.to_builtins(default)


def _spelled(kind: Any) -> str:
    """A type in words; the values of a Literal; nothing of what may be left out."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_secret(kind):
        return "secret"
    if origin is Annotated:
        return _spelled(arguments[0])
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin in (Union, UnionType):
        return " | ".join(_spelled(each) for each in arguments if each is not type(None))
    return _WORDS.get(origin or kind) or str(getattr(kind, "__name__", kind)).lower()


def sentences(doc: str) -> list[str]:
    """The sentences of a docstring, each on one line."""
    return _SENTENCE.split(" ".join(doc.split()))


def _doc(settings: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    """The sentences of the settings' docstring that name the field."""
    named = f"`{field.encode_name}`"
    return " ".join(each for each in sentences(settings.__doc__ or "") if named in each)
