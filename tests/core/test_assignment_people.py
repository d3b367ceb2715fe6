"""A person's word: it wins, it stands, and it can be taken back."""

import pytest

from stammkunde.core.assignment import (
    ContactAssigned,
    CustomerMerged,
    CustomerUnmerged,
    HandleAssigned,
    HandleUnassigned,
    IdentifierClassified,
    Suggestion,
)
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.errors import DecisionError
from tests.core.telling import ANNA, PAUL, PETER, S1, A, B, F, X, Y, call, mail, of, order
from tests.core.world import StoredWorld, World


@pytest.fixture(params=[World, StoredWorld])
def world(request: pytest.FixtureRequest) -> World:
    world: World = request.param()
    return world


# ---- single contacts


def test_a_pin_stays_when_its_number_becomes_shared(world: World) -> None:
    world.take([order(1, ANNA, A, X), call(2, X)])
    anna = of(world, 1)
    world.take([order(3, PETER, B, X)])
    assert world.shown() == "1 · 3 | 2"
    peter = of(world, 3)
    decided = world.assign(2, peter)
    assert ContactAssigned("c02", peter, "person", 1.0, ()) in decided
    world.take([order(4, ANNA, X), call(5, X)])
    assert world.shown() == "14 · 23 | 5"
    world.assignment.link(X, peter)
    world.settle()
    assert world.shown() == "14 · 235"
    assert of(world, 1) == anna


def test_a_pin_follows_its_customer_into_another(world: World) -> None:
    world.take([mail(1, A, ours=True), mail(2, B, ours=True), call(3, Y)])
    world.assign(3, of(world, 2))
    world.take([order(4, ANNA, A, X), order(5, ANNA, B, X)])
    assert of(world, 3) == of(world, 2) == of(world, 5)
    assert len({of(world, n) for n in (1, 2, 3, 4, 5)}) == 1


def test_a_prospect_who_was_named_keeps_the_call_he_was_opened_for(world: World) -> None:
    world.take([call(1, X)])
    prospect = of(world, 1)
    world.assign(1, prospect)
    world.take([order(2, ANNA, X), order(3, PETER, X)])
    assert of(world, 1) == prospect
    assert world.shown() == "1 · 2 · 3"


def test_a_contact_pinned_to_nobody_is_open_and_no_relationship(world: World) -> None:
    world.take([order(1, ANNA, A), mail(2, A)])
    world.assign(1, None)
    assert world.shown() == "| 12"


def test_a_pin_waits_for_a_withdrawn_contact(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B), call(3, X)])
    world.assign(3, of(world, 1))
    world.take(forget=[call(3, X)])
    world.take([call(3, X)])
    assert world.shown() == "13 · 2"


def test_a_pin_does_not_hold_for_another_counterpart(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B), call(3, X)])
    world.assign(3, of(world, 1))
    world.take([call(3, Y)], forget=[call(3, X)])
    assert world.shown() == "1 · 2 · 3"


# ---- customers


def test_a_merge_survives_a_contradiction(world: World) -> None:
    world.take([call(1, X), order(2, ANNA, A)])
    one, two = of(world, 1), of(world, 2)
    world.assignment.merge(one, two)
    assert world.settle() == [CustomerMerged(two, one, "person")]
    world.take([order(3, PETER, X, B), call(4, X)])
    assert world.shown() == "12 · 3 | 4"


def test_merged_customers_whose_names_contradict_stay_one(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B)])
    world.assignment.merge(of(world, 1), of(world, 2))
    world.settle()
    world.take([mail(3, A), mail(4, B), order(5, ANNA, A, X), call(6, X)])
    assert world.shown() == "123456"


def test_rules_never_join_two_customers_whom_a_person_named(world: World) -> None:
    world.take([mail(1, A, ours=True), mail(2, B, ours=True)])
    world.assignment.distinct(of(world, 1), of(world, 2))
    world.settle()
    world.take([order(3, ANNA, A, X), order(4, ANNA, B, X), call(5, X)])
    assert world.shown() == "13 · 24 | 5"


def test_two_named_customers_are_not_merged_by_a_rule_before_they_contradict(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, None, B), call(3, Y), call(4, Y)])
    one, two = of(world, 1), of(world, 2)
    world.assign(3, one)
    world.assign(4, two)
    world.take([order(5, ANNA, A, X), order(6, ANNA, B, X)])
    assert (of(world, 1), of(world, 2)) == (one, two)
    world.take([order(7, PETER, B)])
    assert (of(world, 3), of(world, 4)) == (one, two)


