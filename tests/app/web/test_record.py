"""Neuer Kontakt: what was said at the counter or on the road, written down by hand."""

import re

import pytest

from stammkunde.app.web.pages.record import KINDS
from stammkunde.core.contact import Name
from stammkunde.core.decisions import BY_HAND, Decisions
from tests.app.web.conftest import Web, post
from tests.app.web.town import HOSTILE, anna, order, tell


def test_every_kind_that_is_offered_can_be_recorded() -> None:
    assert set(KINDS) <= set(BY_HAND)


@pytest.mark.parametrize("who", ["anna@kunden.example", "052 203 44 10", "Anna Frei", "frei"])
def test_two_fields_record_a_contact_now_with_whoever_is_meant(web: Web, who: str) -> None:
    customer = anna(web)
    with web.visitor("clerk") as client:
        sent = post(client, "/record", who=who, text="Wants it by Friday", kind="visit")
        assert sent.headers["location"] == f"/customers/{customer}?done=recorded"
        [contact] = [one for one in web.home.queries.contacts() if one.kind == "visit"]
        assert (contact.customer_id, contact.text) == (customer, "Wants it by Friday")
        assert contact.direction == "in"
        assert abs((web.home.now() - contact.occurred_at).total_seconds()) < 60
        assert "The contact is recorded." in client.get(sent.headers["location"]).text


def test_the_customer_comes_prefilled_and_time_and_direction_can_be_said(web: Web) -> None:
    customer = anna(web)
    with web.visitor() as client:
        page = client.get(f"/record?customer={customer}&kind=letter&direction=out").text
        assert f'name="customer" value="{customer}"' in page
        assert re.search(r'value="letter" checked', page)
        assert re.search(r'value="out" checked', page)
        post(client, "/record", customer=customer, text="Offer", kind="letter", direction="out",
             at="2026-11-02T14:30")  # fmt: skip
        [contact] = [one for one in web.home.queries.contacts() if one.kind == "letter"]
        assert contact.direction == "out"
        assert contact.occurred_at.isoformat() == "2026-11-02T14:30:00+01:00"


def test_a_note_is_no_contact(web: Web) -> None:
    customer = anna(web)
    before = len(web.home.queries.contacts())
    with web.visitor() as client:
        sent = post(client, "/record", customer=customer, text="Prefers\r\nevenings", kind="note")
    assert sent.headers["location"].endswith("?done=noted")
    assert web.home.queries.customer(customer).notes[0].text == "Prefers\nevenings"
    assert len(web.home.queries.contacts()) == before


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": "x"}, "Say who it was"),
        ({"text": "x", "who": "nobody@else.example"}, "Nobody is found by this."),
        ({"text": " ", "who": "anna@kunden.example"}, "Say in a word what it was about."),
        ({"text": "x", "who": "anna@kunden.example", "kind": "order"}, "can’t be recorded"),
        ({"text": "x", "who": "anna@kunden.example", "at": "soon"}, "A time is like"),
        ({"text": "x", "who": "anna@kunden.example", "at": "2999-01-01T08:00"}, "still to come"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    web: Web, form: dict[str, str], sentence: str
) -> None:
    anna(web)
    before = web.home.log.last_position()
    with web.visitor() as client:
        answer = post(client, "/record", **form)
        assert answer.status_code == 400
        assert sentence.replace("’", "&#39;") in answer.text or sentence in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert form["text"].strip() + "</textarea>" in answer.text
        assert (form.get("who") or "") in answer.text
    assert web.home.log.last_position() == before


def test_of_several_who_fit_one_is_chosen_and_none_by_itself(web: Web) -> None:
    anna(web)
    tell(web, order(2000, "carla@kunden.example", name=Name("Carla", "Frei")))
    with web.visitor() as client:
        answer = post(client, "/record", who="frei", text="Wants it by Friday")
        assert "Several fit. Choose one below." in answer.text
        assert answer.text.count('name="customer"') == 2
        carla = web.home.queries.resolve("carla@kunden.example")
        sent = post(client, "/record", who="frei", text="x", customer=carla)
        assert sent.headers["location"] == f"/customers/{carla}?done=recorded"


def test_while_one_types_htmx_gets_who_may_be_meant(web: Web) -> None:
    anna(web)
    tell(web, order(2000, "carla@kunden.example", name=Name("Carla", "Frei")))
    with web.visitor() as client:
        client.headers["hx-request"] = "true"
        for who, found, chosen in (("frei", 2, 0), ("carla", 1, 1), ("nobody", 0, 0), ("", 0, 0)):
            part = client.get("/record", params={"who": who}).text
            assert "<html" not in part
            radios = re.findall(r'<input type="radio"[^>]*>', part)
            assert (len(radios), sum("checked" in one for one in radios)) == (found, chosen)


def test_what_is_said_of_a_private_customer_is_refused_on_the_page(web: Web) -> None:
    customer = anna(web)
    Decisions(web.home.intake).describe(customer, {}, role="private")
    with web.visitor() as client:
        answer = post(client, "/record", customer=customer, text="x")
        assert answer.status_code == 400
        assert "This customer is private" in answer.text


def test_readers_record_nothing_and_markup_is_text(web: Web) -> None:
    customer = anna(web)
    with web.visitor("reader") as client:
        assert client.get("/record").status_code == 403
        assert post(client, "/record", customer=customer, text="x").status_code == 403
    with web.visitor() as client:
        answer = post(client, "/record", who=HOSTILE, text=HOSTILE)
        assert "<script>alert" not in answer.text
        assert client.get("/record", params={"customer": "0" * 32}).status_code == 404
