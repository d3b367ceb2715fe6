"""Where an identifier comes from: the best witness, and of equals the latest."""

from typing import Any

import pytest

from stammkunde.core.events import Content
from stammkunde.projections.answers import Identifier
from tests.projections.samples import Home, Story, mail, phone, sid

NUMBER = phone("+41522034410")
ASKED = Identifier("phone", "+41522034410")
WITNESSES: dict[str, dict[str, Any]] = {
    "entry": {"kind": "entry", "channel": "directory"},
    "order": {"kind": "order_placed", "channel": "shop", "content": Content(item="1043/placed", order="1043")},
    "later order": {"kind": "order_placed", "channel": "shop", "content": Content(item="1050/placed", order="1050"), "days": 9},
    "payment": {"kind": "order_paid", "channel": "shop"},
    "form": {"kind": "form", "direction": "in"},
    "our mail": {"kind": "message", "direction": "out"},
    "his mail": {"kind": "message", "direction": "in"},
    "talk": {"kind": "call", "channel": "phone", "direction": "in", "outcome": "answered"},
    "missed call": {"kind": "call", "channel": "phone", "direction": "in", "outcome": "missed"},
}  # fmt: skip


@pytest.fixture
def anna(story: Story) -> Story:
    """A customer who shows herself with this number."""
    story.open("k-anna")
    story.see("anna", NUMBER, mail("anna@bau.example"))
    story.assign("anna", "k-anna")
    return story


def witness(place: Home) -> str:
    found = place.queries.origins(sid("k-anna"), [ASKED]).get(ASKED)
    if found is None:
        return ""
    return (found.contact and bytes.fromhex(found.contact).rstrip(b"\0").decode()) or found.kind


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["talk", "our mail", "form", "order", "entry"], "entry"),
        (["talk", "our mail", "form", "order"], "order"),
        (["talk", "our mail", "form"], "form"),
        (["talk", "our mail"], "our mail"),
        (["missed call", "talk", "his mail"], "talk"),
        (["missed call", "his mail", "payment"], ""),
        (["order", "later order"], "later order"),
        ([], ""),
    ],
)
def test_the_best_witness_counts(place: Home, anna: Story, told: list[str], expected: str) -> None:
    for name in told:
        anna.contact(name, "anna", **WITNESSES[name])
    place.commit()
    assert witness(place) == expected


def test_it_says_which_order_and_when(place: Home, anna: Story) -> None:
    anna.contact("order", "anna", **WITNESSES["order"])
    place.commit()
    found = place.queries.origins(sid("k-anna"), [ASKED])[ASKED]
    assert (found.kind, found.contact, found.order) == ("order_placed", sid("order"), "1043")
    assert found.at is not None
    assert found.at.isoformat() == "2023-11-14T22:13:20+00:00"


def test_a_retracted_contact_and_one_of_another_customer_are_no_witnesses(
    place: Home, anna: Story
) -> None:
    anna.contact("entry", "anna", **WITNESSES["entry"])
    anna.retract("entry")
    anna.open("k-peter")
    anna.see("peter", NUMBER)
    anna.assign("peter", "k-peter")
    anna.contact("order", "peter", **WITNESSES["order"])
    place.commit()
    assert witness(place) == ""


def test_a_persons_word_comes_first_and_survives_a_merge(place: Home, anna: Story) -> None:
    anna.contact("entry", "anna", **WITNESSES["entry"])
    anna.open("k-old")
    anna.link("k-old", NUMBER)
    anna.merge("k-old", "k-anna")
    place.commit()
    assert witness(place) == "link"
    anna.link("k-old", NUMBER, take_back=True)
    place.commit()
    assert witness(place) == "entry"
