"""Rights, names, passwords, and the last admin."""

import pytest

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import TEXTS, AccessError
from stammkunde.app.access.rights import RIGHTS, ROLES, Right, Role, allows
from tests.app.access.kit import PHRASE, QUICK, Clock, refusal


@pytest.mark.parametrize(
    ("role", "rights"),
    [("reader", {"read"}), ("clerk", {"read", "write"}), ("admin", {"read", "write", "admin"})],
)
def test_each_role_has_its_rights_and_no_more(role: Role, rights: set[Right]) -> None:
    assert {right for right in RIGHTS if allows(role, right)} == rights


def test_roles_stand_in_their_order_and_what_is_no_role_has_no_right() -> None:
    counts = [sum(allows(role, right) for right in RIGHTS) for role in ROLES]
    assert counts == sorted(counts) == [1, 2, 3]
    assert not any(allows("boss", right) for right in RIGHTS)  # type: ignore[arg-type]


def test_users_are_listed_by_name_with_what_was_said_of_them(
    accounts: Accounts, beat: str, clock: Clock
) -> None:
    accounts.add_user("aline Weber", "reader", PHRASE, "de")
    users = [(user.name, user.role, user.language) for user in accounts.users()]
    assert users == [
        ("aline Weber", "reader", "de"),
        ("Anna Frei", "admin", ""),
        (beat, "clerk", ""),
    ]
    assert {user.created_at for user in accounts.users()} == {clock.now}
    assert len({user.number for user in accounts.users()}) == 3


@pytest.mark.parametrize("typed", ["anna frei", " ANNA  FREI ", "Anna Frei", "Ａｎｎａ Frei"])
def test_a_name_is_the_same_however_it_is_typed(accounts: Accounts, anna: str, typed: str) -> None:
    assert accounts.user(typed).name == anna
    assert accounts.authenticate(typed, PHRASE).name == anna
    with pytest.raises(AccessError) as error:
        accounts.add_user(typed, "reader", PHRASE)
    assert refusal(error) == "taken"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\u202eb", "a\ud800b"])
def test_a_name_that_is_none_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccessError) as error:
        accounts.add_user(name, "reader", PHRASE)
    assert refusal(error) == "name"
    with pytest.raises(AccessError) as error:
        accounts.sign_in(name, PHRASE)
    assert refusal(error) == "wrong"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("a" * 11, "short"),
        ("a" * 12, None),
        ("öä" * 6, None),
        ("a\u0308" * 11, "short"),
        ("a" * 1024, None),
        ("a" * 1025, "long"),
        ("ö" * 513, "long"),
        (" " * 12, None),
    ],
)
def test_a_password_has_twelve_characters_and_no_other_rule(
    accounts: Accounts, password: str, reason: str | None
) -> None:
    if reason:
        with pytest.raises(AccessError) as error:
            accounts.add_user("Anna", "reader", password)
        assert refusal(error) == reason
        assert accounts.users() == []
    else:
        accounts.add_user("Anna", "reader", password)
        assert accounts.authenticate("Anna", password).name == "Anna"


def test_a_password_is_the_same_from_every_keyboard(accounts: Accounts) -> None:
    accounts.add_user("Anna", "reader", "Zürcher Geschnetzeltes")
    assert accounts.authenticate("Anna", "Zu\u0308rcher\u00a0Geschnetzeltes")


def test_an_error_says_what_is_missing_and_names_nobody() -> None:
    with pytest.raises(AccessError) as error:
        Passwords(QUICK).hash("velo-2026")
    assert str(error.value) == "The password has 9 characters. It needs 3 more."
    assert error.value.values == {"has": 9, "more": 3}
    assert not any("{name}" in sentence for sentence in TEXTS.values())


@pytest.mark.parametrize("act", ["user", "disable", "enable"])
def test_of_an_unknown_user_nothing_is_changed(accounts: Accounts, anna: str, act: str) -> None:
    with pytest.raises(AccessError) as error:
        getattr(accounts, act)("Nobody")
    assert refusal(error) == "unknown"


def test_the_last_admin_stays_admin(accounts: Accounts, anna: str, beat: str) -> None:
    with pytest.raises(AccessError) as error:
        accounts.disable(anna)
    assert refusal(error) == "last"
    with pytest.raises(AccessError) as error:
        accounts.set_role(anna, "clerk")
    assert refusal(error) == "last"
    accounts.set_role(beat, "admin")
    assert accounts.disable(anna).disabled
    with pytest.raises(AccessError):
        accounts.set_role(beat, "reader")
    assert accounts.user(beat).role == "admin"


def test_the_language_is_kept(accounts: Accounts, anna: str) -> None:
    assert accounts.set_language(anna, "en").language == "en"
    assert accounts.user(anna).language == "en"
