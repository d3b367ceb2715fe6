"""How tests call the command line: within this process, or as one of its own."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Result(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it printed for people."""
        return self.out.splitlines()


Run = Callable[..., Result]
"""`run(home, "status")`."""


def program(home: Path, *words: str) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "stammkunde.app", "--home", str(home), *words]
