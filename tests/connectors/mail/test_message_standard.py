"""What is read agrees with the standard library, and on real mail also with what people read by hand."""

from __future__ import annotations

import csv
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.message import Message as StandardMessage
from email.policy import compat32, default
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stammkunde.connectors.mail.message import Message, item_of, parse

ARCHIVES = ("mikel-mail-52", "sisimai-bounces-200", "spamassassin-850")
UNFOLDED = (
    "message-id",
    "from",
    "to",
    "subject",
    "date",
    "references",
    "in-reply-to",
    "content-type",
)
C1 = re.compile("[\x80-\x9f]")


@pytest.fixture(scope="module")
def mails(real_data: Path) -> dict[tuple[str, str], bytes]:
    return {
        (archive, name): raw
        for archive in ARCHIVES
        for name, raw in members(real_data / "mail" / f"{archive}.tar.xz")
    }


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is not None:
                yield entry.name, content.read()


def standard_text(raw: bytes) -> str | None:
    """The text of the standard library, None where it has none or does not read the mail."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    try:
        text = body.get_content() if body is not None else None
    except (LookupError, MessageError):
        return None
    return text if isinstance(text, str) else None


def agrees(standard: str, ours: str) -> bool:
    """Up to white space, and to what the standard library can't read: bytes of no or another charset than declared."""
    pattern = "".join(
        "." if char == "\N{REPLACEMENT CHARACTER}" or C1.match(char) else re.escape(char)
        for char in squeezed(standard)
    )
    return squeezed(standard) == squeezed(ours) or re.fullmatch(pattern, squeezed(ours)) is not None


def squeezed(text: str) -> str:
    return "".join(text.replace("\0", "").split())


def test_the_text_is_that_of_the_standard_library(mails: dict[tuple[str, str], bytes]) -> None:
    agreed: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    for (archive, _), raw in mails.items():
        standard = standard_text(raw)
        if standard is not None and standard.strip():
            compared[archive] += 1
            agreed[archive] += agrees(standard, parse(raw).text)
    assert sum(compared.values()) > 900
    for archive in ("sisimai-bounces-200", "spamassassin-850"):
        assert agreed[archive] >= 0.98 * compared[archive]
    # Test pieces of a library: texts in several parts, which we join, and headers with blanks before the colon.
    assert compared["mikel-mail-52"] - agreed["mikel-mail-52"] <= 3


def test_headers_are_those_of_the_standard_library(mails: dict[tuple[str, str], bytes]) -> None:
    compared = different = 0
    for raw in mails.values():
        standard, ours = message_from_bytes(raw, policy=compat32), parse(raw)
        for name in UNFOLDED:
            expected = [squeezed(str(value)) for value in standard.get_all(name) or []]
            found = ours.encoded.get(name) or ours.headers.get(name, [])
            if "\N{REPLACEMENT CHARACTER}" not in "".join(expected):
                compared += 1
                different += [squeezed(value) for value in found] != expected
    assert compared > 8000
    assert different <= 2  # `From : John`, RFC 5322 §4.5, which the standard library does not know


def test_parts_are_those_of_the_standard_library(mails: dict[tuple[str, str], bytes]) -> None:
    different = [name for name, raw in mails.items() if leaves(parse(raw)) != standard_leaves(raw)]
    assert len(different) <= 0.01 * len(mails)


PIECES = st.sampled_from(
    [
        b"From: a@example.com\n", b"\n", b"\n\n", b"\r\n", b"text\n", b"x", b" y\n", b"--b\n", b"--b--\n", b"--b  \n",
        b"--bb\n", b"--b--x\n", b"--c\n", b"--c--\n", b"Content-Type: text/html\n\n", b"Content-Type: image/png\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n", b'Content-Type: multipart/alternative; boundary="c"\n\n',
        b"Content-Transfer-Encoding: quoted-printable\n\na=\nb=3D\n",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_what_is_read_without_a_flag_the_standard_library_reads_the_same(body: bytes) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + body + b"\n--b--\n"
    message = parse(raw)
    assume("broken_mime" not in message.flags)
    assert leaves(message) == standard_leaves(raw)


def leaves(message: Message) -> list[tuple[str, bytes]]:
    return [(part.type, b"".join(part.content.split())) for part in message.parts]


def standard_leaves(raw: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    pending: list[StandardMessage] = [message_from_bytes(raw, policy=compat32)]
    while pending:
        part = pending.pop()
        kind, payload = part.get_content_type(), part.get_payload(decode=True)
        if part.is_multipart():
            inner = within(part)
            if part.get_content_maintype() == "multipart":
                pending.extend(reversed(inner))
                continue
            payload = b"".join(one.as_bytes() for one in inner)
        assert isinstance(payload, bytes)
        keep = kind.startswith(("text/", "message/", "multipart/"))
        kind = "text/plain" if kind.startswith("multipart/") else kind
        found.append((kind, b"".join(payload.split()) if keep else b""))
    return found


def within(part: StandardMessage) -> list[StandardMessage]:
    return [one for one in part.get_payload() if isinstance(one, StandardMessage)]


def test_items_are_told_apart(mails: dict[tuple[str, str], bytes]) -> None:
    keys = Counter(item_of(parse(raw)).key for raw in mails.values())
    assert len(keys) >= len(mails) - 40  # the archives hold a few mails twice
    assert all(not key.endswith("\n") and "\0" not in key for key in keys)


def test_sender_and_date_are_as_people_read_them(
    real_data: Path, mails: dict[tuple[str, str], bytes]
) -> None:
    with (real_data / "mail" / "labels-train.csv").open(newline="") as file:
        labels = list(csv.DictReader(file))
    senders = dates = 0
    for label in labels:
        message = parse(mails[label["archive"], label["file"]])
        senders += sender(message) == set(filter(None, label["from"].split(";")))
        date = datetime.fromisoformat(label["date"]) if label["date"] else None
        dates += message.date == date
    assert senders >= 0.98 * len(labels)
    assert dates >= 0.98 * len(labels)


def sender(message: Message) -> set[str]:
    """The addresses of From; of a mail system that gives none its name."""
    found = message.addresses("from")
    bare = message.header("from").strip().lower()
    return {one.address for one in found if one.address} or {bare} - {""} - angled(bare)


def angled(bare: str) -> set[str]:
    return {bare} if "<" in bare else set()
