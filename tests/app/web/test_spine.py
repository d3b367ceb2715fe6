"""The frame of all pages: who is let in, what each answer carries, what an error looks like."""

import re
from contextlib import suppress
from unittest.mock import patch

import pytest

from stammkunde.app.access.refusals import AccessError
from stammkunde.projections.queries import Queries
from tests.app.web.conftest import PASSWORD, Web, post

PAGES = ("/today",)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_sends_nobody_to_sign_in_and_back(web: Web, path: str) -> None:
    with web.visitor(None) as client:
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/signin?to={path}")
        form = client.get(answer.headers["location"]).text
        assert f'name="next" value="{path}"' in form
        answer = post(client, "/signin", name="reader", password=PASSWORD, next=path)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/\n/evil"],
)
def test_sign_in_goes_on_to_a_path_of_ours_alone(web: Web, target: str) -> None:
    with web.visitor(None) as client:
        client.get("/signin")
        answer = post(client, "/signin", name="Reader", password=PASSWORD, next=target)
        assert answer.headers["location"] == "/"


def test_a_session_is_never_one_that_the_browser_brought(web: Web) -> None:
    with web.visitor(None) as client:
        client.get("/signin")
        client.cookies.set("stammkunde", "chosen-by-somebody-else")
        answer = post(client, "/signin", name="Reader", password=PASSWORD)
        cookie = answer.headers["set-cookie"]
        assert "chosen-by" not in cookie
        assert re.search(r"HttpOnly.*SameSite=lax", cookie, re.IGNORECASE)


def test_a_form_without_its_token_is_refused(web: Web) -> None:
    with web.visitor(None) as client:
        client.get("/signin")
        answer = client.post("/signin", data={"name": "Reader", "password": PASSWORD})
        assert answer.status_code == 403
        assert "stammkunde" not in client.cookies


def test_a_wrong_password_says_so_and_lets_nobody_in(web: Web) -> None:
    with web.visitor(None) as client:
        client.get("/signin")
        answer = post(client, "/signin", name="Reader", password="wrong")  # noqa: S106
        assert answer.status_code == 403
        assert "Name or password is wrong." in answer.text
        assert client.get("/today", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_at_the_server(web: Web) -> None:
    with web.visitor("reader") as client:
        secret = client.cookies["stammkunde"]
        assert post(client, "/signout").status_code == 303
        client.cookies.set("stammkunde", secret)
        assert client.get("/today", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["/today", "/signin", "/nothing", "/healthz", "/static/app.css"])
def test_every_answer_carries_the_policy_and_personal_pages_stay_out_of_caches(
    web: Web, path: str
) -> None:
    with web.visitor("reader") as client:
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store" or path.startswith("/static/")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../application.py",
        "/static/%2e%2e/application.py",
        "/static/..%2fvisit.py",
        "/static/%00",
        "/static/app.css/..%00",
        "/static/app.css/x",
        "/static/" + "x" * 300,
    ],
)
def test_static_files_are_those_of_one_folder(web: Web, path: str) -> None:
    with web.visitor(None) as client:
        assert client.get(path).status_code == 404


def test_another_site_cannot_use_up_the_attempts_to_sign_in(web: Web) -> None:
    with web.visitor(None) as client:
        assert {client.get("/signin").status_code for _ in range(70)} == {200}
        answers = [post(client, "/signin", name="x", password="x").status_code for _ in range(61)]  # noqa: S106
        assert (answers[0], answers[-1]) == (403, 429)


def test_what_fails_is_told_to_the_log_without_what_stood_in_its_address(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        web.visitor("reader") as client,
        patch.object(Queries, "resolve", side_effect=RuntimeError),
    ):
        assert client.get("/customers/anna@kunden.example%0aforged").status_code == 500
    [message] = caplog.messages
    assert message == "A page failed: RuntimeError at /customers/{ref}"


def test_a_body_that_no_form_of_ours_makes_is_refused(web: Web) -> None:
    with web.visitor("admin") as client:
        assert post(client, "/signin", name="x" * 300_000).status_code == 413


@pytest.mark.parametrize(("language", "title"), [("de", "Heute"), ("en", "Today"), ("fr", "Heute")])
def test_a_page_speaks_the_browsers_language_and_else_german(
    web: Web, language: str, title: str
) -> None:
    with web.visitor("reader", language) as client:
        assert f"<title>{title} – Stammkunde</title>" in client.get("/today").text


def test_an_unknown_page_is_a_page_with_a_way_back(web: Web) -> None:
    with web.visitor("reader") as client:
        answer = client.get("/nothing")
        assert answer.status_code == 404
        assert "There is no such page." in answer.text


def test_who_signed_in_here_before_comes_in_while_strangers_guess(web: Web) -> None:
    with web.visitor("reader") as client:
        device = client.cookies["stammkunde-device"]
        post(client, "/signout")
        for _ in range(7):
            with suppress(AccessError):
                web.accounts.sign_in("Reader", "guessed by a stranger")
        assert post(client, "/signin", name="Reader", password=PASSWORD).status_code == 303
        assert client.cookies["stammkunde-device"] == device
        changed = {
            "old": PASSWORD,
            "new": "other words at random",
            "again": "other words at random",
        }
        for _ in range(7):
            with suppress(AccessError):
                web.accounts.sign_in("Reader", "guessed by a stranger")
        assert post(client, "/settings/password", **changed).status_code == 303
        client.cookies.delete("stammkunde-device")
        post(client, "/signout")
        for _ in range(7):
            with suppress(AccessError):
                web.accounts.sign_in("Reader", "guessed by a stranger")
        refused = post(client, "/signin", name="Reader", password="other words at random")  # noqa: S106
        assert refused.status_code == 403
