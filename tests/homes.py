"""Homes for whole-system tests: made by the command line, as a user would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import main


class Command:
    """The command line on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        assert self.run("init", "--defaults")[0] == 0

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, stdout and stderr."""
        with patch("sys.stdout", StringIO()) as out, patch("sys.stderr", StringIO()) as err:
            status = main(["--home", str(self.home), "--lang", "en", *arguments])
        return status, out.getvalue(), err.getvalue()

    def ask(self, *arguments: str) -> Any:
        """The JSON answer of a command that must succeed."""
        status, out, err = self.run(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    def lines(self, *arguments: str) -> list[Any]:
        """The answers of a command that prints one JSON object a line."""
        status, out, err = self.run(*arguments, "--json")
        assert status == 0, err
        return [json.loads(line) for line in out.split("\n") if line]

    @contextmanager
    def opened(self) -> Iterator[Home]:
        """The home from inside, its views up to date."""
        with opened(self.home) as home:
            home.catch_up()
            yield home
