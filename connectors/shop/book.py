"""Which orders of a shop are known: what reconciliation goes by, and the proof that none is missing.

A shop tells of a new or changed order, and of one that is gone nothing at all. So the numbers of all known orders are
remembered, in blocks of neighbours, each with the day on which it was placed and a fingerprint of what a short list
shows of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from stammkunde.connectors.shop.ledger import Ledger

SIZE = 512
"""Numbers in a block: one is written anew with every batch that touches it."""
_KEPT = 64
_DIRECTORY = "numbers"


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A known order: its day in days since 1970 UTC, and the fingerprint."""

    day: int
    digest: bytes


class _Directory(msgspec.Struct, array_like=True):
    """Of each block how many orders it holds and the day of its latest; and the orders that are gone."""

    blocks: dict[int, tuple[int, int]] = {}
    gone: list[int] = []


class Book:
    """The known orders of one system, whose ids are whole numbers; changes are put into the ledger by `flush`."""

    def __init__(self, ledger: Ledger) -> None:
        """Nothing is read before it is asked for."""
        self._ledger = ledger
        self._blocks: dict[int, dict[int, Entry]] = {}
        self._changed: set[int] = set()
        self._index: _Directory | None = None

    @property
    def held(self) -> int:
        """How many orders are known and not gone."""
        self.flush()
        return sum(count for count, _ in self._directory.blocks.values())

    @property
    def gone(self) -> tuple[int, ...]:
        """The orders that were read once and are gone."""
        return tuple(sorted(self._directory.gone))

    def get(self, number: int) -> Entry | None:
        """What is known of an order that is not gone."""
        return self._block(number // SIZE).get(number)

    def note(self, number: int, entry: Entry) -> None:
        """An order as it is now."""
        block = self._block(number // SIZE)
        if block.get(number) == entry:
            return
        block[number] = entry
        self._changed.add(number // SIZE)
        if number in self._directory.gone:
            self._directory.gone.remove(number)

    def remove(self, number: int) -> None:
        """An order that is gone."""
        if self._block(number // SIZE).pop(number, None):
            self._changed.add(number // SIZE)
            self._directory.gone.append(number)

    def between(self, above: int, upto: int | None, days: range) -> Iterator[tuple[int, Entry]]:
        """The known orders of those days with a number above the one and up to the other, in order."""
        for key in sorted(self._directory.blocks.keys() | self._changed):
            _, latest = self._directory.blocks.get(key, (0, days.start))
            is_outside = (key + 1) * SIZE <= above or (upto is not None and key * SIZE > upto)
            if is_outside or (latest < days.start and key not in self._changed):
                continue
            for number, entry in sorted(self._block(key).items()):
                if above < number and (upto is None or number <= upto) and entry.day in days:
                    yield number, entry

    def days(self) -> Counter[int]:
        """How many known orders each day has."""
        return Counter(entry.day for _, entry in self.between(-1, None, range(-1 << 40, 1 << 40)))

    def flush(self) -> None:
        """Put all changes into the ledger, to be remembered with its batch."""
        if not self._changed:
            return
        directory = self._directory
        for key in self._changed:
            block = self._blocks[key]
            latest = max((entry.day for entry in block.values()), default=0)
            directory.blocks[key] = len(block), latest
            self._ledger.put(f"{_DIRECTORY} {key}", msgspec.msgpack.encode(block))
        self._ledger.put(_DIRECTORY, msgspec.msgpack.encode(directory))
        self._changed.clear()
        for key in list(self._blocks)[:-_KEPT]:
            del self._blocks[key]

    @property
    def _directory(self) -> _Directory:
        if self._index is None:
            saved = self._ledger.get(_DIRECTORY)
            self._index = msgspec.msgpack.decode(saved, type=_Directory) if saved else _Directory()
        return self._index

    def _block(self, key: int) -> dict[int, Entry]:
        block = self._blocks.get(key)
        if block is None:
            saved = self._ledger.get(f"{_DIRECTORY} {key}")
            block = msgspec.msgpack.decode(saved, type=dict[int, Entry]) if saved else {}
            self._blocks[key] = block
        return block
