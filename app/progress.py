"""A progress bar on long work, on stderr and only where a person looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stammkunde.app.reading import Progress
from stammkunde.connectors.interface import Batch


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A function that moves the bar with each batch; without a terminal it does nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[contacts]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=1.0, contacts=0)
        contacts = 0

        def move(batch: Batch) -> None:
            nonlocal contacts
            contacts += len(batch.contacts)
            bars.update(task, completed=batch.progress or 0.0, contacts=contacts)

        yield move
