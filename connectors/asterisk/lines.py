"""From lines of bytes to legs: many at once where all is well, one by one where it is not."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import msgspec

from stammkunde.connectors.asterisk.rows import BadRowError, Leg, Rows

_JOINED = 4
"""Lines that one row may run over: Asterisk does not escape a newline in a value."""


class Unread(msgspec.Struct, frozen=True):
    """A line that is no row: why, its bytes, and where it begins in its block."""

    reason: str
    raw: bytes
    at: int = 0


class Lines:
    """Reads lines of one telephone system's logs."""

    def __init__(self, rows: Rows, encoding: str = "") -> None:
        """Without an `encoding` a line is UTF-8, or else Windows-1252, as old systems signalled it."""
        self._rows = rows
        self._encoding = encoding

    def read(self, lines: bytes) -> tuple[list[Leg], list[Unread]]:
        """What the lines hold, and those that can't be read; empty ones are passed over."""
        if not lines:
            return [], []
        try:
            text = lines.decode(self._encoding or "utf-8")
            legs = self._rows.plain(csv.reader(text.split("\n")))
        except (ValueError, LookupError, csv.Error):
            return self._each(lines.split(b"\n"))
        # fewer rows than lines: a quote is open somewhere, or a value holds a newline
        if len(legs) != lines.count(b"\n") + 1:
            return self._each(lines.split(b"\n"))
        return legs, []

    def last(self, line: bytes, before: bytes) -> Leg | None:
        """A last line without its end, if it is whole: as wide as the line before it, where there is one."""
        legs, _ = self._each([line])
        if legs and before and self._wide(line) != self._wide(before):
            return None
        return legs[0] if legs else None

    def _each(self, lines: Sequence[bytes]) -> tuple[list[Leg], list[Unread]]:
        legs: list[Leg] = []
        unread: list[Unread] = []
        number = at = 0
        while number < len(lines):
            used = 1
            if lines[number].strip():
                try:
                    leg, used = self._one(lines, number)
                    legs.append(leg)
                except BadRowError as error:
                    unread.append(Unread(str(error), lines[number], at))
            at += sum(len(line) + 1 for line in lines[number : number + used])
            number += used
        return legs, unread

    def _one(self, lines: Sequence[bytes], number: int) -> tuple[Leg, int]:
        """What begins in a line, and over how many lines it runs."""
        for used in range(1, _JOINED + 1):
            text = self._text(b"\n".join(lines[number : number + used]))
            if text.startswith("{") or text.count('"') % 2 == 0:
                return self._rows.text(text), used
        raise BadRowError("the quotes of the row do not match")

    def _text(self, raw: bytes) -> str:
        for encoding in (self._encoding or "utf-8", "cp1252"):
            try:
                return raw.decode(encoding).removeprefix("\ufeff").removesuffix("\r")
            except UnicodeDecodeError:
                continue
        return raw.decode("latin-1").removesuffix("\r")

    def _wide(self, line: bytes) -> int:
        """Its columns; 0 for JSON, which tells its end by itself."""
        text = self._text(line)
        return 0 if text.startswith("{") else sum(map(len, csv.reader([text])))
