"""Merging two customers and taking it back: what the views say then."""

import os
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stammkunde.core.contact import Contact, Identifier, Name
from stammkunde.projections.rebuild import check
from tests.core.samples import call, mail
from tests.system.desks import Desk, Picture, desks, picture
from tests.system.stories import contacts, order

PROPERTY = settings(
    max_examples=max(int(os.environ.get("STAMMKUNDE_EXAMPLES", "150")) // 5, 5),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ANNA, PETER, PAUL = Name("Anna", "Meier"), Name("Peter", "Huber"), Name("Paul", "Frei")
A, B, C = (Identifier("mail", f"{key}@kunden.example") for key in "abc")
X, Y, Z = (Identifier("phone", f"+4152000000{n}") for n in (1, 2, 3))


def owner(desk: Desk, contact: Contact) -> str | None:
    """The customer whose a contact is."""
    return next(
        one.customer_id
        for one in desk.queries.all_contacts()
        if (one.item, one.party) == (contact.item.key, contact.party)
    )


def unsaid(shown: Picture) -> Picture:
    """Without the rules: what a person looked at rests on his word from then on."""
    return shown._replace(contacts=[replace(one, assignment=None) for one in shown.contacts])


def reaches(story: Sequence[Contact], one: Contact, other: Contact) -> bool:
    """Whether a chain of contacts that share an identifier or a thread leads from one to the other."""
    reached, size = set(_marks(one)), 0
    while len(reached) > size:
        size = len(reached)
        for contact in story:
            if _marks(contact) & reached:
                reached |= _marks(contact)
    return bool(_marks(other) & reached)


def _marks(contact: Contact) -> set[object]:
    return {*contact.identifiers, *([contact.thread] if contact.thread else [])}


@PROPERTY
@given(st.data())
def test_two_who_share_nothing_are_as_if_they_never_had_been_one(data: st.DataObject) -> None:
    """With contacts that came in between, unless these split one of the two or join them."""
    before = data.draw(contacts(2, 7))
    between = data.draw(contacts(0, 5, first=20))
    one, other = (data.draw(st.sampled_from(before)) for _ in range(2))
    assume(not reaches([*before, *between], one, other))
    with desks(2) as (plain, merged):
        for desk in (plain, merged):
            desk.take(*before)
        pair = owner(merged, one), owner(merged, other)
        assume(all(pair))
        sides = [[c for c in before if owner(merged, c) == customer] for customer in pair]
        merged.decisions.merge(*pair)  # type: ignore[arg-type]
        merged.catch_up()
        assert owner(merged, one) == owner(merged, other)
        assert check(merged.intake.log, merged.views) == []
        for desk in (plain, merged):
            if between:
                desk.take(*between)
        for side in sides:
            assume(len({owner(plain, contact) for contact in side} - {None}) == 1)
            assume(all(owner(plain, contact) for contact in side))
        merged.decisions.unmerge(*pair)  # type: ignore[arg-type]
        merged.catch_up()
        assert (owner(merged, one), owner(merged, other)) == pair
        assert unsaid(picture(merged)) == unsaid(picture(plain))
        assert check(merged.intake.log, merged.views) == []


Stages = tuple[list[Contact], list[Contact], list[Contact], str]
TWO = [order(1, ANNA, A), order(2, PETER, B)]
CASES: dict[str, Stages] = {
    # before (the first two are merged), in between, afterwards; and whose all are in the end: 1 the first one's,
    # 2 the second one's, 3 another's, - nobody's
    "each gets back what shares with him alone": (
        TWO,
        [order(3, ANNA, A, X), mail(4000, B.value), call(5000, X.value)],
        [call(6000, X.value), mail(7000, B.value)],
        "1212112",
    ),
    "what shares with neither was never theirs": (TWO, [order(3, PAUL, C)], [], "123"),
    "what shares with both stays with the survivor, and what both use is shared": (
        TWO,
        [order(3, ANNA, A, B)],
        [mail(4000, B.value), mail(5000, A.value)],
        "121-1",
    ),
    "what a third one uses too is weighed by the rules": (
        TWO,
        [order(3, ANNA, A, X), order(4, PAUL, C, X), call(5000, X.value)],
        [mail(6000, C.value)],
        "1213-3",
    ),
}


@pytest.mark.parametrize(("before", "between", "after", "whose"), CASES.values(), ids=CASES)
def test_who_gets_what_when_two_are_two_again(
    before: list[Contact], between: list[Contact], after: list[Contact], whose: str
) -> None:
    with desks() as [desk]:
        desk.take(*before)
        one, other = (owner(desk, contact) or "" for contact in before[:2])
        desk.decisions.merge(one, other)
        desk.take(*between)
        assert owner(desk, before[0]) == owner(desk, before[1])
        desk.decisions.unmerge(one, other)
        if after:
            desk.take(*after)
        desk.catch_up()
        signs = {one: "1", other: "2", None: "-"}
        owners = [owner(desk, contact) for contact in (*before, *between, *after)]
        assert "".join(signs.get(customer, "3") for customer in owners) == whose
        assert check(desk.intake.log, desk.views) == []


def test_an_identifier_that_both_use_is_shown_as_shared() -> None:
    with desks() as [desk]:
        desk.take(*TWO)
        one, other = (owner(desk, contact) or "" for contact in TWO)
        desk.decisions.merge(one, other)
        desk.take(order(3, ANNA, A, B))
        desk.decisions.unmerge(one, other)
        desk.catch_up()
        classes = {i.value: i.class_ for i in desk.queries.customer(other).identifiers}
        assert classes == {B.value: "shared"}


FIRM = Name("Peter", "Huber", "Bau AG")
NAMES: dict[str, tuple[Name | None, Name | None, str, str]] = {
    # the survivor's name, the absorbed one's, what a person wrote of the absorbed one; and how the two are called
    "the survivor's own": (ANNA, PETER, "", "Anna Meier"),
    "also where the other one's says more": (ANNA, FIRM, "", "Anna Meier"),
    "also where a person wrote the other one's": (ANNA, PETER, "Pit", "Pit"),
    "a fuller one that is the same name": (Name("A.", "Meier"), ANNA, "", "Anna Meier"),
    "the other one's where he has none": (None, PETER, "", "Peter Huber"),
}


@pytest.mark.parametrize(("own", "other", "wrote", "called"), NAMES.values(), ids=NAMES)
def test_how_two_are_called_who_became_one(
    own: Name | None, other: Name, wrote: str, called: str
) -> None:
    with desks() as [desk]:
        first = order(1, own, A) if own else mail(1, A.value, direction="out")
        desk.take(first, order(2, other, B))
        one, two = (owner(desk, contact) or "" for contact in (first, order(2, other, B)))
        if wrote:
            desk.decisions.describe(two, {"name": wrote})
        desk.decisions.merge(two, one)
        desk.catch_up()
        assert [c.name for c in desk.queries.customers()] == [called]
        assert [c.id for c in desk.queries.customers(str(other))] == [one]
        assert check(desk.intake.log, desk.views) == []


def test_what_a_person_calls_the_survivor_outlives_a_later_word_on_the_other() -> None:
    with desks() as [desk]:
        desk.take(*TWO)
        one, two = (owner(desk, contact) or "" for contact in TWO)
        desk.decisions.describe(one, {"name": "Anni"})
        desk.decisions.describe(two, {"name": "Pit", "size": "M"})
        desk.decisions.merge(one, two)
        desk.catch_up()
        sheet = desk.queries.customer(one)
        written = {key: said.value for key, said in sheet.attributes.items()}
        assert (sheet.name, written) == ("Anni", {"name": "Anni", "size": "M"})
        desk.decisions.unmerge(one, two)
        desk.catch_up()
        assert {c.name for c in desk.queries.customers()} == {"Anni", "Pit"}
        assert check(desk.intake.log, desk.views) == []


def test_a_link_is_no_longer_shown_once_it_was_taken_back_after_a_merge() -> None:
    with desks() as [desk]:
        desk.take(*TWO)
        one, two = (owner(desk, contact) or "" for contact in TWO)
        desk.decisions.link(Z, two)
        desk.decisions.merge(one, two)
        desk.catch_up()
        assert Z.value in {i.value for i in desk.queries.customer(one).identifiers}
        desk.decisions.unlink(Z, one)
        desk.catch_up()
        assert {i.value for i in desk.queries.customer(one).identifiers} == {A.value, B.value}
        assert check(desk.intake.log, desk.views) == []
