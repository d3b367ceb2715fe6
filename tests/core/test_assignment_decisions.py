"""What a person decides, at random: it stands, its order among contacts does not matter, and a merge can be undone."""

from contextlib import suppress

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stammkunde.core.contact import Identifier
from stammkunde.core.errors import DecisionError
from tests.core.histories import (
    EXAMPLES,
    MAILS,
    PHONES,
    PROPERTY,
    batches,
    contacts,
    histories,
)
from tests.core.world import StoredWorld, Told, World

Deed = tuple[str, object, object]
_CLASSES = ["exclusive", "shared", "blocked"]


@st.composite
def deeds(draw: st.DrawFn, n: int) -> Deed:
    """One decision about the contacts with numbers up to `n`, or an identifier."""
    kind = draw(
        st.sampled_from(["assign", "merge", "unmerge", "distinct", "classify", "link", "unlink"])
    )
    number = st.integers(1, n)
    identifier = st.sampled_from([*MAILS[:3], *PHONES])
    if kind == "classify":
        return kind, draw(identifier), draw(st.sampled_from(_CLASSES))
    if kind in ("link", "unlink"):
        return kind, draw(identifier), draw(number)
    if kind == "assign":
        return kind, draw(number), draw(st.one_of(st.none(), number))
    return kind, draw(number), draw(number)


