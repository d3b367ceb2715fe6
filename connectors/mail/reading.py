"""Mails as they are read from a source, and the batch they become: the same for files and for servers."""

from __future__ import annotations

import msgspec

from stammkunde.connectors.interface import Batch, Rejected
from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import Message, item_of, parse
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Item
from stammkunde.core.errors import N_

FIELDS = frozenset(
    {
        "bcc", "cc", "content-type", "date", "delivered-to", "from", "in-reply-to", "message-id", "mime-version",
        "received", "references", "reply-to", "return-path", "sender", "subject", "to", "x-mailer",
    }
)  # fmt: skip
"""Header fields by which a mail is known to be one."""

PRIVATE = N_("marked private")

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


class Privacy(msgspec.Struct, frozen=True):
    """By what a mail is known to be nobody's business.

    `subject` is a marker anywhere in the subject, whatever its case. `headers` are names of header fields whose presence
    is enough, or `Name: value` where the value decides.
    """

    subject: str = ""
    headers: tuple[str, ...] = ()

    def covers(self, message: Message) -> bool:
        """Whether a mail is marked private."""
        if self.subject and self.subject.lower() in message.header("subject").lower():
            return True
        return any(_marked(message, *each.partition(":")) for each in self.headers)


def _marked(message: Message, name: str, colon: str, value: str) -> bool:
    found = message.headers.get(name.strip().lower(), ())
    wanted = value.strip().lower()
    return any(not colon or each.strip().lower() == wanted for each in found)


class Reading:
    """The batch in the making."""

    def __init__(
        self,
        company: Company,
        *,
        folder: str = "",
        shop_senders: tuple[str, ...] = (),
        privacy: Privacy | None = None,
    ) -> None:
        """`folder` is where all mails come from; without it, each mail's own says what its folder means."""
        self._company = company
        self._folder = folder
        self._shop_senders = frozenset(map(str.lower, shop_senders))
        self._privacy = privacy or Privacy()
        self._clear()

    def _clear(self) -> None:
        self._contacts: list[Contact] = []
        self._rejected: list[Rejected] = []
        self._ignored: dict[str, int] = {}
        self._left_out: list[Item] = []
        self._volume = 0

    def take(self, raw: bytes, reference: str, folder: str) -> None:
        """Interpret one mail that lay in `folder`; whatever its bytes, it ends in exactly one place."""
        message = parse(raw)
        if not message.headers.keys() & FIELDS:
            self.reject(Rejected(_no_mail(raw), raw[:_KEPT], reference))
            return
        if self._privacy.covers(message):
            self.ignore(PRIVATE)
            self._left_out.append(item_of(message))
            return
        try:
            found = interpret(
                message,
                company=self._company,
                folder=self._folder or _labels(message) or folder,
                shop_senders=self._shop_senders,
            )
        except Exception:  # our own mistake about one mail must not keep the others out
            self.reject(Rejected(_NOT_UNDERSTOOD, raw, reference))
            return
        if not found.contacts:
            self.ignore(found.ignored)
            self._left_out.append(item_of(message))
        for contact in found.contacts:
            self._contacts.append(msgspec.structs.replace(contact, reference=reference))
            self._volume += len(contact.text)

    def ignore(self, reason: str, count: int = 1) -> None:
        """Count mails that are left out."""
        self._ignored[reason] = self._ignored.get(reason, 0) + count

    def reject(self, rejected: Rejected) -> None:
        """Pass on what can't be read."""
        self._rejected.append(rejected)
        self._volume += len(rejected.raw)

    def is_full(self, most: int) -> bool:
        """Whether the batch should be handed on."""
        return (
            len(self._contacts) + len(self._rejected) >= max(most, 1)
            or self._volume >= _LARGEST_BATCH
        )

    def batch(
        self,
        cursor: str | None,
        progress: float | None,
        remember: dict[str, bytes | None] | None = None,
    ) -> Batch:
        """What was gathered; begins anew."""
        batch = Batch(
            contacts=tuple(self._contacts),
            cursor=cursor,
            rejected=tuple(self._rejected),
            ignored=self._ignored,
            left_out=tuple(self._left_out),
            remember=remember or {},
            progress=progress,
        )
        self._clear()
        return batch

    def again(self, rejected: Rejected, folder: str = "") -> Batch:
        """One rejected mail read again; what is still none is rejected as it was."""
        if rejected.raw:
            self.take(rejected.raw, rejected.reference, folder)
        batch = self.batch(None, None)
        if batch.rejected or not rejected.raw:
            return msgspec.structs.replace(batch, rejected=(rejected,))
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
