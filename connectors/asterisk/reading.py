"""One reading of the files: rows in, batches of calls out, and what goes with them into the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from stammkunde.connectors.asterisk.calls import Call, Calls
from stammkunde.connectors.asterisk.lines import Lines, Unread
from stammkunde.connectors.asterisk.logfile import (
    Block,
    LogFile,
    Place,
    Planned,
    count,
    cursor_of,
    is_same_tail,
    reading,
)
from stammkunde.connectors.asterisk.recount import Recount
from stammkunde.connectors.asterisk.rows import Leg
from stammkunde.connectors.asterisk.window import Window
from stammkunde.connectors.interface import Batch, ConnectorError, Rejected
from stammkunde.core.contact import Contact, Item
from stammkunde.core.errors import N_

MEMORY = "calls"
"""Under which key the calls of the last day are remembered."""

_CHECKPOINT = 50
"""Batches between two that save how far reading got: the calls of a day go with it."""

_ENOUGH, _WRONG = 50, 0.5
"""Of at least so many rows, the share that may be unreadable before the format itself is in doubt."""


class _Found:
    """What was found and not yet handed over."""

    def __init__(self) -> None:
        self.contacts: list[Contact] = []
        self.ignored: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self.withdrawn: list[Item] = []
        self.left_out: list[Item] = []

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
            remember={} if remember is None else {MEMORY: remember},
            withdrawn=tuple(self.withdrawn),
            left_out=tuple(self.left_out),
            progress=progress,
        )
        del self.contacts[:size]
        self.rejected, self.withdrawn, self.left_out, self.ignored = [], [], [], Counter()
        return batch


class Reader:
    """One reading of the files."""

    def __init__(self, lines: Lines, calls: Calls, window: Window) -> None:
        """`window` has taken up what the last reading remembered."""
        self._lines = lines
        self._calls = calls
        self._window = window
        self._found = _Found()
        self._rows = self._bad = 0

    def read(self, plan: Sequence[Planned], size: int) -> Iterator[Batch]:
        """Batches of `size` contacts. The cursor moves only together with the calls that are still open."""
        before = [each.place for each in plan]
        places = list(before)
        for at, each in enumerate(plan):
            with reading(each.path) as log:
                # rotated, and not yet made anew; or in this moment: the next reading finds both
                if log is None or not log.is_at(each.place):
                    continue
                yield from self._file(log, each, places, at, size)
        if places != before or self._found.size or self._window.due():
            yield from self._rest(size, cursor_of(places))

    def _file(
        self, log: LogFile, planned: Planned, places: list[Place], at: int, size: int
    ) -> Iterator[Batch]:
        """One file; its place in `places` moves on."""
        path, place = planned.path, planned.place
        recount = Recount(planned.before, self._window.legs()) if planned.before else None
        if not place.offset:
            self._window.file_begins()
        batches, lines = 0, place.lines
        for block in log.blocks(place.offset):
            lines += count(block)
            place = _noted(place, self._take(path, block), recount)
            if block.end == block.offset:
                places[at] = self._finish(log, planned, place, block, lines)
                continue
            while self._found.size >= size:
                batches += 1
                yield self._found.batch(size, progress=block.end / max(block.size, block.end))
            if batches >= _CHECKPOINT and recount is None:
                batches = 0
                places[at] = log.marked(place, block.end, lines)
                yield self._found.batch(size, cursor_of(places), self._window.remember())

    def again(self, rejected: Rejected) -> Batch:
        """One rejected line."""
        legs, unread = self._lines.read(rejected.raw)
        if unread:
            return Batch(rejected=(msgspec.structs.replace(rejected, reason=unread[0].reason),))
        self._window.add(legs)
        self._tell_rest()
        return self._found.batch(self._found.size, None, self._window.remember())

    def _take(self, path: Path, block: Block) -> list[Leg]:
        legs, unread = self._lines.read(block.lines)
        self._rows += len(legs) + len(unread)
        self._bad += len(unread)
        if self._rows >= _ENOUGH and self._bad > self._rows * _WRONG:
            raise ConnectorError(
                "path: more than half of the rows in {path} are no call records of Asterisk; is it another format, or have its columns another order (setting columns)?",
                path=path,
            )
        for line in unread:
            self._reject(path, line, block.offset)
        self._window.add(legs)
        calls = self._window.pushed_out()
        for call in calls:
            self._tell(call)
        self._window.put_away(calls)
        return legs

    def _reject(self, path: Path, unread: Unread, offset: int) -> None:
        reference = f"{path.name}, byte {offset + unread.at}"
        self._found.rejected.append(Rejected(unread.reason, unread.raw, reference))

    def _finish(
        self, log: LogFile, planned: Planned, place: Place, block: Block, lines: int
    ) -> Place:
        """A last line without its end may be whole, cut off, or about to be written: it stays before the cursor."""
        tail = block.tail if block.tail.strip() else b""
        told = place.told and is_same_tail(place, tail)
        if tail and not told and (planned.is_first or is_same_tail(place, tail)):
            told = True
            before = log.line_before(block.end)
            # of the first row of a new log nobody knows how wide it is to be
            leg = self._lines.last(tail, before) if before or planned.is_first else None
            if leg is None:
                self._reject(
                    planned.path, Unread(N_("the file ends within a row"), tail), block.end
                )
            else:
                self._window.add((leg,))
        return log.marked(place, block.end, lines, tail, told=told)

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
            self._found.left_out.append(call.item)
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


def _noted(place: Place, legs: Sequence[Leg], recount: Recount | None) -> Place:
    """The place with what its first row says, and with the rows that are missed in a file that is read again."""
    if recount:
        recount.saw(legs)
        place = msgspec.structs.replace(place, gone=recount.gone)
    if place.first or place.lines or not legs:
        return place
    first = legs[0]
    ends = [leg.start + leg.duration for leg in legs if leg.call == first.call]
    return msgspec.structs.replace(place, first=first.call, since=max(ends))
