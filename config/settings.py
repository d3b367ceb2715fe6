"""`stammkunde.toml`: one file of settings, read and checked; a wrong key is named with the nearest right one."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

FILE = "stammkunde.toml"
T = TypeVar("T")


class SettingsError(Exception):
    """A setting is unknown, missing or of the wrong type; the message says which and what it should be."""


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A secret stands elsewhere: in an environment variable or in a file beside the settings."""

    env: str = ""
    file: str = ""

    def read(self, home: Path) -> str:
        """The secret itself; raises `SettingsError` where it can't be had."""
        if self.env:
            if self.env not in os.environ:
                raise SettingsError(f"The environment variable {self.env} is not set.")
            return os.environ[self.env]
        try:
            return (home / self.file).read_text().strip()
        except OSError as error:
            raise SettingsError(
                f"The secret {self.file} can't be read: {error.strerror}."
            ) from None


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[store]` table: where log, keys and master key lie; paths count from the home."""

    url: str = "sqlite:log.db"
    keys: str = "sqlite:keys.db"
    master_key: Secret = Secret(file="master.key")


class Demo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[demo]` table of a made-up company: the instant at which it stands still."""

    now: datetime | None = None


class SourceTable(msgspec.Struct, frozen=True):
    """What every `[[source]]` table may hold; `own` are the keys of its connector."""

    name: str
    connector: str
    system: str = ""
    keep: Literal["text", "subject", "facts"] = "text"
    every: str = ""
    readers: tuple[str, ...] = ()
    own: dict[str, Any] = {}


class Settings(msgspec.Struct, frozen=True):
    """The whole file; `company` is checked by whoever knows its fields."""

    company: dict[str, Any] = {}
    store: Store = Store()
    sources: tuple[SourceTable, ...] = ()
    demo: Demo = Demo()


_COMMON = tuple(field for field in SourceTable.__struct_fields__ if field != "own")
_TABLES = ("company", "store", "source", "demo")


def read_settings(home: Path) -> Settings:
    """The settings of a home; raises `SettingsError`."""
    file = home / FILE
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE} can't be read: {error}.") from None
    except OSError as error:
        why = (error.strerror or "the system refuses").lower()
        raise SettingsError(f"{file} can't be read: {why}.") from None
    for table in tables:
        if table not in _TABLES:
            raise SettingsError(f"{FILE}: unknown table “{table}”{_nearest(table, _TABLES)}")
    if not isinstance(tables.get("company", {}), dict):
        raise SettingsError(f"{FILE}: company is a table: write [company] above its settings.")
    sources = tuple(_source(table) for table in _source_tables(tables))
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{FILE}: two sources are named “{name}”: give each its own name.")
    store = convert(tables.get("store", {}), Store, "[store]")
    demo = convert(tables.get("demo", {}), Demo, "[demo]")
    return Settings(tables.get("company", {}), store, sources, demo)


def convert(table: dict[str, Any], into: type[T], where: str, *, strict: bool = True) -> T:
    """A table as a struct; `where` names it in the error. Without `strict`, text stands for numbers, booleans and lists."""
    if not strict:
        table = _listed(table, into)
    try:
        return msgspec.convert(table, into, strict=strict)
    except msgspec.ValidationError as error:
        words = str(error)
        unknown = re.search(r"unknown field `([^`]+)`", words)
        if unknown:
            fields = [field.encode_name for field in msgspec.structs.fields(into)]  # type: ignore[arg-type]
            key = unknown[1]
            raise SettingsError(
                f"{where}: unknown setting “{key}”{_nearest(key, fields)}"
            ) from None
        raise SettingsError(f"{where}: {_plain(words, into)}") from None


def _plain(words: str, into: type[Any]) -> str:
    """`keep: “all” is none of text, subject, facts.` of msgspec's sentence, whose path begins with `$`."""
    what, _, path = words.replace("`", "").partition(" - at $")
    key = path.lstrip(".")
    hint = get_type_hints(into).get(key)
    if get_origin(hint) is Literal:
        value = what.rpartition("enum value ")[2].strip("'")
        return f"{key}: “{value}” is none of {', '.join(map(str, get_args(hint)))}."
    return f"{key}: {what[:1].lower()}{what[1:]}." if key else f"{what}."


def _listed(table: dict[str, Any], into: type[Any]) -> dict[str, Any]:
    """`a, b` where a list is wanted, as it comes from a command line."""
    hints = get_type_hints(into)
    return {
        key: [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str) and get_origin(hints.get(key)) is tuple
        else value
        for key, value in table.items()
    }


def _source_tables(tables: dict[str, Any]) -> list[dict[str, Any]]:
    found = tables.get("source", [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise SettingsError(
            f"{FILE}: each source is a table of its own: write [[source]] above it."
        )
    return found


def _source(table: dict[str, Any]) -> SourceTable:
    for needed in ("name", "connector"):
        if not isinstance(table.get(needed), str):
            raise SettingsError(f"{FILE}: a [[source]] has no “{needed}”: add one.")
    common = {key: value for key, value in table.items() if key in _COMMON}
    own = {key: value for key, value in table.items() if key not in _COMMON}
    return convert({**common, "own": own}, SourceTable, f"[[source]] {table['name']}")


def _nearest(key: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f"; did you mean “{near[0]}”?" if near else f"; known are {', '.join(sorted(known))}."
