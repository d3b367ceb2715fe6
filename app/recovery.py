"""The recovery sheet as `init` hands it out once: on the terminal, or in a file to be printed and deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from stammkunde.app.locale import Locale
from stammkunde.core.errors import SettingError
from stammkunde.core.recovery import recovery_rows


def recovery_sheet(master: bytes, home: Path, locale: Locale) -> str:
    """The sheet as text: the key's rows, and a few sentences on what they are for."""
    text = locale.text
    lines = [
        text("Stammkunde: recovery sheet of the home in {path}", path=home),
        "",
        *(f"    {row}" for row in recovery_rows(master)),
        "",
        text("This is the master key. If master.key is lost, it opens keys.db and so the log again;"),
        text("without it nobody can, and with it and a backup anybody can read everything."),
        text("Keep it on paper, apart from the computer and from the backups. It is shown only now."),
    ]  # fmt: skip
    return "\n".join(lines)


@contextmanager
def new_sheet(path: Path) -> Iterator[TextIO]:
    """A new file that its owner alone may read; gone again where what is to be written on it fails."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise SettingError(
            "{file} is there already: name a new file for the recovery sheet.", file=path
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
