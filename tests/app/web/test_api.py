"""The API's answers: the same objects as the command line's, pages, tags, and what stays hidden."""

import json
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from stammkunde.config.settings import SourceTable
from stammkunde.core.contact import Identifier
from tests.app.web.conftest import Web
from tests.app.web.programs import (
    ANNA,
    ask,
    command_line,
    hours_aside,
    program,
    quarantine,
    stranger,
    token,
)
from tests.app.web.town import anna, hide, mail, tell

# ---- the same objects


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/customers", ("customers",)),
        ("/customers?text=fre", ("customers", "fre")),
        ("/figures?from=2026-11-02&to=2026-11-09", ("figures", "--from", "2026-11-02", "--to", "2026-11-09")),
        (
            "/figures?code=contacts&code=orders&from=2026-11-02&to=2026-11-09&grain=day",
            ("figures", "contacts", "orders", "--from", "2026-11-02", "--to", "2026-11-09", "--grain", "day"),
        ),
        (
            "/figures?code=contacts&segment=channel:mail&from=2026-11-02",
            ("figures", "contacts", "--segment", "channel:mail", "--from", "2026-11-02"),
        ),
        (
            "/figures/contacts/who?from=2026-11-02&to=2026-11-09",
            ("figures", "contacts", "--who", "--from", "2026-11-02", "--to", "2026-11-09"),
        ),
        ("/todo?from=1970-01-01", ("todo", "--all")),
        ("/review", ("review",)),
        ("/quarantine", ("quarantine", "list")),
        ("/connectors", ("connectors",)),
    ],
)  # fmt: skip
def test_a_list_has_the_objects_of_the_command_line(
    web: Web, path: str, words: tuple[str, ...]
) -> None:
    anna(web)
    tell(web, stranger(8))
    quarantine(web)
    with program(web) as client:
        (wanted,) = command_line(web, *words)
        found = ask(client, path)
        assert found.keys() == {"items", "next"}
        assert hours_aside(found["items"]) == hours_aside(wanted)
        assert wanted


def test_a_customer_and_the_status_are_those_of_the_command_line(web: Web) -> None:
    anna(web)
    with program(web) as client:
        assert ask(client, f"/customers/{ANNA}") == command_line(web, "customer", ANNA)[0]
        assert ask(client, "/customers/052 203 44 10")["name"] == "Anna Frei"
        assert ask(client, "/status") == command_line(web, "status")[0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ()),
        (f"customer={ANNA}&channel=mail", ("--customer", ANNA, "--channel", "mail")),
        ("kind=call&direction=in", ("--kind", "call", "--direction", "in")),
        ("from=2026-11-02T13:00&to=2026-11-03", ("--from", "2026-11-02T13:00", "--to", "2026-11-03")),
        ("unassigned=true", ("--unassigned",)),
        ("source=info", ("--source", "info")),
    ],
)  # fmt: skip
def test_contacts_are_filtered_as_on_the_command_line(
    web: Web, query: str, words: tuple[str, ...]
) -> None:
    anna(web)
    tell(web, stranger(8))
    with program(web) as client:
        found = ask(client, f"/contacts?{query}")["items"]
        assert found == command_line(web, "contacts", *words)
        assert found
        assert ask(client, f"/contacts/{found[0]['id']}") == found[0]
        assert ask(client, f"/contacts/{found[0]['id'][:30]}") == found[0]


def test_money_is_text_and_times_have_an_offset(web: Web) -> None:
    anna(web)
    with program(web) as client:
        (found,) = ask(client, "/contacts", kind="order_placed", customer=ANNA)["items"]
        assert Decimal(found["money"]["amount"]) == Decimal("99.90")
        assert isinstance(found["money"]["amount"], str)
        assert datetime.fromisoformat(found["occurred_at"]).utcoffset() is not None
        sheet = ask(client, f"/customers/{ANNA}")
        assert {one["class"] for one in sheet["identifiers"]} == {"exclusive"}


# ---- pages


@pytest.mark.parametrize(
    "path", ["/customers", "/contacts", "/figures/contacts/who?from=2026-11-02", "/todo?from=2026-11-01", "/quarantine"]
)  # fmt: skip
def test_the_pages_of_a_list_are_the_list(web: Web, path: str) -> None:
    anna(web)
    tell(
        web,
        *(
            stranger(number, identifiers=(Identifier("phone", f"+4152555990{number}"),))
            for number in range(5)
        ),
    )
    quarantine(web)
    with program(web) as client:
        whole = ask(client, path)
        assert whole["next"] is None
        assert len(whole["items"]) >= 2
        address = f"/api/v1{path}{'&' if '?' in path else '?'}limit=1"
        collected, pages = [], 0
        while address:
            answer = client.get(address)
            page = answer.json()
            assert len(page["items"]) == 1
            collected += page["items"]
            pages += 1
            address = answer.links["next"]["url"] if page["next"] else ""
            assert ("link" in answer.headers) == bool(address)
            assert dict(parse_qsl(urlsplit(address).query)).get("after") == page["next"]
        assert hours_aside(collected) == hours_aside(whole["items"])


