"""A leaf of a mail's tree of parts, built from its own header fields and its body."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence

import msgspec

from stammkunde.connectors.mail.charset import base64_bytes, decode, decode_words
from stammkunde.connectors.mail.headers import parameters

KEPT = 1024 * 1024
"""Bytes of content kept of a text or an embedded message; what is longer is cut."""

ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})

Fields = Mapping[str, Sequence[str]]


class Part(msgspec.Struct, frozen=True):
    """One leaf: its media type, file name, size in bytes after transfer decoding, and disposition.

    `content` holds the decoded bytes of `text/*` and `message/*` (at most `KEPT`), and is empty for everything else.
    """

    type: str
    name: str
    size: int
    disposition: str
    content: bytes = b""
    charset: str = ""

    @property
    def text(self) -> str:
        """The content as text, with `\\n` as line break."""
        return decode(self.content, self.charset).replace("\r\n", "\n")


def first(fields: Fields, name: str) -> str:
    """The first value of a field, or the empty string."""
    values = fields.get(name)
    return values[0] if values else ""


def transfer_encoding(fields: Fields) -> str:
    """The Content-Transfer-Encoding in lower case, without comment or trailing semicolon."""
    value = first(fields, "content-transfer-encoding")
    return value.partition("(")[0].partition(";")[0].strip(" \t\"'").lower() if value else ""


def leaf(fields: Fields, kind: str, raw: bytes, start: int, end: int) -> Part:
    """The part whose body is `raw[start:end]`; a body that need not be kept is neither copied nor decoded."""
    encoding = transfer_encoding(fields)
    if kind.startswith(("text/", "message/")):
        content = decoded(raw[start:end], encoding)
        return leaf_of(fields, kind, content)
    return leaf_of(fields, kind, b"", _size(raw, start, end, encoding))


def leaf_of(fields: Fields, kind: str, content: bytes, size: int | None = None) -> Part:
    """The part with a content that is decoded already."""
    disposition_field = first(fields, "content-disposition")
    type_field = first(fields, "content-type")
    type_parameters = parameters(type_field)
    name = parameters(disposition_field).get("filename") or type_parameters.get("name", "")
    return Part(
        kind,
        _file_name(name) if name else "",
        len(content) if size is None else size,
        disposition_field.partition(";")[0].strip().lower() if disposition_field else "",
        content if len(content) <= KEPT else content[:KEPT],
        type_parameters.get("charset", ""),
    )


def _file_name(name: str) -> str:
    """A name as the sender's program showed it: repaired, decoded, without line breaks and path."""
    if not name.isascii():
        try:
            name = decode(name.encode("latin-1"))
        except UnicodeEncodeError:  # decoded already, by RFC 2231
            name = name.encode("utf-8", "replace").decode()
    name = " ".join(decode_words(name).split())
    return name.replace("\\", "/").rpartition("/")[2][:255]


def decoded(body: bytes, encoding: str) -> bytes:
    """A body without its transfer encoding; an unknown one leaves it as it is."""
    if encoding == "base64":
        return base64_bytes(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def _size(raw: bytes, start: int, end: int, encoding: str) -> int:
    """Bytes after decoding; for base64 counted instead of decoded."""
    if encoding == "base64":
        breaks = raw.count(b"\n", start, end) + raw.count(b"\r", start, end)
        padding = raw.count(b"=", max(start, end - 8), end)
        return max((end - start - breaks) * 3 // 4 - padding, 0)
    if encoding == "quoted-printable":
        return len(binascii.a2b_qp(raw[start:end]))
    return end - start
