"""A Dovecot for each test, up in some 50 ms, and an account that is read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from stammkunde.connectors.imap import Imap
from tests.connectors.imap import dovecot as programs
from tests.connectors.imap.accounts import Account, imap_of
from tests.connectors.imap.dovecot import Dovecot

Reads = Callable[..., Account]


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A server with an empty mail box, not started; skipped where there is none, which fails in CI."""
    if not programs.PROGRAM:
        pytest.skip("Dovecot is not installed")
    with TemporaryDirectory() as folder:  # pytest shuts its own for all others
        server = Dovecot(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def reads(tmp_path: Path) -> Iterator[Reads]:
    """`reads(connector)`: an account in a home of its own."""
    accounts: list[Account] = []

    def make(connector: Imap, source: str = "post") -> Account:
        account = Account(tmp_path / f"home{len(accounts)}", connector, source)
        accounts.append(account)
        return account

    yield make
    for account in accounts:
        account.close()


@pytest.fixture
def account(dovecot: Dovecot, reads: Reads) -> Callable[..., Account]:
    """`account(**settings)`: starts the server and reads it."""

    def make(**settings: Any) -> Account:
        dovecot.start()
        return reads(imap_of(dovecot, **settings))

    return make
