"""`stammkunde.toml`: one file of settings, read and checked; a wrong key is named with the nearest right one."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

FILE = "stammkunde.toml"
Reader = Literal["reader", "clerk", "admin"]
"""A role of those who use the pages."""

T = TypeVar("T")


EXPECTED = {
    "str": "{where}: {key} should be text, in quotes.",
    "int": "{where}: {key} should be a whole number, as 5.",
    "float": "{where}: {key} should be a number, as 0.5.",
    "bool": "{where}: {key} should be true or false.",
    "array": "{where}: {key} should be a list, as [“a”, “b”].",
    "object": "{where}: {key} should be a table with keys of its own.",
    "datetime": "{where}: {key} should be a time with its offset, as 2026-11-20T17:00:00+01:00.",
}
"""What to say of a value of the wrong type, by msgspec's name for the right one."""


class SettingsError(Exception):
    """A setting is unknown, missing or of the wrong type; the message says which and what it should be.

    `template` is the English sentence and the key of its translation, `values` what stands in its `{places}`; a value
    may be such an error itself.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        """Without values the template is the whole sentence."""
        super().__init__(template.format(**values) if values else template)
        self.template = template
        self.values = values


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A secret stands elsewhere: in an environment variable or in a file beside the settings."""

    env: str = ""
    file: str = ""

    def read(self, home: Path) -> str:
        """The secret itself; raises `SettingsError` where it can't be had."""
        if self.env:
            if self.env not in os.environ:
                raise SettingsError("The environment variable {name} is not set.", name=self.env)
            return os.environ[self.env]
        try:
            return (home / self.file).read_text().strip()
        except OSError as error:
            raise SettingsError(
                "The secret {file} can't be read: {why}.", file=self.file, why=_refused(error)
            ) from None


def with_secrets(
    table: dict[str, Any], names: Sequence[str], home: Path, where: str
) -> dict[str, Any]:
    """A table with the text of these keys in the place of where it stands; `SettingsError` where it can't be had.

    Written out in the file a secret is refused: the file is copied, shown and sent around.
    """
    read = dict(table)
    for key in names:
        if key not in table:
            continue
        if not isinstance(table[key], dict):
            raise SettingsError(
                "{where}: {key} is a secret and stands elsewhere: write {{ env = “NAME” }} or {{ file = “PATH” }}.",
                where=where,
                key=key,
            )
        secret = convert(table[key], Secret, f"{where}, {key}")
        read[key] = secret.read(home)
    return read


EVERY = "5m"
"""How often a source is read whose settings do not say."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(every: str) -> int:
    """A span as `30s`, `5m`, `2h`, `1d` in seconds, the default where it is empty; `SettingsError` for anything else."""
    text = every or EVERY
    if not re.fullmatch(r"[1-9][0-9]{0,5}[smhd]", text, re.ASCII):
        raise SettingsError(
            "every: “{value}” is no span of time: write it as 30s, 5m, 2h or 1d.", value=every
        )
    return int(text[:-1]) * _UNITS[text[-1]]


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[store]` table: where log, keys and master key lie; paths count from the home."""

    url: str = "sqlite:log.db"
    keys: str = "sqlite:keys.db"
    master_key: Secret = Secret(file="master.key")


