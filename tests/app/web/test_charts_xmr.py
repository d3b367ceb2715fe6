"""The arithmetic of the XmR chart against tables computed by hand, and what must hold of any values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.app.web.charts.xmr import FEWEST, RUN, Reading, Signal, read

# mean 12 (144 / 12), moving ranges 2 2 4 2 4 4 6 4 2 4 2, their mean 36 / 11
TWELVE = [12.0, 14, 12, 8, 10, 14, 10, 16, 12, 14, 10, 12]
WIDTH = 2.66 * 36 / 11

# mean 100 (1200 / 12), moving ranges nine times 0, then 23 and 10: 2.66 * 33 / 11 = 7.98
JUMP = [97.0, 97, 97, 97, 97, 97, 97, 97, 97, 97, 120, 110]

finite = st.floats(-1e6, 1e6, allow_nan=False)
courses = st.lists(st.one_of(st.none(), finite), max_size=60)


def _limit(side: str, at: int) -> Signal:
    return Signal("limit", side, at, at)  # type: ignore[arg-type]


def test_limits_by_hand() -> None:
    limits = read(TWELVE).limits
    assert limits is not None
    assert limits.mean == pytest.approx(12)
    assert limits.lower == pytest.approx(12 - WIDTH)
    assert limits.upper == pytest.approx(12 + WIDTH)
    assert read(TWELVE).signals == ()


def test_a_jump_is_beyond_the_limit_by_hand() -> None:
    reading = read(JUMP)
    assert reading.limits is not None
    assert (reading.limits.lower, reading.limits.upper) == pytest.approx((92.02, 107.98))
    assert reading.signals == (
        Signal("run", "below", 0, 9),
        _limit("above", 10),
        _limit("above", 11),
    )


@pytest.mark.parametrize(
    ("n", "has_limits", "is_provisional"),
    [(0, False, None), (1, False, None), (11, False, None), (12, True, True), (23, True, True), (24, True, False)],
)  # fmt: skip
def test_how_many_values_limits_need(n: int, has_limits: bool, is_provisional: bool | None) -> None:
    limits = read([float(at % 3) for at in range(n)]).limits
    assert (limits is not None) == has_limits
    assert limits is None or limits.is_provisional == is_provisional


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([-1.0] * 7 + [1.0] * 7, []),
        ([-1.0] * 8 + [1.0] * 8, [("below", 0, 7), ("above", 8, 15)]),
        ([-1.0] * 4 + [None] + [-1.0] * 4 + [1.0] * 8, [("above", 9, 16)]),  # a gap ends a run
        ([-1.0] * 4 + [0.0] + [-1.0] * 4 + [1.0] * 8, [("above", 9, 16)]),  # so does the mean
        ([-1.0, 1.0] * 10, []),
    ],
)
def test_eight_in_a_row(values: list[float | None], runs: list[tuple[str, int, int]]) -> None:
    found = [s for s in read(values).signals if s.rule == "run"]
    assert [(s.side, s.first, s.last) for s in found] == runs


def test_no_range_is_taken_across_a_gap() -> None:
    bridged = read([1.0, 2] * 4 + [101.0, 102] * 4).limits
    parted = read([1.0, 2] * 4 + [None] + [101.0, 102] * 4).limits
    assert parted is not None
    assert parted.upper == pytest.approx(51.5 + 2.66)
    assert bridged is not None
    assert bridged.upper == pytest.approx(51.5 + 2.66 * (14 + 99) / 15)


def test_a_limit_that_cannot_be_reached_is_none() -> None:
    limits = read([0.0, 1] * 6, floor=0, ceiling=1).limits
    assert limits is not None
    assert (limits.lower, limits.upper) == (None, None)


def test_values_of_which_no_two_are_neighbours_have_no_limits() -> None:
    assert read([1.0, None] * 15) == Reading()


@given(st.floats(-1e6, 1e6), st.integers(FEWEST, 60))
def test_equal_values_are_no_signal(value: float, n: int) -> None:
    assert read([value] * n).signals == ()


@given(courses)
def test_what_is_beyond_a_limit_is_a_signal_and_nothing_else(values: list[float | None]) -> None:
    reading = read(values)
    known = [value for value in values if value is not None]
    if reading.limits is None:
        assert reading.signals == ()
        return
    lower, upper = reading.limits.lower, reading.limits.upper
    assert lower is not None
    assert upper is not None
    assert min(known) - 1e-3 <= reading.limits.mean <= max(known) + 1e-3
    assert lower <= reading.limits.mean <= upper
    beyond = {s.first: s.side for s in reading.signals if s.rule == "limit"}
    for at, value in enumerate(values):
        if at in beyond:
            assert value is not None
            assert value > upper if beyond[at] == "above" else value < lower
        elif value is not None:
            assert lower - 1e-2 <= value <= upper + 1e-2


@given(courses)
def test_a_run_is_eight_known_values_on_one_side(values: list[float | None]) -> None:
    reading = read(values)
    for run in (signal for signal in reading.signals if signal.rule == "run"):
        part = values[run.first : run.last + 1]
        assert reading.limits is not None
        assert len(part) >= RUN
        mean = reading.limits.mean
        assert all(v is not None and (v > mean) == (run.side == "above") for v in part)


@given(st.lists(st.integers(-1000, 1000), min_size=FEWEST, max_size=40), st.integers(-500, 500))
def test_moving_all_values_moves_the_limits(values: list[int], by: int) -> None:
    one, other = read(values), read([value + by for value in values])
    assert one.limits is not None
    assert other.limits is not None
    assert other.limits.mean == pytest.approx(one.limits.mean + by, abs=1e-6)
    assert other.limits.upper == pytest.approx((one.limits.upper or 0) + by, abs=1e-6)
    assert {s for s in other.signals if s.rule == "limit"} == {
        s for s in one.signals if s.rule == "limit"
    }


@given(st.lists(finite, min_size=FEWEST, max_size=40))
def test_a_mirror_swaps_above_and_below(values: list[float]) -> None:
    swapped = {"above": "below", "below": "above"}
    mirrored = [
        (s.rule, swapped[s.side], s.first, s.last) for s in read([-v for v in values]).signals
    ]
    assert sorted(mirrored) == sorted(
        (s.rule, s.side, s.first, s.last) for s in read(values).signals
    )
