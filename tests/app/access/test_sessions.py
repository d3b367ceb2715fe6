"""Sessions: how they begin, end, and get new secrets."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from stammkunde.app.access import sessions
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import OTHER, PHRASE, SECOND, Clock, refusal, seen


def test_every_sign_in_is_a_new_session_and_ends_the_one_that_came_along(
    accounts: Accounts, anna: str
) -> None:
    first = accounts.sign_in(anna, PHRASE)
    second = accounts.sign_in(anna, PHRASE, previous=first)
    assert first != second
    assert (seen(accounts, first), seen(accounts, second)) == (None, anna)


def test_a_session_that_a_stranger_chose_is_never_taken_on(accounts: Accounts, anna: str) -> None:
    assert accounts.sign_in(anna, PHRASE, previous="chosen") != "chosen"
    assert accounts.session("chosen") is None


@pytest.mark.parametrize("secret", ["", "x", "\ud800", "sk_" + "A" * 43, "A" * 100_000])
def test_what_was_never_given_out_is_nobodys(accounts: Accounts, anna: str, secret: str) -> None:
    assert accounts.session(secret) is None
    assert accounts.token(secret) is None
    assert accounts.link(secret) is None
    assert accounts.rotate(secret) is None
    accounts.sign_out(secret)


def test_a_session_ends_after_twelve_idle_hours(
    accounts: Accounts, anna: str, clock: Clock
) -> None:
    secret = accounts.sign_in(anna, PHRASE)
    for _ in range(3):
        clock.now += sessions.IDLE_S * SECOND - SECOND
        assert seen(accounts, secret) == anna
    clock.now += sessions.IDLE_S * SECOND
    assert seen(accounts, secret) is None


def test_a_session_ends_after_seven_days_however_busy(
    accounts: Accounts, anna: str, clock: Clock
) -> None:
    began, secret = clock.now, accounts.sign_in(anna, PHRASE)
    while clock.now < began + timedelta(days=7):
        session = accounts.session(secret)
        assert session is not None
        assert session.ends_at == began + timedelta(days=7)
        clock.pass_by(hours=6)
    assert accounts.session(secret) is None


def test_use_is_written_once_a_minute(
    accounts: Accounts, anna: str, clock: Clock, path: Path
) -> None:
    secret = accounts.sign_in(anna, PHRASE)
    written = []
    for _ in range(5):
        clock.pass_by(seconds=25)
        accounts.session(secret)
        written.append(sqlite3.connect(path).execute("SELECT used FROM sessions").fetchone()[0])
    assert [after - written[0] for after in written] == [0, 0, 75_000_000, 75_000_000, 75_000_000]


def test_signing_out_ends_this_session_alone(accounts: Accounts, anna: str) -> None:
    here, there = accounts.sign_in(anna, PHRASE), accounts.sign_in(anna, PHRASE)
    accounts.sign_out(here)
    assert (seen(accounts, here), seen(accounts, there)) == (None, anna)


def test_a_new_password_ends_all_sessions_of_the_user(
    accounts: Accounts, anna: str, beat: str
) -> None:
    hers = [accounts.sign_in(anna, PHRASE) for _ in range(2)]
    his = accounts.sign_in(beat, PHRASE)
    accounts.set_password(anna, OTHER)
    assert [seen(accounts, secret) for secret in (*hers, his)] == [None, None, beat]
    with pytest.raises(AccessError):
        accounts.sign_in(anna, PHRASE)
    assert seen(accounts, accounts.sign_in(anna, OTHER)) == anna


def test_who_is_disabled_is_out_at_once_and_comes_in_again_when_enabled(
    accounts: Accounts, beat: str
) -> None:
    secret = accounts.sign_in(beat, PHRASE)
    accounts.disable(beat)
    assert accounts.session(secret) is None
    with pytest.raises(AccessError) as error:
        accounts.sign_in(beat, PHRASE)
    assert refusal(error) == "wrong"
    accounts.enable(beat)
    assert accounts.session(secret) is None
    assert seen(accounts, accounts.sign_in(beat, PHRASE)) == beat


def test_a_session_left_over_of_somebody_disabled_is_nobodys(
    accounts: Accounts, beat: str, path: Path
) -> None:
    secret = accounts.sign_in(beat, PHRASE)
    other = sqlite3.connect(path)
    other.execute("UPDATE users SET disabled = 1 WHERE name = ?", (beat,))
    other.commit()
    other.close()
    assert accounts.session(secret) is None
    with pytest.raises(AccessError):
        accounts.authenticate(beat, PHRASE)


def test_another_role_holds_at_once_and_asks_for_a_new_secret(
    accounts: Accounts, beat: str, clock: Clock
) -> None:
    old = accounts.sign_in(beat, PHRASE)
    before = accounts.session(old)
    accounts.set_role(beat, "reader")
    session = accounts.session(old)
    assert before is not None
    assert session is not None
    assert (before.may("write"), session.may("write"), session.may("read")) == (True, False, True)
    assert (before.is_outdated, session.is_outdated) == (False, True)
    clock.pass_by(hours=1)
    new = accounts.rotate(old)
    assert new
    after = accounts.session(new)
    assert after is not None
    assert (after.ends_at, after.is_outdated) == (before.ends_at, False)


def test_a_secret_that_was_replaced_serves_the_requests_under_way_and_then_ends(
    accounts: Accounts, beat: str, clock: Clock
) -> None:
    old = accounts.sign_in(beat, PHRASE)
    accounts.set_role(beat, "reader")
    new = accounts.rotate(old)
    assert new
    assert accounts.rotate(old) is None
    assert (seen(accounts, old), seen(accounts, new)) == (beat, beat)
    clock.pass_by(seconds=sessions.OVERLAP_S)
    assert (seen(accounts, old), seen(accounts, new)) == (None, beat)


def test_signing_out_ends_the_secret_that_was_replaced_too(accounts: Accounts, beat: str) -> None:
    old = accounts.sign_in(beat, PHRASE)
    accounts.set_role(beat, "reader")
    new = accounts.rotate(old)
    assert new
    accounts.sign_out(new)
    assert (accounts.session(old), accounts.session(new)) == (None, None)


def test_the_same_role_again_changes_nothing(accounts: Accounts, beat: str) -> None:
    secret = accounts.sign_in(beat, PHRASE)
    accounts.set_role(beat, "clerk")
    session = accounts.session(secret)
    assert session is not None
    assert not session.is_outdated
    assert accounts.rotate(secret) is None


def test_what_is_over_is_swept_away(
    accounts: Accounts, anna: str, clock: Clock, path: Path
) -> None:
    accounts.sign_in(anna, PHRASE)
    accounts.demo_link()
    with pytest.raises(AccessError):
        accounts.sign_in("Nobody", PHRASE)
    clock.pass_by(hours=20)
    kept = accounts.sign_in(anna, PHRASE)
    assert _rows(path, "sessions") == 1
    clock.pass_by(hours=5)
    accounts.sweep()
    assert [_rows(path, table) for table in ("sessions", "links", "attempts")] == [1, 0, 0]
    assert seen(accounts, kept) == anna


def _rows(path: Path, table: str) -> int:
    return int(sqlite3.connect(path).execute(f"SELECT count(*) FROM {table}").fetchone()[0])
