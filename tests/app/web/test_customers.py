"""Kunden: the list, what is found while one types, pages, and the list as a file."""

import csv
import io

import pytest

from stammkunde.app.web.pages.customers import marked
from stammkunde.core.contact import Name
from tests.app.web.conftest import Web
from tests.app.web.town import HOSTILE, anna, hide, mail, order, tell


def test_an_empty_home_says_when_somebody_will_stand_here(web: Web) -> None:
    with web.visitor("reader") as client:
        answer = client.get("/customers")
        assert answer.status_code == 200
        assert "Nobody is known yet." in answer.text
        assert "Nobody is found." in client.get("/customers?q=anna").text


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("fre", True), ("052 203 44 10", True), ("anna@kun", True), ("beat", False), ("zzz", False), ("%00", False)],
)  # fmt: skip
def test_a_customer_is_found_by_name_number_or_address(
    web: Web, typed: str, is_found: bool
) -> None:
    anna(web)
    with web.visitor("reader") as client:
        text = client.get("/customers", params={"q": typed}).text
        assert ("Anna Frei" in text.replace("<mark>", "").replace("</mark>", "")) == is_found


def test_what_was_said_is_found_below_with_whose_it_is(web: Web) -> None:
    who = anna(web)
    with web.visitor("clerk") as client:
        text = client.get("/customers?q=bremse").text
        assert "<mark>Bremse</mark> 2" in text
        assert f'<a href="/customers/{who}">Anna Frei</a>' in text


def test_what_was_said_in_a_source_that_is_not_for_everyone_is_found_by_its_readers_alone(
    web: Web,
) -> None:
    anna(web)
    hide(web, "info", "admin")
    for role, is_found in (("reader", False), ("clerk", False), ("admin", True)):
        with web.visitor(role) as client:  # type: ignore[arg-type]
            text = client.get("/customers?q=bremse").text
            assert ("Bremse" in text) == is_found, role
            assert ("Said in contacts and notes" in text) == is_found, role


def test_a_part_is_asked_for_by_htmx_and_the_whole_page_on_the_way_back(web: Web) -> None:
    anna(web)
    with web.visitor("reader") as client:
        part = client.get("/customers?q=anna", headers={"hx-request": "true"}).text
        assert "<html" not in part
        assert "1 customer found" in part
        back = {"hx-request": "true", "hx-history-restore-request": "true"}
        assert "<html" in client.get("/customers?q=anna", headers=back).text


def test_pages_go_on_without_a_gap_and_rows_can_be_chosen_by_key(web: Web) -> None:
    tell(web, *(order(n, f"kunde{n}@kunden.example", name=Name("Kunde", f"Nr{n:02}"),
                      identifiers=mail(n, f"kunde{n}@kunden.example").identifiers) for n in range(30)))  # fmt: skip
    with web.visitor("reader") as client:
        first = client.get("/customers").text
        assert "data-rows" in first
        assert first.count("data-row>") == 26  # 25 customers and the way on
        assert "1 to 25" in first
        more = first.split('class="btn" href="')[1].split('"')[0].replace("&amp;", "&")
        second = client.get(more).text
        assert "26 to 30 of 30" in second
        names = [f"kunde{n}@kunden" for n in range(30)]
        assert [name for name in names if name not in first + second] == []
        assert not [name for name in names if name in first and name in second]
        part = client.get(more, headers={"hx-request": "true"}).text
        assert part.strip().startswith("<tr")


def test_the_kinds_are_filters_and_an_unknown_one_is_none(web: Web) -> None:
    anna(web)
    with web.visitor("reader") as client:
        assert "Anna Frei" in client.get("/customers?kind=customer").text
        assert "Anna Frei" not in client.get("/customers?kind=supplier").text
        assert "Anna Frei" in client.get("/customers?kind=x%27--").text


def test_hostile_names_and_queries_stay_text(web: Web) -> None:
    tell(web, order(1, name=Name(HOSTILE, "x" * 200)))
    with web.visitor("reader") as client:
        for path in ("/customers", f"/customers?q={HOSTILE.replace('&', '%26')}"):
            text = client.get(path).text
            assert "<script>alert" not in text
            assert "<img" not in text


def test_the_file_has_the_list_and_begins_no_formula(web: Web) -> None:
    anna(web)
    tell(web, order(9, "eve@kunden.example", name=Name("=HYPERLINK(1)", "Eve"),
                    identifiers=mail(9, "eve@kunden.example").identifiers))  # fmt: skip
    with web.visitor("reader") as client:
        answer = client.get("/customers.csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="customers.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert {row["name"] for row in rows} == {"Anna Frei", "Beat Moser", "'=HYPERLINK(1) Eve"}
        assert len(client.get("/customers.csv?q=beat").text.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("Keller Sandra", ["keller"], (("Keller", True), (" Sandra", False))),
        ("Sandra Keller", ["kel"], (("Sandra ", False), ("Kel", True), ("ler", False))),
        ("Weinkeller", ["keller"], (("Weinkeller", False),)),
        ("<b>", ["b"], (("<", False), ("b", True), (">", False))),
        ("İstanbul", ["i"], (("İstanbul", False),)),
        ("", ["a"], ()),
    ],
)
def test_what_was_sought_is_marked_where_a_word_begins_so(
    text: str, words: list[str], parts: object
) -> None:
    assert marked(text, words) == parts