def test_a_page_from_nowhere_says_that_it_is_gone(web: Web) -> None:
    with program(web) as client:
        for path in ("/customers", "/contacts", "/todo", "/figures/new/who"):
            assert client.get(f"/api/v1{path}?after=xyz").status_code == 409, path


# ---- tags


@pytest.mark.parametrize("path", ["/customers", f"/customers/{ANNA}", "/contacts", "/review"])
def test_what_the_views_say_is_confirmed_without_asking_them(
    web: Web, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna(web)
    with program(web) as client:
        tag = client.get(f"/api/v1{path}").headers["etag"]
        assert tag.startswith('W/"')
        position = web.home.queries.position()
        with monkeypatch.context() as broken:
            for question in ("customers", "customer", "contacts", "review"):
                broken.delattr(type(web.home.queries), question)
            again = client.get(f"/api/v1{path}", headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert client.get(f"/api/v1{path}?limit=7").headers["etag"] != tag
        tell(web, mail(30))
        assert web.home.queries.position() > position
        fresh = client.get(f"/api/v1{path}", headers={"if-none-match": tag})
        assert (fresh.status_code, fresh.headers["etag"] == tag) == (200, False)


@pytest.mark.parametrize(
    "path", ["/status", "/figures?from=2026-11-02", "/figures/contacts/who?from=2026-11-02", "/quarantine", "/connectors"]
)  # fmt: skip
def test_what_depends_on_more_has_the_tag_of_its_content(web: Web, path: str) -> None:
    anna(web)
    with program(web) as client:
        tag = client.get(f"/api/v1{path}").headers["etag"]
        again = client.get(f"/api/v1{path}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        tell(web, mail(30))
        quarantine(web)
        changed = client.get(f"/api/v1{path}", headers={"if-none-match": tag}).status_code
        assert changed == (304 if path == "/connectors" else 200)


def test_who_may_see_more_has_another_tag(web: Web) -> None:
    anna(web)
    hide(web, "info", "admin")
    with program(web, "Reader") as client:
        known = {"if-none-match": client.get("/api/v1/contacts").headers["etag"]}
        assert client.get("/api/v1/contacts", headers=known).status_code == 304
        more = client.get("/api/v1/contacts", headers=known | token(web, "Admin"))
        assert more.status_code == 200


def test_nothing_is_used_from_a_cache_unasked(web: Web) -> None:
    with program(web) as client:
        headers = client.get("/api/v1/customers").headers
        assert headers["cache-control"] == "private, no-cache"
        assert headers["vary"] == "authorization"


# ---- what stays hidden


def test_a_source_that_is_not_for_everyone_gives_the_facts_alone(web: Web) -> None:
    anna(web)
    tell(web, stranger(8))
    quarantine(web)
    tables = [
        SourceTable(name=name, connector="mailbox", readers=("admin",)) for name in ("info", "till")
    ]
    web.home.settings = replace(web.home.settings, sources=tuple(tables))
    paths = (
        "/contacts", "/customers", f"/customers/{web.home.queries.resolve(ANNA)}", "/todo?from=2026-11-01", "/review",
        "/quarantine",
        "/figures/contacts/who?from=2026-11-02",
    )  # fmt: skip
    secrets = (
        "Bremse",
        "Nachricht",
        "brief.pdf",
        "Veloschlauch",
        "+41525559900",
        "Anna",
        ANNA,
        "It has no time",
        "till.csv",
    )
    with program(web, "Admin") as client:
        everything = {path: ask(client, path) for path in paths}
        client.headers.update(token(web, "Reader"))
        facts = {path: ask(client, path) for path in paths}
        one = ask(client, f"/contacts/{facts['/contacts']['items'][0]['id']}")
    assert [secret for secret in secrets if secret not in json.dumps(everything)] == []
    for path, found in facts.items():
        assert [secret for secret in secrets if secret in json.dumps(found)] == [], path
    contacts = facts["/contacts"]["items"]
    assert one == contacts[0]
    assert len(contacts) == len(everything["/contacts"]["items"])
    assert {each["kind"] for each in contacts} == {"order_placed", "message", "call"}
    assert not any((each["assignment"] or {}).get("evidence") for each in contacts)
