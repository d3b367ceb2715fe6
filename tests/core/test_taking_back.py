"""What a person said of a contact or an identifier can be taken back, and seen beforehand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.assignment import (
    ContactUnassigned,
    CustomerOpened,
    HandleAssigned,
    IdentifierClassified,
    IdentifierLinked,
)
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import CustomerOpened as Opened
from stammkunde.core.feed import Source
from stammkunde.core.ids import contact_id
from stammkunde.core.intake import Intake
from stammkunde.core.rehearsal import rehearse
from tests.core.histories import PROPERTY, histories
from tests.core.samples import INFO, PHONE, SHOP, call, entry, mail
from tests.core.world import StoredWorld, Told, World

A, B = (Identifier("mail", f"{key}@kunden.example") for key in "ab")
X = Identifier("phone", "+41520000001")
ANNA, PETER = Name("Anna", "Meier"), Name("Peter", "Huber")


@pytest.fixture(params=[World, StoredWorld])
def world(request: pytest.FixtureRequest) -> World:
    world: World = request.param()
    return world


def order(n: int, name: Name, *identifiers: Identifier) -> Told:
    return Told(n, "order", frozenset(identifiers), name)


def release(world: World, n: int) -> list[object]:
    world.assignment.release(world.seen[f"c{n:02}"])
    return [*world.settle()]


# ---- a contact


def test_a_released_contact_follows_its_handle_and_counts_as_a_relationship_again(
    world: World,
) -> None:
    world.take([order(1, ANNA, A), Told(2, "mail_in", frozenset({A}))])
    anna = world.customer(1)
    world.assign(1, None)
    assert world.shown() == "| 12"
    assert release(world, 1)[0] == ContactUnassigned("c01", "released")
    assert world.shown() == "12"
    assert world.customer(2) == anna


def test_a_released_contact_follows_its_thread_again(world: World) -> None:
    told = [
        order(1, ANNA, A, B), order(2, PETER, A), Told(3, "mail_out", frozenset({B}), None, "t"),
        Told(4, "mail_in", frozenset({A}), None, "t"),
    ]  # fmt: skip
    world.take(told)
    assert world.shown() == "134 · 2"
    world.assign(4, world.customer(2))
    assert world.shown() == "13 · 24"
    release(world, 4)
    assert world.shown() == "134 · 2"


def test_only_a_persons_word_is_released(world: World) -> None:
    world.take([order(1, ANNA, A)])
    with pytest.raises(DecisionError, match="Nobody decided"):
        release(world, 1)


@PROPERTY
@given(st.data())
def test_assigning_and_releasing_leaves_everything_as_it_was(data: st.DataObject) -> None:
    world = World()
    world.take(data.draw(histories()))
    one = data.draw(st.sampled_from(sorted(world.told.values())))
    customers = sorted({c for t in world.told.values() if (c := world.customer(t.n))})
    before = world.state()
    world.assign(one.n, data.draw(st.sampled_from([None, *customers])))
    release(world, one.n)
    assert world.state() == before
    assert world.solve_all() == []
    for told in world.told.values():
        seen = world.seen[told.id]
        assert world.replay.customer_of(told.id, seen.handle) == world.customer(told.n)


# ---- an identifier


def test_a_class_taken_back_is_what_the_names_tell_again(world: World) -> None:
    world.take([order(1, ANNA, A, X), Told(2, "call", frozenset({X}))])
    world.assignment.classify(X, "shared")
    world.settle()
    assert world.shown() == "1 | 2"
    world.assignment.declassify(X)
    assert IdentifierClassified(X, "exclusive", "names") in world.settle()
    assert world.shown() == "12"
    with pytest.raises(DecisionError, match="Nobody said"):
        world.assignment.declassify(X)


# ---- a customer


def test_a_customer_whom_a_person_opens_gets_what_was_open(world: World) -> None:
    world.take([Told(1, "ring", frozenset({X}))])
    assert world.shown() == "| 1"
    new = world.assignment.open_customer()
    world.assignment.link(X, new)
    assert world.settle()[:2] == [CustomerOpened(new, "person"), IdentifierLinked(new, X)]
    assert world.customer(1) == new
    world.assignment.unlink(X, new)
    world.settle()
    assert world.shown() == "| 1"


# ---- at the door


def known(intake: Intake, source: Source, *contacts: object) -> list[str]:
    """Record; the contacts' ids."""
    intake.open(source).record(Batch(contacts=contacts))  # type: ignore[arg-type]
    ids = intake.log.keys.keys.ids
    return [
        contact_id(ids, "mail" if c.channel == "mail" else source.namespace, c.item, c.party)  # type: ignore[attr-defined]
        for c in contacts
    ]


