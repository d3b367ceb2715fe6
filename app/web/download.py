"""A list as a file for spreadsheets, of the same columns as the commands' `--csv`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from litestar.response import Stream

from stammkunde.app.output import csv_lines

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it Excel takes UTF-8 for the code page of its computer."""


def spreadsheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Stream:
    """The file, sent while it is made; `name` is one of our own, in plain letters."""
    return Stream(
        _lines(header, rows),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _MARK
    for line in csv_lines(header, rows):
        yield f"{line}\r\n"
