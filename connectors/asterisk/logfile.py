"""Log files that grow and rotate: their complete lines, and a cursor that finds its place again after a rename."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from stammkunde.connectors.files import opened
from stammkunde.connectors.interface import ConnectorError

_BLOCK = 1 << 16
_HEAD = 256
LONGEST = 1 << 16
"""Bytes of a line: Asterisk itself writes at most 1024."""


class Place(msgspec.Struct, frozen=True):
    """How far a file was read: `offset` after the last complete line.

    The file is known again by `digest`, of its first `head` bytes. `tail` is a digest of what stood after `offset`
    without a line's end, and `told` says that it was already rejected.
    """

    path: str
    offset: int = 0
    head: int = 0
    digest: str = ""
    tail: str = ""
    told: bool = False


class Block(msgspec.Struct, frozen=True):
    """Complete lines as they stand in the file, without the last one's end; `tail` is an incomplete last one.

    `offset` is that of the first line, `end` that after the last one, the same where there is none; `size` is the
    file's.
    """

    lines: bytes
    offset: int
    end: int
    size: int
    tail: bytes = b""


def log_files(paths: Sequence[str]) -> list[Path]:
    """The files of the setting `path`; of a folder its `Master.csv` and what rotation made of it, oldest first.

    A folder's other files hold the same rows once more (Asterisk's option `accountlogs`).
    """
    if not paths:
        raise ConnectorError("path: is missing; give the call log to read, as path = [“…”].")
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        found = _rotated(path, "Master.csv") if path.is_dir() else [path]
        if not found:
            raise ConnectorError(
                "path: no Master.csv in {path}; name the call log itself.", path=path
            )
        for file in found:
            with opened(file):
                files[file] = None
    return list(files)


def planned(files: Sequence[Path], cursor: str | None) -> list[tuple[Path, Place]]:
    """What to read from where: also the rest of a file that was renamed since, before its successor."""
    known = _places(cursor)
    plan: dict[Path, Place] = {}
    for file in files:
        place = _place_of(file, known)
        if place is None:
            for before in known:
                if before.path == str(file):
                    plan |= _renamed(file, before, plan)
        plan.setdefault(file, place or Place(str(file)))
    return list(plan.items())


def cursor_of(places: Sequence[Place]) -> str:
    """The text to save."""
    return msgspec.json.encode(places).decode()


def blocks(path: Path, place: Place) -> Iterator[Block]:
    """The file's lines from there on, in blocks of about 64 KiB."""
    with opened(path) as file:
        size = file.seek(0, 2)
        offset = file.seek(place.offset)
        rest = b""
        while data := file.read(_BLOCK):
            data = rest + data
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > LONGEST:
                cut = len(data)
            rest = data[cut:]
            if cut:
                yield Block(data[:cut].removesuffix(b"\n"), offset, offset + cut, size)
                offset += cut
        yield Block(b"", offset, offset, size, rest)


def marked(path: Path, offset: int, tail: bytes, *, told: bool) -> Place:
    """The place to continue at."""
    head = min(offset, _HEAD)
    with opened(path) as file:
        digest = _digest(file.read(head))
    return Place(str(path), offset, head, digest, _digest(tail) if tail else "", told)


def is_same_tail(place: Place, tail: bytes) -> bool:
    """Whether an incomplete last line is as it was last time, so that nobody is just writing it."""
    return bool(tail) and place.tail == _digest(tail)


def _places(cursor: str | None) -> list[Place]:
    try:
        return [] if cursor is None else msgspec.json.decode(cursor, type=list[Place])
    except msgspec.MsgspecError:
        raise ConnectorError(
            "The saved cursor is another connector's: give this source another name."
        ) from None


def _place_of(file: Path, known: Sequence[Place]) -> Place | None:
    """Where to go on in a file: it is one of the known ones if it begins like it and has not shrunk."""
    with opened(file) as content:
        for place in sorted(known, key=lambda place: place.path != str(file)):
            if _fits(content, place):
                return msgspec.structs.replace(place, path=str(file))
    return None


def _fits(file: BinaryIO, place: Place) -> bool:
    if not place.head or file.seek(0, 2) < place.offset:
        return False
    file.seek(0)
    return _digest(file.read(place.head)) == place.digest


def _renamed(file: Path, place: Place, plan: dict[Path, Place]) -> dict[Path, Place]:
    for other in _rotated(file.parent, file.name):
        if other not in plan and other != file and _place_of(other, [place]):
            return {other: msgspec.structs.replace(place, path=str(other))}
    return {}


def _rotated(folder: Path, name: str) -> list[Path]:
    """A log file and what rotation made of it; compressed ones were read before they became so."""
    try:
        found = [path for path in folder.iterdir() if path.is_file() and path.name.startswith(name)]
        plain = [path for path in found if path.suffix not in (".gz", ".bz2", ".xz", ".zst")]
        return sorted(plain, key=lambda path: (path.stat().st_mtime_ns, path.name))
    except OSError:
        return []


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
