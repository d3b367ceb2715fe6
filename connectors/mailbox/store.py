"""Where mails lie: in a file (mbox, archive, a single mail) or as files in a folder (Maildir, MH, exported mails)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, Protocol, TypeAlias, cast

from stammkunde.connectors.files import head, opened
from stammkunde.connectors.interface import ConnectorError, Rejected
from stammkunde.connectors.mail.headers import split_head
from stammkunde.connectors.mail.message import MAX_SIZE
from stammkunde.connectors.mail.reading import FIELDS
from stammkunde.connectors.mailbox import archive
from stammkunde.connectors.mailbox.cursor import Progress, stamp
from stammkunde.connectors.mailbox.folder import folder_name, is_hidden
from stammkunde.connectors.mailbox.mbox import is_mbox, mbox_mails
from stammkunde.core.errors import N_, Message

_PEEK = 4096
_SAMPLE = 20
_DAMAGED = N_("The archive is damaged or cut off: what follows can't be read.")
_UNREADABLE = N_("The file can't be read.")


class Mail(NamedTuple):
    """The bytes of one mail, where they stood, and the folder they lay in."""

    raw: bytes
    reference: str
    folder: str


Found: TypeAlias = Mail | Rejected


class Store(Protocol):
    """A file or a folder that is read as a whole; `share` is how much of it was read so far, 0 to 1."""

    share: float

    def changed(self, progress: Progress) -> bool:
        """Whether it holds anything that was not read."""

    def mails(self, progress: Progress) -> Iterator[Found]:
        """All that is new in it."""

    def done(self, progress: Progress) -> Progress:
        """The progress once all was read."""


def stores_of(paths: Sequence[str]) -> list[Store]:
    """What the setting `path` names, always in the same order; raises `ConnectorError` if one is not there."""
    if not paths:
        raise ConnectorError("path: is missing; give the file or folder to read, as path = [“…”].")
    found: list[Store] = []
    for path in map(Path, paths):
        if path.is_dir():
            found.extend(_below(path))
        else:
            with opened(path):
                found.append(FileStore(path, named_folder=False))
    return found


def _below(top: Path) -> Iterator[Store]:
    def refuse(error: OSError) -> None:
        raise ConnectorError(
            "path: {filename} can't be read ({why}); let this program's user read it.",
            filename=error.filename,
            why=Message((error.strerror or "the system refuses").lower()),
        ) from None

    for root, folders, files in os.walk(top, onerror=refuse):
        folders.sort()
        here = Path(root)
        if {"cur", "new"} <= set(folders):
            folders[:] = [name for name in folders if name not in ("cur", "new", "tmp")]
            yield FolderStore(
                here,
                top,
                [f"{part}/{name}" for part in ("cur", "new") for name in _names(here / part)],
            )
            continue
        single: list[str] = []
        for name in sorted(files):
            if is_hidden(name) or not (here / name).is_file():  # a FIFO would let us wait for ever
                continue
            if _is_single(here / name):
                single.append(name)
            else:
                yield FileStore(here / name, named_folder=True)
        if single:
            yield FolderStore(here, top, single)


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))


def _is_single(path: Path) -> bool:
    """Whether a file is read as one mail; the names of MH folders and exports spare a look into it."""
    if _names_one_mail(path.name):
        return True
    start = head(path)
    return not (
        is_mbox(start)
        or archive.is_tar(start)
        or archive.is_zip(start)
        or archive.is_compressed(start)
    )


def _names_one_mail(name: str) -> bool:
    return name.isdigit() or name.lower().endswith(".eml")


class FileStore:
    """One file: an mbox, an archive, or a single mail, each perhaps compressed."""

    def __init__(self, path: Path, *, named_folder: bool) -> None:
        """`named_folder`: a single mail's directory is a folder of the mail program."""
        stat = path.stat()
        self.share = 0.0
        self._size = max(stat.st_size, 1)
        self._path = path
        self._parents = path.parts[-2:-1] if named_folder else ()
        self._mark = stamp(path.name, stat.st_size, stat.st_mtime_ns)

    def changed(self, progress: Progress) -> bool:
        """By size and time of change."""
        return progress.files.get(str(self._path)) != self._mark

    def done(self, progress: Progress) -> Progress:
        """With this file, as it was before it was read: what is written meanwhile is then read again."""
        return progress.with_file(str(self._path), self._mark)

    def mails(self, progress: Progress) -> Iterator[Found]:
        """All its mails."""
        del progress
        with opened(self._path) as file:
            try:
                for found in self._content(file):
                    self.share = min(file.tell() / self._size, 1)
                    yield found
            except archive.DAMAGED:
                yield Rejected(_DAMAGED, head(self._path), str(self._path))

    def _content(self, file: BinaryIO) -> Iterator[Found]:
        start = file.read(_PEEK)
        file.seek(0)
        if archive.is_compressed(start):
            inner = archive.decompressed(file, start).read(_PEEK)
            file.seek(0)
            yield from self._plain(archive.decompressed(file, start), inner)
        else:
            yield from self._plain(file, start)

    def _plain(self, file: BinaryIO, start: bytes) -> Iterator[Found]:
        if not archive.is_tar(start) and not archive.is_zip(start):
            yield from _mails(file, str(self._path), (*self._parents, self._path.name), start)
            return
        for name, content in (
            archive.tar_members(file) if archive.is_tar(start) else archive.zip_members(file)
        ):
            if not is_hidden(name):
                inside = PurePosixPath(name).parts
                yield from _mails(content, f"{self._path}:{name}", inside, _peek(content))


