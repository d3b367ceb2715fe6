"""How far each folder was read: the cursor, and the exact numbers of what was read in the connector's memory."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from stammkunde.connectors.imap.uids import Ranges, parsed, ranges_of, union, written
from stammkunde.connectors.interface import ConnectorError, Memory

_CHUNK = 8192
"""UIDs whose reading stands under one key: a batch writes one or two of them, whatever the folder's size."""


class Covered(msgspec.Struct, frozen=True):
    """A folder: under that UIDVALIDITY, everything with a UID in these ranges was read, or is not there."""

    validity: int
    uids: str = ""


class Progress(msgspec.Struct, frozen=True):
    """The cursor: what is covered of each folder, by its name."""

    folders: dict[str, Covered] = {}

    @classmethod
    def parse(cls, cursor: str | None) -> Progress:
        """From a cursor's text; raises `ConnectorError` for one of another connector."""
        try:
            return cls() if cursor is None else msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError:
            raise ConnectorError(
                "The saved cursor is another connector's: give this source another name."
            ) from None

    @property
    def cursor(self) -> str:
        """The text to save."""
        return msgspec.json.encode(self).decode()

    def of(self, folder: str, validity: int) -> Ranges:
        """What is covered; nothing where the folder was numbered anew."""
        known = self.folders.get(folder)
        return parsed(known.uids) if known and known.validity == validity else ()

    def plus(self, folder: str, validity: int, uids: Ranges) -> Progress:
        """With a folder as far as it is covered now."""
        return Progress({**self.folders, folder: Covered(validity, written(uids))})


class Ledger:
    """The UIDs of each folder that were read, in chunks under keys of their own."""

    def __init__(self, source: str, memory: Memory) -> None:
        """`source` keeps sources apart that share one system's memory."""
        self._source = source
        self._memory = memory
        self._chunks: dict[str, Ranges] = {}
        self._changed: set[str] = set()

    def add(self, folder: str, validity: int, uids: Iterable[int]) -> None:
        """These were read."""
        by_chunk: dict[int, list[int]] = {}
        for uid in uids:
            by_chunk.setdefault(uid // _CHUNK, []).append(uid)
        index = self._key(folder, validity, "")
        self._put(index, ranges_of(by_chunk))
        for number, found in by_chunk.items():
            self._put(self._key(folder, validity, str(number)), ranges_of(found))

    def read(self, folder: str, validity: int) -> Ranges:
        """All that were."""
        chunks = self._get(self._key(folder, validity, ""))
        return union(
            each
            for first, last in chunks
            for number in range(first, last + 1)
            for each in self._get(self._key(folder, validity, str(number)))
        )

    def forget(self, folder: str, validity: int) -> None:
        """A folder that was numbered anew: its old numbers mean nothing any more."""
        index = self._key(folder, validity, "")
        for first, last in self._get(index):
            for number in range(first, last + 1):
                self._drop(self._key(folder, validity, str(number)))
        self._drop(index)

    def changes(self) -> dict[str, bytes | None]:
        """What is to be remembered since it was last asked."""
        changes = {key: written(self._chunks[key]).encode() or None for key in self._changed}
        self._changed.clear()
        return changes

    def _put(self, key: str, more: Ranges) -> None:
        before = self._get(key)
        after = union((*before, *more))
        if after != before:
            self._chunks[key] = after
            self._changed.add(key)

    def _drop(self, key: str) -> None:
        self._chunks[key] = ()
        self._changed.add(key)

    def _get(self, key: str) -> Ranges:
        if key not in self._chunks:
            self._chunks[key] = parsed((self._memory.get(key) or b"").decode())
        return self._chunks[key]

    def _key(self, folder: str, validity: int, chunk: str) -> str:
        return f"imap\n{self._source}\n{folder}\n{validity}\n{chunk}"
