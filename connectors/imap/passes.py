"""One pass over the folders: the newest mails of all first, then years of backfill, with a look for news in between."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import msgspec

from stammkunde.connectors.imap.fetching import Done, Pipeline, Withheld
from stammkunde.connectors.imap.folders import Folder
from stammkunde.connectors.imap.progress import Ledger, Progress
from stammkunde.connectors.imap.responses import Fetched, State
from stammkunde.connectors.imap.session import Session
from stammkunde.connectors.imap.uids import Ranges, minus, ranges_of, size, union
from stammkunde.connectors.interface import BATCH, Batch, Rejected
from stammkunde.connectors.mail.reading import PRIVATE, Reading
from stammkunde.core.errors import N_

_WITHHELD = N_("The mail server lists this mail and does not hand it out.")
_FIRST = 200
"""Mails of each folder before the backfill of any begins."""
_LOOK_S = 5.0
"""Seconds of backfill between two looks for new mail."""
_COMMIT_S = 3.0
"""Seconds after which what was read is handed on, however little it is: slow servers show mails, too."""


class Work(msgspec.Struct):
    """What is to be read of one folder: `todo` of those up to `known`; above `todo` and what is on its way all is covered."""

    folder: Folder
    validity: int = 0
    covered: Ranges = ()
    known: int = 0
    """The UIDNEXT up to which `todo` was asked for, less one."""
    todo: Ranges = ()
    coming: set[int] = set()
    got: list[int] = []
    total: int = 0

    def top(self, count: int) -> tuple[int, ...]:
        """Takes the newest UIDs off `todo`."""
        taken: list[int] = []
        left = list(self.todo)
        while left and len(taken) < count:
            first, last = left.pop()
            low = max(first, last - (count - len(taken)) + 1)
            taken.extend(range(last, low - 1, -1))
            if low > first:
                left.append((first, low - 1))
        self.todo = tuple(left)
        self.coming.update(taken)
        return tuple(taken)

    def reach(self) -> Ranges:
        """All that is covered: what was, and whatever lies above the newest that is still to come."""
        most = max(self.todo[-1][1] if self.todo else 0, max(self.coming, default=0))
        above = ((most + 1, self.known),) if most < self.known else ()
        return union((*self.covered, *ranges_of(self.got), *above))


class Pass:
    """A pass that can be left anywhere: what was handed on is covered, the rest comes with the next one."""

    def __init__(
        self,
        session: Session,
        folders: list[Folder],
        progress: Progress,
        ledger: Ledger,
        reading: Reading,
        missed: dict[str, Ranges],
    ) -> None:
        """`missed` are UIDs by folder that should have been read before: they are taken off it as they are asked for."""
        self._session = session
        self._works = [Work(folder) for folder in folders]
        self._progress = progress
        self._ledger = ledger
        self._reading = reading
        self._missed = missed
        self._handed = progress
        self._since = monotonic()
        self.batch = BATCH
        """Contacts in a batch."""
        self.size = 200
        """Mails asked for by one command."""
        self.private_labels: frozenset[str] = frozenset()
        """Gmail's, in small letters."""
        self.depth = 3
        """Commands on their way at the most."""

    def batches(self) -> Iterator[Batch]:
        """All that is new. Raises `Refused` and `OSError`; `rest` then has what was read before."""
        most: int | None = _FIRST
        while works := self._looked():
            began = monotonic()
            for number, work in enumerate(works, 1):
                until = None if most else began + _LOOK_S * number / len(works)
                yield from self._read(work, most, until)
            most = None
        self._session.rest(self._works[0].folder)
        yield from self.rest()

    def rest(self) -> Iterator[Batch]:
        """What was read and not handed on; nothing where that is nothing."""
        batch = self._hand_on()
        if batch.cursor is not None or batch.contacts or batch.rejected or batch.ignored:
            yield batch

    # ---- what there is

    def _looked(self) -> list[Work]:
        """The folders with something to read, their new mails found."""
        states = self._session.statuses([work.folder for work in self._works])
        for work, state in zip(self._works, states, strict=True):
            if not work.known or state.validity not in (0, work.validity):
                self._begin(work, state.validity)
            missed = self._missed.pop(work.folder.name, ())
            if missed or state.uidnext == 0 or state.uidnext - 1 > work.known:
                self._find(work, missed)
        return [work for work in self._works if work.todo]

    def _begin(self, work: Work, validity: int) -> None:
        """A folder at its first look, or numbered anew."""
        name = work.folder.name
        before = self._progress.folders.get(name)
        if before and before.validity != validity:
            self._ledger.forget(name, before.validity)
        work.validity, work.known, work.todo, work.got = validity, 0, (), []
        work.coming.clear()
        work.covered = self._progress.of(name, validity)
        if work.covered and work.covered[0][0] == 1 and len(work.covered) == 1:
            work.known = work.covered[0][1]

    def _find(self, work: Work, missed: Ranges) -> None:
        """Ask which mails there are above those known, and in the gaps left by an earlier pass."""
        state = self._session.examine(work.folder)
        if state.validity != work.validity:
            self._begin(work, state.validity)
        if not state.messages and not state.uidnext:
            return
        gaps = union((*self._gaps(work, state), *missed))
        found = self._session.search(state.messages, gaps) if gaps and state.messages else ()
        work.known = max(work.known, state.uidnext - 1, found[-1][1] if found else 0)
        found = minus(minus(found, minus(found, gaps)), minus(work.covered, missed))
        if work.folder.private and found:
            self._leave_out(work, found)
            found = ()
        work.todo = union((*work.todo, *found))
        work.total = max(work.total, size(work.todo))

    def _gaps(self, work: Work, state: State) -> Ranges:
        """What to look through; without UIDNEXT (some old servers) up to the largest UID there may be."""
        last = state.uidnext - 1 if state.uidnext else 0xFFFFFFFE
        if work.known:
            return ((work.known + 1, last),) if last > work.known else ()
        return minus(((1, last),), work.covered)

    def _leave_out(self, work: Work, found: Ranges) -> None:
        self._reading.ignore(PRIVATE, size(found))
        self._ledger.add(
            work.folder.name,
            work.validity,
            (uid for first, last in found for uid in range(first, last + 1)),
        )

    # ---- reading

    def _read(self, work: Work, most: int | None, until: float | None) -> Iterator[Batch]:
        """The newest mails of a folder, so many or for so long; then nothing is on its way any more."""
        if not work.todo:
            return
        if self._session.open != work.folder.name:
            state = self._session.examine(work.folder)
            if state.validity != work.validity:
                return  # numbered anew since: found at the next look
        pipeline = Pipeline(self._session, self.depth)
        count = min(self.size, max(self.batch, 1))
        left = most if most is not None else 1 << 40
        while True:
            while pipeline.wants and work.todo and left > 0 and not _past(until):
                uids = work.top(min(count, left))
                left -= len(uids)
                pipeline.ask(uids)
            if not pipeline.waits:
                return
            for found in pipeline.next():
                if isinstance(found, Done):
                    work.coming.difference_update(found.uids)
                else:
                    self._take(work, found)
                if self._reading.is_full(self.batch) or monotonic() > self._since + _COMMIT_S:
                    yield self._hand_on()

    def _take(self, work: Work, found: Fetched | Withheld) -> None:
        name = work.folder.name
        reference = f"{name};UIDVALIDITY={work.validity};UID={found.uid}"  # as RFC 5092 has it
        if isinstance(found, Withheld):
            self._reading.reject(Rejected(_WITHHELD, b"", reference))
        else:
            self._interpret(work.folder, found, reference)
        work.coming.discard(found.uid)
        work.got.append(found.uid)

    def _interpret(self, folder: Folder, found: Fetched, reference: str) -> None:
        if any(label.lower() in self.private_labels for label in found.labels):
            self._reading.ignore(PRIVATE)
            return
        meaning = "/".join(found.labels) or folder.meaning
        self._reading.take(found.raw, reference, meaning)

    def _note(self, work: Work) -> None:
        """What was read since the last time, into cursor and memory."""
        self._ledger.add(work.folder.name, work.validity, work.got)
        work.covered = work.reach()
        work.got.clear()
        self._progress = self._progress.plus(work.folder.name, work.validity, work.covered)

    def _hand_on(self) -> Batch:
        for (
            work
        ) in self._works:  # a batch may hold the end of one folder and the beginning of the next
            if work.known:
                self._note(work)
        moved = self._progress != self._handed
        self._handed = self._progress
        self._since = monotonic()
        cursor = self._progress.cursor if moved else None
        return self._reading.batch(cursor, self._share(), self._ledger.changes())

    def _share(self) -> float:
        total = sum(work.total for work in self._works)
        left = sum(size(work.todo) + len(work.coming) for work in self._works)
        return 1 - left / total if total else 1.0


def _past(until: float | None) -> bool:
    return until is not None and monotonic() > until
