"""One mail, read from its bytes: headers, parts, text, date, and the natural keys of item and thread.

Nothing here ever raises, whatever the bytes; what is wrong with a mail stands in its flags.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256

import msgspec

from stammkunde.connectors.mail.addresses import Address, address_list
from stammkunde.connectors.mail.charset import codec
from stammkunde.connectors.mail.date import read_date
from stammkunde.connectors.mail.headers import Head, media_type, parameters, repaired, split_head
from stammkunde.connectors.mail.mime import split_parts
from stammkunde.connectors.mail.part import Part, first
from stammkunde.connectors.mail.text import best_text
from stammkunde.core.contact import Attachment, Item

__all__ = [
    "Address", "Message", "Part", "attachments_of", "item_of", "message_ids", "parse", "thread_key",
]  # fmt: skip

MAX_SIZE = 25 * 1024 * 1024
"""Bytes of a mail that are read; of a larger one the header alone."""

_ANGLE = re.compile(r"<([^<>]+)>")
_BLANKS = re.compile(r"[ \t\r\n]+")
_QUOTED_FROM = re.compile(rb"^>+From ", re.MULTILINE)
_OPENING = 4096


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A mail with what interpretation needs of it.

    `headers` maps lower-case names to the values in their order: unfolded, RFC 2047 decoded, charset repaired.
    `encoded` holds the values as they stood before RFC 2047 decoding, only for names where that differs.
    `parts` are the leaves in order; an embedded message is a leaf whose content is its bytes.
    `type` and `params` are those of the top-level Content-Type (`text/plain` where there is none). `text` is the best
    plain text, quotes and signature included, cut at `text.LONGEST`. `date` is what the Date header says, aware only where it gives a readable
    offset. `item` is the natural key, see `item_of`.
    """

    headers: dict[str, list[str]]
    encoded: dict[str, list[str]] = {}
    parts: tuple[Part, ...] = ()
    type: str = "text/plain"
    params: dict[str, str] = {}
    text: str = ""
    size: int = 0
    flags: tuple[str, ...] = ()
    raw_date: str = ""
    date: datetime | None = None
    item: Item = Item("")

    def header(self, name: str) -> str:
        """The first value of a header (lower-case name), or the empty string."""
        values = self.headers.get(name)
        return values[0] if values else ""

    def addresses(self, name: str) -> tuple[Address, ...]:
        """All addresses of a header (lower-case name), in order; those without a usable address have `""` as address."""
        values = self.encoded.get(name) or self.headers.get(name) or ()
        return tuple(address for value in values for address in address_list(value))


def parse(raw: bytes) -> Message:
    """Read a mail from its bytes; never raises, whatever they are.

    A mail above the limits (`MAX_SIZE`, parts, depth, headers) comes without parts and text, and with a flag.
    """
    head = split_head(raw, 0, len(raw))
    value = first(head.fields, "content-type")
    kind = media_type(value) if value else "text/plain"
    params = parameters(value)
    headers, encoded = repaired(head, _body_charset(params))
    flags = ["broken_mime"] if head.broken else []
    parts: tuple[Part, ...] = ()
    if len(raw) > MAX_SIZE:
        flags.append("oversized")
    elif head.flood:
        flags.append("header_flood")
    else:
        parts, found = split_parts(raw, head)
        flags.extend(flag for flag in found if flag not in flags)
    text, more = _text(kind, params, parts)
    raw_date = first(head.fields, "date")
    date, time_ms = read_date(raw_date)
    return Message(
        headers=headers,
        encoded=encoded,
        parts=parts,
        type=kind,
        params=params,
        text=text,
        size=len(raw),
        flags=(*flags, *more),
        raw_date=raw_date,
        date=date,
        item=Item(_natural_key(raw, head), time_ms),
    )


def _body_charset(params: dict[str, str]) -> str:
    charset = params.get("charset", "")
    return charset if charset and codec(charset) not in {"", "utf-8", "cp1252"} else ""


def _text(kind: str, params: dict[str, str], parts: tuple[Part, ...]) -> tuple[str, list[str]]:
    """The text and what the kind of mail says of it; the text of an encrypted mail is for nobody but its reader."""
    smime = params.get("smime-type", "").lower()
    if kind == "multipart/encrypted" or (
        kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"} and smime != "signed-data"
    ):
        return "", ["encrypted"]
    text, from_html = best_text(parts, report=kind == "multipart/report")
    start = text.lstrip()[:40]
    if start.startswith("-----BEGIN PGP MESSAGE-----"):
        return "", ["encrypted"]
    flags = ["html_only"] if from_html else []
    if kind == "multipart/signed" or smime or start.startswith("-----BEGIN PGP SIGNED MESSAGE"):
        flags.append("signed")
    return text, flags


def _plain(value: str) -> str:
    return _BLANKS.sub(" ", value).strip(" ")


def _natural_key(raw: bytes, head: Head) -> str:
    """Its parts are joined by a line break, which no unfolded value holds (a NUL would end the key in an id)."""
    fields = head.fields
    own_id = _one_id(first(fields, "message-id"))
    date = _plain(first(fields, "date"))
    if own_id and date:
        return f"{own_id}\n{date}"
    others = (_plain(first(fields, name)) for name in ("from", "to", "subject"))
    known = "\n".join((*others, _opening(raw, head.body)))
    return f"\n{date}\n{sha256(known.encode(errors='surrogatepass')).hexdigest()}"


def _opening(raw: bytes, start: int) -> str:
    """SHA-256 of the body's first 4 KiB, the same from IMAP and mbox: `\\n` line ends, no `>From `, no blank end."""
    body = raw[start : start + 2 * _OPENING].replace(b"\r\n", b"\n")
    body = _QUOTED_FROM.sub(b"From ", body)[:_OPENING].rstrip()
    return sha256(body).hexdigest()


def _one_id(value: str) -> str:
    match = _ANGLE.search(value)
    return _BLANKS.sub("", match[1] if match else value)


def item_of(message: Message) -> Item:
    """The natural key of a mail: Message-ID and raw Date header, which both survive lists and gateways.

    Where one of them is missing: raw Date, and one hash of From, To, Subject and the first 4 KiB of the body, since the
    key is stored with each counterpart's contact and must not name the others. Taken from the
    bytes as they stand, before any decoding, so that a better decoder never moves it. Frozen by golden vectors.
    """
    return message.item


def message_ids(value: str) -> tuple[str, ...]:
    """The message ids of a References or In-Reply-To value, without angles and blanks."""
    return tuple(found for match in _ANGLE.findall(value) if (found := "".join(match.split())))


def thread_key(message: Message) -> str:
    """The id of the mail that began the thread: References, else In-Reply-To, else its own; empty without any."""
    for name in ("references", "in-reply-to", "message-id"):
        for value in message.headers.get(name, ()):
            found = message_ids(value)
            if found:
                return found[0]
    return "".join(message.header("message-id").split())


_NO_ATTACHMENT = frozenset(
    {
        "application/pgp-signature", "application/pgp-encrypted", "application/pkcs7-signature",
        "application/x-pkcs7-signature", "message/delivery-status", "message/disposition-notification",
        "message/feedback-report",
    }
)  # fmt: skip


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """What hung on a mail: every leaf that is neither its text nor a signature or status for machines."""
    return tuple(
        Attachment(part.name, part.type, part.size)
        for part in message.parts
        if part.type not in _NO_ATTACHMENT
        and (part.name or part.disposition == "attachment" or not part.type.startswith("text/"))
    )
