"""What a person decides at the door: what it keeps out from then on, and what is refused."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stammkunde.core.batch import Batch
from stammkunde.core.contact import Attachment, Contact, Identifier, Line, Name
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import Content
from stammkunde.core.feed import Source
from stammkunde.core.intake import Intake
from stammkunde.core.log.verify import verify_chain
from tests.core.samples import BEGIN, INFO, SHOP, call, entry, mail, open_intake

ANNA, PETER = Name("Anna", "Meier"), Name("Peter", "Huber")
A, B = (Identifier("mail", f"{key}@kunden.example") for key in "ab")
X = Identifier("phone", "+41795551234")
TOLD: dict[str, Any] = {
    "subject": "CANARY",
    "text": "CANARY",
    "language": "de",
    "display": "CANARY",
    "attachments": (Attachment("CANARY.pdf", "application/pdf", 9),),
    "lines": (Line("CANARY", Decimal(1), Decimal(2)),),
    "attributes": {"hobby": "CANARY"},
}


def take(intake: Intake, *contacts: Contact, source: Source = INFO) -> None:
    intake.open(source).record(Batch(contacts=contacts))


def contents(intake: Intake, after: int = 0) -> list[Content]:
    """Of all contacts recorded or amended behind a position."""
    events = intake.log.read(after, 9999)
    return [e.private.content for e in events if hasattr(e.private, "content")]


def says_something(content: Content) -> bool:
    return b"CANARY" in msgspec.json.encode(content)


def customer(intake: Intake, identifier: Identifier) -> str:
    with intake.transaction():
        return intake.assignment.find(identifier) or ""


@pytest.fixture
def private(intake: Intake) -> Intake:
    """Anna, known by an address and a number, was described as private."""
    take(intake, entry(1, ANNA, A, X), mail(1, A.value, **TOLD), source=SHOP)
    Decisions(intake).describe(customer(intake, A), {}, role="private")
    return intake


# ---- private


@pytest.mark.parametrize(
    "contact",
    [
        mail(2, A.value, **TOLD),
        call(2, X.value, **TOLD),
        entry(2, ANNA, A, Identifier("phone", "+41520000009"), **TOLD),
    ],
    ids=["her known address", "her number", "a new handle that turns out to be hers"],
)
def test_of_a_private_customer_the_facts_alone_are_kept(private: Intake, contact: Contact) -> None:
    before = private.log.last_position()
    take(private, contact)
    [content] = contents(private, before)
    assert content == Content(
        item=contact.item.key,
        party=contact.party,
        identifiers=contact.identifiers,
        name=contact.name,
        ours=contact.ours,
    )
    facts = next(e.open for e in private.log.read(before, 99) if hasattr(e.open, "item"))
    assert (facts.kind, facts.channel, facts.handle != "") == (contact.kind, contact.channel, True)
    assert verify_chain(private.log).findings == ()


def test_what_stood_before_stays_until_it_is_erased(private: Intake) -> None:
    assert [says_something(content) for content in contents(private)] == [False, True]


def test_an_amended_contact_is_kept_without_content_too(private: Intake) -> None:
    before = private.log.last_position()
    take(private, mail(1, A.value, **{**TOLD, "text": "CANARY again", "revises": True}))
    assert [says_something(content) for content in contents(private, before)] == [False]


def test_others_on_the_same_item_keep_theirs(private: Intake) -> None:
    before = private.log.last_position()
    item = mail(5).item
    take(private, *(mail(5, one.value, item=item, direction="out", **TOLD) for one in (A, B)))
    found = {content.party: says_something(content) for content in contents(private, before)}
    assert found == {A.value: False, B.value: True}


def test_another_process_knows_it_and_so_does_the_next_start(
    private: Intake, tmp_path: Path
) -> None:
    other = open_intake(tmp_path)
    before = other.log.last_position()
    take(other, mail(2, A.value, **TOLD))
    Decisions(private).describe(customer(private, A), {}, role="customer")
    take(other, mail(3, A.value, **TOLD))
    assert [says_something(content) for content in contents(other, before)] == [False, True]
    other.log.close()


def test_the_last_word_holds_also_of_those_who_were_merged(private: Intake) -> None:
    """And each has his own back when they are two again."""
    decisions = Decisions(private)
    take(private, entry(2, PETER, B), source=SHOP)
    anna, peter = customer(private, A), customer(private, B)
    before = private.log.last_position()

    def kept(n: int) -> list[bool]:
        nonlocal before
        before = private.log.last_position()
        take(private, mail(2 * n, A.value, **TOLD), mail(2 * n + 1, B.value, **TOLD))
        return [says_something(content) for content in contents(private, before)]

    assert kept(10) == [False, True]
    decisions.merge(anna, peter)
    assert kept(20) == [False, False]
    decisions.describe(peter, {}, role="customer")
    assert kept(30) == [True, True]
    decisions.unmerge(anna, peter)
    assert kept(40) == [True, True]
    decisions.describe(peter, {"size": "M"}, role="private")
    decisions.describe(peter, {"size": "L"})
    assert kept(50) == [True, False]


def test_a_text_on_a_private_customer_is_refused_and_not_swallowed(private: Intake) -> None:
    decisions, anna = Decisions(private), customer(private, A)
    before = private.log.last_position()
    with pytest.raises(DecisionError, match="private"):
        decisions.record("visit", anna, "CANARY", BEGIN)
    assert private.log.last_position() == before
    decisions.record("visit", anna, "", BEGIN)
    assert len(contents(private, before)) == 1


# ---- refusals


@pytest.mark.parametrize(
    "attributes",
    [{"k" * 101: "v"}, {"note": "v" * 4001}, {"name": "n" * 201}],
    ids=["a name of an attribute", "a value", "a customer's name"],
)
def test_a_description_that_is_too_long_is_refused(
    private: Intake, attributes: dict[str, str]
) -> None:
    with pytest.raises(DecisionError, match="at most"):
        Decisions(private).describe(customer(private, A), attributes)


def test_a_description_as_long_as_may_be_is_taken(private: Intake) -> None:
    longest = {"k" * 100: "v" * 4000, "name": "n" * 200}
    Decisions(private).describe(customer(private, A), longest)
    assert private.log.read(0, 99)[-1].private.attributes == longest


def test_an_identifier_that_is_too_long_is_refused(private: Intake) -> None:
    decisions, anna = Decisions(private), customer(private, A)
    number = Identifier("phone", "+" + "4" * 16)
    with pytest.raises(DecisionError, match="16 characters"):
        decisions.link(number, anna)
    with pytest.raises(DecisionError, match="16 characters"):
        decisions.classify(number, "shared")


def test_who_was_said_to_be_another_is_merged_only_anyway(private: Intake) -> None:
    decisions = Decisions(private, by="test")
    take(private, entry(2, PETER, B), source=SHOP)
    anna, peter = customer(private, A), customer(private, B)
    decisions.distinct(anna, peter)
    before = private.log.last_position()
    with pytest.raises(DecisionError, match="--anyway"):
        decisions.merge(anna, peter, reason="a guess")
    assert private.log.last_position() == before
    decisions.merge(anna, peter, reason="they told us", anyway=True)
    assert customer(private, B) == anna


def test_each_link_stands_with_the_customer_it_was_told_of(private: Intake) -> None:
    """Also after a merge, and with reason and person."""
    decisions = Decisions(private, by="test")
    take(private, entry(2, PETER, B), source=SHOP)
    anna, peter = customer(private, A), customer(private, B)
    number = Identifier("phone", "+41520000009")
    decisions.link(number, peter, reason="his card")
    decisions.merge(anna, peter, reason="one")
    decisions.unlink(number, anna, reason="an error")
    told = [
        (e.topic, e.stream, e.private.identifier, e.private.reason, e.private.by)
        for e in private.log.read(0, 99)
        if "linked" in e.topic
    ]
    assert told == [
        ("customer.identifier_linked", peter, number, "his card", "test"),
        ("customer.identifier_unlinked", peter, number, "an error", "test"),
    ]
