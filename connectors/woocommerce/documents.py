"""The JSON values of a file, one after the other: an array, one value a line, or one value alone, of any size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from io import TextIOWrapper
from typing import BinaryIO

import msgspec

from stammkunde.core.errors import N_

BROKEN = N_("The JSON is broken or ends too early.")
NOT_UTF8 = N_("A letter is not in UTF-8.")

_BLOCK = 1 << 18
_LIMIT = 64 << 20
"""Characters of the largest value: far above a page of 100 orders, which is 0.3 MB."""
_BLANK = " \t\r\n"
_NEAR_END = 16
"""A value that was only not read to its end fails within its last word."""
_NEXT = re.compile(r'\n(?=[\[{])|(?=\{\s*"id":\s*[0-9]+,\s*"(?:parent_id|date_created)")')
"""Where reading can go on after a broken value: at a line of its own, or at what begins like an order or a refund."""
_UNDECODED = re.compile("[\udc80-\udcff]")


class Document(msgspec.Struct, frozen=True):
    """One value of a file, its text, and what is wrong with it."""

    value: object
    text: str
    flaw: str = ""

    @property
    def raw(self) -> bytes:
        """Its bytes as they stand in the file."""
        return self.text.encode("utf-8", "surrogateescape")


def documents(file: BinaryIO) -> Iterator[Document]:
    """The values of a file, or the elements of the array that it is; memory stays flat whatever the file's size.

    What is broken has a `flaw`, and reading goes on at the next value that can be told from it. Numbers with a point
    come as `Decimal`.
    """
    window = _Window(file)
    is_array = window.skip(_BLANK) and window.text[window.at] == "["
    if is_array:
        window.at += 1
    while window.skip(_BLANK + "," if is_array else _BLANK):
        if is_array and window.text[window.at] == "]":
            window.at += 1
            is_array = False
            continue
        yield window.take()


class _Window:
    """The part of a file's text that is being read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
        self.text = ""
        self.at = 0

    def skip(self, letters: str) -> bool:
        """Go to the first letter that is none of these; whether there is one."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in letters:
                self.at += 1
            if self.at < len(self.text):
                return True
            if not self._grow():
                return False

    def take(self) -> Document:
        """The value that begins here."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error) and self._grow():
                    continue
                return Document(None, self._cut(self._next()), BROKEN)
            if end == len(self.text) and self._grow():
                continue
            text = self._cut(end)
            return Document(value, text, NOT_UTF8 if _UNDECODED.search(text) else "")

    def _may_go_on(self, error: Exception) -> bool:
        if not isinstance(error, json.JSONDecodeError) or len(self.text) - self.at > _LIMIT:
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self.text) - _NEAR_END

    def _next(self) -> int:
        """Where to go on after what is broken here."""
        while True:
            found = _NEXT.search(self.text, self.at + 1)
            if found:
                return found.end()
            if len(self.text) - self.at > _LIMIT or not self._grow():
                return len(self.text)

    def _cut(self, end: int) -> str:
        text, self.at = self.text[self.at : end], end
        return text

    def _grow(self) -> bool:
        """Read on, each time as much as there is: so a long value is looked at a few times only."""
        more = self._file.read(max(_BLOCK, len(self.text) - self.at))
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)


def _refuse(constant: str) -> object:
    raise ValueError(constant)
