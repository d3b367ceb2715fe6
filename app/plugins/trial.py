"""A trial of one source: whether it can be read, and what its first batch would bring. Nothing is written."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stammkunde.app import failures
from stammkunde.app.bootstrap import Home
from stammkunde.app.reading import Overlay
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Batch, Connector, ConnectorError
from stammkunde.core.errors import N_, StammkundeError

CAN = {
    "recognises": N_("recognises its files"),
    "retry": N_("reads rejected items again"),
    "listen": N_("is told of news"),
    "receive": N_("is called by the source"),
    "holdings": N_("proves that nothing is missing"),
    "ringing": N_("shows calls while they ring"),
    "login": N_("is signed in to with a browser"),
}
"""What a connector may be able to do beyond being read, by the method that it then has."""


class Trial(msgspec.Struct, frozen=True):
    """What a source's first batch holds: contacts by kind, what is ignored or rejected by reason.

    `flaws` are what is wrong with contacts that are not well-formed, each with the number of these.
    """

    source: str
    connector: str
    can: tuple[str, ...]
    contacts: int
    kinds: dict[str, int]
    ignored: dict[str, int]
    rejected: dict[str, int]
    flaws: dict[str, int]


def attempt(home: Home, table: SourceTable) -> Trial:
    """Check a source and read its first batch, from its beginning and as if nothing had ever been read.

    Raises `ConnectorError` where it can't be read, also where the connector fails as none should.
    """
    connector = home.connector(table)
    try:
        connector.check()
        batch = first_batch(connector, _memory(home, table, connector))
    except (StammkundeError, OSError):
        raise
    except Exception as error:  # a plugin may fail in any way, and its author wants to know where
        failures.trace(error)
        raise _defect(table.connector, error) from error
    finally:
        close(connector)
    wrong = Counter(flaw for contact in batch.contacts for flaw in flaws(contact))
    return Trial(
        source=table.name,
        connector=table.connector,
        can=tuple(name for name in CAN if getattr(connector, name, None)),
        contacts=len(batch.contacts),
        kinds=dict(Counter(contact.kind for contact in batch.contacts)),
        ignored=dict(batch.ignored),
        rejected=dict(Counter(item.reason for item in batch.rejected)),
        flaws=dict(wrong),
    )


def close(connector: Connector) -> None:
    """Close what a connector keeps open, if it keeps anything."""
    closes = getattr(connector, "close", None)
    if closes:
        closes()


def _memory(home: Home, table: SourceTable, connector: Connector) -> Overlay:
    """An empty one, except that a sign-in is remembered."""
    if home.exists and getattr(connector, "login", None):
        return Overlay(home.intake.open(home.source(table)).memory)
    return Overlay()


def first_batch(connector: Connector, memory: Overlay) -> Batch:
    """The first batch that holds anything."""
    batches: Iterator[Batch] = connector.fetch(None, memory)
    for batch in batches:
        memory.remember(batch)
        if batch.contacts or batch.rejected or batch.ignored:
            return batch
    return Batch()


def _defect(connector: str, error: Exception) -> ConnectorError:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return ConnectorError(
        "The connector “{connector}” fails ({kind}, {file}:{line}): a defect of it, which {debug}=1 shows whole.",
        connector=connector,
        kind=type(error).__name__,
        file=Path(frame.filename).name,
        line=frame.lineno,
        debug=failures.DEBUG,
    )
