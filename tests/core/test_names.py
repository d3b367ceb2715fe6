"""Names: what folds alike, what is no name, and who can be one party."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.contact import Name
from stammkunde.core.names import (
    Party,
    compatible,
    consistent,
    fold,
    is_weak,
    party_key,
    party_of,
)

ANNA = Name("Anna", "Meier")
PETER = Name("Peter", "Huber")


def at(person: Name, company: str) -> Name:
    return Name(person.given, person.family, company)


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Müller", "muller"),
        ("Mueller", "muller"),
        ("Weiß", "weiss"),
        ("René", "rene"),
        ("Philipp", "filipp"),
        ("Roth", "rot"),
        ("Sørensen", "sorensen"),
        ("Łukasz", "lukasz"),
        ("Žižek", "zizek"),
        ("Иван", "иван"),
    ],
)
def test_spellings_of_one_sound_fold_alike(word: str, folded: str) -> None:
    assert fold(word) == folded


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Name("Jürg", "Müller"), Name("Juerg", "Mueller")),
        (Name("Jürg", "Müller"), Name("Jurg", "Muller")),
        (Name("René", "Weiß"), Name("Rene", "Weiss")),
        (Name("Philipp", "Roth"), Name("Filipp", "Rot")),
        (ANNA, Name("Meier", "Anna")),
        (ANNA, Name("", "Meier, Anna")),
        (Name("A.", "Meier"), ANNA),
        (ANNA, Name("Anna Maria", "Meier")),
        (Name("Hans-Peter", "Frei"), Name("Hanspeter", "Frei")),
        (Name("Hans-Peter", "Frei"), Name("Hans Peter", "Frei")),
        (ANNA, Name("Anna", "Meier-Huber")),
        (Name("Dr. Anna", "Meier"), ANNA),
        (Name("Frau Anna", "Meier"), ANNA),
        (Name("Luca", "D'Amico"), Name("Luca", "D’Amico")),
        (at(ANNA, "Bau AG"), at(PETER, "Bau AG")),
        (at(ANNA, "Bau AG"), at(PETER, "BAU")),
        (at(ANNA, "Bau AG"), ANNA),
        (Name(company="Malerei Huber"), PETER),
        (Name("", "Meier"), PETER),
        (Name("Gast", "Kunde"), PETER),
        (None, PETER),
    ],
)
def test_can_be_one_party(a: Name | None, b: Name | None) -> None:
    assert compatible(party_of(a), party_of(b))
    assert compatible(party_of(b), party_of(a))
    assert consistent([party_of(a), party_of(b)])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Name("A.", "Meier"), Name("Peter", "Meier")),
        (ANNA, Name("Andreas", "Meier")),
        (Name("Andrea", "Meier"), Name("Andreas", "Meier")),
        (Name("Maria", "Meier"), Name("Anna Maria", "Meier")),
        (ANNA, Name("Anna", "Huber")),
        (Name("Hans-Peter", "Frei"), Name("Hans", "Frei")),
        (Name("Dani", "Huber"), Name("Daniel", "Huber")),
        (ANNA, Name("Anna", "Meyer")),
        (at(ANNA, "Bau AG"), at(ANNA, "Holz AG")),
        (at(ANNA, "Bau AG"), PETER),
        (Name(company="Bau AG"), PETER),
    ],
)
def test_can_not_be_one_party(a: Name, b: Name) -> None:
    assert not compatible(party_of(a), party_of(b))
    assert not compatible(party_of(b), party_of(a))
    assert not consistent([party_of(a), party_of(b)])


@pytest.mark.parametrize(
    "name",
    [
        None,
        Name(),
        Name("", "Meier"),
        Name("Anna", ""),
        Name("Frau", "Meier"),
        Name("Gast", "Kunde"),
        Name("Test", "Meier"),
        Name("", "", "Test"),
        Name("", "", "GmbH & Co. KG"),
        Name("-", "."),
    ],
)
def test_what_says_too_little_is_no_name(name: Name | None) -> None:
    assert party_of(name) is None


def test_a_title_is_a_family_name_where_nothing_else_is() -> None:
    assert party_of(Name("Anna", "Herr")) == Party(("anna",), ("herr",))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([at(ANNA, "Bau AG"), PETER], False),
        ([at(ANNA, "Bau AG"), PETER, at(PETER, "Bau AG")], True),
        ([at(ANNA, "Bau AG"), at(PETER, "Holz AG")], False),
        ([Name(company="Malerei Huber"), PETER, Name("P.", "Huber")], True),
        ([Name(company="Malerei Huber"), PETER, Name("Urs", "Huber")], False),
        ([Name(company="Bau AG"), at(ANNA, "Bau AG"), ANNA], True),
        ([Name("A.", "Meier"), ANNA, Name("Andreas", "Meier")], False),
        ([None, ANNA, None], True),
        ([], True),
    ],
)
def test_a_set_is_weighed_as_a_whole(names: list[Name | None], *, expected: bool) -> None:
    assert consistent(map(party_of, names)) is expected


def test_an_initial_is_weak_unless_a_company_stands_by_it() -> None:
    initial = Name("A.", "Meier")
    parties = [party_of(initial), party_of(ANNA), party_of(at(initial, "Bau AG"))]
    assert [is_weak(party) for party in parties if party] == [True, False, False]


_words = st.sampled_from(["Anna", "A.", "Maria", "Anna Maria", "Meier", "Huber", "Meier-Huber", ""])
_companies = st.sampled_from(["", "", "Bau AG", "Malerei Huber"])
_parties = st.builds(Name, _words, _words, _companies).map(party_of)


@given(_parties, _parties)
def test_compatible_is_reflexive_and_symmetric(a: Party | None, b: Party | None) -> None:
    assert compatible(a, a)
    assert compatible(a, b) == compatible(b, a)


@given(_parties, _parties)
def test_equal_keys_are_one_party(a: Party | None, b: Party | None) -> None:
    if a and b and party_key(a) == party_key(b):
        assert compatible(a, b)


@given(st.lists(_parties, max_size=5), st.randoms())
def test_order_and_repetition_of_names_do_not_matter(
    names: list[Party | None], random: object
) -> None:
    mixed = names + names
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert consistent(names) == consistent(mixed)
