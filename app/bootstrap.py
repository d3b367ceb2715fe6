"""The one place that wires all parts: a home becomes an open log, its intake, its views and its queries."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from stammkunde.app import readers
from stammkunde.app.calendars import freeze
from stammkunde.app.company import company_of
from stammkunde.config.settings import (
    FILE,
    Settings,
    SettingsError,
    SourceTable,
    convert,
    read_settings,
    with_secrets,
)
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Connector, Context
from stammkunde.core.addresses import mail_address
from stammkunde.core.assignment import Assignment
from stammkunde.core.assignment.tables import SCHEMA, evidence_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Identifier
from stammkunde.core.errors import DecisionError, HomeError, KeyStoreError, SettingError
from stammkunde.core.feed import Source
from stammkunde.core.ids import random_id
from stammkunde.core.intake import Intake
from stammkunde.core.keys import KeyStore, make_master_key, master_key, read_master_key
from stammkunde.core.log.clock import VOUCHED
from stammkunde.core.log.datastore import copy_database
from stammkunde.core.log.store import Log
from stammkunde.core.phones import e164
from stammkunde.projections.discreet import DiscreetQueries
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.queries import Queries
from stammkunde.projections.rebuild import DeadLetter, Difference, check, dead_letters, rebuild
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views

if TYPE_CHECKING:
    from stammkunde.app.access.accounts import Accounts

COMPANY = "company."
_COPY = "copy-"


class Home:
    """A folder with one company's log, keys, views and settings; its parts are opened when first asked for."""

    def __init__(self, path: Path, company_settings: dict[str, Any] | None = None) -> None:
        """`company_settings` overrides the file's `[company]` table for this run."""
        self.path = path
        self._files = path
        self._overrides = company_settings or {}
        self.settings, self.company = self._read_settings()
        self._open_log: Log | None = None

    def _read_settings(self) -> tuple[Settings, Company]:
        try:
            settings = read_settings(self.path)
            return settings, company_of({**settings.company, **self._overrides})
        except SettingsError as error:
            raise SettingError(error.template, **error.values) from None

    def reload(self) -> bool:
        """Read the settings again; whether the company is another one now. A wrong file changes nothing.

        Sources and company count from the next reading on; `[store]`, `[web]` and the views' time zone at the next start.
        """
        before = self.company
        self.settings, self.company = self._read_settings()
        if self.company == before:
            return False
        self.__dict__.pop("intake", None)
        return True

    @property
    def exists(self) -> bool:
        """Whether there is a log here."""
        return self._file(self.settings.store.url).exists()

    def require(self) -> None:
        """Raises `HomeError`, which says how to make one, where there is no home."""
        if not self.exists:
            raise HomeError(
                "There is no home in {path}: run “stammkunde init” there, or name another with --home.",
                path=self.path,
            )

    @cached_property
    def log(self) -> Log:
        """The log; `HomeError` says how to make one where there is none."""
        self.require()
        if not self._file(self.settings.store.keys).exists():
            raise KeyStoreError(
                "The key store {keys} is missing: put it back from a backup; without it the log can't be read.",
                keys=self.settings.store.keys,
            )
        master = self._master()
        keys = KeyStore(self._file(self.settings.store.keys), master)
        self._open_log = Log(
            self._file(self.settings.store.url),
            keys,
            tables=f"{SCHEMA};{readers.TABLE}",
            vouched=_vouched(),
            clock=self._stands_still() if self.settings.demo.now else None,
        )
        return self._open_log

    @cached_property
    def intake(self) -> Intake:
        """The door into the log."""
        return Intake(
            self.log, Assignment(evidence_of(self.log.keys.keys), random_id), self.company
        )

    @cached_property
    def _views(self) -> Views:
        return Views(
            self.path / "views.db", self.company, (FiguresProjection(self.company.timezone),)
        )

    @cached_property
    def queries(self) -> Queries:
        """What is read; `catch_up` first."""
        return Queries(self._views)

    def discreet(self, hidden: Collection[str], unnamed: str) -> Queries:
        """The same for somebody who may not hear these sources; `unnamed` instead of the name of whom only they know."""
        return DiscreetQueries(self._views, hidden, unnamed) if hidden else self.queries

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in. Their time is the real one: in a company that stands still nobody would wait to an end."""
        from stammkunde.app.access.accounts import FILE as ACCOUNTS
        from stammkunde.app.access.accounts import Accounts

        self.require()
        return Accounts(self.path / ACCOUNTS, lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """The time in the company's zone; a made-up company stands still."""
        zone = ZoneInfo(self.company.timezone)
        return (self.settings.demo.now or datetime.now(zone)).astimezone(zone)

    def close(self) -> None:
        """Close what was opened."""
        if self._open_log:
            self._open_log.close()
        if "_views" in self.__dict__:
            self._views.close()
        if "accounts" in self.__dict__:
            self.accounts.close()

    # ---- views

    def catch_up(self, progress: Callable[[int], None] | None = None) -> None:
        """Bring the views up to what the log says, and freeze the calendars of years that turned up.

        `progress` is told the position after each page; what it raises ends the work there, and the next call goes on.
        """
        runner = Runner(self.log, self._views, progress)
        runner.catch_up()
        if freeze(self.intake, self.company, self._years()):
            runner.catch_up()

    def rebuild(self) -> int:
        """Build the views anew; how many events they rest on."""
        return rebuild(self.log, self._views)

    def check_views(self) -> list[Difference]:
        """Where the views are not what the log says."""
        return check(self.log, self._views)

    def dead_letters(self) -> list[DeadLetter]:
        """The events that could not be applied to the views."""
        return dead_letters(self._views)

    def customer_id(self, ref: str) -> str:
        """The living customer whom a reference means: id, mail address, phone number."""
        return self.queries.resolve(ref)

    def identifier(self, text: str) -> Identifier:
        """A mail address, a phone number in any notation, or a shop account as SYSTEM:ID."""
        if address := mail_address(text):
            return Identifier("mail", address)
        if number := e164(text, self.company.country):
            return Identifier("phone", number)
        if ":" in text:
            return Identifier("shop", text)
        raise DecisionError(
            "“{text}” is no mail address, phone number or shop account (SYSTEM:ID).", text=text
        )

    def _years(self) -> set[int]:
        span = self.queries.span()
        this = self.now().year
        if span is None:
            return set()
        return {year for year in range(span[0].year, this + 2) if year > 1970}

    def create(self, settings: str) -> bytes | None:
        """Make the home: settings, master key, key store and log. What is there already stays.

        A master key that was made now, for its recovery sheet; None for one that there was before.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.path / FILE
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(settings, encoding="utf-8")
        if self.exists:
            return None
        secret = self.settings.store.master_key
        made = not secret.env and not (self.path / secret.file).exists()
        key = make_master_key(self.path / secret.file) if made else self._master()
        keys = KeyStore(self._file(self.settings.store.keys), key)
        Log(self._file(self.settings.store.url), keys, tables=SCHEMA).close()
        return key if made else None

    def _stands_still(self) -> Callable[[], int]:
        """The clock of a made-up company: what it records, it records on its own day."""
        at = round(self.now().timestamp() * 1_000_000)
        return lambda: at

    def _master(self) -> bytes:
        """The master key, from its file or, in a container, from the environment."""
        secret = self.settings.store.master_key
        if not secret.env:
            return read_master_key(self.path / secret.file)
        try:
            return master_key(secret.read(self.path), secret.env)
        except SettingsError as error:
            raise SettingError(error.template, **error.values) from None

    def _file(self, url: str) -> Path:
        scheme, _, name = url.partition(":")
        if scheme != "sqlite" or not name:
            raise SettingError("[store]: “{url}” is not supported: use sqlite:FILE.", url=url)
        # a copy lies in one folder, wherever its original does
        return self._files / (name if self._files == self.path else name.replace("/", "_"))

    @contextmanager
    def copied(self) -> Iterator[Home]:
        """A copy of log and key store, in which anything may be tried; gone at the end of the block.

        Others wait while it is made: both files must be of one moment. What a killed process left behind goes first:
        it holds keys, which an erasure must reach.
        """
        for left in self.path.glob(f"{_COPY}*"):
            with suppress(BlockingIOError), _taken(left):
                rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=_COPY, dir=self.path) as folder, _taken(Path(folder)):
            twin = Home(self.path, self._overrides)
            twin._files = Path(folder)
            with self.log.transaction():
                for url in (self.settings.store.url, self.settings.store.keys):
                    copy_database(self._file(url), twin._file(url))
            try:
                yield twin
            finally:
                twin.close()

    # ---- sources

    def source(self, table: SourceTable) -> Source:
        """A source as intake sees it."""
        return Source(
            name=table.name,
            connector=table.connector,
            system=table.system,
            keep=table.keep,
            settings=msgspec.json.encode(table.own),
        )

    def connector(self, table: SourceTable) -> Connector:
        """A source's connector with its settings checked; relative paths count from the home."""
        kind = registry.load(table.connector)
        where = f"[[source]] {table.name}"
        try:
            own = with_secrets(table.own, registry.secrets_of(kind), self.path, where)
            settings = convert(own, kind.Settings, where, strict=False)
        except SettingsError as error:
            raise SettingError(error.template, **error.values) from None
        if "path" in kind.Settings.__struct_fields__:
            paths = tuple(str(self.path / name) for name in settings.path)  # type: ignore[attr-defined]
            settings = replace(settings, path=paths)
        return kind(settings, Context(source=table.name, system=table.system, company=self.company))

    def configured(self, names: Iterable[str] = ()) -> list[SourceTable]:
        """The sources of the settings file, all or those named; an unknown name is refused."""
        sources = {source.name: source for source in self.settings.sources}
        wanted = list(names) or list(sources)
        for name in wanted:
            if name not in sources:
                raise SettingError(
                    "There is no source “{name}” in {file}; known: {known}.",
                    name=name,
                    file=FILE,
                    known=", ".join(sources) or "–",
                )
        return [sources[name] for name in wanted]


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    """Hold a folder, as long as this process lives; `BlockingIOError` where another one does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _vouched() -> date | None:
    """The log's last day, where a person named it because the clock is right after all."""
    named = os.environ.get(VOUCHED)
    if not named:
        return None
    try:
        return date.fromisoformat(named)
    except ValueError:
        raise SettingError(
            "{variable}: “{value}” is no day: write it as 2026-11-20.",
            variable=VOUCHED,
            value=named,
        ) from None


def default_home() -> Path:
    """`STAMMKUNDE_HOME`, else a folder where the system keeps a user's data."""
    named = os.environ.get("STAMMKUNDE_HOME")
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "stammkunde"


@contextmanager
def opened(path: Path, company_settings: dict[str, Any] | None = None) -> Iterator[Home]:
    """A home that is closed again, whatever happens."""
    home = Home(path, company_settings)
    try:
        yield home
    finally:
        home.close()
