"""Mails of mixed shapes and sizes, as a mailbox of some years has them: mostly short, with long headers, some with files."""

from __future__ import annotations

import base64
import quopri
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

BEGIN = datetime(2020, 1, 6, 8, tzinfo=UTC)
_TEXT = (
    "Guten Tag, besten Dank für Ihre Anfrage zum Velo mit der Nummer und die Offerte vom letzten Dienstag. Können Sie mir "
    "bitte noch sagen, ob die Lieferung nach Zürich möglich wäre und wie lange die Montage dauert? Freundliche Grüsse"
)
_WORDS = _TEXT.split()
_PEOPLE = 4000
_NAMES = ("Meier", "Müller", "Rossi", "Dubois", "Keller", "Frei", "Bianchi", "Huber")


def letter(number: int) -> bytes:
    """The mail of that number, always the same."""
    chance = random.Random(number)  # noqa: S311
    who = chance.randrange(_PEOPLE)
    person = f"kunde{who}@kunden{who % 300}.example"
    ours = "info@muster-velo.example"
    sender, receiver = (ours, person) if chance.random() < 0.3 else (person, ours)
    name = f'"{_NAMES[who % len(_NAMES)]}, Anna"' if sender == person else "Muster Velo"
    date = BEGIN + timedelta(minutes=number * 17)
    text = _text(chance)
    kind, body = _body(chance, text)
    return (
        _trace(chance, date)
        + f"Message-ID: <{number}.{chance.getrandbits(64):x}@mail.example>\nDate: {format_datetime(date)}\n"
        f"From: {name} <{sender}>\nTo: <{receiver}>\nSubject: {_subject(chance)}\n"
        f"References: <{max(number - chance.randrange(1, 90), 0)}@mail.example>\nMIME-Version: 1.0\n{kind}\n\n"
    ).encode() + body


def _text(chance: random.Random) -> str:
    count = chance.choice((40, 80, 80, 160, 400))
    lines = [" ".join(chance.choices(_WORDS, k=12)) for _ in range(count // 12)]
    quoted = [f"> {line}" for line in lines[: len(lines) // 2]]
    return "\n".join((*lines, "", "Am 3. Mai 2024 um 10:12 schrieb Muster Velo:", *quoted)) + "\n"


def _subject(chance: random.Random) -> str:
    text = " ".join(chance.choices(_WORDS, k=5))
    if text.isascii():
        return text
    return f"=?utf-8?Q?{quopri.encodestring(text.encode(), header=True).decode().replace('=' + chr(10), '')}?="


def _trace(chance: random.Random, date: datetime) -> str:
    """Two KiB of what servers write into a header."""
    hops = "".join(
        f"Received: from mx{hop}.example ([192.0.2.{hop}]) by mail{hop}.example with ESMTPS id {chance.getrandbits(80):x}\n"
        f"\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384);\n\t{format_datetime(date)}\n"
        for hop in range(1, 5)
    )
    signature = base64.encodebytes(chance.randbytes(256)).decode().replace("\n", "\n\t").strip()
    return (
        f"Return-Path: <bounce@mail.example>\n{hops}"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=k1;\n\tb={signature}\n"
        "Authentication-Results: mx.example; dkim=pass header.d=mail.example; spf=pass\nX-Spam-Score: -1.2\n"
    )


def _body(chance: random.Random, text: str) -> tuple[str, bytes]:
    shape = chance.random()
    if shape < 0.35:
        return _plain(chance, text)
    html = (
        "<html><body>" + "".join(f"<p>{line}</p>" for line in text.split("\n")) + "</body></html>"
    )
    if shape < 0.45:
        return (
            "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
            quopri.encodestring(html.encode()),
        )
    edge = f"=_{chance.getrandbits(64):x}"
    kind, body = _plain(chance, text)
    parts = [f"{kind}\n\n".encode() + body]
    if shape < 0.85:
        head = b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        parts.append(head + quopri.encodestring(html.encode()))
        subtype = "alternative"
    else:
        size = 2_000_000 if chance.random() < 0.01 else chance.randrange(2_000, 60_000)
        head = b'Content-Type: application/pdf; name="Offerte.pdf"\nContent-Transfer-Encoding: base64\n\n'
        parts.append(head + base64.encodebytes(chance.randbytes(size)))
        subtype = "mixed"
    body = b"".join(b"--%s\n%s\n" % (edge.encode(), part) for part in parts)
    return (
        f'Content-Type: multipart/{subtype}; boundary="{edge}"',
        body + b"--%s--\n" % edge.encode(),
    )


def _plain(chance: random.Random, text: str) -> tuple[str, bytes]:
    encoding = chance.choice(("8bit", "quoted-printable", "base64"))
    charset = chance.choice(("utf-8", "utf-8", "iso-8859-1"))
    raw = text.encode(charset, "replace")
    if encoding == "quoted-printable":
        raw = quopri.encodestring(raw)
    elif encoding == "base64":
        raw = base64.encodebytes(raw)
    return (
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}",
        raw,
    )
