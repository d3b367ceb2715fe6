"""The balance of the customer base closes, whatever people buy."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stammkunde.projections.figures.base import Move, moves

DAYS = st.lists(st.dates(date(2015, 1, 1), date(2025, 1, 1)), max_size=8).map(sorted)


def naive_state(purchases: list[date], day: date) -> str:
    past = [purchase for purchase in purchases if purchase <= day]
    if not past:
        return "none"
    age = (day - past[-1]).days
    return "active" if age <= 365 else "dormant" if age <= 730 else "lost"


def test_a_customer_who_comes_back_after_two_years() -> None:
    bought = [date(2020, 1, 1), date(2020, 6, 1), date(2023, 1, 1)]
    assert list(moves(bought)) == [
        Move(date(2020, 1, 1), "none", "active"),
        Move(date(2021, 6, 2), "active", "dormant"),
        Move(date(2022, 6, 2), "dormant", "lost"),
        Move(date(2023, 1, 1), "lost", "active"),
        Move(date(2024, 1, 2), "active", "dormant"),
        Move(date(2025, 1, 1), "dormant", "lost"),
    ]


def test_nobody_who_bought_nothing_moves() -> None:
    assert list(moves([])) == []


@given(DAYS, st.dates(date(2014, 1, 1), date(2028, 1, 1)))
def test_moves_give_the_state_of_any_day(purchases: list[date], day: date) -> None:
    state = "none"
    for move in moves(purchases):
        if move.day <= day:
            assert move.before == state
            state = move.after
    assert state == naive_state(purchases, day)


@given(
    st.lists(DAYS, max_size=5), st.dates(date(2014, 1, 1), date(2026, 1, 1)), st.integers(1, 900)
)
def test_the_balance_closes(customers: list[list[date]], start: date, days: int) -> None:
    end = start + timedelta(days=days)
    flows: Counter[str] = Counter()
    for purchases in customers:
        for move in moves(purchases):
            if start < move.day <= end:
                flows["in"] += move.after == "active"
                flows["out"] += move.before == "active"
    opening = sum(naive_state(purchases, start) == "active" for purchases in customers)
    closing = sum(naive_state(purchases, end) == "active" for purchases in customers)
    assert closing == opening + flows["in"] - flows["out"]