class Person:
    """Decides, and remembers what was said last, to be checked for ever."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pins: dict[int, str | None] = {}
        self.classes: dict[Identifier, str] = {}
        self.merged: dict[tuple[int, int], tuple[str, str]] = {}
        self.together: list[tuple[str, str]] = []
        self.apart: list[tuple[str, str]] = []

    def customer(self, n: object) -> str | None:
        return self.world.customer(n) if f"c{n:02}" in self.world.told else None  # type: ignore[arg-type]

    def decide(self, deed: Deed) -> None:
        kind, a, b = deed
        with suppress(DecisionError):
            getattr(self, kind)(a, b)
        self.world.settle()

    def assign(self, n: int, other: int | None) -> None:
        customer = self.customer(other) if other else None
        if f"c{n:02}" in self.world.told and (customer or other is None):
            self.world.assignment.assign(self.world.seen[f"c{n:02}"], customer)
            self.pins[n] = customer

    def merge(self, a: int, b: int) -> None:
        one, two = self.customer(a), self.customer(b)
        if one and two and one != two:
            self.world.assignment.merge(one, two, anyway=a % 2 == 0)
            self.merged[a, b] = one, two
            living = self.world.assignment.resolve
            self.apart = [pair for pair in self.apart if {*map(living, pair)} != {living(one)}]
            self.together.append((one, two))

    def unmerge(self, a: int, _: int) -> None:
        if self.merged:
            pair = sorted(self.merged)[a % len(self.merged)]
            one, two = self.merged.pop(pair)
            self.world.assignment.unmerge(one, two)
            self.pins.clear()
            self.classes.clear()
            living = self.world.assignment.resolve
            self.together = [pair for pair in self.together if living(pair[0]) == living(pair[1])]
            self.apart.append((one, two))

    def distinct(self, a: int, b: int) -> None:
        one, two = self.customer(a), self.customer(b)
        if one and two and one != two:
            self.world.assignment.distinct(one, two)
            self.apart.append((one, two))

    def classify(self, identifier: Identifier, class_: str) -> None:
        self.world.assignment.classify(identifier, class_)  # type: ignore[arg-type]
        self.classes[identifier] = class_

    def link(self, identifier: Identifier, n: int) -> None:
        if customer := self.customer(n):
            self.world.assignment.link(identifier, customer)
            self.classes.pop(identifier, None)

    def unlink(self, identifier: Identifier, n: int) -> None:
        if customer := self.customer(n):
            self.world.assignment.unlink(identifier, customer)

    def check(self) -> None:
        living = self.world.assignment.resolve
        for n, customer in self.pins.items():
            assert self.world.customer(n) == (living(customer) if customer else None)
        for identifier, class_ in self.classes.items():
            assert self.world.assignment.class_of(identifier) == class_
        for one, two in self.together:
            assert living(one) == living(two)
        for one, two in self.apart:
            assert living(one) != living(two)


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[list[Told], list[Deed]]]:
    """Contacts and decisions by turns."""
    chapters, n = [], 0
    for _ in range(draw(st.integers(1, 4))):
        told = [draw(contacts(n + k + 1)) for k in range(draw(st.integers(1, 5)))]
        n += len(told)
        chapters.append((told, draw(st.lists(deeds(n), max_size=2))))
    return chapters


@PROPERTY
@given(st.data())
def test_decisions_stand(data: st.DataObject) -> None:
    world = World()
    person = Person(world)
    for told, decided in data.draw(stories()):
        for batch in data.draw(batches(told)):
            world.take(batch)
            person.check()
        for deed in decided:
            person.decide(deed)
            person.check()
            assert world.solve_all() == []


@PROPERTY
@given(st.data())
def test_the_order_of_contacts_between_decisions_does_not_matter(data: st.DataObject) -> None:
    """Save for unmerge, where what belongs to both goes to the survivor: who that is depends on who came first."""
    one, two = World(), World()
    first, second = Person(one), Person(two)
    for told, decided in data.draw(stories()):
        one.take(told)
        for batch in data.draw(batches(told)):
            two.take(batch)
        assert one.state() == two.state()
        for deed in (deed for deed in decided if deed[0] != "unmerge"):
            first.decide(deed)
            second.decide(deed)
            assert one.state() == two.state()


@PROPERTY
@given(stories())
def test_decisions_are_replayed_and_stored(story: list[tuple[list[Told], list[Deed]]]) -> None:
    world, stored = World(), StoredWorld()
    people = Person(world), Person(stored)
    for told, decided in story:
        assert world.take(told) == stored.take(told)
        for deed in decided:
            for person in people:
                person.decide(deed)
            assert world.state() == stored.state()
        for contact, seen in world.seen.items():
            told_of = world.replay.customer_of(contact, seen.handle)
            assert told_of == world.assignment.customer_of(contact, seen.handle)


@settings(PROPERTY, max_examples=max(EXAMPLES // 3, 1))  # most examples are refused
@given(st.data())
def test_unmerge_undoes_a_merge_where_the_two_share_nothing(data: st.DataObject) -> None:
    """Contacts that come in between included, unless they split one of the two or join them."""
    history = data.draw(histories(most=8))
    between = [
        data.draw(contacts(len(history) + k + 1)) for k in range(data.draw(st.integers(0, 5)))
    ]
    plain, merged = World(), World()
    for world in (plain, merged):
        world.take(history)
    a, b = (data.draw(st.sampled_from(history)).n for _ in range(2))
    one, two = merged.customer(a), merged.customer(b)
    assume(one and two and one != two)
    sides = [{n for n in range(1, len(history) + 1) if merged.customer(n) == c} for c in (one, two)]
    merged.assignment.merge(one, two)  # type: ignore[arg-type]
    merged.settle()
    merged.take(between)
    plain.take(between)
    assume(all(_is_whole(plain, side) for side in sides))
    assume(not _joined(plain, *(min(side) for side in sides)))
    merged.assignment.unmerge(one, two)  # type: ignore[arg-type]
    merged.settle()
    assert merged.partition() == plain.partition()
    assert (merged.customer(a), merged.customer(b)) == (one, two)


def _is_whole(world: World, side: set[int]) -> bool:
    return len({world.customer(n) for n in side}) == 1 and world.customer(min(side)) is not None


def _joined(world: World, a: int, b: int) -> bool:
    """Whether a chain of contacts that share an identifier or a thread leads from one to the other."""
    reached, found = {a}, True
    while found:
        marks = set().union(*map(_marks, (one for one in world.told.values() if one.n in reached)))
        more = {one.n for one in world.told.values() if _marks(one) & marks} - reached
        found = bool(more)
        reached |= more
    return b in reached


def _marks(one: Told) -> set[object]:
    return {*one.identifiers, *([one.thread] if one.thread else [])}
