"""Archives and compressed files, read as streams: nothing is unpacked, so no name in them can do harm."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

DAMAGED = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile, NotImplementedError,
    UnicodeDecodeError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""What the modules raise on archives that are cut, garbled, locked with a password or packed in an unknown way."""

_TAR_MAGIC_AT = 257
_TAR_END = 1024


class Member(NamedTuple):
    """One file in an archive; `file` can be read until the next member is asked for."""

    name: str
    file: BinaryIO


def is_tar(start: bytes) -> bool:
    """By the magic word of POSIX and GNU tar."""
    return start[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar"


def is_zip(start: bytes) -> bool:
    """By the signature of a first member."""
    return start.startswith(b"PK\x03\x04")


def is_compressed(start: bytes) -> bool:
    """By the signatures of gzip, xz and bzip2."""
    return start.startswith((b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"BZh"))


def decompressed(file: BinaryIO, start: bytes) -> BinaryIO:
    """The content of a compressed file from its beginning."""
    if start.startswith(b"\x1f"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if start.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(file))
    return cast(BinaryIO, lzma.LZMAFile(file))


def tar_members(file: BinaryIO) -> Iterator[Member]:
    """The regular files of a tar, in one pass; links and devices are passed over.

    Raises `EOFError` where the empty blocks are missing that end a tar: `tarfile` takes a cut one for a whole one.
    """
    watched = _Watched(file)
    with tarfile.open(fileobj=cast(BinaryIO, watched), mode="r|") as archive:
        for entry in archive:
            content = archive.extractfile(entry) if entry.isfile() else None
            if content is not None:
                yield Member(entry.name, cast(BinaryIO, content))
            archive.members = []  # type: ignore[attr-defined]  # it would keep every entry for a second pass
    if watched.tail.strip(b"\0"):
        raise EOFError


class _Watched:
    """A stream that remembers its last bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tail = b""

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.tail = (self.tail + data)[-_TAR_END:]
        return data


def zip_members(file: BinaryIO) -> Iterator[Member]:
    """The files of a zip, in the order of its directory."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with archive.open(entry) as content:
                    yield Member(entry.filename, cast(BinaryIO, content))
