"""The connector `orders-csv`: orders and refunds out of CSV files of order lines."""

from __future__ import annotations

import codecs
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ClassVar, TypeAlias, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from stammkunde.connectors.files import Finished
from stammkunde.connectors.interface import BATCH, Batch, ConnectorError, Context, Memory, Rejected
from stammkunde.connectors.orders_csv.columns import Settings, columns_of, is_guessable
from stammkunde.connectors.orders_csv.order import Broken, Form, Source, snapshot_of
from stammkunde.connectors.orders_csv.runs import Gathered
from stammkunde.connectors.orders_csv.sheet import Sheet
from stammkunde.connectors.shop import Gathering, Snapshot
from stammkunde.connectors.shop.known import EPOCH
from stammkunde.connectors.shop.plain import plain, plain_files, plain_head
from stammkunde.connectors.table import rows

Found: TypeAlias = Snapshot | Rejected
_SUFFIXES = (".csv",)


class OrdersCsv:
    """Reads files of order lines; each order is one item, however many lines it has and wherever they stand.

    An order with a line that can't be read is rejected as a whole, with all its lines: without one of them its total
    would be wrong, and nobody would notice. A file that was written later than the last known state of an order says
    how the order is now: where that differs, the difference is an `order_edited`.
    """

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        self.batch = BATCH
        self._settings = cast(Settings, settings)
        self._context = context

    def check(self) -> None:
        """Raise `ConnectorError` unless every file can be read and has the columns that are needed."""
        for path in self._files():
            with plain(path) as (file, stream):
                sheet = Sheet(file, self._settings)
                if sheet.headings:
                    self._form(sheet, path)
                elif stream.is_damaged:
                    raise ConnectorError(
                        "path: {path} can't be unpacked; fetch it again.", path=path
                    )

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """The orders of all files that are new or were written since; a file's come when it was read to its end."""
        done = Finished.parse(cursor)
        todo = [path for path in self._files() if not done.has(path)]
        gathering = Gathering(memory, self.batch)
        for index, path in enumerate(todo):
            mark = Finished.mark(path)
            for found, share in self._read(path, mark[1]):
                if gathering.is_full:
                    yield gathering.batch(done.cursor, (index + share) / len(todo))
                _take(gathering, found)
            done = done.plus(path, mark)
        if todo:
            yield gathering.batch(done.cursor, 1.0)

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether it is a CSV whose headings tell order, time and value of a line, or a folder of such."""
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
            return bool(files) and all(map(_is_ours, files[:20]))
        return _is_ours(path)

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected order again; a file that is gone since no longer says when it was written."""
        path = Path(rejected.reference.rpartition(":")[0])
        written = Finished.mark(path)[1] if path.is_file() else 0
        gathering = Gathering(memory, self.batch)
        sheet = Sheet(cast(BinaryIO, BytesIO(rejected.raw)), self._settings)
        for found, _ in self._found(sheet, path, written, lambda: False):
            if isinstance(found, Rejected):
                gathering.take(Rejected(found.reason, rejected.raw, rejected.reference))
            else:
                _take(gathering, msgspec.structs.replace(found, reference=rejected.reference))
        return gathering.batch(None)

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
        if settings.decimal not in (".", ","):
            raise ConnectorError(
                "decimal: give “.” or “,”, the decimal mark of the file's numbers."
            )
        return plain_files(settings.path, _SUFFIXES)

    def _form(self, sheet: Sheet, path: Path) -> Form:
        settings, company = self._settings, self._context.company
        columns = columns_of(sheet.headings, settings, str(path))
        name = settings.timezone or company.timezone
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConnectorError(
                "timezone: “{name}” is unknown; give a name such as Europe/Zurich.", name=name
            ) from None
        return Form(
            settings=settings,
            columns=columns,
            zone=zone,
            currency=settings.currency or company.currency,
            region=company.country,
            namespace=self._context.namespace,
        )

    # ---- what the files say

    def _read(self, path: Path, written: int) -> Iterator[tuple[Found, float]]:
        try:
            with plain(path) as (file, stream):
                sheet = Sheet(file, self._settings)
                yield from self._found(sheet, path, written, lambda: stream.is_damaged)
        except sqlite3.Error as error:
            raise ConnectorError(
                "path: the lines of {path} can't be put together ({why}); make room in the temporary folder.",
                path=path,
                why=error,
            ) from None

    def _found(
        self, sheet: Sheet, path: Path, written: int, is_damaged: Callable[[], bool]
    ) -> Iterator[tuple[Found, float]]:
        if not sheet.headings:
            return
        form = self._form(sheet, path)
        at = EPOCH + timedelta(microseconds=written // 1000)
        for gathered in sheet.orders(form.columns.order, is_damaged):
            if isinstance(gathered, Rejected):
                yield Rejected(gathered.reason, gathered.raw, f"{path}:{gathered.reference}"), 0.0
                continue
            source = Source(at, f"{path}:{gathered.line}")
            yield _order(form, sheet, gathered, source), gathered.share


def _order(form: Form, sheet: Sheet, gathered: Gathered, source: Source) -> Found:
    reason = gathered.flaw
    if not reason:
        try:
            return snapshot_of(form, gathered.order, sheet.cells(gathered), source)
        except Broken as broken:
            reason = str(broken)
    return Rejected(reason, sheet.raw(gathered), source.reference)


def _take(gathering: Gathering, found: Found) -> None:
    gathering.take(found if isinstance(found, Rejected) else gathering.ledger.observe(found))


def _is_ours(path: Path) -> bool:
    start = plain_head(path)
    header = next(rows(cast(BinaryIO, BytesIO(start))), None)
    return header is not None and not header.flaw and is_guessable(header.cells)
