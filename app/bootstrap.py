"""The one place that wires all parts: a home becomes an open log, its intake, its views and its queries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.app.calendars import freeze
from stammkunde.config.settings import (
    FILE,
    Settings,
    SettingsError,
    SourceTable,
    convert,
    read_settings,
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
from stammkunde.core.log.store import Log
from stammkunde.core.phones import e164
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.queries import Queries
from stammkunde.projections.rebuild import Difference, check, rebuild
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views

COMPANY = "company."


class Home:
    """A folder with one company's log, keys, views and settings; its parts are opened when first asked for."""

    def __init__(self, path: Path, company_settings: dict[str, Any] | None = None) -> None:
        """`company_settings` overrides the file's `[company]` table for this run."""
        self.path = path
        try:
            self.settings: Settings = read_settings(path)
            table = {**self.settings.company, **(company_settings or {})}
            self.company = _normal(convert(table, Company, "[company]", strict=False))
        except SettingsError as error:
            raise SettingError(str(error)) from None
        self._open_log: Log | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a log here."""
        return self._file(self.settings.store.url).exists()

    @cached_property
    def log(self) -> Log:
        """The log; `HomeError` says how to make one where there is none."""
        if not self.exists:
            raise HomeError(
                f"There is no home in {self.path}: run “stammkunde init” there, or name another with --home."
            )
        if not self._file(self.settings.store.keys).exists():
            raise KeyStoreError(
                f"The key store {self.settings.store.keys} is missing: put it back from a backup; without it the log"
                " can't be read."
            )
        master = self._master()
        keys = KeyStore(self._file(self.settings.store.keys), master)
        self._open_log = Log(self._file(self.settings.store.url), keys, tables=SCHEMA)
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

    # ---- views

    def catch_up(self) -> None:
        """Bring the views up to what the log says, and freeze the calendars of years that turned up."""
        runner = Runner(self.log, self._views)
        runner.catch_up()
        if freeze(self.intake, self.company, self._years()):
            runner.catch_up()

    def rebuild(self) -> int:
        """Build the views anew; how many events they rest on."""
        return rebuild(self.log, self._views)

    def check_views(self) -> list[Difference]:
        """Where the views are not what the log says."""
        return check(self.log, self._views)

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
            f"“{text}” is no mail address, phone number or shop account (SYSTEM:ID)."
        )

    def _years(self) -> set[int]:
        span = self.queries.span()
        this = self.now().year
        if span is None:
            return set()
        return {year for year in range(span[0].year, this + 2) if year > 1970}

    def create(self, settings: str) -> None:
        """Make the home: settings, master key, key store and log. What is there already stays."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.path / FILE
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(settings, encoding="utf-8")
        if not self.exists:
            secret = self.settings.store.master_key
            made = not secret.env and not (self.path / secret.file).exists()
            key = make_master_key(self.path / secret.file) if made else self._master()
            keys = KeyStore(self._file(self.settings.store.keys), key)
            Log(self._file(self.settings.store.url), keys, tables=SCHEMA).close()

    def _master(self) -> bytes:
        """The master key, from its file or, in a container, from the environment."""
        secret = self.settings.store.master_key
        if not secret.env:
            return read_master_key(self.path / secret.file)
        try:
            return master_key(secret.read(self.path), secret.env)
        except SettingsError as error:
            raise SettingError(str(error)) from None

    def _file(self, url: str) -> Path:
        scheme, _, name = url.partition(":")
        if scheme != "sqlite" or not name:
            raise SettingError(f"[store]: “{url}” is not supported: use sqlite:FILE.")
        return self.path / name

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
        own = dict(table.own)
        try:
            settings = convert(own, kind.Settings, f"[[source]] {table.name}", strict=False)
        except SettingsError as error:
            raise SettingError(str(error)) from None
        if "path" in kind.Settings.__struct_fields__:
            paths = tuple(str(self.path / name) for name in settings.path)  # type: ignore[attr-defined]
            settings = msgspec.structs.replace(settings, path=paths)
        return kind(settings, Context(source=table.name, system=table.system, company=self.company))

    def configured(self, names: Iterable[str] = ()) -> list[SourceTable]:
        """The sources of the settings file, all or those named; an unknown name is refused."""
        sources = {source.name: source for source in self.settings.sources}
        wanted = list(names) or list(sources)
        for name in wanted:
            if name not in sources:
                known = ", ".join(sources) or "none"
                raise SettingError(f"There is no source “{name}” in {FILE}; known: {known}.")
        return [sources[name] for name in wanted]


def _normal(company: Company) -> Company:
    """Our own addresses and numbers in the form in which they are compared."""
    return msgspec.structs.replace(
        company,
        addresses=tuple(mail_address(each) or each.lower() for each in company.addresses),
        domains=tuple(each.lower() for each in company.domains),
        never=tuple(each.lower() for each in company.never),
        numbers=tuple(e164(each, company.country) or each for each in company.numbers),
    )


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
