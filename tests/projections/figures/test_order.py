"""The median and percentiles of many sorted runs."""

import math
import random
from itertools import chain
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.projections.figures.order import Ordered

SHORT = st.lists(st.lists(st.integers(0, 9), max_size=5).map(sorted), max_size=6)


def agrees(runs: list[list[int]]) -> bool:
    """With what sorting all of them says."""
    ordered, plain = Ordered(runs), sorted(chain.from_iterable(runs))
    ranks = [max(math.ceil(len(plain) * percent / 100), 1) - 1 for percent in range(101)]
    return ordered.median() == median(plain) and [
        ordered.percentile(percent) for percent in range(101)
    ] == [plain[rank] for rank in ranks]


@given(SHORT.filter(any))
def test_few_are_as_sorted(runs: list[list[int]]) -> None:
    assert agrees(runs)


@pytest.mark.parametrize("runs", [[], [[]], [[], []]])
def test_of_nothing_there_is_none(runs: list[list[int]]) -> None:
    assert (len(Ordered(runs)), Ordered(runs).median(), Ordered(runs).percentile(90)) == (
        0,
        None,
        None,
    )


@pytest.mark.parametrize("n", [4_001, 9_999, 30_000])
@pytest.mark.parametrize(
    ("shape", "most"),
    [("even", 10**9), ("of few values", 3), ("all the same", 1), ("heavy above", 10**9)],
)
def test_many_are_as_sorted(n: int, shape: str, most: int) -> None:
    lot = random.Random(n)
    values = [
        lot.randrange(most) // (lot.randrange(1, 99) if shape == "heavy above" else 1)
        for _ in range(n)
    ]
    width = lot.randrange(40, 200)
    assert agrees([sorted(values[at : at + width]) for at in range(0, n, width)])


def test_a_sample_that_misleads_is_found_out() -> None:
    """Of runs of five every fifth number is looked at, which is the zero at their begin."""
    assert agrees([[0, *range(5 * run + 1, 5 * run + 5)] for run in range(1800)])
