"""Under which name and namespace files are imported, and whether what a source gives was read under another one before.

Ids of calls, orders and entries hang on the namespace: under a second one every item would be recorded twice. Mails
share one namespace, whatever they are read as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stammkunde.app.bootstrap import Home
from stammkunde.config.settings import SourceTable, convert
from stammkunde.core import ids
from stammkunde.core.contact import Contact
from stammkunde.core.errors import ConnectorError
from stammkunde.core.feed import Source
from stammkunde.core.intake import MAIL
from stammkunde.core.items import known_items
from stammkunde.core.log.store import Log


class Earlier(msgspec.Struct, frozen=True):
    """A source that the settings file or the log knows already."""

    name: str
    connector: str
    system: str


class Choice(msgspec.Struct, frozen=True):
    """What an import starts from; `rivals` are the sources of which nobody said which one is meant."""

    table: SourceTable
    rivals: tuple[str, ...] = ()


def choose(home: Home, connector: str, name: str | None) -> Choice:
    """The source that is meant by a connector and perhaps a name.

    A configured one with its settings, else the one that the log knows; without a name the only one of the connector.
    Raises `ConnectorError` for a name that another connector's source has.
    """
    configured = {source.name: source for source in home.settings.sources}
    known = {one.name: one for one in _earlier(home)}
    if name is None:
        names = [each for each, source in configured.items() if source.connector == connector]
        names = names or [each for each, one in known.items() if one.connector == connector]
        if len(names) > 1 and connector not in names:
            return Choice(SourceTable(name=connector, connector=connector), tuple(names))
        name = names[0] if len(names) == 1 else connector
    found = configured.get(name) or known.get(name)
    if found and found.connector != connector:
        raise ConnectorError(
            "“{name}” is a source of {other}, not of {connector}: give another name with --source.",
            name=name,
            other=found.connector,
            connector=connector,
        )
    if isinstance(found, SourceTable):
        return Choice(found)
    system = found.system if found else ""
    return Choice(SourceTable(name=name, connector=connector, system=system))


def with_files(
    choice: Choice, paths: Sequence[str], own: Mapping[str, str] | None = None
) -> Choice:
    """The source with these files in the place of its own, and what `own` says on top of its settings.

    Of a source that is read live (none of its settings is a `path`) nothing holds for files, but its name and system.
    """
    own = own or {}
    common: dict[str, Any] = {key: own[key] for key in ("system", "keep") if key in own}
    rest = {key: value for key, value in own.items() if key not in common}
    before = choice.table.own if "path" in choice.table.own else {}
    table = {
        **msgspec.structs.asdict(choice.table),
        **common,
        "own": {**before, **rest, "path": list(paths)},
    }
    return msgspec.structs.replace(choice, table=convert(table, SourceTable, "--set"))


def _earlier(home: Home) -> list[Earlier]:
    if not home.exists:
        return []
    with home.log.store.reading() as cursor:
        rows = cursor.execute("SELECT name, connector, system FROM sources ORDER BY number")
        return [Earlier(*row) for row in rows]


class Namesakes:
    """The other namespaces of a source's connector in which its items may be known; none where its own is given."""

    def __init__(self, log: Log, source: Source, rivals: Sequence[str] = ()) -> None:
        """`rivals` as in `Choice`."""
        self._log = log
        self._source = source
        self._rivals = () if source.system else tuple(rivals)
        with log.store.reading() as cursor:
            rows = cursor.execute(
                "SELECT name, system FROM sources WHERE connector = ? AND system <> ? ORDER BY number",
                (source.connector, source.namespace),
            ).fetchall()
        self._others = {} if source.system else {system: name for name, system in rows}

    def refuse_doubles(self, contacts: Sequence[Contact], *, configured: bool) -> None:
        """Raises `ConnectorError` where most items of a batch would be recorded a second time.

        A few are let through: two address books may well hold the same card. `configured` says where the remedy goes.
        """
        if not self._others and not self._rivals:
            return
        items = {contact.item for contact in contacts if contact.channel != MAIL}
        if not items:
            return
        if self._rivals:
            raise ConnectorError(
                "There are several sources of {connector}: say which one with --source ({names}).",
                connector=self._source.connector,
                names=", ".join(self._rivals),
            )
        mac = self._log.keys.keys.ids
        with self._log.store.reading() as cursor:
            own = [ids.item_id(mac, self._source.namespace, item) for item in items]
            new = len(items) - len(known_items(cursor, own))
            for system, name in self._others.items():
                there = [ids.item_id(mac, system, item) for item in items]
                if new and min(new, len(known_items(cursor, there))) * 2 > len(items):
                    raise _doubled(
                        self._source.name, Earlier(name, "", system), configured=configured
                    )


def _doubled(name: str, earlier: Earlier, *, configured: bool) -> ConnectorError:
    if configured:
        return ConnectorError(
            'this was read before as “{earlier}” and would be recorded twice: add system = "{system}" to the source in'
            ' stammkunde.toml, or system = "{name}" if it is another system.',
            name=name,
            earlier=earlier.name,
            system=earlier.system,
        )
    return ConnectorError(
        "This was read before as “{earlier}” and would be recorded twice: use --source {earlier}, or"
        " --set system={name} if it is another system.",
        name=name,
        earlier=earlier.name,
    )
