"""Spelling, case and notation do not matter to a search."""

import pytest

from stammkunde.core.contact import Identifier
from stammkunde.projections.terms import LAST, customer_terms, searched
from tests.projections.samples import mail, phone


def finds(text: str, *texts: str, identifiers: tuple[Identifier, ...] = ()) -> bool:
    """What the SQL does: each word asked for begins a term, in one of its spellings."""
    terms = customer_terms(texts, identifiers)
    return all(
        any(spelling <= term < spelling + LAST for term in terms for spelling in spellings)
        for spellings in searched(text)
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mül", "Müller"),
        ("mul", "Müller"),
        ("muel", "Müller"),
        ("Müller", "Mueller"),
        ("MÜLLER", "müller"),
        ("weiss", "René Weiß"),
        ("weiß", "Weiss"),
        ("rene", "René Weiß"),
        ("meier an", "Anna Meier"),
        ("lukasz", "Łukasz Nowak"),
        ("hans-pe", "Hans-Peter Frei"),
        ("o'br", "Sinéad O'Brien"),
        ("bau", "Anna Meier, Bau AG"),
        ("Mu\u0308ller", "Müller"),
    ],
)
def test_a_name_is_found_in_every_spelling(text: str, name: str) -> None:
    assert finds(text, name)


@pytest.mark.parametrize("text", ["meyer", "nna", "anna huber", "annna"])
def test_another_name_is_not_found(text: str) -> None:
    assert not finds(text, "Anna Meier")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("052 203 44 10", "+41522034410"),
        ("052 203", "+41522034410"),
        ("+41 52 203", "+41522034410"),
        ("0041522034410", "+41522034410"),
        ("(052) 203-44.10", "+41522034410"),
        ("0522034410", "+41522034410"),
        ("+39 06 698", "+390669812345"),
        ("06 698", "+390669812345"),
        ("0049 30 12", "+493012345678"),
        ("030 12", "+493012345678"),
    ],
)
def test_a_number_is_found_in_every_notation(text: str, number: str) -> None:
    assert finds(text, identifiers=(phone(number),))


@pytest.mark.parametrize(
    "text", ["anna.m", "anna.meier@bau", "bau.ex", "meier", "ANNA.MEIER@BAU.EXAMPLE"]
)
def test_a_mail_address_is_found_whole_and_in_parts(text: str) -> None:
    assert finds(text, identifiers=(mail("anna.meier@bau.example"),))


def test_an_account_of_a_shop_is_found_by_its_number() -> None:
    assert finds("12346", identifiers=(Identifier("shop", "shop.example:12346"),))


def test_nothing_asked_finds_everything() -> None:
    assert searched("  ") == []


@pytest.mark.parametrize(
    "text",
    ["-", "%", "_", "'", '"', "*", "…", "\0", " . ", "%%%", "()", "\ud800", "@", "___", "🚲"],
)
def test_a_text_without_letters_and_digits_finds_nobody(text: str) -> None:
    assert searched(text)
    assert not finds(text, "Anna Meier", identifiers=(mail("anna@bau.example"),))


@pytest.mark.parametrize(
    ("text", "finds_her"),
    [
        ("anna -", True),
        ("anna % meier", True),
        ("000", False),
        ("00", False),
        ("anna\0meier", True),
        ("anna " * 2000, True),
        (" ".join("anna"[: n % 4 + 1] for n in range(300)), True),
        ("a" * 10_000, False),
        (" ".join(f"w{n}" for n in range(3000)), False),
        ("\u0301" * 10_000, False),
        ("0" * 10_000, False),
        ("anna@" * 2000, False),
    ],
)
def test_a_hostile_text_asks_for_no_more_than_somebody_has(text: str, finds_her: bool) -> None:
    assert len(searched(text)) <= 200
    assert finds(text, "Anna Meier") == finds_her


def test_of_words_that_begin_one_another_the_longest_is_asked_for() -> None:
    assert searched("a an ann anna mei") == [{"anna"}, {"mei"}]


def test_a_number_with_leading_zeros_finds_an_account_that_has_them() -> None:
    assert finds("000123", identifiers=(Identifier("shop", "shop.example:000123"),))


def test_a_long_remark_does_not_fill_the_index() -> None:
    terms = customer_terms([" ".join(f"wort{n}" for n in range(5000)), "x" * 5000], [])
    assert len(terms) == 200
    assert max(map(len, terms)) <= 40
