"""The parts of a mail: a splitter for the shapes that nearly all mail has, the standard library for the others."""

from __future__ import annotations

from typing import NamedTuple

from stammkunde.connectors.mail.fallback import standard_parts
from stammkunde.connectors.mail.headers import Head, media_type, parameters, split_head
from stammkunde.connectors.mail.part import (
    ENCODINGS,
    Part,
    first,
    leaf,
    transfer_encoding,
)

MAX_PARTS = 100
MAX_DEPTH = 10
_MOST_BLANKS = 80
_MOST_LOOKS = 100_000
"""Places looked at where a boundary's characters stand, as most do not in a real mail's text."""
_LINE_FEED = 10


class Split(NamedTuple):
    """The leaves in order, and what was wrong (`broken_mime`, `too_many_parts`, `too_deep`): then there may be none."""

    parts: tuple[Part, ...]
    flags: tuple[str, ...]


class _OddError(Exception):
    """A shape that is left to the standard library."""


class _LimitError(Exception):
    """More parts or levels than anybody sends in good faith; the argument is the flag."""


def split_parts(raw: bytes, head: Head) -> Split:
    """The leaves of a mail whose header block is split already.

    Plain shapes are cut out of the bytes directly; where a boundary is missing or not closed, or a transfer encoding
    is unknown, the standard library decides; and where the mail is too large for it to take its time, the splitter
    reads on tolerantly.
    """
    try:
        return Split(_Splitter(raw, strict=True).split(head), ())
    except _LimitError as error:
        return Split((), (str(error),))
    except _OddError:
        pass
    found = standard_parts(raw, MAX_PARTS, MAX_DEPTH)
    if found is not None:
        parts, flag = found
        return Split(parts, (flag,) if flag else ())
    try:
        return Split(_Splitter(raw, strict=False).split(head), ("broken_mime",))
    except _LimitError as error:
        return Split((), (str(error),))


class _Splitter:
    """Cuts leaves out of one mail; `strict` refuses what RFC 2046 does not foresee."""

    def __init__(self, raw: bytes, *, strict: bool) -> None:
        self._raw = raw
        self._strict = strict
        self._parts: list[Part] = []

    def split(self, head: Head) -> tuple[Part, ...]:
        """All leaves, in order."""
        self._entity(head, len(self._raw), "text/plain", 0)
        return tuple(self._parts)

    def _entity(self, head: Head, end: int, default: str, depth: int) -> None:
        value = first(head.fields, "content-type")
        kind = media_type(value) if value else default
        if kind.startswith("multipart/"):
            boundary = parameters(value).get("boundary", "").rstrip()
            if boundary:
                self._multipart(kind, boundary, head.body, end, depth)
                return
            if self._strict:
                raise _OddError
            kind = "text/plain"
        elif self._strict and transfer_encoding(head.fields) not in ENCODINGS:
            raise _OddError
        if len(self._parts) >= MAX_PARTS:
            raise _LimitError("too_many_parts")
        self._parts.append(leaf(head.fields, kind, self._raw, head.body, end))

    def _multipart(self, kind: str, boundary: str, start: int, end: int, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise _LimitError("too_deep")
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        for part_start, part_end in self._between(
            boundary.encode("latin-1", "replace"), start, end
        ):
            head = split_head(self._raw, part_start, part_end)
            if self._strict and (head.broken or head.flood):
                raise _OddError
            self._entity(head, part_end, default, depth + 1)

    def _between(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Where each part begins and ends (RFC 2046 §5.1.1: the line break before a delimiter belongs to it)."""
        raw = self._raw
        delimiter = b"--" + boundary
        found: list[tuple[int, int]] = []
        opened = -1
        at = raw.find(delimiter, start, end)
        delimiters = 0
        for _ in range(_MOST_LOOKS):
            if at < 0:
                break
            after = at + len(delimiter)
            most = min(after + _MOST_BLANKS, end)
            line_end = raw.find(b"\n", after, most)
            line_end = most if line_end < 0 else line_end
            tail = raw[after:line_end].strip(b" \t\r")
            if tail in (b"", b"--") and (at == start or raw[at - 1] == _LINE_FEED):
                if at > opened >= 0:
                    found.append((opened, max(opened, _before_break(raw, at))))
                elif self._strict and (tail or opened >= 0):
                    raise _OddError  # nothing between two delimiters
                if tail:
                    return found
                delimiters += 1
                opened = line_end + 1
            at = -1 if delimiters > MAX_PARTS else raw.find(delimiter, after, end)
        if delimiters > MAX_PARTS or at >= 0:
            raise _LimitError("too_many_parts")
        if self._strict:
            raise _OddError
        return [*found, (opened, end)] if 0 <= opened < end else found


def _before_break(raw: bytes, at: int) -> int:
    """The position before the line break that ends just before `at`."""
    return at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1