def holder(intake: Intake, contact: str) -> str | None:
    with intake.transaction() as (transaction, _):
        events = intake.log.stream(contact, transaction.cursor)
        return intake.assignment.customer_of(contact, events[0].open.handle or None)


def test_several_contacts_are_given_and_taken_back_in_one_transaction_each(intake: Intake) -> None:
    known(intake, SHOP, entry(1, ANNA, A, X), entry(2, PETER, B, X))
    anna = holder(intake, known(intake, INFO, mail(3, A.value))[0])
    calls = known(intake, PHONE, call(4, X.value), call(5, X.value))
    assert [holder(intake, one) for one in calls] == [None, None]
    before = intake.log.last_position()
    Decisions(intake, by="Bea").assign_all(calls, anna, reason="her voice")
    assert [holder(intake, one) for one in calls] == [anna, anna]
    Decisions(intake, by="Bea").release(calls)
    assert [holder(intake, one) for one in calls] == [None, None]
    said = [(e.topic, e.open.rule, e.private.by) for e in intake.log.read(before, 99)]
    assert said == [
        *[("contact.assigned", "person", "Bea")] * 2,
        *[("contact.unassigned", "released", "Bea")] * 2,
    ]


def test_a_customer_is_opened_by_hand_with_a_number_or_with_contacts(intake: Intake) -> None:
    [ring] = known(intake, PHONE, call(1, X.value, outcome="missed"))
    assert holder(intake, ring) is None
    one = Decisions(intake, by="Bea").open_customer(X)
    assert holder(intake, ring) == one
    assert intake.log.stream(one)[0].open == Opened(rule="person")
    two = Decisions(intake, by="Bea").open_customer(contacts=[ring])
    assert holder(intake, ring) == two != one


def test_a_rehearsal_says_what_the_decision_then_does_and_writes_nothing(intake: Intake) -> None:
    known(intake, SHOP, entry(1, ANNA, A))
    anna = holder(intake, known(intake, INFO, mail(2, A.value))[0])
    assert anna
    calls = known(intake, PHONE, call(3, X.value, outcome="missed"), call(4, X.value, outcome="missed"))  # fmt: skip
    position = intake.log.last_position()
    told = rehearse(intake.log, lambda who, _: who.link(X, anna))
    assert intake.log.last_position() == position
    assert [holder(intake, one) for one in calls] == [None, None]
    [handle] = [one.handle for one in told if isinstance(one, HandleAssigned)]
    Decisions(intake).link(X, anna)
    [assigned] = [
        event.stream for event in intake.log.read(position, 99) if event.topic == "handle.assigned"
    ]
    assert assigned == handle
    assert [holder(intake, one) for one in calls] == [anna, anna]


def test_a_rehearsal_of_what_is_refused_is_refused(intake: Intake) -> None:
    with pytest.raises(DecisionError, match="no such customer"):
        rehearse(intake.log, lambda who, _: who.link(X, "0" * 32))
    with pytest.raises(DecisionError, match="There is no contact"):
        rehearse(intake.log, lambda *_: None, ["0" * 32])
