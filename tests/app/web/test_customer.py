"""Kundenblatt: what stands on it, for whom, and what clerks decide there."""

import csv
import io
import re

import pytest

from stammkunde.core.contact import Identifier, Name
from tests.app.web.conftest import Web, post
from tests.app.web.town import HOSTILE, anna, call, hide, mail, order, tell


def test_everything_on_one_customer_stands_on_one_sheet(web: Web) -> None:
    who = anna(web)
    with web.visitor("clerk") as client:
        text = client.get(f"/customers/{who}").text
    for what in (
        "<h1>Anna Frei", "anna@kunden.example", "052 203 44 10", "Call, 6 min", "Bremse 2", "Order 1043",
        "CHF 99.90", "2 × Veloschlauch", "1 attachment", "Why this customer?", "1 to 3 of 3", "1 order",
        "Mail address anna@kunden.example: this belongs to this customer.", "Rule “mail”, score 1.00.",
        'href="tel:+41522034410"',
    ):  # fmt: skip
        assert what in text, what


def test_a_sheet_is_found_by_address_and_an_unknown_one_is_no_page(web: Web) -> None:
    who = anna(web)
    with web.visitor("reader") as client:
        for ref in ("anna@kunden.example", who[:8], "052 203 44 10"):
            answer = client.get(f"/customers/{ref}")
            assert (answer.status_code, answer.headers["location"]) == (303, f"/customers/{who}")
        for ref in ("f" * 32, "nobody", "..%2f..%2fetc", "%00"):
            assert client.get(f"/customers/{ref}").status_code == 404
            assert client.get(f"/customers/{ref}/contacts.csv").status_code == 404


def test_the_timeline_is_filtered_by_channel_and_goes_on_page_by_page(web: Web) -> None:
    who = anna(web)
    tell(web, *(mail(10 + n) for n in range(60)))
    with web.visitor("reader") as client:
        text = client.get(f"/customers/{who}?channel=mail").text
        assert "Call, 6 min" not in text.split("Timeline")[1].split('class="side"')[0]
        seen: list[str] = []
        path = f"/customers/{who}?channel=mail"
        while path:
            part = client.get(path, headers={"hx-request": "true"}).text
            assert "<html" not in part
            seen += re.findall(r'class="plain" href="/contacts/(\w+)"', part)
            more = re.search(r'href="([^"]*after=[^"#]*)#timeline"', part)
            path = more[1].replace("&amp;", "&") if more else ""
        assert len(seen) == len(set(seen)) == 61
        assert "51 to 61 of 61" in part
        assert client.get(f"/customers/{who}?after=nothing").status_code == 409


def test_a_hidden_source_shows_facts_alone(web: Web) -> None:
    who = anna(web)
    hide(web, "info", "admin")
    with web.visitor("clerk") as client:
        text = client.get(f"/customers/{who}").text
        assert "Its content is not for your role." in text
        assert "Bremse" not in text
        assert "Veloschlauch" not in text
        rows = client.get(f"/customers/{who}/contacts.csv").text
        assert "Bremse" not in rows
        assert "@mail.example" not in rows
        assert len(rows.splitlines()) == 4
    with web.visitor("admin") as client:
        assert "Bremse" in client.get(f"/customers/{who}").text


def test_a_reader_sees_no_form_and_can_decide_nothing(web: Web) -> None:
    who = anna(web)
    with web.visitor("reader") as client:
        text = client.get(f"/customers/{who}").text
        assert "<form" not in text.split("<main")[1]
        for action in ("note", "describe", "role", "link", "unlink", "merge", "unmerge", "distinct"):  # fmt: skip
            answer = post(client, f"/customers/{who}/{action}", text="x", other=who, identifier="x")
            assert answer.status_code == 403, action
        assert client.get(f"/customers/{who}/merge").status_code == 403
    with web.visitor("clerk") as client:
        answer = client.post(f"/customers/{who}/note", data={"text": "without a token"})
        assert answer.status_code == 403


