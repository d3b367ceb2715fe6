"""Mails and archives, as the tests of `mailbox` write them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from stammkunde.connectors.contract import COMPANY, Reading
from stammkunde.connectors.interface import Context
from stammkunde.connectors.mailbox import Mailbox

DATA = Path(__file__).parents[2] / "data" / "mail" / "mailbox"
DATED = b"From anna@example.com Fri Nov 20 11:52:03 2026\n"


def mail(number: int, text: str = "Guten Tag") -> bytes:
    return (
        f"Message-ID: <{number}@example.com>\nDate: Fri, 20 Nov 2026 11:{number:02}:00 +0100\n"
        f"From: Anna Meier <anna{number}@example.com>\nTo: info@muster-velo.example\n"
        f"Subject: Mail {number}\n\n{text}\n"
    ).encode()


def mails(count: int) -> dict[str, bytes]:
    return {f"Posteingang/{number}.eml": mail(number) for number in range(1, count + 1)}


def pack(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    path = folder / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in files.items():
                archive.writestr(member, content)
        return path
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for member, content in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    squeeze: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress, ".tar": bytes,
    }  # fmt: skip
    path.write_bytes(squeeze[path.suffix](raw.getvalue()))
    return path


def mailbox(*paths: Path, **settings: str) -> Mailbox:
    table = {"path": [str(path) for path in paths], **settings}
    return Mailbox(
        msgspec.convert(table, Mailbox.Settings), Context(source="post", company=COMPANY)
    )


def subjects(reading: Reading) -> list[str]:
    return [contact.subject for contact in reading.contacts]
