"""The records of a CSV file as programs really write them: any delimiter and encoding, open quotes, cut ends."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

import msgspec

from stammkunde.connectors.files import encoding_of
from stammkunde.core.errors import N_

_DELIMITERS = ";,\t|"
_LINES = 200
"""More lines than a note in one cell has: beyond them a quote was left open."""
_OPEN = N_("A quote was left open, or a cell is too large.")
_UNREADABLE = N_("A letter is not in the file's encoding.")
_NARROW = N_("The row is not as wide as the header.")
_SEP = re.compile(r"(?i)sep=([^\r\n])\s*")
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")


class Row(msgspec.Struct, frozen=True):
    """One record: the line on which it begins, its cells, and what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    flaw: str
    text: str
    header: str
    encoding: str

    @property
    def raw(self) -> bytes:
        """A small file of its own: the header and this record as they stand in the file."""
        if self.encoding.startswith("utf-16"):
            return (self.header + self.text).encode("utf-16")
        name = self.encoding.removesuffix("-sig")
        return (self.header + self.text).encode(name, "surrogateescape")


def rows(file: BinaryIO, encoding: str = "", delimiter: str = "") -> Iterator[Row]:
    """The records of a file (RFC 4180), the header first; empty lines and Excel's `sep=` line are passed over.

    By default encoding and delimiter are found out. A record that is not as wide as the header, or not in the file's
    encoding, has a `flaw`. A quote that was left open costs its own line only: reading goes on with the line after it.
    Memory stays flat whatever the file's size. The file is closed at the end. An unknown encoding is a `LookupError`.
    """
    encoding = encoding or encoding_of(file)
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    with TextIOWrapper(file, encoding, errors, newline="") as text:
        start = next(text, "")
        lines = _Lines(text, start)
        header = ""
        for line, cells, record, flaw in _records(lines, delimiter or delimiter_of(start)):
            wrong = flaw or ("" if _is_text(record) else _UNREADABLE)
            yield Row(line, tuple(cells), wrong, record, header, encoding)
            header = header or record.rstrip("\r\n") + "\r\n"


def delimiter_of(line: str) -> str:
    """The commonest of the usual delimiters in a header line, a comma where it has none."""
    if _SEP.fullmatch(line):
        return line[4]
    return max(_DELIMITERS, key=lambda delimiter: (line.count(delimiter), delimiter == ","))


def _is_text(record: str) -> bool:
    return record.isascii() or not _UNDECODED.search(record)


class _Lines:
    """Numbered lines of a file of which those that a record took can be put back."""

    def __init__(self, text: Iterator[str], start: str) -> None:
        self._text = text
        self._back: list[str] = [start]
        self.taken: list[str] = []
        self.number = 1
        if _SEP.fullmatch(start):
            self._back, self.number = [], 2

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == _LINES:
            raise csv.Error("too many lines")
        line = self._back.pop() if self._back else next(self._text)
        self.taken.append(line)
        return line

    def give(self, *, first_only: bool = False) -> tuple[int, str]:
        """The number of the first line taken, and all that was taken, or that line alone."""
        number = self.number
        if first_only:
            self._back += reversed(self.taken[1:])
            del self.taken[1:]
        record = "".join(self.taken)
        self.number += len(self.taken)
        self.taken = []
        return number, record


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str], str, str]]:
    """Line, cells, text and flaw of each record; the first one, which is the header, sets the width."""
    reader = csv.reader(lines, delimiter=delimiter)
    width = 0
    while True:
        cells, flaw = _next(reader)
        if cells is None:
            return
        if not flaw and any(cells):
            width = width or len(cells)
            flaw = _flaw(cells, lines.taken, is_wide=len(cells) == width)
        torn = bool(flaw) and len(lines.taken) > 1
        line, record = lines.give(first_only=torn)
        if torn or flaw == _OPEN:
            # its state is in the middle of a quote
            reader = csv.reader(lines, delimiter=delimiter)
            flaw = _OPEN
        if flaw or any(cells):
            yield line, cells, record, flaw


def _next(reader: Iterator[list[str]]) -> tuple[list[str] | None, str]:
    try:
        return next(reader, None), ""
    except csv.Error:
        return [], _OPEN


def _flaw(cells: list[str], taken: list[str], *, is_wide: bool) -> str:
    """Whether a record is as it should be.

    Within an open quote the reader takes the lines that follow, or the end of the file, without complaint. An odd
    quote within one line may be an inch.
    """
    ends = ("\n", "\r")
    is_plain = len(taken) == 1 and taken[0].endswith(ends) and not cells[-1].endswith(ends)
    if is_plain and is_wide:
        return ""
    if sum(line.count('"') for line in taken) % 2 == 1:
        return _OPEN
    return "" if is_wide else _NARROW
