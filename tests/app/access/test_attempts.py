"""Waiting after failures: five are free, then ever longer, and never for ever."""

from pathlib import Path
from sqlite3 import Cursor, connect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.app.access import attempts
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.attempts import FORGOTTEN_S, LONGEST_S, left, stranger_door, wait_s
from stammkunde.app.access.moments import SECOND
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import OTHER, PHRASE, QUICK, Clock, refusal, seen, tried

FAILURES = st.integers(0, 10**6)
MOMENTS = st.integers(0, 10**16)


def seconds(accounts: Accounts, name: str) -> object:
    """How long one has to wait."""
    with pytest.raises(AccessError) as error:
        accounts.sign_in(name, OTHER)
    return error.value.values.get("seconds", 0)


@pytest.mark.parametrize(
    ("failures", "waits"),
    [(0, 0), (1, 0), (5, 0), (6, 1), (7, 2), (8, 4), (15, 512), (16, 900), (17, 900), (10**9, 900)],
)
def test_the_wait_doubles_from_a_second_to_a_quarter_of_an_hour(failures: int, waits: int) -> None:
    assert wait_s(failures) == waits


@given(FAILURES)
def test_the_wait_never_falls_and_has_an_end(failures: int) -> None:
    assert 0 <= wait_s(failures) <= wait_s(failures + 1) <= LONGEST_S


@given(FAILURES, MOMENTS, MOMENTS)
def test_nobody_is_locked_out_whatever_the_clock_does(failures: int, last: int, now: int) -> None:
    waiting = left(failures, last, now)
    assert 0 <= waiting <= LONGEST_S * SECOND
    assert left(failures, last, max(now, last) + LONGEST_S * SECOND) == 0
    assert left(failures, now + waiting - wait_s(failures) * SECOND, now + waiting) == 0


class Model:
    """Attempts at one door, by steps of the clock."""

    def __init__(self) -> None:
        self.cursor: Cursor = connect(":memory:").cursor()
        self.cursor.execute(attempts.TABLE)
        self.now = 0

    def is_let_try(self) -> bool:
        try:
            attempts.count(self.cursor, "user 1", self.now)
        except AccessError:
            return False
        return True


@given(st.lists(st.integers(0, 2 * LONGEST_S), min_size=1, max_size=60))
def test_however_one_tries_the_guesses_are_few(pauses: list[int]) -> None:
    """Within a day: five for nothing, and each further one costs its wait."""
    model, tried, paid = Model(), 0, 0
    for pause in pauses:
        model.now += pause * SECOND
        if model.is_let_try():
            tried += 1
            paid = sum(wait_s(failures) for failures in range(tried))
        assert paid <= model.now // SECOND or tried <= attempts.FREE + 1
    assert tried >= 1


@given(st.integers(0, 40), st.integers(FORGOTTEN_S, 10 * FORGOTTEN_S))
def test_after_a_day_all_is_forgotten(failures: int, pause: int) -> None:
    model = Model()
    model.cursor.execute("INSERT INTO attempts VALUES ('user 1', ?, 0)", (failures,))
    model.now = pause * SECOND
    assert [model.is_let_try() for _ in range(8)] == [True] * 6 + [False] * 2


def test_an_attempt_that_comes_too_early_is_refused_and_not_counted(
    accounts: Accounts, anna: str, clock: Clock
) -> None:
    assert [tried(accounts, anna, OTHER) for _ in range(8)] == ["wrong"] * 6 + ["wait"] * 2
    assert seconds(accounts, anna) == 1
    clock.pass_by(seconds=1)
    assert tried(accounts, anna, OTHER) == "wrong"
    assert seconds(accounts, anna) == 2
    clock.pass_by(seconds=1.5)
    assert seconds(accounts, anna) == 1
    clock.pass_by(seconds=0.5)
    assert tried(accounts, anna, PHRASE) == "in"


def test_even_the_right_password_waits(accounts: Accounts, anna: str, clock: Clock) -> None:
    for _ in range(6):
        tried(accounts, anna, OTHER)
    assert tried(accounts, anna, PHRASE) == "wait"
    clock.pass_by(seconds=1)
    assert tried(accounts, anna, PHRASE) == "in"


def test_coming_in_wipes_the_slate(accounts: Accounts, anna: str) -> None:
    for _ in range(3):
        assert [tried(accounts, anna, OTHER) for _ in range(5)] == ["wrong"] * 5
        assert tried(accounts, anna, PHRASE) == "in"
    for _ in range(3):
        assert [tried(accounts, anna, OTHER) for _ in range(5)] == ["wrong"] * 5
        assert accounts.authenticate(anna, PHRASE)


@pytest.mark.parametrize("act", ["password", "enable"])
def test_an_admin_ends_the_waiting(accounts: Accounts, anna: str, act: str) -> None:
    for _ in range(7):
        tried(accounts, anna, OTHER)
    if act == "password":
        accounts.set_password(anna, PHRASE)
    else:
        accounts.enable(anna)
    assert tried(accounts, anna, PHRASE) == "in"


def test_one_user_waits_for_no_other(accounts: Accounts, anna: str, beat: str) -> None:
    for _ in range(7):
        tried(accounts, anna, OTHER)
    assert tried(accounts, beat, PHRASE) == "in"


def test_who_is_signed_in_is_not_disturbed(accounts: Accounts, anna: str) -> None:
    secret = accounts.sign_in(anna, PHRASE)
    for _ in range(9):
        tried(accounts, anna, OTHER)
    assert seen(accounts, secret) == anna


def test_waits_survive_a_restart(accounts: Accounts, anna: str, path: Path, clock: Clock) -> None:
    for _ in range(7):
        tried(accounts, anna, OTHER)
    accounts.close()
    again = Accounts(path, clock, Passwords(QUICK))
    assert tried(again, anna, PHRASE) == "wait"
    again.close()


def test_the_wait_is_said_in_seconds_and_in_minutes(
    accounts: Accounts, anna: str, clock: Clock
) -> None:
    for _ in range(13):
        tried(accounts, anna, OTHER)
        clock.pass_by(seconds=64)
    with pytest.raises(AccessError) as error:
        accounts.sign_in(anna, PHRASE)
    assert refusal(error) == "wait"
    assert str(error.value) == "Too many attempts. Wait 2 min, then try again."
    clock.pass_by(seconds=60)
    with pytest.raises(AccessError, match=r"Wait 4 s, then"):
        accounts.sign_in(anna, PHRASE)


def test_an_unknown_name_waits_as_a_known_one_does(accounts: Accounts, anna: str) -> None:
    known = [tried(accounts, anna, OTHER) for _ in range(9)]
    assert [tried(accounts, "Nobody", OTHER) for _ in range(9)] == known


def test_the_table_stays_small_whatever_strangers_try(accounts: Accounts, path: Path) -> None:
    doors = {stranger_door(f"stranger {n}") for n in range(20_000)}
    assert len(doors) == 1024
    for n in range(30):
        tried(accounts, f"stranger {n}", OTHER)
    table = connect(path).execute("SELECT door FROM attempts").fetchall()
    assert {door for (door,) in table} <= doors
