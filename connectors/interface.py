"""All that a connector needs to know.

A connector reads one source and never changes it. `fetch` yields batches; each is committed, with its cursor and
what it remembers, before the next one is asked for. So whatever a connector saw is either in the log or will be read
again, and reading again is harmless: an item that is known already costs nothing.

Terms. An *item* is one thing at its source (a message, a call, an order's milestone, an address-book entry). Every
item ends in exactly one of *recorded*, *duplicate* (the core tells these two apart), *ignored* (counted by reason) or
*rejected* (kept with its raw bytes and the reason, to be read again after a mend).

Order of calls: `__init__`, `check`, then `fetch` as often as one likes. A connector raises `ConnectorError`, naming the
setting or file and the remedy, when the source as a whole can't be read; a single bad item is never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.company import Company
from stammkunde.core.errors import ConnectorError

__all__ = [
    "BATCH", "Batch", "Connector", "ConnectorError", "Context", "Memory", "Rejected",
]  # fmt: skip

BATCH = 1000
"""Contacts in a batch: larger ones are no faster, smaller ones lose less when killed."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Where a connector works: the source's name, the namespace of its ids, and the company it works for."""

    source: str
    company: Company
    system: str = ""

    @property
    def namespace(self) -> str:
        """The setting `system`, so that two feeds of one shop or telephone system meet; default: the source's name."""
        return self.system or self.source


class Memory(Protocol):
    """What the connector remembered of this system with earlier batches; encrypted in the log's database."""

    def get(self, key: str) -> bytes | None:
        """The value last remembered under `key`, or None."""


@runtime_checkable
class Connector(Protocol):
    """One source, read.

    `Settings` is a frozen msgspec struct with `forbid_unknown_fields=True`: the keys of the source's table in
    `stammkunde.toml`, each with a default where one makes sense. A connector that reads files has a setting
    `path: tuple[str, ...]`.
    """

    Settings: ClassVar[type[msgspec.Struct]]

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both; no I/O here."""

    def check(self) -> None:
        """Raise `ConnectorError` if the source can't be read as the settings say."""

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """All that is new since `cursor` (None: from the beginning), in batches of about `BATCH` contacts."""


class ReadsFiles(Protocol):
    """What a connector for files adds, so that a file can be imported without naming its connector."""

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether the file or folder looks like this connector's; reads a few KiB at the most."""


@runtime_checkable
class Retries(Protocol):
    """What a connector adds whose rejected items can be read again by themselves."""

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected item again; still unreadable: a batch that rejects it once more."""