def test_a_clerk_writes_notes_properties_and_the_role(web: Web) -> None:
    who = anna(web)
    with web.visitor("clerk") as client:
        answer = post(client, f"/customers/{who}/note", text=f"  {HOSTILE}\r\nzwei ")
        assert answer.headers["location"] == f"/customers/{who}?done=noted#notes"
        assert post(client, f"/customers/{who}/note", text=" ").status_code == 409
        post(client, f"/customers/{who}/describe", key="hobby", value="Velo")
        assert post(client, f"/customers/{who}/describe", key="role", value="x").status_code == 409
        assert post(client, f"/customers/{who}/role", role="supplier").status_code == 303
        assert post(client, f"/customers/{who}/role", role="king").status_code == 400
        text = client.get(f"/customers/{who}?done=noted").text
        assert "The note is saved." in text
        assert "<script>alert" not in text
        assert "<dt>Hobby</dt><dd>Velo" in text
        assert "· Clerk" in text
        assert ">Supplier</span>" in text
        post(client, f"/customers/{who}/describe", key="hobby")
        assert "Hobby" not in client.get(f"/customers/{who}").text
    assert [note.by for note in web.home.queries.customer(who).notes] == ["Clerk"]


def test_a_clerk_links_an_address_and_takes_it_back(web: Web) -> None:
    who = anna(web)
    with web.visitor("clerk") as client:
        post(client, f"/customers/{who}/link", identifier="079 555 12 34")
        text = client.get(f"/customers/{who}").text
        assert "079 555 12 34" in text
        assert "linked by hand" in text
        post(client, f"/customers/{who}/unlink", identifier="+41795551234")
        assert "079 555 12 34" not in client.get(f"/customers/{who}").text
        assert post(client, f"/customers/{who}/link", identifier="???").status_code == 409


def test_two_customers_are_merged_found_under_both_ids_and_taken_apart(web: Web) -> None:
    who = anna(web)
    beat = web.home.queries.resolve("beat@kunden.example")
    with web.visitor("clerk") as client:
        page = client.get(f"/customers/{who}/merge?q=beat").text
        assert f'name="other" value="{beat}"' in page
        assert f'value="{who}"' not in client.get(f"/customers/{who}/merge?q=anna").text
        assert post(client, f"/customers/{who}/merge", other=beat).status_code == 409
        answer = post(client, f"/customers/{who}/merge", other=beat, reason="he told us")
        living = answer.headers["location"].split("/")[2].split("?")[0]
        gone = beat if living == who else who
        assert client.get(f"/customers/{gone}").headers["location"] == f"/customers/{living}"
        text = client.get(f"/customers/{living}").text
        assert "Merged from" in text
        assert "beat@kunden.example" in text
        assert post(client, f"/customers/{living}/unmerge", other="0" * 32).status_code == 409
        assert post(client, f"/customers/{living}/unmerge", other=gone).status_code == 303
        assert client.get(f"/customers/{gone}").status_code == 200
        assert "Merged from" not in client.get(f"/customers/{living}").text
        post(client, f"/customers/{who}/distinct", other=beat)
        assert post(client, f"/customers/{who}/merge", other=beat, reason="x").status_code == 409
        again = {"other": beat, "reason": "x", "anyway": "1"}
        assert post(client, f"/customers/{who}/merge", **again).status_code == 303


def test_names_of_200_letters_markup_and_nothing_at_all_make_a_sheet(web: Web) -> None:
    tell(web, order(1, name=Name("x" * 200, HOSTILE)), mail(2, subject=HOSTILE, text=HOSTILE))
    tell(web, call(3, "+41795551234"))
    with web.visitor("admin") as client:
        text = client.get("/customers/anna@kunden.example", follow_redirects=True).text
        assert "x" * 200 in text
        assert "<script>alert" not in text
        assert "<img" not in text
        bare = client.get("/customers/+41795551234", follow_redirects=True)
        assert bare.status_code == 200
        assert "Missing" in bare.text


def test_the_file_has_the_whole_timeline(web: Web) -> None:
    who = anna(web)
    tell(web, *(mail(10 + n) for n in range(30)))
    with web.visitor("reader") as client:
        text = client.get(f"/customers/{who}/contacts.csv?channel=mail").text
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert len(rows) == 31
        assert {row["channel"] for row in rows} == {"mail"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_shared_addresses_and_refunds_are_said(web: Web, language: str) -> None:
    anna(web)
    shared = (Identifier("phone", "+41522034410"), Identifier("mail", "peter@kunden.example"))
    tell(web, order(7, name=Name("Peter", "Huber"), identifiers=shared, money=None, lines=()))
    with web.visitor("reader", language) as client:
        text = client.get("/customers/peter@kunden.example", follow_redirects=True).text
        assert ("geteilt" if language == "de" else "shared") in text
        assert ("Bestellung 7" if language == "de" else "Order 7") in text
