"""What waits in quarantine as programs see it, and reading it again after a mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from stammkunde.app.bootstrap import Home
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Retries
from stammkunde.core.batch import Batch
from stammkunde.core.errors import ConnectorError
from stammkunde.core.quarantine import Entry, Quarantine


class Waiting(msgspec.Struct, frozen=True):
    """One item that could not be read; `size` in bytes, `seen_at` in UTC, `reference` by which its source knows it."""

    number: int
    source: str
    reason: str
    reference: str
    size: int
    seen_at: datetime


class Retried(msgspec.Struct, frozen=True):
    """Of one source, how many items were read this time, and how many still wait."""

    source: str
    read: int
    waiting: int


def waiting(
    home: Home, source: str = "", *, limit: int | None = None, after: int = 0
) -> list[Waiting]:
    """What waits, oldest first; all of it or a page, as `Quarantine.entries`."""
    entries = Quarantine(home.log).entries(source, limit=limit, after=after)
    return [
        Waiting(
            **{
                **msgspec.structs.asdict(entry),
                "seen_at": datetime.fromtimestamp(entry.seen_at / 1e6, UTC),
            }
        )
        for entry in entries
    ]


def retry(
    home: Home, source: str, changed: Mapping[str, object], *, number: int = 0
) -> list[Retried]:
    """Read again what waits, of one source or of all, or one item; what is read now leaves the quarantine, the rest stays.

    `changed` settings of the connector go before those with which the source was read. Raises `ConnectorError` where a
    connector can't read single items, `SettingError` where a setting is wrong.
    """
    by_source: dict[str, list[Entry]] = {}
    page = {"after": number - 1, "limit": 1} if number else {}
    for entry in Quarantine(home.log).entries(source, **page):
        by_source.setdefault(entry.source, []).append(entry)
    results = [_retry(home, name, entries, changed) for name, entries in by_source.items()]
    home.catch_up()
    return results


def _retry(
    home: Home, name: str, entries: Sequence[Entry], changed: Mapping[str, object]
) -> Retried:
    quarantine = Quarantine(home.log)
    connector_name, system, keep, own = quarantine.settings(name)
    stored = {**msgspec.json.decode(own), **changed}
    table = SourceTable(name, connector_name, system=system, keep=keep, own=stored)  # type: ignore[arg-type]
    connector = home.connector(table)
    if not isinstance(connector, Retries):
        raise ConnectorError(
            "The connector “{connector}” can't read single items again: import the file once more.",
            connector=connector_name,
        )
    feed = home.intake.open(home.source(table))
    read = 0
    try:
        for entry in entries:
            batch: Batch = connector.retry(quarantine.item(entry.number), feed.memory)
            feed.record(batch, released=entry.number)
            read += not batch.rejected
    finally:
        if hasattr(connector, "close"):
            connector.close()
    return Retried(name, read, len(entries) - read)
