"""Tokens: scopes, owners, and when they are good no longer."""

import pytest

from stammkunde.app.access import tokens
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import RIGHTS, Right
from tests.app.access.kit import SECOND, Clock, refusal


def test_a_token_may_what_its_scopes_say(accounts: Accounts, anna: str, clock: Clock) -> None:
    secret, made = accounts.add_token("anna frei", "Shop", ["write", "read"])
    token = accounts.token(secret)
    assert token is not None
    assert (token.name, token.scopes, token.user.name) == ("Shop", ("read", "write"), anna)
    assert [right for right in RIGHTS if token.may(right)] == ["read", "write"]
    assert secret.startswith("sk_")
    assert len(secret) == len("sk_") + 43
    assert (made.created_at, made.last_used_at) == (clock.now, None)


def test_a_token_that_may_only_write_does_not_read(accounts: Accounts, anna: str) -> None:
    token = accounts.token(accounts.add_token(anna, "Form", ["write"])[0])
    assert token is not None
    assert (token.may("read"), token.may("write")) == (False, True)


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "admin"], ["everything"]])
def test_a_token_never_exceeds_its_owner(
    accounts: Accounts, beat: str, scopes: list[Right]
) -> None:
    with pytest.raises(AccessError) as error:
        accounts.add_token(beat, "Shop", scopes)
    assert refusal(error) == "scopes"


def test_a_token_shrinks_with_its_owner(accounts: Accounts, beat: str) -> None:
    secret, _ = accounts.add_token(beat, "Shop", ["read", "write"])
    accounts.set_role(beat, "reader")
    token = accounts.token(secret)
    assert token is not None
    assert (token.may("read"), token.may("write")) == (True, False)
    accounts.disable(beat)
    assert accounts.token(secret) is None
    accounts.enable(beat)
    assert accounts.token(secret) is not None


def test_a_revoked_token_is_good_no_longer(accounts: Accounts, anna: str, clock: Clock) -> None:
    secret, made = accounts.add_token(anna, "Shop", ["read"])
    clock.pass_by(days=1)
    accounts.revoke_token(made.number)
    assert accounts.token(secret) is None
    assert [token.revoked_at for token in accounts.tokens()] == [clock.now]
    assert not accounts.tokens()[0].may("read")
    for number in (made.number, 99):
        with pytest.raises(AccessError) as error:
            accounts.revoke_token(number)
        assert refusal(error) == "number"


def test_the_last_use_of_a_token_is_right_to_the_minute(
    accounts: Accounts, anna: str, clock: Clock
) -> None:
    secret, _ = accounts.add_token(anna, "Shop", ["read"])
    began, noted = clock.now, []
    for _ in range(4):
        clock.pass_by(seconds=25)
        accounts.token(secret)
        noted.append(accounts.tokens()[0].last_used_at)
    assert noted == [began + 25 * SECOND] * 3 + [began + 100 * SECOND]
    assert tokens.NOTED_S == 60
