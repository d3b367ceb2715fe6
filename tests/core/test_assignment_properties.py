"""What holds for every history: the answer is a function of the evidence, however it came."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.assignment import Evidence
from stammkunde.core.assignment.identifiers import best
from stammkunde.core.assignment.rows import Limits
from stammkunde.core.names import consistent, party_of
from tests.core.histories import PROPERTY, batches, contacts, histories
from tests.core.world import StoredWorld, Told, World

TIGHT = Limits(handles_of_identifier=2, parts_of_customer=3, contacts_of_thread=3)


def check_safe(world: World) -> None:
    """No customer holds names that contradict; a nameless contact rests on what is one group's alone, or a thread."""
    for group in world.partition()[0]:
        customer = world.customer(min(group))
        assert customer
        assert consistent(world.parties(customer))
    classes = world.classes()
    for one in world.told.values():
        if world.customer(one.n) and party_of(one.name) is None:
            placed = world.assignment.evidence.placement(one.id)
            assert placed or classes[best(one.identifiers)] == "exclusive"
    for identifier, class_ in classes.items():
        names = [party_of(one.name) for one in world.told.values() if identifier in one.identifiers]
        assert consistent(names) or class_ != "exclusive"


def at_once(history: list[Told], limits: Limits | None = None) -> World:
    world = World(Evidence(limits=limits))
    world.take(history)
    return world


@PROPERTY
@given(st.data())
def test_order_batches_and_repetition_do_not_matter(data: st.DataObject) -> None:
    history = data.draw(histories())
    world = World()
    for batch in data.draw(batches(history)):
        world.take(batch)
        check_safe(world)
    assert world.state() == at_once(history).state()
    assert world.take(history) == []
    assert world.solve_all() == []


@PROPERTY
@given(st.data())
def test_what_was_forgotten_was_never_seen(data: st.DataObject) -> None:
    """Retractions and amendments included: a contact that comes back may be another one."""
    history = data.draw(histories())
    others = [data.draw(contacts(one.n)) for one in history[:4]]
    world = World()
    for batch in data.draw(batches([*history, *others])):
        amended = [one for one in batch if one.id in world.told and world.told[one.id] != one]
        gone = data.draw(st.lists(st.sampled_from(history), max_size=2))
        world.take(batch, forget=[*amended, *gone])
        check_safe(world)
        assert world.solve_all() == []
    left = sorted(world.told.values(), key=lambda one: one.n)
    assert world.state() == at_once(left).state()


@PROPERTY
@given(st.data())
def test_hubs_and_giants_do_not_depend_on_order_either(data: st.DataObject) -> None:
    history = data.draw(histories())
    world = World(Evidence(limits=TIGHT))
    for batch in data.draw(batches(history)):
        gone = data.draw(st.lists(st.sampled_from(history), max_size=1))
        world.take(batch, forget=gone)
    left = sorted(world.told.values(), key=lambda one: one.n)
    assert world.state() == at_once(left, TIGHT).state()
    assert world.solve_all() == []


@PROPERTY
@given(st.data())
def test_an_id_stays_while_its_contacts_stay_together_and_nobody_joins(data: st.DataObject) -> None:
    world = World()
    for batch in data.draw(batches(data.draw(histories()))):
        before = {n: world.customer(n) for n in _numbers(world) if world.customer(n)}
        world.take(batch)
        was, is_ = defaultdict(set), defaultdict(set)
        for n, customer in before.items():
            was[customer].add(n)
            is_[world.customer(n)].add(n)
        for customer, members in was.items():
            for now, others in is_.items():
                assert now in (None, customer) or members != others


def _numbers(world: World) -> list[int]:
    return [one.n for one in world.told.values()]


@PROPERTY
@given(st.data())
def test_the_decisions_alone_give_the_state(data: st.DataObject) -> None:
    history = data.draw(histories())
    world = World()
    for batch in data.draw(batches(history)):
        world.take(batch, forget=data.draw(st.lists(st.sampled_from(history), max_size=1)))
        for contact in world.told:
            seen = world.seen[contact]
            told = world.replay.customer_of(contact, seen.handle)
            assert told == world.assignment.customer_of(contact, seen.handle)
        for identifier, class_ in world.replay.classes.items():
            assert world.assignment.class_of(identifier) == class_


@pytest.mark.parametrize("drop", [True, False])
@PROPERTY
@given(st.data())
def test_tables_and_memory_decide_alike(drop: bool, data: st.DataObject) -> None:
    history = data.draw(histories())
    memory, stored = World(), StoredWorld(drop=drop)
    for batch in data.draw(batches(history)):
        gone = data.draw(st.lists(st.sampled_from(history), max_size=1))
        assert memory.take(batch, forget=gone) == stored.take(batch, forget=gone)
    assert memory.state() == stored.state()
