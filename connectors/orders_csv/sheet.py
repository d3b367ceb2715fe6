"""A CSV file of order lines, put together by order with their raw text."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from typing import BinaryIO

from stammkunde.connectors.files import encoding_of
from stammkunde.connectors.interface import Rejected
from stammkunde.connectors.orders_csv.columns import Settings
from stammkunde.connectors.orders_csv.runs import Gathered, Runs
from stammkunde.connectors.table import Row, delimiter_of, rows
from stammkunde.core.errors import N_

_CUT = N_("The compressed file is damaged or was cut here.")
_NO_ORDER = N_("The row names no order.")


class Sheet:
    """One file: its headings (empty for a file that has none), and its orders."""

    def __init__(self, file: BinaryIO, settings: Settings) -> None:
        """Reads as far as the headings."""
        self._encoding = settings.encoding or encoding_of(file)
        start = file.readline().decode(self._encoding, "replace")
        file.seek(0)
        self._delimiter = settings.delimiter or delimiter_of(start)
        self._rows = rows(file, self._encoding, self._delimiter)
        header = next(self._rows, None)
        self.headings = header.cells if header else ()
        self._header = header.text.rstrip("\r\n") + "\r\n" if header else ""

    def orders(self, column: int, is_damaged: Callable[[], bool]) -> Iterator[Gathered | Rejected]:
        """All orders; `column` is that of their number. Rejected are the rows of which nobody knows the order.

        If the file turns out to be damaged at its end, the last order may lack lines and is flawed.
        """
        with closing(Runs()) as runs:
            for row in self._rows:
                order = self._number(row, column)
                if order:
                    runs.add(row.line, order, row.text, row.flaw)
                else:
                    yield Rejected(row.flaw or _NO_ORDER, row.raw, str(row.line))
            if is_damaged():
                runs.spoil(_CUT)
            yield from runs.orders()

    def cells(self, gathered: Gathered) -> list[list[str]]:
        """The rows of an order without a flaw."""
        reader = csv.reader(StringIO(gathered.text, newline=""), delimiter=self._delimiter)
        return [row for row in reader if any(row)]

    def raw(self, gathered: Gathered) -> bytes:
        """The order as a small file of its own, in the file's encoding."""
        return Row(0, (), "", gathered.text, self._header, self._encoding).raw

    def _number(self, row: Row, column: int) -> str:
        """The order's number; of a row that is torn, what stands in its place as far as that is plain."""
        cell = row.cells[column] if column < len(row.cells) else ""
        if row.flaw:
            cells = row.text.split(self._delimiter)[: column + 1]
            cell = cells[column] if len(cells) > column and '"' not in "".join(cells) else ""
        return "".join(filter(str.isprintable, cell)).strip()
