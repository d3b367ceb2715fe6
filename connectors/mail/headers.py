"""The header block of a mail or of a part of it: split, unfolded, repaired, and the parameters of structured fields."""

from __future__ import annotations

import re
from email.message import Message as StandardMessage
from email.utils import collapse_rfc2231_value
from functools import lru_cache
from typing import NamedTuple

from stammkunde.connectors.mail.charset import decode, decode_words

MAX_HEADERS = 1000
MAX_HEADER = 64 * 1024
MAX_BLOCK = 1024 * 1024
"""Limits against hostile mail: fields, characters of one field, bytes of the whole block (real ones stay under 100 KiB)."""

_FOLD = re.compile(r"\n[ \t]+")
_LINE = re.compile(rb"(?:>?From |[!-9;-~]+[ \t]*:|[ \t])")
_MEDIA_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*(?:;|$)")
_PARAMETER = re.compile(r";\s*([\w!#$&^.+*'-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;\"\s]*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Head(NamedTuple):
    """A header block as it stands: fields by lower-case name as Latin-1 text, where the body begins, what was wrong."""

    fields: dict[str, list[str]]
    body: int
    flood: bool
    broken: bool
    clean: bool
    """No 8-bit character and no encoded word anywhere: the fields need no repair."""


def split_head(raw: bytes, start: int, end: int) -> Head:
    """Split the block that begins at `start`, as RFC 5322 §2.2 and the standard library do.

    A line that is no field ends the block early, and the body begins with it; `From ` lines of mbox files are passed
    over. Line breaks of folded fields become one blank.
    """
    stop, body = _block(raw, start, end)
    flood = stop - start > MAX_BLOCK
    if flood:
        stop = start + MAX_BLOCK
    fields, flood_of_fields, odd, clean = _fields(raw[start:stop])
    if odd:
        cut = _first_odd_line(raw, start, stop)
        body = cut if cut < stop else body
        fields, flood_of_fields, _, clean = _fields(raw[start:cut])
    return Head(fields, body, flood or flood_of_fields, odd, clean)


def _block(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the block's last field ends, and where the body begins."""
    if raw.startswith(b"\n", start, end):
        return start, start + 1
    if raw.startswith(b"\r\n", start, end):
        return start, start + 2
    bare = raw.find(b"\n\n", start, end)
    full = raw.find(b"\n\r\n", start, end if bare < 0 else bare + 1)
    if full >= 0:
        return full, full + 3
    return (bare, bare + 2) if bare >= 0 else (end, end)


def _fields(block: bytes) -> tuple[dict[str, list[str]], bool, bool, bool]:
    """Fields by name; whether there were too many or too long ones, an odd line, and none to be repaired."""
    text = block.decode("latin-1")
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", " ")
    text = _FOLD.sub(" ", text)
    fields: dict[str, list[str]] = {}
    lines = text.split("\n", MAX_HEADERS)
    flood = len(lines) > MAX_HEADERS and bool(lines.pop())
    odd = False
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t").lower()
        if not colon or not name or " " in name or "\t" in name:
            odd = odd or (bool(line) and not line.startswith(("From ", ">From ")))
            continue
        if len(value) > MAX_HEADER:
            value = value[:MAX_HEADER]
            flood = True
        if name in fields:
            fields[name].append(value.strip(" \t"))
        else:
            fields[name] = [value.strip(" \t")]
    return fields, flood, odd, "=?" not in text and text.isascii()


def _first_odd_line(raw: bytes, start: int, stop: int) -> int:
    """Where the first line stands that is neither a field nor the continuation of one."""
    at = start
    while at < stop:
        if not _LINE.match(raw, at, stop):
            return at
        line_end = raw.find(b"\n", at, stop)
        if line_end < 0:
            break
        at = line_end + 1
    return stop


def repaired(head: Head, charset: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The fields decoded, and those fields before RFC 2047 decoding that it changed.

    Raw 8-bit values, which RFC 5322 forbids, are UTF-8 where they can be (RFC 6532), else in the charset of the body.
    """
    if head.clean:
        return head.fields, {}
    decoded: dict[str, list[str]] = {}
    encoded: dict[str, list[str]] = {}
    for name, values in head.fields.items():
        whole = [_eight_bit(value, charset) for value in values]
        decoded[name] = [decode_words(value, charset) for value in whole]
        if decoded[name] != whole:
            encoded[name] = whole
    return decoded, encoded


def _eight_bit(value: str, charset: str) -> str:
    if value.isascii():
        return value
    raw = value.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode(raw, charset)


@lru_cache(maxsize=2048)
def media_type(value: str) -> str:
    """The lower-case type of a Content-Type, `text/plain` where it is none (RFC 2045 §5.2)."""
    match = _MEDIA_TYPE.match(value)
    return match[1].lower() if match else "text/plain"


@lru_cache(maxsize=512)
def _parameters(value: str) -> tuple[tuple[str, str], ...]:
    found = _PARAMETER.findall(value)
    if any("*" in name for name, _ in found):
        return _rfc2231(value)
    return tuple(
        (name.lower(), _ESCAPED.sub(r"\1", text[1:-1]) if text[:1] == '"' else text)
        for name, text in reversed(found)  # of two with one name the first counts
    )


def parameters(value: str) -> dict[str, str]:
    """The parameters of a structured field by lower-case name."""
    return dict(_parameters(value)) if ";" in value else {}


def _rfc2231(value: str) -> tuple[tuple[str, str], ...]:
    """Continued or encoded parameters, which the standard library knows to read."""
    message = StandardMessage()
    message["content-type"] = " ".join(value.split())
    try:
        return tuple(
            (name.lower(), collapse_rfc2231_value(text))
            for name, text in message.get_params(failobj=[])[1:]
        )
    except (LookupError, ValueError, TypeError, IndexError):
        return ()
