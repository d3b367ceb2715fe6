"""The API's errors: which status, which field, in which language, and nothing that names anybody."""

import json
from typing import Any

import pytest

from stammkunde.app.locale import Locale
from stammkunde.app.web.api import routes
from stammkunde.app.web.api.problems import TEXTS
from stammkunde.app.web.application import application
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.errors import HomeError
from tests.app.web.conftest import Web
from tests.app.web.programs import (
    ANNA,
    BEAT,
    problem,
    program,
    tell_it,
)
from tests.app.web.town import anna, order, tell


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/customers?limit=0", 400, "limit"),
        ("/customers?limit=201", 400, "limit"),
        ("/customers?kind=friend", 400, "kind"),
        (f"/customers?text={'x' * 201}", 400, "text"),
        ("/contacts?channel=telex", 400, "channel"),
        ("/contacts?kind=telex", 422, "kind"),
        ("/contacts?from=yesterday", 422, "from"),
        ("/contacts?to=9999-12-31", 422, "to"),
        ("/contacts?from=0001-01-01T00:00%2B14:00", 422, "from"),
        ("/figures?code=telex", 422, "code"),
        ("/figures?from=2026-11-09&to=2026-11-02", 422, "from"),
        ("/figures?from=1970-01-01&to=2199-12-31&grain=day", 422, "grain"),
        ("/figures?code=orders&segment=channel:mail", 422, "segment"),
        ("/figures/contacts/who?segment=channel", 422, "segment"),
        ("/todo?from=x", 422, "from"),
        ("/quarantine?after=x", 400, "after"),
    ],
)  # fmt: skip
def test_a_bad_question_is_told_by_its_field(web: Web, path: str, status: int, field: str) -> None:
    with program(web) as client:
        (fault,) = problem(client.get(f"/api/v1{path}"), status)["errors"]
        assert (fault["field"], fault["where"]) == (field, "query")
        assert fault["detail"]


@pytest.mark.parametrize(
    ("command", "body", "status", "field"),
    [
        ("note", {"customer": ANNA}, 400, "text"),
        ("note", {"customer": ANNA, "text": ""}, 400, "text"),
        ("note", {"customer": ANNA, "text": "  "}, 422, "text"),
        ("note", {"customer": ANNA, "text": "x", "colour": "red"}, 400, "colour"),
        ("note", {"customer": 7, "text": "x"}, 400, "customer"),
        ("record", {"kind": "telex", "customer": ANNA, "text": "x"}, 400, "kind"),
        ("record", {"kind": "call", "customer": ANNA, "text": "x", "at": "2026-11-20T14:30"}, 400, "at"),
        ("record", {"kind": "call", "customer": ANNA, "text": "x", "at": "1969-12-31T00:00:00Z"}, 422, "at"),
        ("describe", {"customer": ANNA}, 422, "attributes"),
        ("describe", {"customer": ANNA, "attributes": {" ": "x"}}, 422, "attributes"),
        ("describe", {"customer": ANNA, "attributes": {"role": "supplier"}}, 422, "attributes"),
        ("describe", {"customer": ANNA, "role": "friend"}, 400, "role"),
        ("link", {"customer": ANNA, "identifier": "nothing"}, 422, "identifier"),
        ("merge", {"one": ANNA, "other": BEAT}, 400, "reason"),
        ("classify", {"identifier": ANNA, "class": "secret"}, 400, "class"),
    ],
)  # fmt: skip
def test_a_bad_command_is_told_by_its_field_and_changes_nothing(
    web: Web, command: str, body: dict[str, Any], status: int, field: str
) -> None:
    anna(web)
    before = web.home.log.last_position()
    with program(web) as client:
        (fault,) = problem(client.post(f"/api/v1/{command}", json=body), status)["errors"]
        assert (fault["field"], fault["where"]) == (field, "body")
    assert web.home.log.last_position() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"customer": "\\ud800", "text": "x"}',
        b"text=x",
        b"[" * 100_000,
        b'{"text":' * 20_000,
    ],
    ids=range(8),
)
def test_a_body_that_is_no_object_in_json_is_refused(web: Web, body: bytes) -> None:
    with program(web) as client:
        (fault,) = problem(client.post("/api/v1/note", content=body), 400)["errors"]
        assert fault["where"] == "body"


