"""What a person says of identifiers: whose they are, whether many use them, and taking it back."""

from collections.abc import Callable

import pytest

from stammkunde.core.assignment import (
    Decision,
    IdentifierClassified,
    IdentifierLinked,
    IdentifierUnlinked,
)
from tests.core.telling import ANNA, PAUL, PETER, RELAY, A, B, F, X, Y, call, mail, of, order
from tests.core.world import StoredWorld, World


@pytest.fixture(params=[World, StoredWorld])
def world(request: pytest.FixtureRequest) -> World:
    world: World = request.param()
    return world


def test_a_family_mailbox_said_to_be_one_customers(world: World) -> None:
    world.take([order(1, ANNA, F), order(2, PAUL, F), mail(3, F)])
    assert world.shown() == "1 · 2 | 3"
    world.assignment.classify(F, "exclusive")
    assert IdentifierClassified(F, "exclusive", "person") in world.settle()
    assert world.shown() == "123"
    world.take([order(4, ANNA, F, Y), order(5, PAUL, F)])
    assert world.shown() == "12345"


@pytest.mark.parametrize("class_", ["shared", "blocked"])
def test_an_identifier_taken_from_a_customer_leaves_its_contacts_open(
    world: World, class_: str
) -> None:
    world.take([order(1, ANNA, A, X), call(2, X)])
    world.assignment.classify(X, class_)  # type: ignore[arg-type]
    world.settle()
    assert world.shown() == "1 | 2"
    assert world.assignment.find(X) is None


def test_a_link_can_be_taken_back(world: World) -> None:
    world.take([order(1, ANNA, A), mail(2, F)])
    world.assignment.link(F, of(world, 1))
    world.settle()
    assert world.shown() == "12"
    assert world.assignment.find(F) == of(world, 1)
    world.assignment.unlink(F, of(world, 1))
    world.settle()
    assert world.shown() == "1 | 2"


def test_a_link_is_told_wherever_it_ends(world: World) -> None:
    """By whatever word: each link that stood is taken back from the very customer it was told of."""
    world.take([order(1, ANNA, A), order(2, PETER, B)])
    anna, peter = of(world, 1), of(world, 2)

    def told(decide: Callable[[], None]) -> list[Decision]:
        decide()
        kinds = (IdentifierLinked, IdentifierUnlinked)
        return [one for one in world.settle() if isinstance(one, kinds)]

    link, assignment = world.assignment.link, world.assignment
    assert told(lambda: link(X, peter)) == [IdentifierLinked(peter, X)]
    assert told(lambda: link(X, peter)) == []
    assert told(lambda: assignment.merge(anna, peter)) == []
    assert told(lambda: assignment.unlink(X, anna)) == [IdentifierUnlinked(peter, X)]
    assert told(lambda: link(X, peter)) == [IdentifierLinked(anna, X)]
    assert told(lambda: assignment.unmerge(anna, peter)) == []
    moved = [IdentifierUnlinked(anna, X), IdentifierLinked(peter, X)]
    assert told(lambda: link(X, peter)) == moved
    assert told(lambda: assignment.classify(X, "exclusive")) == []
    assert told(lambda: assignment.classify(X, "shared")) == [IdentifierUnlinked(peter, X)]


def test_a_link_to_both_ends_when_they_are_two_again(world: World) -> None:
    """The survivor was given it and the other uses it: it is shared by then, and nobody's alone."""
    world.take([order(1, ANNA, A), order(2, PETER, B, Y)])
    anna, peter = of(world, 1), of(world, 2)
    world.assignment.merge(anna, peter)
    world.assignment.link(Y, anna)
    world.settle()
    world.assignment.unmerge(anna, peter)
    decided = world.settle()
    assert IdentifierUnlinked(anna, Y) in decided
    assert IdentifierClassified(Y, "shared", "person") in decided


def test_a_relay_can_be_linked(world: World) -> None:
    world.take([order(1, ANNA, A), mail(2, RELAY)])
    world.assignment.link(RELAY, of(world, 1))
    world.settle()
    assert world.shown() == "12"
