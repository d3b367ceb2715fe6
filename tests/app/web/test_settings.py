"""Einstellungen: what of the file is shown to whom, one's own password and language, users and tokens."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import Role
from stammkunde.config.settings import Demo, Secret, SourceTable, Store
from stammkunde.config.settings import Web as WebTable
from tests.app.web.conftest import PASSWORD, Client, Web, post
from tests.app.web.town import HOSTILE

OTHER = "four other words indeed"
ADMIN_FORMS: tuple[tuple[str, dict[str, object]], ...] = (
    ("/settings/users", {"name": "Eva", "role": "admin", "password": OTHER}),
    ("/settings/users/1/role", {"role": "admin"}),
    ("/settings/users/1/password", {"new": OTHER, "again": OTHER}),
    ("/settings/users/1/disable", {}),
    ("/settings/users/1/enable", {}),
    ("/settings/tokens", {"owner": 3, "name": "report", "read": "1"}),
    ("/settings/tokens/1/revoke", {}),
)


def number(web: Web, name: str) -> int:
    return web.accounts.user(name).number


def may_enter(web: Web, name: str, password: str) -> bool:
    try:
        web.accounts.authenticate(name, password)
    except AccessError:
        return False
    return True


def refused(client: Client, path: str, words: str, **form: Any) -> None:
    """The form comes back with a sentence at the field, and focus goes there."""
    answer = post(client, path, **form)
    assert answer.status_code == 400
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text or 'class="err"' in answer.text
    assert OTHER not in answer.text


# ---- the file


def test_secrets_are_never_shown_only_where_they_come_from(web: Web) -> None:
    own = {
        "path": ["Inbox.mbox", "https://anna:hunter2@mail.example/x"],
        "password": "hunter2",
        "unknown": "hunter2",
        "api": {"env": "MAIL_PASSWORD"},
        "secret": {"file": "mail.password"},
    }
    tables = (
        SourceTable(name="info", connector="mailbox", own=own, readers=("admin",)),
        SourceTable(name="gone", connector="not-installed", own={"path": "hunter2"}),
    )
    web.home.settings = replace(
        web.home.settings,
        sources=tables,
        store=Store(master_key=Secret(env="STAMMKUNDE_KEY")),
        web=WebTable(tls_cert="cert.pem", tls_key="key.pem"),
    )
    with web.visitor("admin") as client:
        text = client.get("/settings").text
    assert "hunter2" not in text
    for said in ("Inbox.mbox", "…@mail.example", "STAMMKUNDE_KEY", "key.pem", "not shown here"):
        assert said in text, said
    assert "from the file mail.password" in text


@pytest.mark.parametrize("role", ["reader", "clerk"])
def test_others_see_the_company_and_their_own_access(web: Web, role: Role) -> None:
    web.home.company = replace(web.home.company, name="Muster Velo AG", never=("treuhand.example",))
    with web.visitor(role) as client:
        text = client.get("/settings").text
    assert "Muster Velo AG" in text
    assert "Mon–Fri 08:00-12:00" in text
    assert "treuhand.example" not in text
    for hidden in ("master.key", "Settings file", "Tokens", "Add user"):
        assert hidden not in text, hidden


# ---- one's own access


def test_a_new_password_signs_out_all_other_devices(web: Web) -> None:
    other = web.accounts.sign_in("Clerk", PASSWORD)
    with web.visitor("clerk") as client:
        answer = post(client, "/settings/password", old=PASSWORD, new=OTHER, again=OTHER)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings?done=password")
        assert "Your password is changed." in client.get("/settings?done=password").text
    assert web.accounts.session(other) is None
    assert may_enter(web, "Clerk", OTHER)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"old": "wrong", "new": OTHER, "again": OTHER}, "Name or password is wrong."),
        ({"old": PASSWORD, "new": OTHER, "again": "else"}, "The two passwords are not the same."),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "It needs 7 more."),
    ],
)
def test_a_password_that_is_refused_changes_nothing(
    web: Web, form: dict[str, str], words: str
) -> None:
    with web.visitor("reader") as client:
        refused(client, "/settings/password", words, **form)
        assert client.get("/settings").status_code == 200
    assert may_enter(web, "Reader", PASSWORD)


@pytest.mark.parametrize("code", ["en", "de", ""])
def test_the_language_is_kept_with_the_user(web: Web, code: str) -> None:
    with web.visitor("reader", language="de") as client:
        client.cookies.set("language", "de", domain="127.0.0.1")
        answer = post(client, "/settings/language", language=code)
        assert answer.status_code == 303
        title = "Settings" if code == "en" else "Einstellungen"
        assert f"<title>{title}" in client.get("/settings").text
    assert web.accounts.user("Reader").language == code


def test_a_language_that_is_none_changes_nothing(web: Web) -> None:
    with web.visitor("reader") as client:
        assert post(client, "/settings/language", language="<x>").status_code == 303
    assert web.accounts.user("Reader").language == ""


def test_who_came_by_the_link_of_a_made_up_company_has_no_password_to_change(web: Web) -> None:
    web.home.settings = replace(web.home.settings, demo=Demo(now=web.home.now()))
    secret = web.accounts.demo_link()
    with web.visitor(None) as client:
        client.get(f"/welcome/{secret}")
        assert post(client, f"/welcome/{secret}").status_code == 303
        text = client.get("/settings").text
    assert "there is no password" in text
    assert "Change password" not in text


# ---- users


def test_an_admin_lets_somebody_in(web: Web) -> None:
    with web.visitor("admin") as client:
        answer = post(client, "/settings/users", name="Eva Roth", role="clerk", password=OTHER)
        assert answer.headers["location"] == "/settings?done=added#users"
        assert "Eva Roth" in client.get("/settings").text
    assert web.accounts.user("eva roth").role == "clerk"
    assert may_enter(web, "Eva Roth", OTHER)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "reader", "password": OTHER}, "There is a user of that name already."),
        ({"name": "", "password": OTHER}, "A name is one line"),
        ({"name": "x" * 101, "password": OTHER}, "A name is one line"),
        ({"name": "Eva", "password": "short"}, "It needs 7 more."),
    ],
)
def test_a_user_who_cannot_be_is_refused_at_the_field(
    web: Web, form: dict[str, str], words: str
) -> None:
    with web.visitor("admin") as client:
        refused(client, "/settings/users", words, role="reader", **form)
    assert len(web.accounts.users()) == 3


def test_a_name_is_text(web: Web) -> None:
    with web.visitor("admin") as client:
        post(client, "/settings/users", name=HOSTILE, role="reader", password=OTHER)
        eva = number(web, HOSTILE)
        for path in ("/settings", f"/settings/users/{eva}"):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page


def test_role_password_and_sign_in_of_a_user(web: Web) -> None:
    at = f"/settings/users/{number(web, 'Reader')}"
    session = web.accounts.sign_in("Reader", PASSWORD)
    with web.visitor("admin") as client:
        for form, sent in (
            ("role", {"role": "clerk"}),
            ("password", {"new": OTHER, "again": OTHER}),
        ):
            answer = post(client, f"{at}/{form}", **sent)
            assert answer.headers["location"] == f"{at}?done=saved"
        assert web.accounts.user("Reader").role == "clerk"
        assert may_enter(web, "Reader", OTHER)
        assert web.accounts.session(session) is None
        post(client, f"{at}/disable")
        assert "disabled" in client.get(at).text
        assert not may_enter(web, "Reader", OTHER)
        post(client, f"{at}/enable")
        assert may_enter(web, "Reader", OTHER)


def test_the_last_admin_stays(web: Web) -> None:
    at = f"/settings/users/{number(web, 'Admin')}"
    with web.visitor("admin") as client:
        refused(client, f"{at}/role", "This is the last admin.", role="reader")
        refused(client, f"{at}/disable", "This is the last admin.")
        assert client.get("/settings").status_code == 200


# ---- tokens


def test_a_token_is_shown_once_and_revoked_for_good(web: Web) -> None:
    owner = number(web, "Clerk")
    with web.visitor("admin") as client:
        answer = post(client, "/settings/tokens", owner=owner, name="web shop", read="1", write="1")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        (secret,) = re.findall(r"sk_[\w-]{20,}", answer.text)
        token = web.accounts.token(secret)
        assert token
        assert (token.name, token.scopes, token.user.name) == (
            "web shop",
            ("read", "write"),
            "Clerk",
        )
        listed = client.get("/settings").text
        assert "web shop" in listed
        assert secret not in listed
        answer = post(client, f"/settings/tokens/{token.number}/revoke")
        assert answer.headers["location"] == "/settings?done=revoked#tokens"
        for gone in (token.number, 2**63):
            assert post(client, f"/settings/tokens/{gone}/revoke").status_code == 404
    assert web.accounts.token(secret) is None


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "report"}, "it needs a scope"),
        ({"name": "report", "admin": "1"}, "do more than its owner"),
        ({"name": " ", "read": "1"}, "A name is one line"),
    ],
)
def test_a_token_that_cannot_be_is_refused_at_the_field(
    web: Web, form: dict[str, str], words: str
) -> None:
    with web.visitor("admin") as client:
        refused(client, "/settings/tokens", words, owner=number(web, "Clerk"), **form)
    assert web.accounts.tokens() == []


# ---- who may what


@pytest.mark.parametrize("role", ["reader", "clerk"])
@pytest.mark.parametrize(("path", "form"), ADMIN_FORMS)
def test_only_admins_manage(web: Web, role: Role, path: str, form: dict[str, Any]) -> None:
    with web.visitor(role) as client:
        assert post(client, path, **form).status_code == 403
        assert client.get("/settings/users/1").status_code == 403
    assert {user.name for user in web.accounts.users() if not user.disabled} == {
        "Reader",
        "Clerk",
        "Admin",
    }
    assert web.accounts.tokens() == []


@pytest.mark.parametrize(
    ("path", "form"),
    [*ADMIN_FORMS, ("/settings/password", {"old": PASSWORD, "new": OTHER, "again": OTHER})],
)
def test_a_form_without_its_token_changes_nothing(
    web: Web, path: str, form: dict[str, Any]
) -> None:
    before = web.accounts.users()
    with web.visitor("admin") as client:
        assert client.post(path, data=form).status_code == 403
    assert web.accounts.users() == before
    assert web.accounts.tokens() == []


@pytest.mark.parametrize("path", ["/settings/users/99", "/settings/users/x"])
def test_an_unknown_user_is_no_page(web: Web, path: str) -> None:
    with web.visitor("admin") as client:
        assert client.get(path).status_code == 404
        assert post(client, "/settings/users/99/role", role="clerk").status_code == 404
        assert post(client, "/settings/users/1/role", role="king").status_code == 404
        assert post(client, "/settings/tokens", owner=99, name="x", read="1").status_code == 404
