"""Mails in bytes: header lines, encoded words, parts. Put together by hand, since the standard library is ten times slower."""

from __future__ import annotations

import base64
import html
import quopri
from collections.abc import Sequence
from datetime import datetime

Headers = list[tuple[str, str]]


def header(name: str, value: str) -> str:
    """A header line; what is not ASCII becomes encoded words (RFC 2047) of at most 75 letters."""
    return f"{name}: {value if value.isascii() else encoded(value)}\n"


def encoded(text: str) -> str:
    """Encoded words for a text, folded."""
    words, part = [], ""
    for letter in text:
        if len((part + letter).encode()) > 42:
            words.append(part)
            part = ""
        part += letter
    words.append(part)
    return "\n ".join(f"=?utf-8?B?{base64.b64encode(word.encode()).decode()}?=" for word in words)


def mailbox(name: str, address: str) -> str:
    """`"Keller, Sandra" <…>`, encoded where it must be."""
    if not name:
        return address
    if not name.isascii():
        return f"{encoded(name)} <{address}>"
    return (
        f'"{name}" <{address}>'
        if any(letter in name for letter in ",.()")
        else f"{name} <{address}>"
    )


def text_part(text: str, kind: str, encoding: str, charset: str = "utf-8") -> bytes:
    """A text with its own header lines, in `8bit`, `quoted-printable` or `base64`."""
    raw = text.encode(charset, "replace")
    if encoding == "base64":
        raw = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw)
    head = (
        f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    return head.encode() + raw.rstrip(b"\n") + b"\n"


def file_part(name: str, kind: str, content: bytes) -> bytes:
    """An attachment."""
    head = (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n'
    )
    return head.encode() + base64.encodebytes(content)


def multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Several parts as one; `kind` is `alternative`, `mixed` or `report` with its parameters."""
    head = f'Content-Type: multipart/{kind};\n boundary="{boundary}"\n\n'
    body = b"".join(f"--{boundary}\n".encode() + part + b"\n" for part in parts)
    return head.encode() + body + f"--{boundary}--\n".encode()


def message(headers: Headers, body: bytes) -> bytes:
    """A whole mail; `body` begins with the header lines of its content."""
    lines = "".join(header(name, value) for name, value in headers)
    return f"{lines}MIME-Version: 1.0\n".encode() + body


def as_html(text: str) -> str:
    """A text as a mail program shows it in HTML."""
    return f"<html><body><div>{html.escape(text, quote=False).replace(chr(10), '<br>' + chr(10))}</div></body></html>"


def mbox_entry(sender: str, at: datetime, raw: bytes) -> bytes:
    """A mail as an mbox holds it (mboxrd): a line that begins like a separator is quoted."""
    lines = [
        b">" + line if line.lstrip(b">").startswith(b"From ") else line
        for line in raw.splitlines(keepends=True)
    ]
    return f"From {sender} {at:%a %b %d %H:%M:%S %Y}\n".encode() + b"".join(lines) + b"\n"


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
"""The smallest offer there is."""
