"""What the tests of accounts share: a clock that they set, hashes that cost nothing, and two words."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import Parameters
from argon2.low_level import Type

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.refusals import AccessError

QUICK = Parameters(Type.ID, 19, 16, 32, time_cost=1, memory_cost=8, parallelism=1)
PHRASE = "correct horse battery"
OTHER = "wrong horse battery"
SECOND = timedelta(seconds=1)


class Clock:
    """The time, which moves when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def refusal(error: pytest.ExceptionInfo[AccessError]) -> str:
    """Why something was refused."""
    return error.value.reason


def seen(accounts: Accounts, secret: str) -> str | None:
    """Who a cookie's holder is."""
    session = accounts.session(secret)
    return session.user.name if session else None


def tried(accounts: Accounts, name: str, password: str = OTHER) -> str:
    """`in`, or why not."""
    try:
        accounts.sign_in(name, password)
    except AccessError as error:
        return error.reason
    return "in"
