"""The drop folder: what is put into `inbox/` of a home is recognised, imported and moved to `done/`."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from stammkunde.app.bootstrap import Home
from stammkunde.app.daemon.clock import Clock
from stammkunde.app.failures import of_connector, place
from stammkunde.app.reading import read
from stammkunde.app.sources import choose, with_files
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Batch, ConnectorError, Holding
from stammkunde.core.errors import HomeError, Message, StammkundeError
from stammkunde.core.standing import Standing, forget_standing, save_standing, standings

NAME = "inbox/"
"""What stands for the folder among the sources while a file waits in it; never rename it."""
INBOX, DONE = "inbox", "done"
EVERY_S = 2
QUIET_S = 5
"""A file is whole when it stayed as it is for so long; copying over a slow line stops for a second or two."""
REST_S = 60
"""A disk that is full, or a log that another process holds, is tried again then."""
NAMED = 20
"""Of so many files it is said why they wait; of the others that they do."""
_UNFINISHED = (".part", ".filepart", ".crdownload", ".tmp")
"""What programs call a file while they still write it."""

logger = logging.getLogger(__name__)


class Mark(NamedTuple):
    """By what a file is known to have changed."""

    size: int
    changed_ns: int
    inode: int
    is_file: bool

    @classmethod
    def of(cls, path: Path) -> Self:
        """Of the thing itself, where it is a link; `OSError` where there is nothing."""
        stat = path.lstat()
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino, S_ISREG(stat.st_mode))


class _Stopped(BaseException):
    """The daemon ends; what was committed stays, the file is read once more at the next start."""


class Dropped:
    """The drop folder under a thread of its own; `poke` and `again` may be called by any.

    A file is moved when all of it is committed, and never before: whoever is killed between the two finds it there,
    imports it again, which changes nothing, and moves it then.
    """

    def __init__(self, home: Home, clock: Clock) -> None:
        """Nothing is looked at before the first `step`."""
        self.wanted = threading.Event()
        self._home = home
        self._clock = clock
        self._inbox, self._done = home.path / INBOX, home.path / DONE
        self._seen: dict[str, tuple[Mark, datetime]] = {}
        self._refused: dict[str, tuple[Mark, Message]] = {}
        self._afresh = threading.Event()
        self._rests_until: datetime | None = None
        self._failing = False
        self._told: list[tuple[str, str]] | None = None

    @property
    def name(self) -> str:
        """What its threads are called by."""
        return NAME

    def poke(self) -> None:
        """Look into it."""
        self.wanted.set()

    def again(self) -> None:
        """Try once more what was refused: settings may have changed."""
        self._afresh.set()
        self.wanted.set()

    def close(self) -> None:
        """Nothing is held open."""

    # ---- by its own thread

    def step(self, ended: threading.Event) -> None:
        """Import every file that is whole; whatever goes wrong ends here, and is shown in `status`."""
        if self._rests_until and self._clock.now() < self._rests_until:
            return
        self._rests_until = None
        try:
            for name in self._whole():
                self._take(name, ended)
            self._show()
        except _Stopped:
            return
        except (HomeError, OSError) as error:  # a full disk, a busy log: it passes
            if not self._failing:
                logger.warning("The drop folder can't be read now: %s", place(error))
            self._failing = True
            self._rests_until = self._clock.now() + timedelta(seconds=REST_S)
        else:
            self._failing = False

    def _whole(self) -> list[str]:
        """Files that nobody has written to for a while and that were not refused as they are."""
        self._inbox.mkdir(mode=0o700, exist_ok=True)
        if self._afresh.is_set():
            self._afresh.clear()
            self._refused.clear()
        now, found = self._clock.now(), self._marks()
        before = self._seen
        self._seen = {
            name: before[name] if name in before and before[name][0] == mark else (mark, now)
            for name, mark in found.items()
        }
        self._refused = {
            name: (mark, why)
            for name, (mark, why) in self._refused.items()
            if found.get(name) == mark
        }
        quiet = timedelta(seconds=QUIET_S)
        return [
            name
            for name, (_, since) in self._seen.items()
            if name not in self._refused and now - since >= quiet
        ]

    def _marks(self) -> dict[str, Mark]:
        found = {}
        for name in sorted(os.listdir(self._inbox)):  # noqa: PTH208 — names are all that is needed
            if not name.startswith(".") and not name.lower().endswith(_UNFINISHED):
                try:
                    found[name] = Mark.of(self._inbox / name)
                except FileNotFoundError:  # taken away meanwhile
                    continue
        return found

    def _take(self, name: str, ended: threading.Event) -> None:
        mark, _ = self._seen[name]
        path = self._inbox / name
        try:
            self._import(path, mark, ended)
            if Mark.of(path) == mark:  # else it grew meanwhile, and is read again when it is whole
                self._move(path)
        except FileNotFoundError:  # taken away meanwhile
            return
        except HomeError:  # our own disk: the file is not to blame
            raise
        except StammkundeError as error:
            self._refuse(name, mark, error)
        except Exception as error:  # whatever a plugin does, the other files are read
            logger.error("The drop folder: %s", place(error))  # noqa: TRY400 — what it says may name persons
            self._refuse(name, mark, of_connector(error))

    def _import(self, path: Path, mark: Mark, ended: threading.Event) -> None:
        def stop(_: Batch) -> None:
            if ended.is_set():
                raise _Stopped

        if not path.name.isprintable():
            raise ConnectorError("its name can't be written: give it another one.")
        if not mark.is_file:
            raise ConnectorError(
                "it is no file: put files themselves here, of a folder an archive of it."
            )
        if not os.access(path, os.R_OK):
            raise ConnectorError("it can't be read: let this program's user read it.")
        choice = with_files(choose(self._home, _connector(path), None), [str(path)])
        try:
            reading = read(self._home, choice.table, stop, advance=False, rivals=choice.rivals)
        finally:
            gc.unfreeze()  # `read` set all objects aside: for a command that ends after it
        logger.info(
            "The drop folder: %d items of %s were read, %d of them new, %d unreadable.",
            reading.items,
            choice.table.connector,
            reading.recorded,
            reading.rejected,
        )

    def _move(self, path: Path) -> None:
        day = self._clock.now().astimezone(ZoneInfo(self._home.company.timezone)).date()
        folder = self._done / day.isoformat()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.rename(_free(folder, path.name))  # one step: it is here or there
        except OSError as error:
            why = Message((error.strerror or "the system refuses").lower())
            raise ConnectorError(
                "it was imported, but can't be moved to {folder}: {why}.", folder=DONE, why=why
            ) from None

    # ---- how it stands

    def _refuse(self, name: str, mark: Mark, why: Message) -> None:
        self._refused[name] = (mark, why)
        logger.warning("The drop folder: a file can't be read; “stammkunde status” says which one.")

    def _show(self) -> None:
        """Who waits and why; as long as nothing does, the folder is no source that anybody would want to hear of."""
        waiting = [(name, str(why)) for name, (_, why) in self._refused.items()]
        if waiting == self._told:
            return
        if self._told is None and len(self._seen) > len(self._refused):
            return  # what an earlier process said holds until all was tried
        if waiting:
            save_standing(self._home.log, NAME, self._standing())
        elif NAME in standings(self._home.log):
            forget_standing(self._home.log, NAME)
        self._told = waiting

    def _standing(self) -> Standing:
        now = round(self._clock.now().timestamp() * 1_000_000)
        whys = [(_printable(name), why) for name, (_, why) in self._refused.items()]
        names = tuple(name for name, _ in whys)
        return Standing(
            state="broken",
            since=now,
            tried=now,
            why=_listed(whys[:NAMED]),
            holdings=(Holding(part=INBOX, held=len(names), read=0, missing=names),),
        )


def _connector(path: Path) -> str:
    """The only one that takes the file for its own; `ConnectorError` where there is none, or several."""
    found = registry.recognise(path)
    if not found:
        raise ConnectorError(
            "no connector recognises it: import it by hand, stammkunde import CONNECTOR FILE."
        )
    if len(found) > 1:
        raise ConnectorError(
            "it may be of {known}: import it by hand, stammkunde import CONNECTOR FILE.",
            known=", ".join(found),
        )
    return found[0]


def _free(folder: Path, name: str) -> Path:
    """A place that nothing has yet: `Master.csv`, `Master-2.csv`."""
    place_, number = folder / name, 1
    while os.path.lexists(place_):
        number += 1
        place_ = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return place_


def _listed(whys: Sequence[tuple[str, Message]]) -> Message:
    """`Orders.csv: why. Letter.docx: why.` as one message, so that each part is translated when it is shown."""
    (name, why), *others = whys
    rest = _listed(others) if others else ""
    return Message("{file}: {why} {rest}", file=name, why=why, rest=rest)


def _printable(name: str) -> str:
    return "".join(one if one.isprintable() else "\ufffd" for one in name)