def _peek(file: BinaryIO) -> bytes:
    """The next bytes without taking them; every file object of the archive modules can do that."""
    return cast(bytes, file.peek(_PEEK)[:_PEEK])  # type: ignore[attr-defined]


def _mails(file: BinaryIO, reference: str, path: Sequence[str], start: bytes) -> Iterator[Mail]:
    """The mails of one stream; `path` are the names that lead to it, its own last."""
    if is_mbox(start):
        folder = folder_name(path[:-1] if _names_one_mail(path[-1]) else path)
        for offset, raw in mbox_mails(file):
            yield Mail(raw, f"{reference}:{offset}", folder)
    else:
        yield Mail(file.read(MAX_SIZE + 1), reference, folder_name(path[:-1]))


class FolderStore:
    """A folder whose files are one mail each."""

    def __init__(self, folder: Path, top: Path, names: Sequence[str]) -> None:
        """`names` are paths below `folder`; `top` is the folder that the setting names."""
        self.share = 0.0
        self._folder = folder
        self._name = folder_name((top.name, *folder.relative_to(top).parts))
        self._names = names
        self._marks: set[bytes] = set()

    def changed(self, progress: Progress) -> bool:
        """Whether there is a mail that was not read."""
        known = progress.known(str(self._folder))
        return any(mark is None or mark not in known for _, mark in self._marked())

    def done(self, progress: Progress) -> Progress:
        """With the mails that were there."""
        return progress.with_folder(str(self._folder), self._marks)

    def mails(self, progress: Progress) -> Iterator[Found]:
        """The mails that were not read; one that vanishes or is renamed meanwhile is left to the next time."""
        known = progress.known(str(self._folder))
        self._marks = set()
        for number, (name, mark) in enumerate(self._marked(), 1):
            self.share = number / len(self._names)
            if mark is None:
                continue
            if mark not in known:
                try:
                    yield self._read(name)
                except FileNotFoundError:
                    continue
            self._marks.add(mark)

    def _marked(self) -> Iterator[tuple[str, bytes | None]]:
        for name in self._names:
            try:
                stat = (self._folder / name).stat()
            except OSError:
                yield name, None
            else:
                yield name, stamp(name.rpartition("/")[2], stat.st_size, stat.st_mtime_ns)

    def _read(self, name: str) -> Found:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                return Mail(file.read(MAX_SIZE + 1), str(path), self._name)
        except FileNotFoundError:
            raise
        except OSError:
            return Rejected(_UNREADABLE, b"", str(path))


def looks_like_mail(start: bytes) -> bool:
    """Whether a file that begins so is an mbox or a single mail: two well-known fields in an unbroken header."""
    if is_mbox(start):
        return True
    fields = split_head(start, 0, len(start)).fields
    return sum(1 for name in FIELDS if name in fields) >= 2 and not start.startswith(b"BEGIN:")


def recognised(path: Path) -> bool:
    """Whether a file or folder is a mailbox, from its first few KiB or its first few files."""
    if path.is_dir():
        if (path / "cur").is_dir() and (path / "new").is_dir():
            return True
        files = list(islice(_visible(path), _SAMPLE))
        return sum(1 for file in files if looks_like_mail(head(file))) > len(files) // 2
    start = head(path)
    if not (archive.is_tar(start) or archive.is_zip(start) or archive.is_compressed(start)):
        return looks_like_mail(start)
    try:
        return _holds_mail(path, start)
    except (*archive.DAMAGED, OSError):
        return False


def _visible(top: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(top):
        folders.sort()
        yield from (Path(root, name) for name in sorted(files) if not is_hidden(name))


def _holds_mail(path: Path, start: bytes) -> bool:
    with path.open("rb") as raw:
        file: BinaryIO = raw
        if archive.is_compressed(start):
            inner = archive.decompressed(raw, start).read(_PEEK)
            raw.seek(0)
            file, start = archive.decompressed(raw, start), inner
        if not archive.is_tar(start) and not archive.is_zip(start):
            return looks_like_mail(start)
        members = archive.tar_members(file) if archive.is_tar(start) else archive.zip_members(file)
        for name, content in members:
            if not is_hidden(name):
                return looks_like_mail(_peek(content))
    return False
