"""The connector `imap`: mails on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import ClassVar, cast

import msgspec

from stammkunde.connectors.imap import session as sessions
from stammkunde.connectors.imap.census import Census
from stammkunde.connectors.imap.folders import Folder
from stammkunde.connectors.imap.listening import QUIET_S, wait
from stammkunde.connectors.imap.passes import Pass
from stammkunde.connectors.imap.progress import Ledger, Progress
from stammkunde.connectors.imap.session import Session, troubles
from stammkunde.connectors.imap.settings import Settings, checked
from stammkunde.connectors.imap.tokens import Access
from stammkunde.connectors.imap.uids import Ranges
from stammkunde.connectors.imap.wire import Refused, hung_up
from stammkunde.connectors.interface import (
    BATCH,
    Batch,
    ConnectorError,
    Context,
    Holding,
    Memory,
    Message,
    Rejected,
)
from stammkunde.connectors.mail.reading import Privacy, Reading

_OLDEST_S = 1800.0
"""A connection that was opened longer ago is opened anew: folders are listed then, tokens run out."""


class Imap:
    """Reads the folders of one account; the cursor says what of each folder was read."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        self.batch = BATCH
        self.quiet_s = QUIET_S
        self._settings = cast(Settings, settings)
        self._context = context
        self._access: Access | None = None
        self._session: Session | None = None
        self._opened = 0.0
        self._census = Census()
        self._missed: dict[str, Ranges] = {}

    def check(self) -> None:
        """Raise `ConnectorError` unless the server lets us in and has every folder.

        Where signing in needs what was remembered and nothing was read yet, only that the server answers as it should.
        """
        checked(self._settings)
        access = self._tokens()
        if access and not access.known:
            with troubles(self._settings):
                hung_up(sessions.reached(self._settings))
            return
        self._look_after()
        session = self._signed_in()
        try:
            with troubles(self._settings):
                folders = self._folders(session)
                for folder in folders:
                    session.examine(folder)
                session.rest(folders[0])
        except ConnectorError:
            self.close()
            raise

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """The mails of all folders that are new since, the newest of each folder first.

        Left anywhere, or with the connection lost, what was handed on is not asked for again.
        """
        progress = Progress.parse(cursor)
        whole = False
        try:
            session = self._ready(memory)
            yield from self._new_tokens()
            with troubles(self._settings):
                passing = self._pass(session, progress, memory)
                try:
                    yield from passing.batches()
                except (OSError, Refused):
                    yield from passing.rest()
                    raise
            whole = True
        finally:
            if not whole:
                self.close()

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        """Each folder as it is now; what is there and was passed over is read with the next `fetch`."""
        session = self._ready(memory)
        try:
            with troubles(self._settings):
                ledger = Ledger(self._context.source, memory)
                folders = self._folders(session)
                for folder, holding, missing in self._census.holdings(
                    session, folders, cursor, ledger
                ):
                    if missing:
                        self._missed[folder.name] = missing
                    yield holding
        except ConnectorError:
            self.close()
            raise

    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        """Poke when the inbox changes, over a connection of its own."""
        settings = self._settings
        checked(settings)
        access = self._tokens()
        while access and not access.known:  # known to the first `fetch`
            if ended.wait(1):
                return
        session = sessions.opened(settings, access)
        try:
            with troubles(settings):
                inbox = next((each for each in session.folders if each.use == "inbox"), None)
                wait(
                    session,
                    inbox or Folder("INBOX", "inbox"),
                    poke,
                    ended,
                    poll_s=settings.poll_s,
                    quiet_s=self.quiet_s,
                )
        finally:
            session.close()

    def login(self, say: Callable[[Message], None], memory: Memory) -> Batch:
        """Sign in with a browser by the device flow (RFC 8628). Raises `ConnectorError`."""
        checked(self._settings)
        access = self._tokens()
        if access is None:
            raise ConnectorError("oauth: is not set; with a password there is nothing to sign in.")
        access.load(memory)
        access.sign_in(say)
        return Batch(remember=access.changes())

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected mail again."""
        del memory
        return self._reading().again(rejected, rejected.reference.rpartition(";UIDVALIDITY=")[0])

    def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            self._session.close()
            self._session = None

    # ---- parts

    def _pass(self, session: Session, progress: Progress, memory: Memory) -> Pass:
        passing = Pass(
            session,
            self._folders(session),
            progress,
            Ledger(self._context.source, memory),
            self._reading(),
            self._missed,
        )
        passing.batch = self.batch
        passing.private_labels = frozenset(map(str.lower, self._settings.private_folders))
        passing.size, passing.depth = self._settings.batch, self._settings.pipeline
        return passing

    def _reading(self) -> Reading:
        settings = self._settings
        return Reading(
            self._context.company,
            shop_senders=settings.shop_senders,
            privacy=Privacy(settings.private_subject, settings.private_headers),
        )

    def _folders(self, session: Session) -> list[Folder]:
        return sessions.folders_of(session, self._settings)

    def _tokens(self) -> Access | None:
        if self._access is None and self._settings.oauth:
            self._access = Access(self._settings, self._context.source)
        return self._access

    def _new_tokens(self) -> Iterator[Batch]:
        changes = self._access.changes() if self._access else {}
        if changes:
            yield Batch(remember=changes)

    # ---- the connection

    def _ready(self, memory: Memory) -> Session:
        checked(self._settings)
        if access := self._tokens():
            access.load(memory)
        self._look_after()
        return self._signed_in()

    def _signed_in(self) -> Session:
        if self._session is None:
            self._session = sessions.opened(self._settings, self._access)
            self._opened = monotonic()
        return self._session

    def _look_after(self) -> None:
        """Hang up where the connection is old, or was closed by the server while nobody looked."""
        if self._session is None:
            return
        if monotonic() - self._opened < _OLDEST_S:
            with suppress(OSError, Refused):
                self._session.refresh()
                return
        self.close()