class Web(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[web]` table: where the pages are served; paths count from the home."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxy: str = ""


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
    readers: tuple[Reader, ...] = ()
    own: dict[str, Any] = {}


class Settings(msgspec.Struct, frozen=True):
    """The whole file; `company` is checked by whoever knows its fields."""

    company: dict[str, Any] = {}
    store: Store = Store()
    sources: tuple[SourceTable, ...] = ()
    demo: Demo = Demo()
    web: Web = Web()


_COMMON = tuple(field for field in SourceTable.__struct_fields__ if field != "own")
_TABLES = ("company", "store", "source", "web", "demo")


def read_settings(home: Path) -> Settings:
    """The settings of a home; raises `SettingsError`."""
    tables = _tables(home / FILE)
    for table in tables:
        if table not in _TABLES:
            raise _unknown(table, _TABLES, FILE)
    if not isinstance(tables.get("company", {}), dict):
        raise SettingsError(
            "{file}: company is a table: write [company] above its settings.", file=FILE
        )
    sources = tuple(_source(table) for table in _source_tables(tables))
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(
                "{file}: two sources are named “{name}”: give each its own name.",
                file=FILE,
                name=name,
            )
    store = convert(tables.get("store", {}), Store, "[store]")
    demo = convert(tables.get("demo", {}), Demo, "[demo]")
    web = convert(tables.get("web", {}), Web, "[web]")
    return Settings(tables.get("company", {}), store, sources, demo, web)


def convert(table: dict[str, Any], into: type[T], where: str, *, strict: bool = True) -> T:
    """A table as a struct; `where` names it in the error. Without `strict`, text stands for numbers, booleans and lists."""
    if not strict:
        table = _listed(table, into)
    try:
        return msgspec.convert(table, into, strict=strict)
    except msgspec.ValidationError as error:
        raise _plain(str(error), into, where) from None


def _plain(words: str, into: type[Any], where: str) -> SettingsError:
    """`keep: “all” is none of text, subject, facts.` of msgspec's sentence, whose path begins with `$`."""
    what, _, path = words.replace("`", "").partition(" - at $")
    key = path.lstrip(".")
    if unknown := re.fullmatch(r"Object contains unknown field (.+)", what):
        fields = [field.encode_name for field in msgspec.structs.fields(into)]
        return _unknown(unknown[1], fields, where)
    if missing := re.fullmatch(r"Object missing required field (.+)", what):
        return SettingsError("{where}: “{key}” is missing: add it.", where=where, key=missing[1])
    known = _choices(get_type_hints(into).get(key.partition("[")[0]))
    if known and "enum value " in what:
        value = what.rpartition("enum value ")[2].strip("'")
        return _none_of(value, known, where, key.partition("[")[0])
    wanted = re.match(r"Expected (\w+)", what)
    if wanted and wanted[1] in EXPECTED:
        return SettingsError(EXPECTED[wanted[1]], where=where, key=key)
    return SettingsError("{where}: {key}: {why}.", where=where, key=key, why=what)


def _choices(hint: Any) -> tuple[str, ...]:
    """The values of a Literal, or of a list of them."""
    inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return tuple(map(str, get_args(inner))) if get_origin(inner) is Literal else ()


def _none_of(value: str, known: Sequence[str], where: str, key: str) -> SettingsError:
    near = difflib.get_close_matches(value.lower(), known, 1, 0.5)
    given = ", ".join(known)
    if near:
        return SettingsError(
            "{where}: {key}: “{value}” is none of {known}; did you mean “{near}”?",
            where=where,
            key=key,
            value=value,
            known=given,
            near=near[0],
        )
    return SettingsError(
        "{where}: {key}: “{value}” is none of {known}.",
        where=where,
        key=key,
        value=value,
        known=given,
    )


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
            "{file}: each source is a table of its own: write [[source]] above it.", file=FILE
        )
    return found


def _source(table: dict[str, Any]) -> SourceTable:
    for needed in ("name", "connector"):
        if not isinstance(table.get(needed), str):
            raise SettingsError(
                "{file}: a [[source]] has no “{key}”: add one.", file=FILE, key=needed
            )
    common = {key: value for key, value in table.items() if key in _COMMON}
    own = {key: value for key, value in table.items() if key not in _COMMON}
    where = f"[[source]] {table['name']}"
    source = convert({**common, "own": own}, SourceTable, where)
    try:
        seconds(source.every)
    except SettingsError as error:
        raise SettingsError("{where}: {why}", where=where, why=error) from None
    return source


def _unknown(key: str, known: Sequence[str], where: str) -> SettingsError:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    if near:
        return SettingsError(
            "{where}: unknown setting “{key}”; did you mean “{near}”?",
            where=where,
            key=key,
            near=near[0],
        )
    return SettingsError(
        "{where}: unknown setting “{key}”; known are {known}.",
        where=where,
        key=key,
        known=", ".join(sorted(known)),
    )


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise SettingsError("{file} can't be read: save it in UTF-8.", file=FILE) from None
    except tomllib.TOMLDecodeError as error:
        why, _, place = str(error).rstrip(")").partition(" (at line ")
        line, _, column = place.partition(", column ")
        if not column:
            raise SettingsError(
                "{file} can't be read: check quotes and brackets ({why}).", file=FILE, why=error
            ) from None
        raise SettingsError(
            "{file} can't be read: check quotes and brackets in line {line}, column {column} ({why}).",
            file=FILE,
            line=line,
            column=column,
            why=why,
        ) from None
    except OSError as error:
        raise SettingsError(
            "{file} can't be read: {why}.", file=file, why=_refused(error)
        ) from None


def _refused(error: OSError) -> SettingsError:
    """What the system says, as a part of a sentence."""
    return SettingsError((error.strerror or "the system refuses").lower())
