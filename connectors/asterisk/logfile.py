"""Log files that grow and rotate: their complete lines, and a cursor that finds its place again after a rename."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from stammkunde.connectors.files import opened
from stammkunde.connectors.interface import ConnectorError

_BLOCK = 1 << 16
_HEAD = 256
LONGEST = 1 << 16
"""Bytes of a line: Asterisk itself writes at most 1024."""

_PACKED: dict[str, Callable[[BinaryIO], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_OTHERWISE_PACKED = (".zst", ".lz4", ".zip")


class Place(msgspec.Struct, frozen=True):
    """How far a file was read: `offset` after the last complete line, of which there were `lines`.

    The file is known again by `digest`, of its first `head` bytes, and by `foot`, of those before `offset`: who edits a
    log moves them. `tail` is a digest of what stood after `offset` without a line's end, and `told` says that it was
    already rejected. `first` is the id of the call in the first row, which ended at `since`; `gone` names rows that were
    read once and stand there no more.
    """

    path: str
    offset: int = 0
    head: int = 0
    digest: str = ""
    tail: str = ""
    told: bool = False
    foot: str = ""
    lines: int = 0
    first: str = ""
    since: int = 0
    gone: tuple[str, ...] = ()


class Planned(msgspec.Struct, frozen=True):
    """A file and where to go on in it; `before` is where we were in the one that stood under its name and is not it.

    `is_first`: nothing of this source was read yet, so that nobody may come again for what is left.
    """

    path: Path
    place: Place
    before: Place | None = None
    is_first: bool = False


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

    A folder's other files hold the same rows once more (Asterisk's option `accountlogs`). A file may be absent where
    rotation left others: Asterisk makes it anew with the next call.
    """
    if not paths:
        raise ConnectorError("path: is missing; give the call log to read, as path = [“…”].")
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        found = _plain(path, "Master.csv") if path.is_dir() else [path]
        if not found:
            raise ConnectorError(
                "path: no Master.csv in {path}; name the call log itself.", path=path
            )
        for file in found:
            with reading(file) as log:
                if log is None and not rotated_from(file):
                    with opened(file):
                        pass
            files[file] = None
    return list(files)


def rotated_from(file: Path) -> list[Path]:
    """What rotation made of a log file, oldest first."""
    return [path for path in _rotated(file.parent, file.name) if path != file]


def planned(files: Sequence[Path], cursor: str | None) -> list[Planned]:
    """What to read from where: also the rest of a file that was renamed since, before its successor."""
    known = places_of(cursor)
    plan: dict[Path, Planned] = {}
    for file in files:
        place = _place_of(file, known)
        before = next((each for each in known if each.path == str(file)), None)
        if before and place and place.digest == before.digest:
            before = None
        went = [each for each in (before, _predecessor(file, known, files)) if each]
        for found in _rotated_since(file, went, known, {*plan, *files}):
            plan[found.path] = found
        plan.setdefault(
            file, Planned(file, place or _fresh(file), None if place else before, cursor is None)
        )
    return list(plan.values())


def cursor_of(places: Sequence[Place]) -> str:
    """The text to save."""
    return msgspec.json.encode(places).decode()


class LogFile:
    """A file that is open, so that a rename meanwhile changes nothing."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """`file` is at its start."""
        self._path = path
        self._file = file

    def is_at(self, place: Place) -> bool:
        """Whether the file is still the one that was planned."""
        return _fits(self._file, place) if place.head else not place.offset

    def blocks(self, offset: int) -> Iterator[Block]:
        """The lines from there on, in blocks of about 64 KiB."""
        file = self._file
        size = file.seek(0, os.SEEK_END)
        file.seek(offset)
        rest = b""
        while data := file.read(_BLOCK):
            at = file.tell()
            data = rest + data
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > LONGEST:
                cut = len(data)
            rest = data[cut:]
            if cut:
                yield Block(data[:cut].removesuffix(b"\n"), offset, offset + cut, size)
                offset += cut
            file.seek(at)
        yield Block(b"", offset, offset, size, rest)

    def marked(
        self, place: Place, offset: int, lines: int, tail: bytes = b"", *, told: bool = False
    ) -> Place:
        """The place to continue at."""
        head = min(offset, _HEAD)
        return msgspec.structs.replace(
            place,
            path=str(self._path),
            offset=offset,
            head=head,
            digest=_digest(_bytes(self._file, 0, head)),
            foot=_digest(_bytes(self._file, offset - head, head)),
            lines=lines,
            tail=_digest(tail) if tail else "",
            told=told,
        )

    def line_before(self, offset: int) -> bytes:
        """The line that ends there, without its end."""
        size = min(offset, LONGEST)
        return _bytes(self._file, offset - size, size).removesuffix(b"\n").rpartition(b"\n")[2]

    def begun(self) -> Place:
        """The file's beginning as a place."""
        head = _bytes(self._file, 0, _HEAD)
        return Place(str(self._path), head=len(head), digest=_digest(head))

    def lines_after(self, offset: int) -> int:
        """How many complete lines stand there."""
        return sum(count(block) for block in self.blocks(offset))


