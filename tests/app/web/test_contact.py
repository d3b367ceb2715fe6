"""Kontakt: the event as text, whose it is and why, its history, and giving it to somebody else."""

import re
from datetime import timedelta
from typing import Any

import pytest

from stammkunde.core.contact import Item
from tests.app.web.conftest import Web, post
from tests.app.web.town import BEGIN, HOSTILE, anna, call, hide, mail, order, tell


def _contact(web: Web, subject: str) -> str:
    return next(one.id for one in web.home.queries.contacts() if one.subject == subject)


def test_a_contact_shows_its_text_its_reason_and_its_history(web: Web) -> None:
    who = anna(web)
    tell(web, mail(2), source="backup")
    with web.visitor("reader") as client:
        text = client.get(f"/contacts/{_contact(web, 'Bremse 2')}").text
    for what in (
        "<h1>Bremse 2</h1>", "Guten Tag, Nachricht 2", "brief.pdf (84 KB)", "Why Anna Frei?", f'href="/customers/{who}"',
        "Recorded", "Its counterpart was assigned to Anna Frei", "Also seen in “backup”", "info@muster-velo.example",
        "&lt;2@mail.example&gt;", "in version 1, score 1.00",
    ):  # fmt: skip
        assert what in text, what
    assert "<form" not in text.split("<main")[1]


def test_an_order_shows_its_lines_and_what_else_tells_of_it(web: Web) -> None:
    anna(web)
    later: dict[str, Any] = {"kind": "order_refunded", "item": Item("1043/refund", 5), "lines": (), "occurred_at": BEGIN + timedelta(hours=1100)}  # fmt: skip
    tell(web, order(1043, **later))
    with web.visitor("reader") as client:
        placed = next(one for one in web.home.queries.contacts() if one.kind == "order_placed" and one.order == "1043")  # fmt: skip
        text = client.get(f"/contacts/{placed.id}").text
        assert "Veloschlauch · V1" in text
        assert "CHF 49.95" in text
        assert "The same order" in text
        assert "Refund 1043" in text


def test_a_conversation_stands_together(web: Web) -> None:
    tell(web, *(mail(n, thread="t", direction="out" if n == 1 else "in") for n in range(3)))
    with web.visitor("reader") as client:
        text = client.get(f"/contacts/{_contact(web, 'Bremse 1')}").text
        assert "The same conversation" in text
        assert "Bremse 0" in text
        assert "Bremse 2" in text


def test_what_changed_at_the_source_is_named(web: Web) -> None:
    tell(web, call(1))
    tell(web, call(1, outcome="missed", duration_s=None, revises=True))
    [contact] = web.home.queries.contacts()
    with web.visitor("reader") as client:
        text = client.get(f"/contacts/{contact.id}").text
        assert "Changed at its source" in text
        assert "Changed: outcome answered → missed, length." in text


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "x" * 3000, "", "\u202egpj.exe\x00\x07", "[[1]] {% raw %}"]
)
def test_whatever_a_mail_says_is_shown_as_text(web: Web, hostile: str) -> None:
    tell(web, mail(1, subject=hostile, text=hostile, display=hostile))
    [contact] = web.home.queries.contacts()
    with web.visitor("clerk") as client:
        for path in (f"/contacts/{contact.id}", f"/contacts/{contact.id}/assign?q=x"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text


def test_of_a_hidden_source_the_facts_are_shown_and_nothing_that_was_said(web: Web) -> None:
    anna(web)
    contact = _contact(web, "Bremse 2")
    hide(web, "info", "admin")
    with web.visitor("clerk") as client:
        for path, status in ((f"/contacts/{contact}", 200), (f"/contacts/{contact}/assign", 403)):
            answer = client.get(path)
            assert answer.status_code == status
            text = answer.text
            assert ("Message" in text) == (status == 200)
            for secret in ("Bremse", "Guten Tag", "brief.pdf", "anna@kunden.example", "@mail.example", "info@muster"):  # fmt: skip
                assert secret not in text, secret
    with web.visitor("admin") as client:
        assert "Guten Tag" in client.get(f"/contacts/{contact}").text


def test_the_number_of_an_order_of_a_hidden_source_is_not_said(web: Web) -> None:
    who = anna(web)
    [placed] = [each.id for each in web.home.queries.contacts() if each.order == "1043"]
    paths = (f"/contacts/{placed}", f"/customers/{who}", f"/customers/{who}/contacts.csv")
    with web.visitor("admin") as client:
        assert [path for path in paths if "1043" not in client.get(path).text] == []
    hide(web, "info", "admin")
    with web.visitor("clerk") as client:
        assert [path for path in paths if re.search(r"\b1043\b", client.get(path).text)] == []


def test_a_clerk_gives_a_contact_to_somebody_else_or_to_nobody(web: Web) -> None:
    anna(web)
    contact = _contact(web, "Bremse 2")
    beat = web.home.queries.resolve("beat@kunden.example")
    with web.visitor("clerk") as client:
        assert f'name="customer" value="{beat}"' in client.get(f"/contacts/{contact}/assign?q=beat").text  # fmt: skip
        answer = post(client, f"/contacts/{contact}/assign", customer=beat, reason="his brake")
        assert answer.headers["location"] == f"/contacts/{contact}?done=assigned"
        text = client.get(f"/contacts/{contact}").text
        assert "Why Beat Moser?" in text
        assert "Somebody decided so by hand." in text
        assert "Decided by Clerk." in text
        assert "«his brake»" in text
        post(client, f"/contacts/{contact}/assign", customer="")
        text = client.get(f"/contacts/{contact}?done=nobody").text
        assert "Given to nobody" in text
        assert "The contact is nobody&#39;s now." in text
        for wrong in ("f" * 32, "' OR 1"):
            assert post(client, f"/contacts/{contact}/assign", customer=wrong).status_code == 404
        assert post(client, "/contacts/nothing/assign", customer=beat).status_code == 404


def test_a_reader_assigns_nothing_and_unknown_contacts_are_no_page(web: Web) -> None:
    anna(web)
    contact = _contact(web, "Bremse 2")
    with web.visitor("reader") as client:
        assert client.get(f"/contacts/{contact}/assign").status_code == 403
        assert post(client, f"/contacts/{contact}/assign", customer="").status_code == 403
        assert client.get(f"/contacts/{contact[:12]}").headers["location"] == f"/contacts/{contact}"
        for ref in ("0" * 32, "x", "..%2fx"):
            assert client.get(f"/contacts/{ref}").status_code == 404
    with web.visitor(None) as client:
        assert client.get(f"/contacts/{contact}").status_code == 303
