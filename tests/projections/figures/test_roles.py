"""Suppliers, partners and private people: in no figure of customers and nobody to call back, but in what came and what was earned."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from stammkunde.core.contact import Name
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.who import Behind
from stammkunde.projections.rebuild import check
from tests.projections.figures.test_figures import counting, open_on_weekdays
from tests.projections.samples import Home, mail, phone, sid

ROLES = ("supplier", "partner", "private")
OF_EVERYBODY = {"contacts", "not_counted", "unassigned_rate", "orders", "net_revenue"}
PERIODS = tuple(
    Period(date(2023, 11, 1), date(year, month, 1))
    for year, month in ((2023, 12), (2025, 1), (2025, 5), (2026, 6), (2028, 1))
)
NOW = datetime(2023, 11, 24, tzinfo=UTC)


def somebody(place: Home, who: str, number: str, customer: str) -> None:
    """Asks and is answered, asks again and waits, calls in vain twice, and, being `b…`, orders and comes back."""
    story = place.story
    story.see(who, mail(f"{who}@example.com"), phone(number), name=Name("Anna", who))
    if customer:
        story.open(customer)
        story.assign(who, customer)
    calls = {"kind": "call", "channel": "phone", "outcome": "missed", "direction": "in"}
    story.contact(f"{who}1", who, days=0.4, direction="in")
    story.contact(f"{who}2", who, days=0.5, **calls)  # type: ignore[arg-type]
    story.contact(f"{who}3", who, days=0.6, direction="out")
    story.contact(f"{who}4", who, days=1.4, direction="in")
    story.contact(f"{who}5", who, days=1.5, **calls)  # type: ignore[arg-type]
    story.contact(f"{who}6", who, days=1.6, kind="newsletter", direction="in")
    for days in (0, 10, 500) if who.startswith("b") else ():
        story.contact(
            f"{who}o{days}", who, days=days, kind="order_placed", channel="shop", amount="10.00", order=sid(f"{who}{days}")
        )  # fmt: skip


@contextmanager
def town(*, without: str = "") -> Iterator[Home]:
    """Two who order, two who do not, and a stranger; `without` leaves out those whose names end so."""
    with TemporaryDirectory() as folder, counting(Path(folder)) as place:
        for year in (2023, 2024, 2025):
            open_on_weekdays(place, year)
        for n, who in enumerate(("b1", "b2", "p1", "p2")):
            if not without or not who.endswith(without):
                somebody(place, who, f"+4152203441{n}", f"k{who}")
        somebody(place, "stranger", "+41522034419", "")
        place.commit()
        yield place


def numbers(place: Home, code: str) -> list[FigureAnswer]:
    return [a for period in PERIODS for a in place.queries.figures(period, codes=[code])]


def behind(place: Home, code: str) -> list[Behind]:
    return [entry for period in PERIODS for entry in place.queries.who(code, period)]


def given(place: Home, role: str) -> None:
    """The role goes to one who orders and one who does not."""
    for customer in ("kb2", "kp2"):
        place.story.describe(customer, role=role)
    place.commit()


@pytest.fixture(scope="module")
def all_of_them() -> Iterator[Home]:
    with town() as place:
        yield place


@pytest.fixture(scope="module")
def the_others() -> Iterator[Home]:
    with town(without="2") as place:
        yield place


@pytest.fixture(scope="module", params=ROLES)
def told(request: pytest.FixtureRequest) -> Iterator[Home]:
    """Those who have the role, and the same rows as a rebuild makes."""
    with town() as place:
        given(place, request.param)
        yield place


@pytest.mark.parametrize("code", FIGURES)
def test_a_role_leaves_the_figures_of_customers_and_no_other(
    told: Home, all_of_them: Home, the_others: Home, code: str
) -> None:
    expected = all_of_them if code in OF_EVERYBODY else the_others
    assert numbers(told, code) == numbers(expected, code)
    assert numbers(all_of_them, code) != numbers(the_others, code)
    listed = behind(told, code)
    assert len(listed) == sum(answer.numerator or 0 for answer in numbers(told, code))
    theirs = {sid("kb2"), sid("kp2")} & {entry.customer_id or "" for entry in listed}
    assert bool(theirs) == (code in OF_EVERYBODY - {"unassigned_rate"})


@pytest.mark.parametrize("code", ["missed_calls", "callback_rate", "first_response"])
def test_who_is_nobodys_yet_counts_as_waiting(told: Home, code: str) -> None:
    assert None in {entry.customer_id for entry in behind(told, code)}


def test_todo_lists_who_waits_in_the_figures(told: Home) -> None:
    period = PERIODS[0]
    missed, rate, first = (
        told.queries.figures(period, codes=[code])[0]
        for code in ("missed_calls", "callback_rate", "first_response")
    )
    items = told.queries.todo(NOW)
    by_what = {what: [i for i in items if i.what == what] for what in ("missed_call", "message")}
    assert len(by_what["missed_call"]) == (missed.numerator or 0) - (rate.numerator or 0) == 3
    assert len(by_what["message"]) == (first.denominator or 0) - (first.numerator or 0) == 3
    assert {i.customer_id for i in items} == {sid("kb1"), sid("kp1"), None}


@pytest.mark.parametrize("role", ROLES)
def test_the_role_taken_back_and_a_rebuild_give_the_same(all_of_them: Home, role: str) -> None:
    with town() as place:
        given(place, role)
        assert check(place.log, place.views) == []
        given(place, "customer")
        assert check(place.log, place.views) == []
        for code in FIGURES:
            assert numbers(place, code) == numbers(all_of_them, code), code


def test_a_role_goes_to_whom_one_is_merged_into_and_comes_back() -> None:
    with town() as place:
        given(place, "supplier")
        before = len(place.queries.todo(NOW))
        place.story.merge("kb2", "kb1")
        place.commit()
        assert {i.customer_id for i in place.queries.todo(NOW)} == {sid("kp1"), None}
        assert check(place.log, place.views) == []
        place.story.unmerge("kb2", "kb1")
        place.commit()
        assert len(place.queries.todo(NOW)) == before
        assert check(place.log, place.views) == []
