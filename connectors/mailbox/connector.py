"""The connector `mailbox`: mails that lie in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, cast

import msgspec

from stammkunde.connectors.interface import BATCH, Batch, Context, Memory, Rejected
from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import Message, parse
from stammkunde.connectors.mailbox.cursor import Progress
from stammkunde.connectors.mailbox.store import FIELDS, Found, Mail, recognised, stores_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact
from stammkunde.core.errors import N_

_NO_MAIL = N_("This is no mail: it has none of the usual header fields.")
_NOT_UNDERSTOOD = N_(
    "This mail can't be interpreted: please report it as an error of this program."
)
_EMPTY = N_("The file is empty.")
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": N_(
        "This is an Outlook file (.msg): save the mail as .eml and import that."
    ),
    b"!BDN": N_(
        "This is an Outlook data file (.pst): export its folders as mbox or .eml and import those."
    ),
    b"bplist": N_("This is a property list, not a mail."),
}
_KEPT = 1 << 20
"""Bytes kept of what is no mail."""
_LARGEST_BATCH = 16 << 20
"""Characters of text and bytes of rejected mails in a batch, so that memory stays flat when all of them are long."""


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
        reading = _Reading(self._company, self._settings)
        for number, store in enumerate(stores):
            for found in store.mails(progress):
                reading.take(found)
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
        reading = _Reading(self._company, self._settings)
        if rejected.raw:
            reading.take(Mail(rejected.raw, rejected.reference, ""))
        batch = reading.batch(None, None)
        if batch.rejected or not rejected.raw:
            return msgspec.structs.replace(batch, rejected=(rejected,))
        return batch


class _Reading:
    """The batch in the making."""

    def __init__(self, company: Company, settings: Settings) -> None:
        self._company = company
        self._folder = settings.folder
        self._shop_senders = frozenset(map(str.lower, settings.shop_senders))
        self._clear()

    def _clear(self) -> None:
        self._contacts: list[Contact] = []
        self._rejected: list[Rejected] = []
        self._ignored: dict[str, int] = {}
        self._volume = 0

    def take(self, found: Found) -> None:
        """Interpret one mail, or pass on what was rejected before."""
        if isinstance(found, Rejected):
            self._reject(found)
            return
        message = parse(found.raw)
        if not message.headers.keys() & FIELDS:
            self._reject(Rejected(_no_mail(found.raw), found.raw[:_KEPT], found.reference))
            return
        try:
            found_in = interpret(
                message,
                company=self._company,
                folder=self._folder or _labels(message) or found.folder,
                shop_senders=self._shop_senders,
            )
        except Exception:  # our own mistake about one mail must not keep the others out
            self._reject(Rejected(_NOT_UNDERSTOOD, found.raw, found.reference))
            return
        if not found_in.contacts:
            reason = found_in.ignored
            self._ignored[reason] = self._ignored.get(reason, 0) + 1
        for contact in found_in.contacts:
            self._contacts.append(msgspec.structs.replace(contact, reference=found.reference))
            self._volume += len(contact.text)

    def _reject(self, rejected: Rejected) -> None:
        self._rejected.append(rejected)
        self._volume += len(rejected.raw)

    def is_full(self, most: int) -> bool:
        """Whether the batch should be handed on."""
        return (
            len(self._contacts) + len(self._rejected) >= max(most, 1)
            or self._volume >= _LARGEST_BATCH
        )

    def batch(self, cursor: str | None, progress: float | None) -> Batch:
        """What was gathered; begins anew."""
        batch = Batch(
            contacts=tuple(self._contacts),
            cursor=cursor,
            rejected=tuple(self._rejected),
            ignored=self._ignored,
            progress=progress,
        )
        self._clear()
        return batch


def _labels(message: Message) -> str:
    """The labels of a mail in Google's export, which puts all folders into one mbox; empty elsewhere.

    Only where Google's fields come first is it the export: the sender of a mail can write the others himself.
    """
    if next(iter(message.headers), "") not in ("x-gm-thrid", "x-gmail-labels"):
        return ""
    return message.header("x-gmail-labels").replace(",", "/")


def _no_mail(raw: bytes) -> str:
    return next(
        (reason for magic, reason in _FOREIGN.items() if raw.startswith(magic)),
        _NO_MAIL if raw else _EMPTY,
    )
