"""Who may do what: every route of the application, for nobody, for each role and for each kind of token, from one table."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from litestar.routes import HTTPRoute

from stammkunde.app.access.rights import RIGHTS, ROLES, Right, Role, allows
from tests.app.web.conftest import Client, Web, post

Need = Right | Literal["nothing"]

ROUTES: dict[str, tuple[Need, int]] = {
    # how it is found, whether it runs, how one comes in and goes
    "GET /healthz": ("nothing", 200),
    "GET /readyz": ("nothing", 200),
    "GET /metrics": ("read", 200),  # of another computer, as which a test client is taken
    "POST /hooks/{source}": ("nothing", 503),
    "GET /static/{file_path}": ("nothing", 404),
    "GET /signin": ("nothing", 200),
    "POST /signin": ("nothing", 400),
    "GET /welcome/{link}": ("nothing", 200),
    "POST /welcome/{link}": ("nothing", 400),
    "POST /signout": ("nothing", 303),
    # pages
    "GET /": ("read", 200),
    "GET /figures": ("read", 200),
    "GET /figures/{code}": ("read", 404),
    "GET /figures/{code}/list.csv": ("read", 404),
    "GET /today": ("read", 200),
    "GET /customers": ("read", 200),
    "GET /customers.csv": ("read", 200),
    "GET /customers/{ref}": ("read", 404),
    "GET /customers/{ref}/contacts.csv": ("read", 404),
    "GET /contacts/{ref}": ("read", 404),
    "GET /review": ("read", 200),
    "GET /calls": ("read", 200),
    "GET /calls/stream": ("read", 200),
    "GET /keys": ("read", 200),
    "POST /display": ("read", 303),
    "GET /sources": ("read", 200),
    "GET /settings": ("read", 200),
    "POST /settings/language": ("read", 303),
    "POST /settings/password": ("read", 400),
    "GET /contacts/{ref}/assign": ("write", 404),
    "POST /contacts/{ref}/assign": ("write", 404),
    "POST /customers/{ref}/note": ("write", 400),
    "POST /customers/{ref}/describe": ("write", 400),
    "POST /customers/{ref}/role": ("write", 400),
    "POST /customers/{ref}/link": ("write", 400),
    "POST /customers/{ref}/unlink": ("write", 400),
    "GET /customers/{ref}/merge": ("write", 404),
    "POST /customers/{ref}/merge": ("write", 400),
    "POST /customers/{ref}/unmerge": ("write", 400),
    "POST /customers/{ref}/distinct": ("write", 400),
    "POST /review/answer": ("write", 400),
    "POST /review/undo": ("write", 303),
    "GET /record": ("write", 200),
    "POST /record": ("write", 400),
    "GET /sources/quarantine/{number}": ("admin", 404),
    "POST /sources/retry": ("admin", 303),
    "POST /settings/users": ("admin", 400),
    "GET /settings/users/{number}": ("admin", 404),
    "POST /settings/users/{number}/role": ("admin", 404),
    "POST /settings/users/{number}/password": ("admin", 404),
    "POST /settings/users/{number}/disable": ("admin", 404),
    "POST /settings/users/{number}/enable": ("admin", 404),
    "POST /settings/tokens": ("admin", 404),
    "POST /settings/tokens/{number}/revoke": ("admin", 404),
    # the API
    "GET /api/v1": ("nothing", 404),
    "GET /api/v1/{path}": ("nothing", 404),
    "GET /api/v1/openapi.json": ("nothing", 200),
    "GET /api/v1/status": ("read", 200),
    "GET /api/v1/customers": ("read", 200),
    "GET /api/v1/customers/{ref}": ("read", 404),
    "GET /api/v1/contacts": ("read", 200),
    "GET /api/v1/contacts/{ref}": ("read", 404),
    "GET /api/v1/figures": ("read", 200),
    "GET /api/v1/figures/{code}/who": ("read", 404),
    "GET /api/v1/todo": ("read", 200),
    "GET /api/v1/review": ("read", 200),
    "GET /api/v1/quarantine": ("read", 200),
    "GET /api/v1/connectors": ("read", 200),
    "POST /api/v1/record": ("write", 400),
    "POST /api/v1/describe": ("write", 400),
    "POST /api/v1/note": ("write", 400),
    "POST /api/v1/link": ("write", 400),
    "POST /api/v1/unlink": ("write", 400),
    "POST /api/v1/assign": ("write", 400),
    "POST /api/v1/merge": ("write", 400),
    "POST /api/v1/unmerge": ("write", 400),
    "POST /api/v1/distinct": ("write", 400),
    "POST /api/v1/classify": ("write", 400),
    "POST /api/v1/quarantine/retry": ("admin", 200),
}
"""Method and path → the right that it needs, and what it answers to who has it and sends nothing, or asks for what is not
there. A new route needs its line here."""

NOT_THERE = {"number": "999"}
"""What stands in a path; elsewhere `none`."""


def is_of_api(route: str) -> bool:
    return " /api/" in route


def path_of(route: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: NOT_THERE.get(found[1], "none"), route.split()[1])


def registered(web: Web) -> Iterator[str]:
    for route in web.application.routes:
        assert isinstance(route, HTTPRoute), "a table for this kind of route is missing"
        for method in route.methods - {"OPTIONS", "HEAD"}:
            yield f"{method} {route.path_format}"


def to_a_page(client: Client, route: str) -> int:
    if route.startswith("POST"):
        return int(post(client, path_of(route)).status_code)
    answer = client.get(path_of(route))
    to_sign_in = answer.headers.get("location", "").startswith("/signin?to=")
    return 401 if to_sign_in else int(answer.status_code)


def to_the_api(client: Client, route: str, secret: str) -> int:
    method = route.split()[0]
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    body: dict[str, str] | None = {} if method == "POST" else None
    return int(client.request(method, path_of(route), headers=headers, json=body).status_code)


def expected(route: str, held: frozenset[Right] | None) -> int:
    need, status = ROUTES[route]
    if need == "nothing" or (held is not None and need in held):
        return status
    return 401 if held is None else 403


def test_every_route_has_its_line_and_every_line_its_route(web: Web) -> None:
    assert sorted(registered(web)) == sorted(ROUTES)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_page_answers_to_those_whose_role_has_the_right(web: Web, role: Role | None) -> None:
    held = None if role is None else frozenset(right for right in RIGHTS if allows(role, right))
    pages = sorted((each for each in ROUTES if not is_of_api(each)), key="POST /signout".__eq__)
    with web.visitor(role) as client:
        client.get("/signin")
        found = {route: to_a_page(client, route) for route in pages}
    assert found == {route: expected(route, held) for route in pages}


@pytest.mark.parametrize(
    ("owner", "scopes"),
    [
        (None, []),
        ("Reader", ["read"]),
        ("Clerk", ["read"]),
        ("Clerk", ["read", "write"]),
        ("Admin", ["write"]),
        ("Admin", ["admin"]),
        ("Admin", ["read", "write", "admin"]),
    ],
)
def test_the_api_answers_to_tokens_whose_scopes_have_the_right(
    web: Web, owner: str | None, scopes: list[Right]
) -> None:
    secret = web.accounts.add_token(owner, "matrix", scopes)[0] if owner else ""
    held = frozenset(scopes) if owner else None
    routes = [route for route in ROUTES if is_of_api(route)]
    with web.visitor(None) as client:
        found = {route: to_the_api(client, route, secret) for route in routes}
    assert found == {route: expected(route, held) for route in routes}


def test_a_token_never_does_more_than_its_owner_may_today(web: Web) -> None:
    web.accounts.add_user("Second", "admin", "four words at random")
    secret, token = web.accounts.add_token("Second", "matrix", RIGHTS)
    with web.visitor(None) as client:
        web.accounts.set_role("Second", "reader")
        assert to_the_api(client, "GET /api/v1/status", secret) == 200
        assert to_the_api(client, "POST /api/v1/note", secret) == 403
        web.accounts.disable("Second")
        assert to_the_api(client, "GET /api/v1/status", secret) == 401
        web.accounts.enable("Second")
        web.accounts.revoke_token(token.number)
        assert to_the_api(client, "GET /api/v1/status", secret) == 401


def test_a_session_opens_no_api_and_a_token_no_page(web: Web) -> None:
    secret, _ = web.accounts.add_token("Admin", "matrix", RIGHTS)
    with web.visitor("admin") as client:
        assert to_the_api(client, "GET /api/v1/status", "") == 401
        assert to_the_api(client, "GET /api/v1/status", client.cookies["stammkunde"]) == 401
    with web.visitor(None) as client:
        client.headers["authorization"] = f"Bearer {secret}"
        assert to_a_page(client, "GET /today") == 401


def test_asking_for_the_methods_of_a_route_gives_them_at_most(web: Web) -> None:
    with web.visitor(None) as client:
        for route, (need, status) in ROUTES.items():
            answer = client.options(path_of(route)).status_code
            is_open = need == "nothing" or route == "GET /metrics"  # it guards itself
            assert answer in ({204, status} if is_open else {401}), route
