"""The mails of an mbox file, one by one, in memory that does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from stammkunde.connectors.mail.message import MAX_SIZE

_BLOCK = 1 << 20
_AHEAD = 2048
"""Bytes looked at behind a `From ` to judge it: its own line and the beginning of the next one."""

_LINE = b"\nFrom "
_DATED = re.compile(rb"From [^\n]*\d\d:\d\d[^\n]*\b(?:19|20)\d\d\b")
_BEFORE_FIELD = re.compile(rb"From [^\n]*\n>?(?:From |[!-9;-~]+[ \t]*:)")
_STUFFED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def is_mbox(start: bytes) -> bool:
    """Whether a file that begins so is an mbox: with a `From ` line that has a date or stands before a header field."""
    start = start.lstrip(b"\r\n")
    return start.startswith(b"From ") and _begins(start, 0)


def _begins(data: bytes | bytearray, at: int) -> bool:
    """Whether a mail begins with the `From ` that stands at the beginning of a line.

    RFC 4155 puts a sender and a date behind it; some programs leave them out. mboxrd and mboxo write `>From ` in a
    body, others nothing: there an empty line before it and a header field after it decide.
    """
    if _DATED.match(data, at, at + _AHEAD):
        return True
    is_after_empty = at < 2 or data[at - 2 : at] == b"\n\n" or data[at - 3 : at] == b"\n\r\n"
    return is_after_empty and _BEFORE_FIELD.match(data, at, at + _AHEAD) is not None


def mbox_mails(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each mail with the offset of its first line; of one above `MAX_SIZE` beginning and end alone, still too large.

    `>From ` at the beginning of a line is unstuffed as in mboxrd. What stands before the first `From ` line is a mail
    too, so that nothing is passed over.
    """
    data = bytearray(b"\n")  # so that the first line, too, follows a line break
    offset, searched, dropped = -1, 1, 0
    ended = False
    while not ended:
        block = file.read(_BLOCK)
        data += block
        ended = not block
        limit = len(data) if ended else len(data) - _AHEAD
        while (at := _next_beginning(data, searched, limit)) >= 0:
            yield from _mail(offset, data[:at])
            del data[:at]
            limit -= at
            offset += at + dropped
            searched, dropped = 1, 0
        searched = max(searched, limit)
        surplus = searched - MAX_SIZE - _AHEAD
        if surplus > 0:
            del data[MAX_SIZE : MAX_SIZE + surplus]
            searched -= surplus
            dropped += surplus
    yield from _mail(offset, data)


def _next_beginning(data: bytearray, start: int, limit: int) -> int:
    """Where the first mail begins that does so from `start` (at least 1) on and before `limit`, or -1."""
    at = data.find(_LINE, start - 1, limit + len(_LINE) - 2)
    while at >= 0 and not _begins(data, at + 1):
        at = data.find(_LINE, at + 1, limit + len(_LINE) - 2)
    return at + 1 if at >= 0 else -1


def _mail(offset: int, data: bytearray) -> Iterator[tuple[int, bytes]]:
    raw = bytes(data.lstrip(b"\r\n"))
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    if raw:
        # The empty line before the next mail belongs to the file.
        surplus = 2 if raw.endswith(b"\r\n\r\n") else 1 if raw.endswith(b"\n\n") else 0
        raw = raw[: len(raw) - surplus]
        yield max(offset, 0), _STUFFED.sub(b"", raw) if b">From " in raw else raw
