"""Whose a number is: one customer's, several people's, a stranger's; and the contacts that are shown with it."""

import pytest

from stammkunde.projections.callers import NAMED
from tests.projections.samples import Home, Story, mail, phone, sid

NUMBER = "+41522034410"


@pytest.fixture
def anna(story: Story) -> Story:
    """A customer with this number, who called and wrote."""
    story.open("k-anna")
    story.see("anna", phone(NUMBER), mail("anna@bau.example"))
    story.assign("anna", "k-anna")
    return story


def test_a_customers_number_means_him_with_all_his_contacts(place: Home, anna: Story) -> None:
    for n in range(NAMED + 2):
        anna.contact(f"c{n}", "anna", days=n)
    anna.contact("gone", "anna", days=99)
    anna.retract("gone")
    place.commit()
    found = place.queries.caller(NUMBER)
    assert [one.id for one in found.customers] == [sid("k-anna")]
    assert (found.n, found.class_) == (1, "exclusive")
    assert [contact.id for contact in found.contacts] == [
        sid(f"c{n}") for n in reversed(range(2, NAMED + 2))
    ]


def test_a_number_of_several_names_those_with_the_latest_contact(place: Home, anna: Story) -> None:
    for n in range(NAMED + 2):
        anna.open(f"k-{n}")
        anna.see(f"h-{n}", phone(NUMBER))
        anna.assign(f"h-{n}", f"k-{n}")
        anna.contact(f"c{n}", f"h-{n}", days=n)
    anna.classify("n", phone(NUMBER), "shared")
    place.commit()
    found = place.queries.caller(NUMBER)
    assert (found.n, found.class_, len(found.customers)) == (NAMED + 3, "shared", NAMED)
    assert found.customers[0].id == sid(f"k-{NAMED + 1}")
    assert len(found.contacts) == NAMED


def test_customers_who_were_merged_are_one(place: Home, anna: Story) -> None:
    anna.open("k-other")
    anna.see("other", phone(NUMBER))
    anna.assign("other", "k-other")
    anna.merge("k-other", "k-anna")
    place.commit()
    assert [one.id for one in place.queries.caller(NUMBER).customers] == [sid("k-anna")]


def test_a_stranger_has_the_contacts_of_his_number(place: Home, story: Story) -> None:
    story.see("stranger", phone(NUMBER))
    story.contact("c", "stranger")
    place.commit()
    found = place.queries.caller(NUMBER)
    assert (found.customers, found.n, found.class_) == ((), 0, None)
    assert [contact.id for contact in found.contacts] == [sid("c")]
    assert place.queries.caller("+41780000000").contacts == ()
