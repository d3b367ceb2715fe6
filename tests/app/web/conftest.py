"""A small home behind the application, and clients of every role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2.profiles import CHEAPEST
from litestar import Litestar
from litestar.testing import TestClient

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.rights import ROLES, Role
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.web.application import application
from tests.homes import Command

PASSWORD = "four words at random"  # noqa: S105

Client = TestClient[Litestar]
Prepare = Callable[[Command], object]


class Web:
    """A home, its application, and somebody's browser on it."""

    def __init__(self, home: Home, accounts: Accounts) -> None:
        self.home = home
        self.accounts = accounts
        self.application = application(home, accounts)
        for role in ROLES:
            accounts.add_user(role.title(), role, PASSWORD)

    @contextmanager
    def visitor(self, role: Role | None = "admin", language: str = "en") -> Iterator[Client]:
        """A client that is signed in, or nobody's; the views are brought up to date first."""
        self.home.catch_up()
        with TestClient(
            self.application,
            base_url="http://127.0.0.1",
        ) as client:
            client.headers["accept-language"] = language
            client.follow_redirects = False
            if role:
                client.get("/signin")
                answer = post(client, "/signin", name=role.title(), password=PASSWORD)
                assert answer.status_code == 303, answer.text
            yield client


def post(client: Client, path: str, **form: Any) -> Any:
    """Send a form as a page of ours would, with its token, without following the answer."""
    token = client.cookies.get("stammkunde-form", "")
    return client.post(path, data={"_csrf_token": token, **form}, follow_redirects=False)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """An empty home; fill it by `web.home.intake` or by commands on `web.home.path`, then ask for a `visitor`."""
    command = Command(tmp_path / "home")
    with opened(command.home) as home:
        yield Web(
            home, Accounts(tmp_path / "accounts.db", lambda: datetime.now(UTC), Passwords(CHEAPEST))
        )
