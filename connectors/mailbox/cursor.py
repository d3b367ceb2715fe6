"""How far a mailbox was read: which files and archives, and of each folder which mails."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from stammkunde.core.errors import ConnectorError

_WIDTH = 7
"""Bytes that stand for one mail of a folder: of a million, a new one is mistaken for a known one once in 70 billion."""


def stamp(name: str, size: int, mtime_ns: int) -> bytes:
    """What tells a mail's file in a folder from the others and from a changed version of itself.

    Maildir notes flags in the name behind `:2,`: a mail that was read or answered is still the same.
    """
    text = f"{name.partition(':2,')[0]}\0{size}\0{mtime_ns}"
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_WIDTH).digest()


class Progress(msgspec.Struct, frozen=True):
    """The cursor: the stamp of each file read to its end, and of each folder the sorted stamps of its mails."""

    files: dict[str, bytes] = {}
    folders: dict[str, bytes] = {}

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

    def known(self, folder: str) -> frozenset[bytes]:
        """The stamps of a folder's mails that were read."""
        packed = self.folders.get(folder, b"")
        return frozenset(packed[at : at + _WIDTH] for at in range(0, len(packed), _WIDTH))

    def with_file(self, path: str, mark: bytes) -> Progress:
        """With one file more."""
        return Progress({**self.files, path: mark}, self.folders)

    def with_folder(self, path: str, marks: Iterable[bytes]) -> Progress:
        """With a folder as it is now: what is gone from it is forgotten."""
        return Progress(self.files, {**self.folders, path: b"".join(sorted(marks))})
