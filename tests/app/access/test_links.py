"""One-time links: the first admin and the demo."""

from datetime import timedelta

import pytest

from stammkunde.app.access import links
from stammkunde.app.access.accounts import DEMO, Accounts
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import PHRASE, SECOND, Clock, refusal


def test_the_first_link_makes_the_first_admin_and_signs_in(
    accounts: Accounts, clock: Clock
) -> None:
    link = accounts.first_link()
    assert link
    found = accounts.link(link)
    assert found is not None
    assert (found.kind, found.ends_at) == ("first", clock.now + timedelta(hours=24))
    secret = accounts.claim(link, "Anna Frei", PHRASE, "de")
    session = accounts.session(secret)
    assert session is not None
    assert (session.user.name, session.user.role, session.user.language) == (
        "Anna Frei",
        "admin",
        "de",
    )
    assert accounts.first_link() is None


def test_a_link_is_good_once(accounts: Accounts) -> None:
    link = accounts.first_link()
    assert link
    accounts.claim(link, "Anna", PHRASE)
    assert accounts.link(link) is None
    with pytest.raises(AccessError) as error:
        accounts.claim(link, "Beat", PHRASE)
    assert refusal(error) == "link"
    assert [user.name for user in accounts.users()] == ["Anna"]


@pytest.mark.parametrize(("name", "password"), [("Anna", "short"), ("", PHRASE)])
def test_what_is_refused_does_not_use_the_link_up(
    accounts: Accounts, name: str, password: str
) -> None:
    link = accounts.first_link()
    assert link
    with pytest.raises(AccessError):
        accounts.claim(link, name, password)
    assert accounts.users() == []
    assert accounts.claim(link, "Anna", PHRASE)


def test_a_link_ends_after_a_day(accounts: Accounts, clock: Clock) -> None:
    first, demo = accounts.first_link(), accounts.demo_link()
    assert first
    clock.now += links.GOOD_S * SECOND
    assert (accounts.link(first), accounts.link(demo)) == (None, None)
    with pytest.raises(AccessError) as error:
        accounts.claim(first, "Anna", PHRASE)
    assert refusal(error) == "link"
    with pytest.raises(AccessError) as error:
        accounts.enter(demo)
    assert refusal(error) == "link"


def test_only_the_newest_link_is_good(accounts: Accounts) -> None:
    older, newer = accounts.first_link(), accounts.first_link()
    assert older
    assert newer
    assert accounts.link(older) is None
    assert accounts.link(newer) is not None


def test_a_user_made_meanwhile_ends_the_first_link(accounts: Accounts) -> None:
    link = accounts.first_link()
    assert link
    accounts.add_user("Anna", "reader", PHRASE)
    with pytest.raises(AccessError):
        accounts.claim(link, "Mallory", PHRASE)
    assert accounts.first_link() is None


def test_the_demos_link_signs_in_without_a_password(accounts: Accounts) -> None:
    for _ in range(2):
        session = accounts.session(accounts.enter(accounts.demo_link()))
        assert session is not None
        assert (session.user.name, session.user.role) == (DEMO, "admin")
    assert len(accounts.users()) == 1
    with pytest.raises(AccessError):
        accounts.sign_in(DEMO, "")


def test_the_demos_link_lets_nobody_in_who_was_disabled(accounts: Accounts, anna: str) -> None:
    accounts.enter(accounts.demo_link())
    accounts.disable(DEMO)
    with pytest.raises(AccessError) as error:
        accounts.enter(accounts.demo_link())
    assert refusal(error) == "link"


def test_neither_kind_of_link_opens_the_others_door(accounts: Accounts) -> None:
    first, demo = accounts.first_link(), accounts.demo_link()
    assert first
    with pytest.raises(AccessError):
        accounts.enter(first)
    with pytest.raises(AccessError):
        accounts.claim(demo, "Mallory", PHRASE)
    assert accounts.users() == []
