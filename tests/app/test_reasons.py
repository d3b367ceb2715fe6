"""Why a contact is whose it is, in words: what vouches for the identifiers of its evidence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.locale import Locale
from stammkunde.app.reasons import reason
from stammkunde.core.decisions import Decisions
from stammkunde.projections.answers import Contact
from stammkunde.projections.queries import Filter

EN = Locale("en")


@pytest.fixture
def inside(own_company: Path) -> Iterator[Home]:
    with opened(own_company) as home:
        home.catch_up()
        yield home


def first(home: Home, rule: str) -> Contact:
    return next(
        contact
        for contact in home.queries.all_contacts()
        if contact.assignment and contact.assignment.rule == rule
    )


def test_a_thread_and_a_person_need_no_identifier(inside: Home) -> None:
    (waiting, *_) = inside.queries.unassigned()
    Decisions(inside.intake).assign(waiting.id, inside.customer_id("052 203 44 10"))
    inside.catch_up()
    assert reason(first(inside, "thread"), inside, EN) == "by its thread"
    assert reason(first(inside, "person"), inside, EN) == "by hand"


def test_what_is_nobodys_has_no_reason(inside: Home) -> None:
    assert reason(inside.queries.unassigned()[0], inside, EN) == ""


def test_a_contact_is_no_witness_of_itself(inside: Home) -> None:
    known = [contact.customer_id for contact in inside.queries.all_contacts(Filter(kind="entry"))]
    order = next(
        contact
        for contact in inside.queries.all_contacts(Filter(kind="order_placed"))
        if contact.customer_id not in known and _only_order(contact, inside)
    )
    assert order.assignment is not None
    assert f"order {order.order}" not in reason(order, inside, EN)


def _only_order(contact: Contact, home: Home) -> bool:
    wanted = Filter(customer=contact.customer_id or "", kind="order_placed")
    return len(home.queries.contacts(wanted)) == 1


def test_each_sentence_can_be_said_in_german(inside: Home) -> None:
    said = {
        reason(contact, inside, Locale("de")).partition(" ")[2].rpartition(" ")[0]
        for contact in inside.queries.contacts(limit=400)
    }
    assert said >= {"aus Bestellung", "im", "aus unserer Mail vom", "aus Gespräch vom"}


def test_an_identifier_that_somebody_linked_says_so(inside: Home) -> None:
    sandra = inside.customer_id("052 203 44 10")
    Decisions(inside.intake).link(inside.identifier("052 203 44 10"), sandra)
    inside.catch_up()
    (call, *_) = inside.queries.contacts(Filter(customer=sandra, channel="phone"))
    assert reason(call, inside, EN) == "number linked by hand"
