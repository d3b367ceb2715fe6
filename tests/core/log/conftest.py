"""A log with a few events, on disk as in real life."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stammkunde.core.log.store import Log
from tests.core.log.samples import contact, open_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = open_log(tmp_path)
    yield log
    log.close()


@pytest.fixture
def filled(log: Log) -> Log:
    """Ten transactions of three events."""
    for start in range(0, 30, 3):
        with log.transaction() as transaction:
            transaction.append(contact(log, n) for n in range(start, start + 3))
    return log