def test_unmerge_gives_back_both_and_what_came_in_between(world: World) -> None:
    world.take([order(1, ANNA, A), mail(2, A), order(3, PETER, B), call(4, Y)])
    anna, peter, caller = of(world, 1), of(world, 3), of(world, 4)
    world.assignment.merge(anna, peter)
    world.settle()
    world.take([order(5, PETER, B, X), call(6, X), mail(7, A), mail(8, B)])
    assert world.shown() == "1235678 · 4"
    world.assignment.unmerge(anna, peter)
    decided = world.settle()
    assert decided[0] == CustomerUnmerged(peter, anna, "person")
    assert world.shown() == "127 · 3568 · 4"
    assert (of(world, 1), of(world, 3), of(world, 4)) == (anna, peter, caller)
    world.take([order(9, ANNA, A, X)])
    assert of(world, 9) == anna


def test_unmerge_in_between_without_a_link_stays_with_the_survivor(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B), call(3, X)])
    anna, peter = of(world, 1), of(world, 2)
    world.assignment.merge(anna, peter)
    world.assign(3, peter)
    world.assignment.unmerge(anna, peter)
    world.settle()
    assert (of(world, 1), of(world, 2), of(world, 3)) == (anna, peter, anna)


def test_a_pin_made_in_between_goes_with_its_handle(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B), order(3, PAUL, F)])
    anna, peter = of(world, 1), of(world, 2)
    world.assignment.merge(anna, peter)
    world.settle()
    world.take([mail(4, B), mail(5, A), mail(6, F)])
    for n in (4, 5, 6):
        world.assign(n, anna)
    world.take(forget=[mail(4, B)])
    world.assignment.unmerge(anna, peter)
    world.settle()
    world.take([mail(4, B)])
    assert world.shown() == "156 · 24 · 3"


def test_unmerge_shares_an_identifier_that_both_sides_use(world: World) -> None:
    world.take([order(1, ANNA, A), call(2, X)])
    anna, caller = of(world, 1), of(world, 2)
    world.assignment.merge(anna, caller)
    world.settle()
    world.take([order(3, ANNA, A, X), call(4, X)])
    assert world.shown() == "1234"
    world.assignment.unmerge(anna, caller)
    assert IdentifierClassified(X, "shared", "person") in world.settle()
    assert world.shown() == "13 · 24"
    world.take([call(5, X), order(6, ANNA, A, X)])
    assert world.shown() == "136 · 24 | 5"
    assert (of(world, 1), of(world, 2)) == (anna, caller)


def test_a_merge_by_rule_can_be_taken_apart_for_ever(world: World) -> None:
    world.take([mail(1, A, ours=True), mail(2, B, ours=True)])
    one, two = of(world, 1), of(world, 2)
    world.take([order(3, ANNA, A, X), order(4, ANNA, B, X)])
    assert world.shown() == "1234"
    world.assignment.unmerge(one, two)
    world.settle()
    assert (of(world, 1), of(world, 2)) == (one, two)
    world.take([order(5, ANNA, A, B, X)])
    assert of(world, 1) != of(world, 2)


@pytest.mark.parametrize("word", ["distinct", "unmerge"])
def test_two_who_were_said_to_be_two_are_merged_only_anyway(world: World, word: str) -> None:
    """Whoever of them was merged into others meanwhile."""
    world.take([order(1, ANNA, A), order(2, PETER, B), order(3, PAUL, F)])
    anna, peter, paul = (of(world, n) for n in (1, 2, 3))
    if word == "unmerge":
        world.assignment.merge(anna, peter)
        world.settle()
    getattr(world.assignment, word)(anna, peter)
    world.settle()
    for one, two in ((anna, peter), (peter, anna)):
        with pytest.raises(DecisionError, match="--anyway"):
            world.assignment.merge(one, two)
    world.assignment.merge(peter, paul)
    world.settle()
    with pytest.raises(DecisionError, match="--anyway"):
        world.assignment.merge(paul, anna)
    assert not world.settle()
    assert world.shown() == "1 · 23"
    world.assignment.merge(paul, anna, anyway=True)
    world.settle()
    assert world.shown() == "123"


def test_merging_again_takes_the_distinction_back(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B)])
    one, two = of(world, 1), of(world, 2)
    for _ in range(2):
        world.assignment.merge(one, two, anyway=True)
        world.settle()
        assert world.shown() == "12"
        world.assignment.unmerge(two, one)
        world.settle()
        assert world.shown() == "1 · 2"


