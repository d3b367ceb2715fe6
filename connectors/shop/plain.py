"""Files as they are, or compressed by xz or gzip: read as one and the same stream of bytes."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from stammkunde.connectors.files import files_of, opened

_PACKED = (".xz", ".gz")
_DAMAGED = (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile)


class Plain(io.RawIOBase):
    """A stream that ends where its compression is damaged, and then says so."""

    def __init__(self, file: IO[bytes]) -> None:
        """`file` gives the bytes once unpacked."""
        self._file = file
        self.is_damaged = False

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """To its start at least."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go back; of a compressed file what lies before is unpacked again."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, as far as there is something left to read."""
        try:
            block = self._file.read(len(buffer))
        except _DAMAGED:
            self.is_damaged = True
            return 0
        buffer[: len(block)] = block
        return len(block)


@contextmanager
def plain(path: Path) -> Iterator[tuple[BinaryIO, Plain]]:
    """The file's bytes, unpacked by what its name ends in, buffered, and the stream that knows of damage.

    What the system refuses is a `ConnectorError`.
    """
    with opened(path) as file:
        stream = Plain(_unpacked(path, file))
        yield cast(BinaryIO, io.BufferedReader(stream, 1 << 16)), stream


def plain_files(paths: Sequence[str], suffixes: tuple[str, ...]) -> list[Path]:
    """The files of the setting `path`, as `files_of`; of a folder also those that are compressed besides."""
    named = set(map(Path, paths))
    files = files_of(paths, (*suffixes, *_PACKED))
    return [
        path
        for path in files
        if path in named
        or path.suffix.lower() not in _PACKED
        or Path(path.stem).suffix.lower() in suffixes
    ]


def plain_head(path: Path, size: int = 8192) -> bytes:
    """The first bytes of a file, unpacked, and nothing of what is no readable file: for `recognises`."""
    try:
        with path.open("rb") as file:
            return Plain(_unpacked(path, file)).read(size) or b""
    except OSError:
        return b""


def _unpacked(path: Path, file: BinaryIO) -> IO[bytes]:
    match path.suffix.lower():
        case ".xz":
            return lzma.open(file)
        case ".gz":
            return cast(IO[bytes], gzip.open(file))
        case _:
            return file
