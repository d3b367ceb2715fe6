"""The settings file as a page shows it: table by table in its own keys; of a secret only where it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from stammkunde.app import writing
from stammkunde.app.web.visit import Visit
from stammkunde.config.settings import Secret, SourceTable
from stammkunde.connectors import registry
from stammkunde.core.errors import ConnectorError

_SECRET = re.compile(r"pass|secret|token|credential|(^|_)key($|_)", re.IGNORECASE)
_USER_PART = re.compile(r"(?<=//)[^/@\s]*@")
"""Name and password in an address (RFC 3986 §3.2.1)."""


class Entry(msgspec.Struct, frozen=True):
    """A key and its value in words."""

    key: str
    value: str


class Table(msgspec.Struct, frozen=True):
    """A table of the file by its heading there, with the keys that say something."""

    name: str
    entries: tuple[Entry, ...]


def company(visit: Visit) -> tuple[Entry, ...]:
    """Who we are, in the visitor's words; of whom nothing is kept is no matter of this page."""
    text, own = visit.text, visit.home.company
    place = f"{own.country}-{own.canton}" if own.canton else own.country
    numbers = (writing.phone(number, own.country) for number in own.numbers)
    said = (
        (text("Name"), own.name),
        (text("Country"), place),
        (text("Time zone"), own.timezone),
        (text("Currency"), own.currency),
        (
            text("Opening hours"),
            " · ".join(f"{_days(days, visit)} {at}" for days, at in own.hours.items()),
        ),
        (text("Further days off"), ", ".join(own.holidays)),
        (text("Own addresses"), ", ".join(own.addresses)),
        (text("Own domains"), ", ".join(own.domains)),
        (text("Own numbers"), ", ".join(numbers)),
    )
    return tuple(Entry(label, value or "–") for label, value in said)


def tables(visit: Visit) -> tuple[Table, ...]:
    """Sources, store and web as this run read them."""
    found = visit.home.settings
    return (
        *(_source(visit, source) for source in found.sources),
        Table("[store]", tuple(_entries(visit, _said(found.store)))),
        Table("[web]", tuple(_entries(visit, _said(found.web), plain=("tls_key",)))),
    )


def _source(visit: Visit, source: SourceTable) -> Table:
    common = {key: value for key, value in _said(source).items() if key != "own"}
    known = _fields(source.connector)
    own = {
        key: value if key in known or _as_secret(value) else None
        for key, value in source.own.items()
    }
    return Table("[[source]]", tuple(_entries(visit, {**common, **own})))


def _fields(connector: str) -> Collection[str]:
    """The keys that a connector has; none where it is not installed."""
    try:
        kind = registry.load(connector)
    except ConnectorError:
        return ()
    return {field.encode_name for field in msgspec.structs.fields(kind.Settings)}


def _said(table: msgspec.Struct) -> dict[str, Any]:
    """What a table says, its defaults included as far as they are not empty."""
    return {
        key: value
        for key, value in msgspec.structs.asdict(table).items()
        if value not in ("", (), None)
    }


def _entries(visit: Visit, said: Mapping[str, Any], plain: Collection[str] = ()) -> Iterable[Entry]:
    """`plain` are the keys that look like a secret's and are none."""
    for key, value in said.items():
        yield Entry(
            key, _value(visit, value, may_be_secret=key not in plain and bool(_SECRET.search(key)))
        )


def _value(visit: Visit, value: Any, *, may_be_secret: bool) -> str:
    if secret := _as_secret(value):
        if secret.env:
            return visit.text("from the environment variable {name}", name=secret.env)
        return visit.text("from the file {name}", name=secret.file)
    if may_be_secret or value is None:
        return visit.text("not shown here")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    return _plain(value)


def _as_secret(value: Any) -> Secret | None:
    if isinstance(value, Secret):
        return value
    if isinstance(value, dict) and value and value.keys() <= {"env", "file"}:
        return Secret(**{key: str(name) for key, name in value.items()})
    return None


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return _USER_PART.sub("…@", value)


def _days(days: str, visit: Visit) -> str:
    """`Mo–Fr` for `mo-fr`."""
    order = ("mo", "tu", "we", "th", "fr", "sa", "su")
    parts = (part.strip().lower() for part in days.split("-"))
    return "–".join(
        writing.weekday(order.index(part), visit.locale.code) if part in order else part
        for part in parts
    )
