"""The connector: its settings, and what it does with them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from stammkunde.connectors.asterisk.ami import PORT, TLS_PORT, Access
from stammkunde.connectors.asterisk.calls import Calls
from stammkunde.connectors.asterisk.growth import watch
from stammkunde.connectors.asterisk.lines import Lines
from stammkunde.connectors.asterisk.logfile import log_files, planned, reading
from stammkunde.connectors.asterisk.reading import MEMORY, Reader
from stammkunde.connectors.asterisk.ringing import Ringing
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
    Discreet,
    Holding,
    Memory,
    Rejected,
    Secret,
)
from stammkunde.connectors.interface import (
    Call as LiveCall,
)
from stammkunde.core.phones import DialPlan


class Settings(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a source.

    `path` names call logs, or folders with a `Master.csv`. `timezone` is that of the telephone system's clock, by
    default the company's, and UTC with `usegmtime`. Rows with a uniqueid tell it by themselves, but those of 16 columns
    are identified by it: under another `timezone` they count as other calls. `region` (by default the company's
    country), `own_area_code` and `outside_prefix` complete numbers as dialled. `trunks` are globs of the channels that lead
    outside (`PJSIP/sipgate*`); without them one with “trunk” in its name does, one named by an extension does not, and
    else the number decides. `extensions` is the pattern of internal numbers, `internal_contexts` the dial-plan contexts
    of our own telephones. `columns` names the columns of `cdr_custom`, in order. `encoding` (default: UTF-8, where that
    fails Windows-1252) is that of the files. `settle` is how many seconds after a new row it is read, so that
    most calls are whole by then; rows that come later amend theirs. `ami_host` is where the telephone system's manager interface (AMI) tells of
    calls while they ring; without it none are shown. `ami_port` is 5038 by default, and 5039 with `ami_tls`. `ami_user`
    and `ami_secret` are those of its `manager.conf`. `ami_tls` encrypts the connection, as it must be to another
    machine; `ami_ca_file` is the file of the authority that signed the certificate, if it is your own.
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
    settle: Annotated[int, msgspec.Meta(ge=0, le=600)] = 30
    ami_host: str = ""
    ami_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    ami_user: str = ""
    ami_secret: Secret = ""
    ami_tls: bool = False
    ami_ca_file: str = ""


class Asterisk:
    """Calls out of Asterisk's call detail records. One item is one call; its key is Asterisk's own id of the call."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings
    batch = BATCH

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        assert isinstance(settings, Settings)  # noqa: S101 (narrows the protocol's type)
        self._settings = settings
        self._context = context
        self._ringing: Ringing | None = None

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
        if self._settings.ami_host:
            self._access()
        log_files(self._settings.path)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """All calls with rows after the cursor. A call that was told already comes again, revised, with a late leg."""
        yield from self._reader(memory.get(MEMORY)).read(
            planned(log_files(self._settings.path), cursor), self.batch
        )

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected row again, and tell its call with what is still remembered of it."""
        return self._reader(memory.get(MEMORY)).again(rejected)

    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        """Poke when a log has grown and the rows have settled."""
        watch(self._settings.path, self._settings.settle, poke, ended)

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:  # noqa: ARG002
        """The lines of each log against those that were read, and the rows that somebody took out again.

        A row that was taken out before it was read is not missed: Asterisk's numbers begin anew with each start, and have
        gaps where nothing is missing.
        """
        for each in planned(log_files(self._settings.path), cursor):
            place = each.place
            with reading(each.path) as log:
                held = place.lines + (log.lines_after(place.offset) if log else 0)
            unread = _span(place.lines + 1, held)
            yield Holding(
                part=each.path.name, held=held, read=place.lines, missing=unread, gone=place.gone
            )

    def ringing(self, tell: Callable[[LiveCall], None], ended: Event) -> None:
        """Tell of calls by the manager interface; returns at once where the settings name none."""
        if not self._settings.ami_host:
            return
        if self._ringing is None:
            self._ringing = Ringing(self._sides())
        self._ringing.follow(self._access(), tell, ended)

    def _access(self) -> Access:
        settings = self._settings
        access = Access(
            settings.ami_host,
            settings.ami_port or (TLS_PORT if settings.ami_tls else PORT),
            settings.ami_user,
            settings.ami_secret,
            settings.ami_tls,
            settings.ami_ca_file,
        )
        if not access.is_private:
            raise ConnectorError(
                "ami_tls: is needed, since {host} is another machine; anybody between could read the secret and all numbers.",
                host=access.host,
            )
        if access.ca_file and not Path(access.ca_file).is_file():
            raise ConnectorError("ami_ca_file: there is no file {path}.", path=access.ca_file)
        if not (access.user and access.secret):
            raise ConnectorError(
                "ami_user, ami_secret: are missing; they stand in the telephone system's manager.conf."
            )
        return access

    def _reader(self, remembered: bytes | None = None) -> Reader:
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
        calls = Calls(self._sides(), times)
        try:
            codecs.lookup(settings.encoding or "utf-8")
        except LookupError:
            raise ConnectorError(
                "encoding: “{encoding}” is unknown; give one like utf-8 or cp1252.",
                encoding=settings.encoding,
            ) from None
        lines = Lines(Rows(times, settings.columns), settings.encoding)
        return Reader(lines, calls, Window(times, remembered))

    def _sides(self) -> Sides:
        settings = self._settings
        rules = Rules(
            settings.region or self._context.company.country,
            DialPlan(settings.own_area_code, settings.outside_prefix, settings.extensions),
            settings.trunks,
            settings.internal_contexts,
        )
        try:
            return Sides(rules)
        except re.error:
            raise ConnectorError(
                "extensions: is no regular expression; give one like [1-4]\\d\\d."
            ) from None


def _span(first: int, last: int) -> tuple[str, ...]:
    """Neighbours together; none where `last` comes before `first`."""
    if first >= last:
        return (str(first),) * (first == last)
    return (f"{first}–{last}",)
