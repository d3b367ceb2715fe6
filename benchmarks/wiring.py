"""The parts that benchmarks put together."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from stammkunde.core.assignment import Assignment, Decision, Observation
from stammkunde.core.assignment.tables import SCHEMA, evidence_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.ids import random_id
from stammkunde.core.intake import Intake
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log


def collect_rarely() -> None:
    """The garbage collector as the application sets it for an import."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def open_intake(path: Path) -> Intake:
    """A log with its intake, as the application wires it."""
    collect_rarely()
    log = Log(path / "log.db", KeyStore(path / "keys.db", b"k" * 32), tables=SCHEMA)
    evidence = evidence_of(log.keys.keys)
    return Intake(log, Assignment(evidence, random_id), Company(domains=("muster-velo.example",)))


class IndexOnly:
    """Stands where assignment does and decides nothing: one row by keyed hash for each new identifier."""

    SCHEMA = (
        "CREATE TABLE identifier_index (hash BLOB PRIMARY KEY, handle TEXT) STRICT, WITHOUT ROWID"
    )

    def __init__(self, mac: Callable[[bytes], bytes]) -> None:
        """The index key's function."""
        self.evidence = self
        self._mac = mac
        self._known: dict[Identifier, str] = {}
        self._new: list[tuple[bytes, str]] = []
        self._cursor: sqlite3.Cursor

    def attach(self, cursor: sqlite3.Cursor) -> None:
        """Write by this cursor."""
        self._cursor = cursor

    def drop(self) -> None:
        """One process alone writes here."""

    def living(self, customer: str) -> str:
        """Nobody is merged."""
        return customer

    def save(self) -> None:
        """Write what is new."""
        self._cursor.executemany(
            "INSERT INTO identifier_index VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(self._new)
        )
        self._new.clear()

    def handle_for(
        self, identifiers: Iterable[Identifier], name: Name | None, *, last: str | None = None
    ) -> tuple[str | None, bool]:
        """A handle for the first identifier; never said to be new."""
        del name, last
        first = next(iter(identifiers))
        if first not in self._known:
            self._known[first] = random_id()
            digest = self._mac(f"{first.kind}{first.value}".encode())[:16]
            self._new.append((digest, self._known[first]))
        return self._known[first], False

    def observe(self, observations: Iterable[Observation]) -> None:
        """Nothing is observed."""

    def settle(self) -> list[Decision]:
        """Nothing is decided."""
        return []
