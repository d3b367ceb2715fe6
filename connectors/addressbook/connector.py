"""The connector `addressbook`: the entries of vCard and CSV files, new ones and those that changed."""

from __future__ import annotations

import codecs
import re
import sys
import time
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ClassVar, TypeAlias, cast
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.connectors.addressbook.card import Group, entry_of_card
from stammkunde.connectors.addressbook.entry import Broken, Entry, contact_of, is_own
from stammkunde.connectors.addressbook.headings import Field, roles_of
from stammkunde.connectors.addressbook.ledger import Ledger
from stammkunde.connectors.addressbook.reading import Found, Reading
from stammkunde.connectors.addressbook.sheet import Sheet, entry_of_row
from stammkunde.connectors.addressbook.vcard import LIMIT, cards
from stammkunde.connectors.files import Finished, encoding_of, files_of, head, opened
from stammkunde.connectors.interface import BATCH, Batch, ConnectorError, Context, Memory, Rejected
from stammkunde.connectors.table import Row, rows

Headings: TypeAlias = str | tuple[str, ...]

_HEAD = 16384
"""Bytes in which a first card or all headings stand."""
_SUFFIXES = (".vcf", ".vcard", ".csv")
_VCARD = re.compile(r"^BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE | re.MULTILINE)
_CHOSEN: tuple[Field, ...] = (
    "id", "given", "family", "company", "name", "mail", "phone", "note", "language", "changed", "birthday",
)  # fmt: skip


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "addressbook"`.

    `path`: files, or folders of which all `.vcf`, `.vcard` and `.csv` files are read. `delimiter` and `encoding` are
    found out by default. `complete`: the files together are the whole book, and what they no longer hold is withdrawn.
    `id`, `given`, `family`, `company`, `name`, `language`, `changed` and `birthday` name a CSV's columns by their
    headings, `mail`, `phone` and `note` perhaps several; by default the usual headings in German, French, Italian and
    English are known. All further columns become attributes.
    """

    path: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = ""
    complete: bool = False
    id: str = ""
    given: str = ""
    family: str = ""
    company: str = ""
    name: str = ""
    mail: Headings = ()
    phone: Headings = ()
    note: Headings = ()
    language: str = ""
    changed: str = ""
    birthday: str = ""


class Addressbook:
    """Reads address books; each entry is an item of its own.

    An entry is known again by its UID (a CSV's `id`), else by its name with its first address or number. When its
    content differs from what is remembered, it is amended if this version is newer: by the times the book itself
    gives (REV, `changed`), else by the files' times of change. A file's time decides nothing else; it is the entry's
    `occurred_at` where the book gives none, and stays it as long as the content does.
    """

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        self.batch = BATCH
        self._settings = cast(Settings, settings)
        self._company = context.company
        self._zone = ZoneInfo(context.company.timezone)

    def check(self) -> None:
        """Raise `ConnectorError` unless every file can be read and every CSV has the columns that it needs."""
        for path in self._files():
            with opened(path) as file:
                if not _is_vcard(file, path) and (header := next(self._rows(file), None)):
                    self._sheet(header, path)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """The entries of all files that are new or were written since; of a complete book, of all its files."""
        files = self._files()
        read = Finished.parse(cursor)
        done = Finished({str(path): Finished.mark(path) for path in files if read.has(path)})
        if len(done.files) == len(files):
            return
        reading = Reading(Ledger(memory), self._zone, self.batch)
        for path in files:
            is_known = str(path) in done.files
            if is_known and not self._settings.complete:
                continue
            mark = Finished.mark(path)
            reading.begin(mark[1], is_known=is_known)
            for found in self._found(path):
                yield from reading.take(found, done.cursor)
            done = done.plus(path, mark)
        if self._settings.complete:
            reading.withdraw()
        yield reading.batch(done.cursor)

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether it is a vCard file, a CSV whose headings name people and ways to reach them, or a folder of such."""
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
            return bool(files) and all(map(_is_ours, files[:20]))
        return _is_ours(path)

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected entry again."""
        path = Path(rejected.reference.rpartition(":")[0])
        written = Finished.mark(path)[1] if path.is_file() else time.time_ns()
        reading = Reading(Ledger(memory), self._zone, sys.maxsize)
        reading.begin(written, is_known=False)
        try:
            found = list(self._found_in(BytesIO(rejected.raw), path))
        except ConnectorError:
            found = []
        for one in found or [rejected]:
            for _ in reading.take(one, ""):
                pass
        return msgspec.structs.replace(reading.batch(""), cursor=None)

    # ---- what the settings say

    def _files(self) -> list[Path]:
        settings = self._settings
        try:
            codecs.lookup(settings.encoding or "utf-8")
        except LookupError:
            raise ConnectorError(
                "encoding: “{encoding}” is unknown; try utf-8, cp1252 or utf-16, or leave it out.",
                encoding=settings.encoding,
            ) from None
        if len(settings.delimiter) > 1 or settings.delimiter in ('"', "\n", "\r"):
            raise ConnectorError("delimiter: give a single letter such as “;”, or leave it out.")
        return files_of(settings.path, _SUFFIXES)

    def _sheet(self, header: Row, path: Path) -> Sheet:
        headings = tuple(cell.encode("utf-8", "replace").decode() for cell in header.cells)
        chosen: dict[str, Field] = {}
        for field in _CHOSEN:
            names = getattr(self._settings, field)
            for name in (names,) if isinstance(names, str) else names:
                if name and name not in map(str.strip, headings):
                    raise ConnectorError(
                        "{field}: {path} has no column “{name}”; give the heading of a column that it has.",
                        field=field,
                        path=path,
                        name=name,
                    )
                chosen |= {name: field} if name else {}
        sheet = Sheet(headings, roles_of(headings, chosen))
        if not sheet.names_somebody:
            raise ConnectorError(
                "name, mail, phone: no column of {path} is known to hold them; name the columns by their headings, or give the delimiter and encoding if they are not what they seem.",
                path=path,
            )
        return sheet

    # ---- what the files say

    def _found(self, path: Path) -> Iterator[Found]:
        with opened(path) as file:
            yield from self._found_in(file, path)

    def _found_in(self, file: BinaryIO, path: Path) -> Iterator[Found]:
        return self._cards(file, path) if _is_vcard(file, path) else self._people(file, path)

    def _cards(self, file: BinaryIO, path: Path) -> Iterator[Found]:
        for card in cards(_lines(file)):
            reference = f"{path}:{card.line}"
            if card.flaw:
                yield Rejected(card.flaw, card.raw, reference)
                continue
            try:
                entry = entry_of_card(card.raw, self._settings.encoding, self._zone, reference)
                yield self._contact(entry)
            except Group:
                yield "distribution list"
            except Broken as broken:
                yield Rejected(str(broken), card.raw, reference)

    def _people(self, file: BinaryIO, path: Path) -> Iterator[Found]:
        records = self._rows(file)
        header = next(records, None)
        if header is None:
            return
        sheet = self._sheet(header, path)
        for row in records:
            reference = f"{path}:{row.line}"
            if row.flaw:
                yield Rejected(row.flaw, row.raw, reference)
                continue
            try:
                yield self._contact(entry_of_row(sheet, row.cells, self._zone, reference))
            except Broken as broken:
                yield Rejected(str(broken), row.raw, reference)

    def _rows(self, file: BinaryIO) -> Iterator[Row]:
        return rows(file, self._settings.encoding, self._settings.delimiter)

    def _contact(self, entry: Entry) -> Found:
        contact = contact_of(entry, self._company)
        return "own" if is_own(contact, self._company) else contact


def _is_ours(path: Path) -> bool:
    start = head(path, _HEAD)
    if _VCARD.match(_text_of(start).lstrip()):
        return True
    header = next(rows(BytesIO(start)), None)
    return header is not None and Sheet(header.cells, roles_of(header.cells, {})).is_address_list


def _is_vcard(file: BinaryIO, path: Path) -> bool:
    start = file.read(_HEAD)
    file.seek(0)
    return path.suffix.lower() in (".vcf", ".vcard") or _VCARD.search(_text_of(start)) is not None


def _text_of(start: bytes) -> str:
    return start.decode(encoding_of(BytesIO(start)), "replace")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file in an encoding that has ASCII in it, without a byte order mark."""
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        file.seek(0)
        file = BytesIO(file.read().decode("utf-16", "replace").encode())
    else:
        file.seek(0)
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
    return iter(partial(file.readline, LIMIT), b"")
