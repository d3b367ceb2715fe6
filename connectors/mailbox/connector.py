"""The connector `mailbox`: mails that lie in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, cast

import msgspec

from stammkunde.connectors.interface import BATCH, Batch, Context, Memory, Rejected
from stammkunde.connectors.mail.reading import Reading
from stammkunde.connectors.mailbox.cursor import Progress
from stammkunde.connectors.mailbox.store import recognised, stores_of


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "mailbox"`.

    `path`: mbox files, Maildirs, folders of mails, single mails, and archives (tar, zip, also compressed) of all these.
    `folder`: the folder of the mail program all of them come from (`Sent`, `Junk`), where their own names do not say.
    `shop_senders`: addresses and domains, besides our own, under which our web shop or its forms write to us.
    """

    path: tuple[str, ...] = ()
    folder: str = ""
    shop_senders: tuple[str, ...] = ()


class Mailbox:
    """Reads mails as they lie in files; the cursor names the files and mails read to their end."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        self.batch = BATCH
        self._settings = cast(Settings, settings)
        self._company = context.company

    def check(self) -> None:
        """Raise `ConnectorError` unless every path can be read."""
        stores_of(self._settings.path)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """The mails of all files that are new or changed since; a changed mbox or archive is read as a whole.

        The cursor moves on with whole files and folders: killed within one, it is read again from its beginning.
        """
        del memory
        progress = saved = Progress.parse(cursor)
        stores = [store for store in stores_of(self._settings.path) if store.changed(progress)]
        reading = self._reading()
        for number, store in enumerate(stores):
            for found in store.mails(progress):
                if isinstance(found, Rejected):
                    reading.reject(found)
                else:
                    reading.take(found.raw, found.reference, found.folder)
                if reading.is_full(self.batch):
                    share = (number + store.share) / len(stores)
                    yield reading.batch(None if progress is saved else progress.cursor, share)
                    saved = progress
            progress = store.done(progress)
        if stores:
            yield reading.batch(progress.cursor, 1)

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether it is an mbox, a mail, an archive that begins with one of them, or a folder of mails."""
        return recognised(path)

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected mail again; the name of its folder is not kept with it."""
        del memory
        return self._reading().again(rejected)

    def _reading(self) -> Reading:
        settings = self._settings
        return Reading(self._company, folder=settings.folder, shop_senders=settings.shop_senders)
