"""What is remembered of each entry, so that a book that is read again costs nothing and a changed entry amends.

For each item key the digest of its content and the times of that version; and, to find what is gone from a complete
book, the keys in the order in which they first came, in numbered pages.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from stammkunde.connectors.interface import Memory

_SHAPE = struct.Struct(">10sqq")
_COUNT = "pages"


class Version(msgspec.Struct, frozen=True):
    """One state of an entry: its digest, when the book says that it changed and when the file was written.

    Both times in nanoseconds since 1970, 0 where the book does not say; an empty digest: the entry was withdrawn.
    """

    digest: bytes
    changed: int
    written: int

    @property
    def is_gone(self) -> bool:
        """Whether a complete book no longer had it."""
        return self.digest == _GONE

    def is_newer_than(self, other: Version) -> bool:
        """By the book's own times where both have one, else by the files'; the same time is not newer."""
        if self.changed and other.changed and self.changed != other.changed:
            return self.changed > other.changed
        return self.written > other.written


_GONE = b"\0" * 10


def gone(written: int) -> Version:
    """The state of an entry that a complete book written then no longer has."""
    return Version(_GONE, 0, written)


class Ledger:
    """The entries as the memory has them, with what this reading adds until it is committed."""

    def __init__(self, memory: Memory) -> None:
        """Nothing is read before it is asked for."""
        self._memory = memory
        self._changed: dict[str, Version] = {}
        self._new: list[str] = []

    def get(self, key: str) -> Version | None:
        """The last known version of an entry."""
        if key in self._changed:
            return self._changed[key]
        saved = self._memory.get(f"entry {key}")
        return Version(*_SHAPE.unpack(saved)) if saved else None

    def put(self, key: str, version: Version) -> None:
        """Note a new entry or version."""
        if self.get(key) is None:
            self._new.append(key)
        self._changed[key] = version

    def drain(self) -> dict[str, bytes | None]:
        """What to remember with the batch that is about to be committed."""
        remember: dict[str, bytes | None] = {
            f"entry {key}": _SHAPE.pack(version.digest, version.changed, version.written)
            for key, version in self._changed.items()
        }
        if self._new:
            page = self._pages()
            remember[f"page {page}"] = msgspec.msgpack.encode(self._new)
            remember[_COUNT] = str(page + 1).encode()
        self._changed, self._new = {}, []
        return remember

    def known(self) -> Iterator[str]:
        """All keys ever committed, in the order in which they came."""
        for page in range(self._pages()):
            yield from msgspec.msgpack.decode(
                self._memory.get(f"page {page}") or b"\x90", type=list[str]
            )

    def _pages(self) -> int:
        return int(self._memory.get(_COUNT) or 0)
