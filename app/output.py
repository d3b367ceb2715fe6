"""How an answer leaves a command: JSON or CSV for programs, tables for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec


def json_line(answer: Any) -> None:
    """One JSON value on a line of stdout; Decimal as text, times as ISO 8601 with offset."""
    click.echo(msgspec.json.encode(answer).decode())


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV table with a header; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    click.echo(target.getvalue(), nl=False)


def _harmless(cell: object) -> object:
    """CWE-1236: `= + - @`, tab and return at the start of a text begin a formula; a number is left alone."""
    if not isinstance(cell, str) or not cell or cell[0] not in "=+-@\t\r":
        return cell
    rest = cell[1:].replace(".", "", 1)
    return cell if cell[0] in "+-" and rest.isdigit() and cell[0] == "-" else f"'{cell}"