def test_nobody_and_nothing_is_a_404_and_several_are_a_conflict(web: Web) -> None:
    anna(web)
    with program(web) as client:
        problem(client.get("/api/v1/customers/nobody@kunden.example"), 404)
        problem(client.get("/api/v1/contacts/abcdef123456"), 404)
        problem(client.get("/api/v1/contacts?customer=nobody@kunden.example"), 404)
        problem(client.get("/api/v1/figures/telex/who"), 404)
        problem(client.get("/api/v1/telex"), 404)
        problem(client.get("/api/telex"), 404)
        problem(client.get("/api/v1/note"), 405)
        tell_it(client, "note", status=409, customer="nobody@kunden.example", text="x")
        tell_it(client, "classify", identifier="+41522034410", class_="shared")
        ways = (Identifier("mail", BEAT), Identifier("phone", "+41522034410"))
        tell(web, order(1050, name=Name("Beat", "Moser"), identifiers=ways))
        found = problem(client.get("/api/v1/customers/+41522034410"), 409)
        assert "2" in found["detail"]


def test_an_error_speaks_the_language_that_is_asked_for(web: Web) -> None:
    with program(web, **{"accept-language": "de-CH,en"}) as client:
        answer = client.get("/api/v1/telex")
        assert answer.headers["content-language"] == "de"
        assert answer.json()["detail"] == Locale("de").text(TEXTS[404]) != TEXTS[404]
        assert (
            client.get("/api/v1/telex", headers={"accept-language": "fr"}).json()["detail"]
            == TEXTS[404]
        )


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, 'Bearer realm="stammkunde"'),
        ({"authorization": "Bearer sk_wrong"}, 'Bearer realm="stammkunde", error="invalid_token"'),
        ({"authorization": "Basic YTpi"}, 'Bearer realm="stammkunde", error="invalid_token"'),
    ],
)
def test_a_request_without_a_good_token_is_told_what_to_send(
    web: Web, headers: dict[str, str], challenge: str
) -> None:
    with web.visitor(None) as client:
        answer = client.get("/api/v1/customers", headers=headers)
        problem(answer, 401)
        assert answer.headers["www-authenticate"] == challenge


def test_a_scope_that_is_missing_is_a_403(web: Web) -> None:
    with program(web, "Reader") as client:
        answer = client.post("/api/v1/note", json={})
        problem(answer, 403)
        assert answer.headers["www-authenticate"].endswith('error="insufficient_scope"')


def test_a_body_that_is_too_long_is_a_413(web: Web) -> None:
    with program(web) as client:
        problem(client.post("/api/v1/note", json={"customer": ANNA, "text": "x" * 300_000}), 413)


def test_a_token_that_asks_too_often_waits_and_others_do_not(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "A_MINUTE", 3)
    web.application = application(web.home, web.accounts)
    with program(web) as client:
        for _ in range(3):
            assert client.get("/api/v1/review").status_code == 200
        answer = client.get("/api/v1/review")
        problem(answer, 429)
        assert 0 < int(answer.headers["retry-after"]) <= 60
    with program(web) as other:
        assert other.get("/api/v1/review").status_code == 200


def test_what_the_server_cannot_do_is_a_503_and_a_defect_tells_nothing(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(type(web.home.queries), "review", fail)
    with program(web) as client:
        error: Exception = HomeError("The disk is full.")
        problem(client.get("/api/v1/review"), 503)
        error = RuntimeError("Anna Frei")
        answer = client.get("/api/v1/review")
        assert "Anna" not in json.dumps(problem(answer, 500))
        assert "RuntimeError at /api/v1/review" in caplog.text
