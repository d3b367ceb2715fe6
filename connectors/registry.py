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
from types import GenericAlias, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import msgspec

from stammkunde.connectors.interface import Connector, ConnectorError

GROUP = "stammkunde.connectors"
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=`|[A-Z])")


class Setting(msgspec.Struct, frozen=True):
    """One key of a connector's settings, as a person needs to know it.

    `type` is spelled as in Python, or as the values to choose from. `default` is what stands in the file's place, and
    None where the setting is `required`.
    """

    name: str
    type: str
    required: bool
    default: object
    doc: str


def names() -> list[str]:
    """The names of all connectors, in order; imports none of them."""
    return sorted(entry_points(group=GROUP).names)


def load(name: str) -> type[Connector]:
    """The connector of that name; `ConnectorError` if there is none, or if it can't be imported."""
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise ConnectorError(f"connector: there is no “{name}”; {_instead(name)}.")
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
            _spelled(field.type),
            field.required,
            None if field.required else _default(field),
            _doc(settings, field),
        )
        for field in msgspec.structs.fields(settings)
    ]


def _instead(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), names(), n=1, cutoff=0.5)
    return f"did you mean “{near[0]}”?" if near else f"there are {', '.join(names())}"


def _imported(entry: EntryPoint) -> type[Connector]:
    try:
        connector = entry.load()
    except Exception as error:  # a plugin may fail in any way when it is imported
        raise ConnectorError(
            f"connector: “{entry.name}” can't be imported ({type(error).__name__}: {error});"
            f" reinstall or remove the package that holds {entry.module}."
        ) from error
    if not all(hasattr(connector, part) for part in ("Settings", "check", "fetch")):
        raise ConnectorError(
            f"connector: “{entry.name}” ({entry.value}) is no connector; tell whoever made it."
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
    """A type as one writes it; the values of a Literal."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _spelled(arguments[0])
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin in (Union, UnionType):
        return " | ".join(map(_spelled, arguments))
    if origin is not None and isinstance(kind, GenericAlias):
        return str(kind)
    return "none" if kind is type(None) else getattr(kind, "__name__", str(kind))


def _doc(settings: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    """The sentences of the settings' docstring that name the field."""
    text = " ".join((settings.__doc__ or "").split())
    named = f"`{field.encode_name}`"
    return " ".join(sentence for sentence in _SENTENCE.split(text) if named in sentence)
