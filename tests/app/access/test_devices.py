"""Wrong passwords of strangers do not keep a user from the devices that he signed in from."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from stammkunde.app.access import devices
from stammkunde.app.access.accounts import FORMAT, Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import OTHER, PHRASE, QUICK, Clock, refusal, tried


def attacked(accounts: Accounts, clock: Clock, name: str) -> None:
    """A stranger tries as often as he may, for an hour."""
    for _ in range(20):
        tried(accounts, name)
        clock.pass_by(minutes=3)
    while tried(accounts, name) != "wait":
        pass


@pytest.fixture
def device(accounts: Accounts, anna: str) -> str:
    """One that Anna signed in from."""
    return accounts.known_device(accounts.sign_in(anna, PHRASE))


def test_on_a_known_device_one_comes_in_while_strangers_guess(
    accounts: Accounts, clock: Clock, anna: str, device: str
) -> None:
    attacked(accounts, clock, anna)
    assert tried(accounts, anna, PHRASE) == "wait"
    assert accounts.session(accounts.sign_in(anna, PHRASE, device=device))
    assert accounts.authenticate(anna, PHRASE, device).name == anna
    assert tried(accounts, anna, PHRASE) == "wait"  # strangers have gained nothing by it


def test_a_known_device_has_failures_of_its_own(accounts: Accounts, anna: str, device: str) -> None:
    reasons = []
    for _ in range(7):
        with pytest.raises(AccessError) as error:
            accounts.sign_in(anna, OTHER, device=device)
        reasons.append(refusal(error))
    assert reasons == ["wrong"] * 6 + ["wait"]
    assert tried(accounts, anna, PHRASE) == "in"


def test_a_new_password_ends_the_waiting_on_every_device(
    accounts: Accounts, clock: Clock, anna: str, device: str
) -> None:
    for _ in range(7):
        with pytest.raises(AccessError):
            accounts.sign_in(anna, OTHER, device=device)
    accounts.set_password(anna, PHRASE)
    assert accounts.sign_in(anna, PHRASE, device=device)


@pytest.mark.parametrize("device", ["", "chosen-by-somebody-else"])
def test_what_is_no_device_of_ours_waits_as_strangers_do(
    accounts: Accounts, clock: Clock, anna: str, device: str
) -> None:
    attacked(accounts, clock, anna)
    with pytest.raises(AccessError) as error:
        accounts.sign_in(anna, PHRASE, device=device)
    assert refusal(error) == "wait"
    clock.pass_by(days=1)
    assert accounts.known_device(accounts.sign_in(anna, PHRASE), device) != device


def test_a_device_is_known_for_those_alone_who_signed_in_from_there(
    accounts: Accounts, clock: Clock, anna: str, beat: str, device: str
) -> None:
    attacked(accounts, clock, beat)
    with pytest.raises(AccessError):
        accounts.sign_in(beat, PHRASE, device=device)
    clock.pass_by(days=1)
    assert accounts.known_device(accounts.sign_in(beat, PHRASE), device) == device
    attacked(accounts, clock, beat)
    attacked(accounts, clock, anna)
    for name in (anna, beat):
        assert accounts.sign_in(name, PHRASE, device=device)


def test_half_a_year_without_a_sign_in_ends_it(
    accounts: Accounts, clock: Clock, anna: str, device: str
) -> None:
    clock.pass_by(seconds=devices.KNOWN_S)
    attacked(accounts, clock, anna)
    with pytest.raises(AccessError):
        accounts.sign_in(anna, PHRASE, device=device)


def test_a_file_of_the_first_format_is_carried_on(path: Path, clock: Clock) -> None:
    with closing(Accounts(path, clock, Passwords(QUICK))) as accounts:
        accounts.add_user("Anna Frei", "admin", PHRASE)
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE devices")
        file.execute("PRAGMA user_version = 1")
        file.commit()
    with closing(Accounts(path, clock, Passwords(QUICK))) as accounts:
        assert accounts.known_device(accounts.sign_in("Anna Frei", PHRASE))
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (FORMAT,)
