"""Rows and links that are loaded when asked for, remember what changed, and can be dropped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
V = TypeVar("V", bound=Hashable)


class Table(Generic[K, R]):
    """Rows by key; None stands for a row that is known to be absent."""

    def __init__(self, load: Callable[[K], R | None]) -> None:
        """`load` reads one row."""
        self._load = load
        self._rows: dict[K, R | None] = {}
        self._changed: set[K] = set()

    def get(self, key: K) -> R | None:
        """The row, or None."""
        try:
            return self._rows[key]
        except KeyError:
            row = self._rows[key] = self._load(key)
            return row

    def put(self, key: K, row: R | None) -> None:
        """A new row, or None to take it away."""
        self._rows[key] = row
        self._changed.add(key)

    def keep(self, key: K, row: R | None) -> None:
        """A row that is as it was loaded, or can be found again."""
        self._rows[key] = row

    def knows(self, key: K) -> bool:
        """Whether the row is in memory."""
        return key in self._rows

    def change(self, key: K) -> None:
        """Say that a row was changed in place."""
        self._changed.add(key)

    def changed(self) -> list[tuple[K, R | None]]:
        """The rows to be saved, as they are now."""
        return [(key, self._rows[key]) for key in self._changed]

    def saved(self, limit: int) -> None:
        """All is written: of more than `limit` rows, the ones that came first are dropped."""
        self._changed.clear()
        _trim(self._rows, limit)

    def clear(self) -> None:
        """Forget everything, what changed included."""
        self._rows.clear()
        self._changed.clear()


class Links(Generic[K, V]):
    """Sets by key. Adding to a set does not load it."""

    def __init__(self, load: Callable[[K], Iterable[V]]) -> None:
        """`load` reads one set."""
        self._load = load
        self._sets: dict[K, set[V]] = {}
        self._changes: dict[K, dict[V, bool]] = {}

    def of(self, key: K) -> set[V]:
        """The set, not to be changed but by `add` and `discard`."""
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = set(self._load(key))
            for value, present in self._changes.get(key, {}).items():
                (found.add if present else found.discard)(value)
        return found

    def add(self, key: K, value: V) -> None:
        """Put one in."""
        self._changes.setdefault(key, {})[value] = True
        if key in self._sets:
            self._sets[key].add(value)

    def discard(self, key: K, value: V) -> None:
        """Take one out."""
        self._changes.setdefault(key, {})[value] = False
        if key in self._sets:
            self._sets[key].discard(value)

    def changed(self) -> list[tuple[K, V, bool]]:
        """Key, value and whether it is there now."""
        return [
            (key, value, present)
            for key, values in self._changes.items()
            for value, present in values.items()
        ]

    def saved(self, limit: int) -> None:
        """All is written: of more than `limit` sets, the ones that came first are dropped."""
        self._changes.clear()
        _trim(self._sets, limit)

    def clear(self) -> None:
        """Forget everything, what changed included."""
        self._sets.clear()
        self._changes.clear()


def _trim(rows: dict[K, R], limit: int) -> None:
    """Drop the oldest quarter: dropping one for each new one would cost a step for each."""
    if len(rows) > limit:
        for key in list(rows)[: len(rows) - limit * 3 // 4]:
            del rows[key]
