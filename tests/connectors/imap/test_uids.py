"""Sets of UIDs against Python's own sets."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.imap.folders import Folder
from stammkunde.connectors.imap.passes import Work
from stammkunde.connectors.imap.uids import (
    Ranges,
    minus,
    parsed,
    ranges_of,
    shown,
    size,
    union,
    written,
)

UIDS = st.sets(st.integers(1, 60))


def members(ranges: Ranges) -> set[int]:
    return {uid for first, last in ranges for uid in range(first, last + 1)}


@given(UIDS, UIDS)
def test_ranges_are_sets(one: set[int], other: set[int]) -> None:
    a, b = ranges_of(one), ranges_of(other)
    assert members(a) == one
    assert size(a) == len(one)
    assert members(minus(a, b)) == one - other
    assert union((*a, *b)) == ranges_of(one | other)
    assert minus(a, b) == ranges_of(one - other)
    assert parsed(written(a)) == a


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("", ()),
        ("7", ((7, 7),)),
        ("9:7,1:2,3", ((1, 3), (7, 9))),
    ],
)
def test_sequence_sets(text: str, ranges: Ranges) -> None:
    assert parsed(text) == ranges


def test_people_read_ranges_with_dashes() -> None:
    assert shown(((17, 17), (203, 207))) == ("17", "203–207")


@given(UIDS, st.integers(1, 20), st.lists(st.randoms()))
def test_left_anywhere_all_that_is_not_covered_is_still_to_come(
    there: set[int], count: int, steps: list[random.Random]
) -> None:
    """Whatever mails came of whichever commands: what is covered holds none that did not."""
    work = Work(Folder("INBOX", "inbox"), 1, known=60, todo=ranges_of(there))
    came: set[int] = set()
    for chance in steps:
        work.top(count)
        some = {uid for uid in sorted(work.coming) if chance.random() < 0.6}
        work.coming -= some
        work.got.extend(some)
        came |= some
    covered = members(work.reach())
    assert covered & there == came
    if not work.todo and not work.coming:
        assert covered == set(range(1, 61))
