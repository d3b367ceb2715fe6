"""A name and a password, and what they cost."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from argon2 import Parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import OTHER, PHRASE, QUICK, Clock, refusal, seen


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Anna Frei", OTHER),
        ("Nobody", PHRASE),
        ("Anna Frei", ""),
        ("Anna Frei", "x" * 5000),
        ("", ""),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_the_same_refusal(
    accounts: Accounts, anna: str, name: str, password: str
) -> None:
    with pytest.raises(AccessError) as error:
        accounts.sign_in(name, password)
    assert str(error.value) == "Name or password is wrong."


class Counting:
    """A hasher that notes what it was given to check."""

    def __init__(self, hasher: Any) -> None:
        self._hasher = hasher
        self.checked: list[str] = []

    def verify(self, hash_: str, given: bytes) -> bool:
        self.checked.append(hash_)
        return bool(self._hasher.verify(hash_, given))


@pytest.mark.parametrize("password", [OTHER, "x" * 5000])
def test_an_unknown_name_costs_a_hash_as_a_known_one_does(
    accounts: Accounts, anna: str, password: str
) -> None:
    passwords = accounts._passwords
    passwords._hasher = counting = Counting(passwords._hasher)  # type: ignore[assignment]
    for name in (anna, "Nobody", ""):
        with pytest.raises(AccessError):
            accounts.sign_in(name, password)
    assert len(counting.checked) == 3
    assert all(hash_.startswith("$argon2id$") for hash_ in counting.checked)


def test_the_hash_of_nobody_has_the_cost_of_a_real_one() -> None:
    passwords = Passwords(QUICK)
    real, decoy = passwords.hash(PHRASE), passwords._nobodys
    assert not passwords.is_outdated(decoy)
    assert [len(part) for part in real.split("$")] == [len(part) for part in decoy.split("$")]
    assert not passwords.fits(None, PHRASE)


def test_passwords_are_hashed_as_rfc_9106_recommends_for_little_memory() -> None:
    assert Passwords().hash(PHRASE).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert RFC_9106_LOW_MEMORY.hash_len == 32


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(path: Path, clock: Clock) -> None:
    before = Accounts(path, clock, Passwords(QUICK))
    before.add_user("Anna", "admin", PHRASE)
    before.close()
    costlier = Parameters(Type.ID, 19, 16, 32, time_cost=2, memory_cost=16, parallelism=1)
    after = Accounts(path, clock, Passwords(costlier))
    assert seen(after, after.sign_in("Anna", PHRASE)) == "Anna"
    (hash_,) = sqlite3.connect(path).execute("SELECT hash FROM users").fetchone()
    assert "m=16,t=2" in hash_
    assert seen(after, after.sign_in("Anna", PHRASE)) == "Anna"
    after.close()


def test_a_password_that_changes_while_it_is_checked_lets_nobody_in(
    path: Path, clock: Clock
) -> None:
    class Slow(Passwords):
        def fits(self, hash_: str | None, password: str) -> bool:
            answer = super().fits(hash_, password)
            other.set_password("Anna", OTHER)
            return answer

    other, accounts = Accounts(path, clock, Passwords(QUICK)), Accounts(path, clock, Slow(QUICK))
    other.add_user("Anna", "admin", PHRASE)
    with pytest.raises(AccessError) as error:
        accounts.sign_in("Anna", PHRASE)
    assert refusal(error) == "wrong"
    other.close()
    accounts.close()
