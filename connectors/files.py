"""What connectors that read files share: which files, in which encoding, and how far reading got."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from stammkunde.core.errors import ConnectorError, Message

_BLOCK = 1 << 20


def files_of(paths: Sequence[str], suffixes: Sequence[str] = ()) -> list[Path]:
    """The files of the setting `path`, always in the same order; of a folder all below it that end in a suffix.

    Raises `ConnectorError` if there is none, or one that is not there or can't be opened.
    """
    if not paths:
        raise ConnectorError("path: is missing; give the file or folder to read, as path = [“…”].")
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            found |= dict.fromkeys(_below(path, suffixes))
        else:
            with opened(path):
                found[path] = None
    if not found:
        raise ConnectorError(
            "path: no file in {paths} ends in {suffixes}; name the files themselves.",
            paths=", ".join(paths),
            suffixes=", ".join(suffixes),
        )
    return list(found)


def _below(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if not suffixes or path.suffix.lower() in suffixes)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open for reading; what the system refuses, then or later, is a `ConnectorError`."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ConnectorError:
    if isinstance(error, FileNotFoundError):
        return ConnectorError(
            "path: {path} is not there; correct the path or put the file there.", path=path
        )
    why = Message((error.strerror or "the system refuses").lower())
    return ConnectorError(
        "path: {path} can't be read ({why}); let this program's user read it.", path=path, why=why
    )


def head(path: Path, size: int = 4096) -> bytes:
    """The first bytes of a file, and nothing of what is no readable file: for `recognises`."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def encoding_of(file: BinaryIO) -> str:
    """By its byte order mark, else UTF-8 where all of it is, else Windows-1252, as Excel writes it.

    Reads the file from its start, in blocks, and goes back there. UTF-8 comes as `utf-8-sig`.
    """
    start = file.read(2)
    file.seek(0)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    # what is left undecoded is the last letter of a file that was cut in its middle: UTF-8 all the same
    return "utf-8-sig"


class Finished(msgspec.Struct, frozen=True):
    """A cursor for sources that are read file by file: those read to their end, with size and time of change."""

    files: dict[str, tuple[int, int]] = {}

    @classmethod
    def parse(cls, cursor: str | None) -> Finished:
        """From a cursor's text; raises `ConnectorError` for one of another connector."""
        try:
            return cls() if cursor is None else msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError:
            raise ConnectorError(
                "The saved cursor is another connector's: give this source another name."
            ) from None

    @staticmethod
    def mark(path: Path) -> tuple[int, int]:
        """Size and time of change in ns; take it before reading: what is written meanwhile is then read again."""
        try:
            stat = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from None
        return stat.st_size, stat.st_mtime_ns

    def has(self, path: Path) -> bool:
        """Whether the file was read to its end and is unchanged since."""
        return self.files.get(str(path)) == self.mark(path)

    def plus(self, path: Path, mark: tuple[int, int]) -> Finished:
        """With one file more."""
        return Finished({**self.files, str(path): mark})

    @property
    def cursor(self) -> str:
        """The text to save."""
        return msgspec.json.encode(self).decode()
