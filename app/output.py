"""How an answer leaves a command: JSON or CSV for programs, aligned columns for people."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

import click
import msgspec

from stammkunde.app import writing

_BLOCK = 200
"""Lines written at once: a list of a million contacts is not a million calls of the system."""


class Column(msgspec.Struct, frozen=True):
    """A column for people: `width` in characters; those of width 0 share what is left of the line."""

    title: str
    width: int = 0
    is_number: bool = False


def json_line(answer: Any) -> None:
    """One JSON value on a line of stdout; Decimal as text, times as ISO 8601 with offset."""
    click.echo(msgspec.json.encode(answer).decode())


def json_lines(answers: Iterable[Any]) -> None:
    """One JSON value a line."""
    _lines(msgspec.json.encode(answer).decode() for answer in answers)


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV table with a header; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    _lines(csv_lines(header, rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the same table, without their ends."""
    return (_csv_line(row) for row in chain((header,), rows))


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """A line for each row below a line of titles, no wider than the terminal, or than 100 where there is none."""
    room = _room(columns)
    titled = any(column.title for column in columns)
    heads = ([column.title for column in columns],) if titled else ()
    _lines(_aligned(columns, row, room) for row in chain(heads, rows))


def page_width() -> int:
    """What a line may hold: between 80 and 120 columns."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 80), 120)


def _room(columns: Sequence[Column]) -> int:
    taken = sum(column.width for column in columns) + 2 * (len(columns) - 1)
    sharing = sum(not column.width for column in columns)
    return max(page_width() - taken, 10) // max(sharing, 1)


def _aligned(columns: Sequence[Column], row: Sequence[str], room: int) -> str:
    cells = []
    for column, cell in zip(columns, row, strict=True):
        width = column.width or room
        indent = "  " if cell.startswith("  ") else ""
        text = indent + writing.clipped(cell, width - len(indent))
        pad = " " * (width - writing.columns(text))
        cells.append(pad + text if column.is_number else text + pad)
    return "  ".join(cells).rstrip()


def _lines(lines: Iterable[str]) -> None:
    rest = iter(lines)
    while block := list(islice(rest, _BLOCK)):
        sys.stdout.write("".join(f"{line}\n" for line in block))
        sys.stdout.flush()


def _csv_line(row: Sequence[object]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow([_cell(cell) for cell in row])
    return target.getvalue().removesuffix("\r\n")


def _cell(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return _harmless(cell) if isinstance(cell, str) and cell else cell


def _harmless(text: str) -> str:
    """CWE-1236: `= + - @`, tab and return at the start of a text begin a formula; a plain number is left alone."""
    if text[0] not in "=+-@\t\r":
        return text
    plain = text[0] in "+-" and text[1:].replace(".", "", 1).isdigit()
    return text if plain else f"'{text}"
