"""Accounts in a file of their own, with an admin and a clerk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stammkunde.app.access.accounts import FILE, Accounts
from stammkunde.app.access.passwords import Passwords
from tests.app.access.kit import PHRASE, QUICK, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


@pytest.fixture
def accounts(path: Path, clock: Clock) -> Iterator[Accounts]:
    opened = Accounts(path, clock, Passwords(QUICK))
    yield opened
    opened.close()


@pytest.fixture
def anna(accounts: Accounts) -> str:
    """The name of an admin."""
    return accounts.add_user("Anna Frei", "admin", PHRASE).name


@pytest.fixture
def beat(accounts: Accounts, anna: str) -> str:
    """The name of a clerk."""
    return accounts.add_user("Beat Moser", "clerk", PHRASE).name
