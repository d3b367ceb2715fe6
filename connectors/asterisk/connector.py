"""The connector: files in, batches of calls out, and what it remembers between two readings."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from stammkunde.connectors.asterisk.calls import Call, Calls
from stammkunde.connectors.asterisk.lines import Lines, Unread
from stammkunde.connectors.asterisk.logfile import (
    Block,
    Place,
    blocks,
    cursor_of,
    is_same_tail,
    log_files,
    marked,
    planned,
)
from stammkunde.connectors.asterisk.rows import MASTER, REQUIRED, BadRowError, Rows
from stammkunde.connectors.asterisk.sides import Rules, Sides
from stammkunde.connectors.asterisk.times import Times
from stammkunde.connectors.asterisk.window import Window
from stammkunde.connectors.files import head
from stammkunde.connectors.interface import (
    BATCH,
    Batch,
    ConnectorError,
    Context,
    Memory,
    Rejected,
)
from stammkunde.core.contact import Contact, Item
from stammkunde.core.errors import N_
from stammkunde.core.phones import DialPlan

_MEMORY = "calls"
_CHECKPOINT = 50
"""Batches between two that save how far reading got: the calls of a day go with it."""

_ENOUGH, _WRONG = 50, 0.2
"""Of at least so many rows, the share that may be unreadable before the format itself is in doubt."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a source.

    `path` names call logs, or folders with a `Master.csv`. `timezone` is that of the telephone system's clock, by
    default the company's, and UTC with `usegmtime`. Rows with a uniqueid tell it by themselves, but those of 16 columns
    are identified by it: under another `timezone` they count as other calls. `region` (by default the company's
    country), `own_area_code` and `outside_prefix` complete numbers as dialled. `trunks` are globs of the channels that lead
    outside (`PJSIP/sipgate*`); without them one with “trunk” in its name does, one named by an extension does not, and
    else the number decides. `extensions` is the pattern of internal numbers, `internal_contexts` the dial-plan contexts
    of our own telephones. `columns` names the columns of `cdr_custom`, in order. `encoding` (default: UTF-8, where that
    fails Windows-1252) is that of the files.
    """

    path: tuple[str, ...] = ()
    timezone: str = ""
    region: str = ""
    own_area_code: str = ""
    outside_prefix: str = ""
    trunks: tuple[str, ...] = ()
    extensions: str = DialPlan().extensions
    internal_contexts: tuple[str, ...] = ("internal", "from-internal")
    columns: tuple[str, ...] = ()
    encoding: str = ""


class _Found:
    """What was found and not yet handed over."""

    def __init__(self) -> None:
        self.contacts: list[Contact] = []
        self.ignored: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self.withdrawn: list[Item] = []

    @property
    def size(self) -> int:
        """Items that wait."""
        return len(self.contacts) + len(self.rejected) + len(self.withdrawn) + self.ignored.total()

    def batch(
        self,
        size: int,
        cursor: str | None = None,
        remember: bytes | None = None,
        progress: float | None = None,
    ) -> Batch:
        """Up to `size` contacts, and all the rest."""
        batch = Batch(
            contacts=tuple(self.contacts[:size]),
            cursor=cursor,
            rejected=tuple(self.rejected),
            ignored=dict(self.ignored),
            remember={} if remember is None else {_MEMORY: remember},
            withdrawn=tuple(self.withdrawn),
            progress=progress,
        )
        del self.contacts[:size]
        self.rejected, self.withdrawn, self.ignored = [], [], Counter()
        return batch


class Asterisk:
    """Calls out of Asterisk's call detail records. One item is one call; its key is Asterisk's own id of the call."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings
    batch = BATCH

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        assert isinstance(settings, Settings)  # noqa: S101 (narrows the protocol's type)
        self._settings = settings
        self._context = context

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether a file's first line is a call record, or a folder holds a `Master.csv`."""
        if path.is_dir():
            return (path / "Master.csv").is_file()
        line = head(path).partition(b"\n")[0]
        try:
            Rows(Times(ZoneInfo("UTC"))).text(line.decode(errors="replace"))
        except BadRowError:
            return False
        return True

    def check(self) -> None:
        """Raise `ConnectorError` for a setting that can't be, or a file that isn't there."""
        self._reader()
        log_files(self._settings.path)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """All calls with rows after the cursor. A call that was told already comes again, revised, with a late leg."""
        yield from self._reader(memory.get(_MEMORY)).read(
            planned(log_files(self._settings.path), cursor), self.batch
        )

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected row again, and tell its call with what is still remembered of it."""
        return self._reader(memory.get(_MEMORY)).again(rejected)

    def _reader(self, remembered: bytes | None = None) -> _Reader:
        settings, company = self._settings, self._context.company
        zone = settings.timezone or company.timezone
        try:
            times = Times(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConnectorError(
                "timezone: “{zone}” is no time zone; give one like Europe/Zurich.", zone=zone
            ) from None
        missing = REQUIRED - set(settings.columns) if settings.columns else None
        if missing:
            raise ConnectorError(
                "columns: {missing} missing; name every column of the file in its order, out of {known}.",
                missing=", ".join(sorted(missing)),
                known=", ".join(MASTER),
            )
        rules = Rules(
            settings.region or company.country,
            DialPlan(settings.own_area_code, settings.outside_prefix, settings.extensions),
            settings.trunks,
            settings.internal_contexts,
        )
        try:
            calls = Calls(Sides(rules), times)
        except re.error:
            raise ConnectorError(
                "extensions: is no regular expression; give one like [1-4]\\d\\d."
            ) from None
        try:
            codecs.lookup(settings.encoding or "utf-8")
        except LookupError:
            raise ConnectorError(
                "encoding: “{encoding}” is unknown; give one like utf-8 or cp1252.",
                encoding=settings.encoding,
            ) from None
        lines = Lines(Rows(times, settings.columns), settings.encoding)
        return _Reader(lines, calls, Window(times, remembered))


class _Reader:
    """One reading of the files."""

    def __init__(self, lines: Lines, calls: Calls, window: Window) -> None:
        self._lines = lines
        self._calls = calls
        self._window = window
        self._found = _Found()
        self._rows = self._bad = 0

    def read(self, plan: list[tuple[Path, Place]], size: int) -> Iterator[Batch]:
        """Batches of `size` contacts. The cursor moves only together with the calls that are still open."""
        before = [place for _, place in plan]
        places = list(before)
        batches = 0
        for at, (path, place) in enumerate(plan):
            if not place.offset:
                self._window.file_begins()
            for block in blocks(path, place):
                self._take(path, block)
                if block.end == block.offset:
                    places[at] = self._finish(path, place, block)
                    continue
                while self._found.size >= size:
                    batches += 1
                    yield self._found.batch(size, progress=block.end / max(block.size, block.end))
                if batches >= _CHECKPOINT:
                    batches = 0
                    places[at] = marked(path, block.end, b"", told=False)
                    yield self._found.batch(size, cursor_of(places), self._window.remember())
        if places != before or self._found.size or self._window.due():
            yield from self._rest(size, cursor_of(places))

    def again(self, rejected: Rejected) -> Batch:
        """One rejected line."""
        legs, unread = self._lines.read(rejected.raw)
        if unread:
            return Batch(rejected=(msgspec.structs.replace(rejected, reason=unread[0].reason),))
        self._window.add(legs)
        self._tell_rest()
        return self._found.batch(self._found.size, None, self._window.remember())

    def _take(self, path: Path, block: Block) -> None:
        legs, unread = self._lines.read(block.lines)
        self._rows += len(legs) + len(unread)
        self._bad += len(unread)
        if self._rows >= _ENOUGH and self._bad > self._rows * _WRONG:
            raise ConnectorError(
                "path: more than a fifth of the rows in {path} are no call records of Asterisk; is it another format, or have its columns another order (setting columns)?",
                path=path,
            )
        for line in unread:
            self._reject(path, line, block.offset)
        self._window.add(legs)
        calls = self._window.pushed_out()
        for call in calls:
            self._tell(call)
        self._window.put_away(calls)

    def _reject(self, path: Path, unread: Unread, offset: int) -> None:
        reference = f"{path.name}, byte {offset + unread.at}"
        self._found.rejected.append(Rejected(unread.reason, unread.raw, reference))

    def _finish(self, path: Path, place: Place, block: Block) -> Place:
        """A last line without its end may be whole, cut off, or about to be written: it stays before the cursor."""
        tail = block.tail if block.tail.strip() else b""
        told = place.told and is_same_tail(place, tail)
        if tail and not told and (not place.digest or is_same_tail(place, tail)):
            told = True
            leg = self._lines.last(tail)
            if leg is None:
                self._reject(path, Unread(N_("the file ends within a row"), tail), block.end)
            else:
                self._window.add((leg,))
        return marked(path, block.end, tail, told=told)

    def _tell(self, call: Call) -> None:
        contact = self._calls.contact(call)
        if contact is not None:
            if call.told and call.changed:
                contact = msgspec.structs.replace(contact, revises=True)
            if call.item in self._found.withdrawn:
                self._found.withdrawn.remove(call.item)  # in a batch a withdrawal has the last word
            self._found.contacts.append(contact)
        else:
            self._found.ignored["internal"] += 1
            if call.told and call.changed:
                self._found.withdrawn.append(call.item)
        call.told, call.changed, call.due = True, False, False

    def _tell_rest(self) -> list[Call]:
        due = self._window.due()
        for call in due:
            self._tell(call)
        self._window.all_told()
        return due

    def _rest(self, size: int, cursor: str) -> Iterator[Batch]:
        """What is left; the cursor and what is remembered go with the first batch.

        Should reading be cut short after it, nobody knows what the core heard of the calls in the batches behind. So
        they are remembered as due and changed, and with the last batch as told.
        """
        due = self._tell_rest()
        told = self._window.remember()
        if self._found.size <= size:
            yield self._found.batch(size, cursor, told, progress=1.0)
            return
        for call in due:
            call.changed = call.due = True
        yield self._found.batch(size, cursor, self._window.remember())
        while self._found.size > size:
            yield self._found.batch(size)
        yield self._found.batch(size, cursor, told, progress=1.0)