def count(block: Block) -> int:
    """Lines of a block."""
    return block.lines.count(b"\n") + 1 if block.end > block.offset else 0


@contextmanager
def reading(path: Path) -> Iterator[LogFile | None]:
    """The file, open; None where rotation has just taken it away. One that rotation packed is unpacked on the way."""
    unpack = _PACKED.get(path.suffix)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(opened(path))
        except ConnectorError:
            if not path.exists():
                yield None
                return
            file = stack.enter_context(opened(path))
        if unpack is None:
            yield LogFile(path, file)
            return
        try:
            yield LogFile(path, unpack(file))
        except (OSError, EOFError, lzma.LZMAError):
            raise ConnectorError(
                "path: {path} can't be unpacked; unpack it by hand, and import it.", path=path
            ) from None


def is_same_tail(place: Place, tail: bytes) -> bool:
    """Whether an incomplete last line is as it was last time, so that nobody is just writing it."""
    return bool(tail) and place.tail == _digest(tail)


def places_of(cursor: str | None) -> list[Place]:
    """What a cursor says."""
    try:
        return [] if cursor is None else msgspec.json.decode(cursor, type=list[Place])
    except msgspec.MsgspecError:
        raise ConnectorError(
            "The saved cursor is another connector's: give this source another name."
        ) from None


def _fresh(file: Path) -> Place:
    """The beginning of a file that is not known yet; how it begins is noted, should it be renamed in this moment."""
    with reading(file) as log:
        return log.begun() if log else Place(str(file))


def _place_of(file: Path, known: Sequence[Place]) -> Place | None:
    """Where to go on in a file: it is one of the known ones if it begins like it and has not shrunk."""
    try:
        with reading(file) as log:
            for place in (
                () if log is None else sorted(known, key=lambda place: place.path != str(file))
            ):
                if place.head and log and log.is_at(place):
                    return msgspec.structs.replace(place, path=str(file))
    except ConnectorError:
        if file.suffix not in _PACKED:
            raise
    return None


def _fits(file: BinaryIO, place: Place) -> bool:
    if not place.head or file.seek(0, os.SEEK_END) < max(place.offset, place.head):
        return False
    if _digest(_bytes(file, 0, place.head)) != place.digest:
        return False
    size = min(place.offset, _HEAD)
    return not place.foot or _digest(_bytes(file, place.offset - size, size)) == place.foot


def _bytes(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _predecessor(file: Path, known: Sequence[Place], files: Sequence[Path]) -> Place | None:
    """The log that stood under this name before: whoever has it open still writes there, until it is packed."""
    for place in reversed(known):
        path = Path(place.path)
        is_rotated = path.parent == file.parent and path.name.startswith(file.name) and path != file
        if is_rotated and path.suffix not in _PACKED and (path not in files or not path.exists()):
            return place
    return None


def _rotated_since(
    file: Path, went: Sequence[Place], known: Sequence[Place], taken: set[Path]
) -> list[Planned]:
    """Under which names the files lie now that stood here, and those that came after them, oldest first.

    Whoever was not there for weeks finds several. A packed one is opened only if the file lies nowhere else.
    """
    others = rotated_from(file) if went else []
    found: dict[Path, Place] = {}
    for gone in went:
        free = [path for path in reversed(others) if path not in taken]
        for other in sorted(free, key=lambda path: path.suffix in _PACKED):
            if place := _place_of(other, [gone]):
                found[other] = place
                break
    if not found:
        return []
    oldest = min(map(others.index, found))
    return [
        Planned(other, found.get(other) or _place_of(other, known) or _fresh(other))
        for other in others[oldest:]
        if other not in taken
    ]


def _plain(folder: Path, name: str) -> list[Path]:
    """Those that are not packed: the others were read before they became so, or by then."""
    return [path for path in _rotated(folder, name) if path.suffix not in _PACKED]


def _rotated(folder: Path, name: str) -> list[Path]:
    """A log file and what rotation made of it, oldest first."""
    try:
        found = [path for path in folder.iterdir() if path.is_file() and path.name.startswith(name)]
        readable = [path for path in found if path.suffix not in _OTHERWISE_PACKED]
        return sorted(readable, key=lambda path: (path.stat().st_mtime_ns, path.name))
    except OSError:
        return []


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
