"""The lines of a file put together by order, however scattered they stand, in memory that does not grow with the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

_LINES = 1000
_PENDING = 200


class Gathered(msgspec.Struct, frozen=True):
    """All lines of one order as they stand in the file, and what is wrong with any.

    `line` is the number of the first one in the file, `share` how much of the file lies before it, 0 to 1.
    """

    line: int
    order: str
    text: str
    flaw: str
    share: float


class Runs:
    """A temporary database of runs: neighbouring lines of one order.

    Lines of an order stand together in most files, but need not (two orders of one second, a file sorted by article),
    and that an order is complete is known only at the file's end. One row for each run, not each line, makes the
    common case cheap; SQLite keeps what exceeds its cache in a file without a name that goes with the connection.
    """

    def __init__(self) -> None:
        """Nothing is written before the cache is full."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
            "CREATE TABLE runs (line INTEGER PRIMARY KEY, number TEXT, text BLOB, flaw TEXT); BEGIN"
        )
        self._pending: list[tuple[int, str, bytes, str]] = []
        self._run: list[str] = []
        self._number = self._flaw = ""
        self._line = 0

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def add(self, line: int, number: str, text: str, flaw: str) -> None:
        """One line of the file, by its number in it; lines come in order."""
        if number != self._number or len(self._run) == _LINES:
            self._close_run()
            self._line, self._number = line, number
        self._run.append(text)
        self._flaw = self._flaw or flaw

    def spoil(self, flaw: str) -> None:
        """The order to which the last line belongs may lack lines."""
        self._flaw = self._flaw or flaw

    def orders(self) -> Iterator[Gathered]:
        """Each order once, in the order of their first lines."""
        self._close_run()
        self._write()
        self._database.execute("CREATE INDEX by_number ON runs (number)")
        firsts = self._database.execute(
            "SELECT line, number FROM runs AS run WHERE NOT EXISTS"
            " (SELECT 1 FROM runs WHERE number = run.number AND line < run.line) ORDER BY line"
        )
        for line, number in firsts:
            runs = self._database.execute(
                "SELECT text, flaw FROM runs WHERE number = ? ORDER BY line", (number,)
            ).fetchall()
            text = b"".join(text for text, _ in runs).decode("utf-8", "surrogatepass")
            flaw = next((flaw for _, flaw in runs if flaw), "")
            yield Gathered(line, number, text, flaw, line / self._line)

    def _close_run(self) -> None:
        if self._run:
            text = "".join(self._run).encode("utf-8", "surrogatepass")
            self._pending.append((self._line, self._number, text, self._flaw))
        self._run, self._flaw = [], ""
        if len(self._pending) >= _PENDING:
            self._write()

    def _write(self) -> None:
        self._database.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", self._pending)
        self._pending.clear()
