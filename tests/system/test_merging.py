"""Merging two customers and taking it back: what the views say then."""

import os
from collections.abc import Callable, Sequence

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
        for customer in pair:
            assert merged.queries.customer(customer or "").merged == ()