def test_a_merge_is_a_handful_of_decisions(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B), *(call(n, X) for n in range(3, 60))])
    world.assign(3, of(world, 1))
    world.assignment.merge(of(world, 1), of(world, 4))
    assert len(world.settle()) == 1


def test_a_switchboard_that_turns_out_to_be_shared_is_one_decision_for_all_its_calls() -> None:
    world = World()
    world.take([order(1, ANNA, A, X), *(call(n, X) for n in range(2, 5002))])
    decided = world.take([order(5002, PETER, B, X)])
    assert len(decided) == 4
    assert [type(one) for one in decided].count(HandleUnassigned) == 1


# ---- questions and refusals


def test_find_leads_to_the_living_customer(world: World) -> None:
    world.take([order(1, ANNA, A, X), order(2, PETER, B, X), order(3, None, Y)])
    assert world.assignment.find(A) == of(world, 1)
    assert world.assignment.find(X) is None
    assert world.assignment.find(Y) == of(world, 3)
    assert world.assignment.find(F) is None
    one, two = of(world, 1), of(world, 2)
    world.assignment.merge(one, two)
    world.settle()
    assert world.assignment.find(B) == world.assignment.resolve(two) == of(world, 1)


def test_an_open_call_is_suggested_to_all_who_share_its_number(world: World) -> None:
    world.take([order(1, ANNA, A, X), order(2, PETER, B, X), call(3, X)])
    assert world.assignment.suggestions(world.seen["c03"].handle) == [
        Suggestion(of(world, 1), "identifier", (X,)),
        Suggestion(of(world, 2), "identifier", (X,)),
    ]
    assert world.assignment.suggestions(world.seen["c01"].handle) == [
        Suggestion(of(world, 2), "identifier", (X,))
    ]
    world.assignment.distinct(of(world, 1), of(world, 2))
    world.settle()
    assert world.assignment.suggestions(world.seen["c01"].handle) == []


def test_an_unknown_address_is_suggested_to_its_thread(world: World) -> None:
    world.take([order(1, ANNA, A), mail(2, A, "t", ours=True), mail(3, F, "t")])
    assert world.shown() == "12 · 3"
    assert world.assignment.suggestions(world.seen["c03"].handle, "t") == [
        Suggestion(of(world, 1), "thread")
    ]


def test_a_handle_shows_what_was_first_written(world: World) -> None:
    spelt = Name("Jürg", "Müller")
    world.take([order(1, spelt, A, X)])
    handle = world.seen["c01"].handle
    assert handle
    assert world.assignment.handle_for((X, A), Name("Juerg", "Mueller")) == (handle, False)
    assert world.assignment.shows(handle) == (frozenset({A, X}), spelt)


def test_a_counterpart_without_a_usable_identifier_has_no_handle(world: World) -> None:
    nobody = Identifier("mail", "no-reply@kunden.example")
    assert world.assignment.handle_for((nobody,), ANNA) == (None, False)
    assert world.assignment.handle_for((), ANNA) == (None, False)


def test_what_cannot_be_is_refused(world: World) -> None:
    world.take([order(1, ANNA, A), order(2, PETER, B)])
    one, two = of(world, 1), of(world, 2)
    refuse = pytest.raises(DecisionError)
    assignment = world.assignment
    with refuse:
        assignment.resolve("f" * 32)
    with refuse:
        assignment.merge(one, one)
    with refuse:
        assignment.unmerge(one, two)
    with refuse:
        assignment.link(A, "f" * 32)
    with refuse:
        assignment.unlink(A, one)
    assignment.link(F, one)
    with refuse:
        assignment.unlink(F, two)
    with refuse:
        assignment.classify(Identifier("mail", "noreply@kunden.example"), "exclusive")
    with refuse:
        assignment.assign(world.seen["c01"], "f" * 32)
    assignment.merge(one, two)
    with refuse:
        assignment.distinct(one, two)
    world.settle()
    assert world.shown() == "12"


def test_a_decision_names_rule_score_and_evidence(world: World) -> None:
    decided = world.take([order(1, ANNA, S1, A), call(2, X)])
    grounds = {one.rule: one for one in decided if isinstance(one, HandleAssigned)}
    assert grounds["name"].evidence == (A, S1)
    assert grounds["phone"].evidence == (X,)
    assert {one.score for one in grounds.values()} == {1.0}
