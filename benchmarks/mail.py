"""Mails parsed and interpreted, against the standard library that only reads them."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

from benchmarks.measure import Result, at_least, cpu, interleaved
from stammkunde.app.demo.world import play
from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import parse
from stammkunde.core.company import Company

COMPANY = Company(domains=("muster-velo.example",))


def run() -> Iterator[Result]:
    """The three archives of real mail where STAMMKUNDE_DATA says where they are, else the demo company's mails."""
    data = os.environ.get("STAMMKUNDE_DATA")
    mails = list(_archives(Path(data) / "mail")) if data else list(_demo())
    what = "mixed corpus" if data else "demo mails"
    figures = interleaved(
        {
            "ours": lambda _: (
                len(mails) / cpu(lambda: [interpret(parse(raw), company=COMPANY) for raw in mails])
            ),
            "policy.default": lambda _: len(mails) / cpu(lambda: [_standard(raw) for raw in mails]),
        }
    )
    ours = sorted(figures["ours"])[len(figures["ours"]) // 2]
    base = sorted(figures["policy.default"])[len(figures["policy.default"]) // 2]
    yield at_least("mail", f"{what}, parsed and interpreted", ours, "mails/s", 2500)
    yield at_least(
        "mail", f"{what}, against headers and text read", ours, "mails/s", 3, baseline=base
    )


def _standard(raw: bytes) -> str:
    """What any reader needs: the main headers and the text, by `email` with its modern policy; it raises on some mails."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    try:
        for name in (
            "from",
            "to",
            "cc",
            "subject",
            "date",
            "message-id",
            "references",
            "in-reply-to",
        ):
            str(message[name])
        body = message.get_body(("plain", "html"))
        return str(body.get_content()) if body else ""
    except (LookupError, ValueError, AttributeError, IndexError, TypeError):
        return ""


def _archives(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.tar.xz")):
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file:
                    yield file.read()


def _demo() -> Iterator[bytes]:
    world = play(1, 3)
    for name in ("info.mbox", "Sent.mbox"):
        for part in BytesIO(world.files[name]).read().split(b"\nFrom ")[1:]:
            yield part.partition(b"\n")[2]
