"""Hostile mail: above the limits the header alone is kept, with a flag, and quickly."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import pytest

from stammkunde.connectors.mail.html import html_text
from stammkunde.connectors.mail.message import MAX_SIZE, parse
from stammkunde.connectors.mail.reply import visible_reply

HEAD = b"From: a@example.com\nSubject: Probe\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"


def nested(levels: int, *, closed: bool) -> bytes:
    raw, end = HEAD, b""
    for level in range(levels):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        end = (b"\n--b%d--\n" % level + end) if closed else b""
    return raw + b"\nText" + end


@pytest.mark.parametrize(
    ("raw", "flags", "parts"),
    [
        (nested(10, closed=True), (), 1),
        (nested(11, closed=True), ("too_deep",), 0),
        (nested(11, closed=False), ("too_deep",), 0),
        (nested(20_000, closed=False), ("too_deep",), 0),
        (MIXED + b"--x\n\na\n" * 100 + b"--x--\n", (), 100),
        (MIXED + b"--x\n\na\n" * 101 + b"--x--\n", ("too_many_parts",), 0),
        (MIXED + b"--x\n\na\n" * 101, ("too_many_parts",), 0),
        (MIXED + b"--x\n" * 1_000_000, ("too_many_parts",), 0),
        (MIXED + b"a--x" * 1_000_000, ("too_many_parts",), 0),
        (HEAD + b"A: b\n" * 998 + b"\nText", (), 1),
        (HEAD + b"A: b\n" * 999 + b"\nText", ("header_flood",), 0),
        (HEAD + b"A: b\n" * 1_000_000, ("header_flood",), 0),
        (HEAD + b"A: " + b"x" * 65_000 + b"\n\nText", (), 1),
        (HEAD + b"A: " + b"x" * 66_000 + b"\n\nText", ("header_flood",), 0),
        (HEAD + b"A:\n" + b" x\n" * 2_000_000, ("header_flood",), 0),
        (HEAD + b"\n" + b"x" * (MAX_SIZE - len(HEAD)), ("oversized",), 0),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,
)
def test_above_a_limit_the_header_alone_is_kept(
    raw: bytes, flags: tuple[str, ...], parts: int
) -> None:
    message = parse(raw)
    assert (message.flags, len(message.parts)) == (flags, parts)
    assert (message.header("from"), message.header("subject")) == ("a@example.com", "Probe")
    assert bool(message.text) is bool(parts)


def test_a_flooded_header_is_cut() -> None:
    message = parse(HEAD + b"A: " + b"x" * 100_000 + b"\n" + b"B: c\n" * 5000)
    assert len(message.header("a")) <= 65_536
    assert sum(len(values) for values in message.headers.values()) <= 1000


def _parse(raw: bytes) -> Callable[[], object]:
    def run() -> object:
        message = parse(raw)
        return message.addresses("from"), message.addresses("to")

    return run


LARGE = 8 << 20
BOMBS: dict[str, Callable[[], object]] = {
    "empty lines": _parse(b"\n" * LARGE),
    "empty lines in an open multipart": _parse(MIXED + b"\n" * LARGE),
    "many lines in an open multipart": _parse(MIXED + b"--x\n" + b"\n" * 19_000),
    "embedded mails": _parse((HEAD + b"Content-Type: message/rfc822\n\n") * 50_000),
    "encoded words without an end": _parse(b"Subject: " + b"=?utf-8?q?a" * 5_900 + b"\n\n"),
    "encoded words": _parse(b"Subject: " + b"=?utf-8?q?a?= " * 4_500 + b"\n\n"),
    "open quotes": _parse(b"From: " + b'"a' * 30_000 + b"\n\n"),
    "open comments": _parse(b"From: " + b"(" * 60_000 + b"\n\n"),
    "open angles": _parse(b"From: " + b"<a" * 30_000 + b"\n\n"),
    "parameters": _parse(b"Content-Type: a/b" + b"".join(b";a*%d=b" % i for i in range(6000)) + b"\n\n"),
    "digits in a date": _parse(b"Date: " + b"1 " * 30_000 + b"\n\n"),
    "base64": _parse(b"Content-Transfer-Encoding: base64\n\n" + b"QUJD\n" * (LARGE // 5)),
    "unclosed blocks": lambda: html_text("<div>" * 200_000),
    "unclosed comments": lambda: html_text("<!--" * 200_000),
    "lines that begin like an answer": lambda: visible_reply("On 1 wrote\n" * 20_000),
    "fields of a quoted header": lambda: visible_reply("Von: \n\n\n" * 20_000),
    "a line that begins like an answer": lambda: visible_reply("On " + "a wrote " * 30_000),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_little_time_and_memory(bomb: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    BOMBS[bomb]()
    assert time.process_time() - start < 2
    unit = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 150 << 20
