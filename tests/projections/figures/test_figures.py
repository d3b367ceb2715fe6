"""The tables of the figures: whatever happens and whenever they are refreshed, they equal those of a rebuild."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.core.contact import Channel, Direction, Identifier, Name, Outcome
from stammkunde.core.events import Calendar
from stammkunde.core.hours import Hours
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Grain, Period
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.pages import Pages
from stammkunde.projections.queries import Queries
from stammkunde.projections.rebuild import build, check
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views
from tests.projections.samples import COMPANY, Home, home, mail, phone, sid

CUSTOMERS = ("k", "l", "m")
HANDLES = ("f", "g", "h", "")
CONTACTS = tuple(f"c{n}" for n in range(9))
ORDERS = ("o", "p")
WHOLE = Period(date(2023, 11, 1), date(2027, 1, 1))
MONTH = Period(date(2023, 11, 14), date(2023, 12, 14))
DAYS = (0, 0.01, 0.3, 1, 2, 20, 400, 1000)
SHOWN: tuple[tuple[str, Channel, Direction, Outcome | None], ...] = (
    ("message", "mail", "in", None),
    ("message", "mail", "out", None),
    ("call", "phone", "in", "missed"),
    ("call", "phone", "in", "answered"),
    ("call", "phone", "out", "answered"),
    ("newsletter", "mail", "in", None),
    ("order_placed", "shop", "in", None),
    ("order_placed", "shop", "in", None),
    ("order_refunded", "shop", "in", None),
    ("order_cancelled", "shop", "in", None),
)


@contextmanager
def counting(folder: Path) -> Iterator[Home]:
    """A home whose views hold the figures."""
    with home(folder) as place:
        place.views.close()
        place.views = Views(folder / "figures.db", COMPANY, (FiguresProjection(COMPANY.timezone),))
        place.runner = Runner(place.log, place.views)
        place.queries = Queries(place.views)
        yield place


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Home]:
    with counting(tmp_path) as place:
        for handle, customer in zip(HANDLES, CUSTOMERS, strict=False):
            place.story.see(handle, mail(f"{handle}@example.com"))
            place.story.open(customer)
        open_on_weekdays(place, 2023)
        yield place


def open_on_weekdays(place: Home, year: int, until: int = 18) -> None:
    hours: Hours = dict.fromkeys(range(5), ((8 * 60, until * 60),))
    calendar = Calendar(year=year, timezone=COMPANY.timezone, hours=hours)
    place.story.tell("calendar", "calendar.set", calendar)


def number(place: Home, code: str, period: Period = WHOLE) -> FigureAnswer:
    [answer] = place.queries.figures(period, codes=[code])
    return answer


# ---- whatever happens

Step = tuple[str, int, int, int, int]


def _contact(place: Home, known: set[str], a: int, b: int, c: int, d: int) -> None:
    contact = CONTACTS[a % len(CONTACTS)]
    kind, channel, direction, outcome = SHOWN[b % len(SHOWN)]
    is_order = kind.startswith("order")
    amount = str((c % 3 + 1) * (10 if kind == "order_placed" else -10)) if is_order else None
    place.story.contact(
        contact,
        HANDLES[c % len(HANDLES)],
        days=DAYS[d % len(DAYS)],
        kind=kind,
        channel=channel,
        direction=direction,
        outcome=outcome,
        amount=amount,
        order=sid(ORDERS[d % 2]) if is_order else "",
        amended=contact in known,
    )
    known.add(contact)


def _retract(place: Home, known: set[str], a: int, *_: int) -> None:
    if CONTACTS[a % len(CONTACTS)] in known:
        place.story.retract(CONTACTS[a % len(CONTACTS)])


def _assign(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    place.story.assign(HANDLES[a % 3], CUSTOMERS[b % 3] if b % 4 else None)


def _pin(place: Home, known: set[str], a: int, b: int, c: int, _: int) -> None:
    if CONTACTS[a % len(CONTACTS)] in known:
        customer = CUSTOMERS[b % 3] if b % 4 else None
        place.story.pin(
            CONTACTS[a % len(CONTACTS)], customer, "person" if customer or c % 2 else "thread"
        )


def _merge(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    place.story.merge(CUSTOMERS[a % 3], CUSTOMERS[b % 3])


def _unmerge(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    place.story.unmerge(CUSTOMERS[a % 3], CUSTOMERS[b % 3])


def _role(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    place.story.describe(CUSTOMERS[a % 3], role=("customer", "supplier", "private")[b % 3])


def _calendar(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    open_on_weekdays(place, 2023 + a % 3, until=10 + b % 9)


def _link(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    identifier = (mail("z@example.com"), phone("+41522034499"))[b % 2]
    place.story.link(CUSTOMERS[a % 3], identifier, take_back=b % 3 == 0)


def _name(place: Home, _: set[str], a: int, b: int, *__: int) -> None:
    place.story.describe(CUSTOMERS[a % 3], name="Anna" if b % 3 else "")


TELLERS: dict[str, Callable[..., None]] = {
    "contact": _contact,
    "retract": _retract,
    "assign": _assign,
    "pin": _pin,
    "merge": _merge,
    "unmerge": _unmerge,
    "role": _role,
    "link": _link,
    "name": _name,
    "calendar": _calendar,
}
ANY = st.integers(0, 999)
STEPS = st.lists(
    st.tuples(st.sampled_from([*TELLERS, *["contact"] * 8, "assign"]), ANY, ANY, ANY, ANY),
    min_size=1,
    max_size=12,
)


def begin(place: Home) -> None:
    """Two handles are somebody's, one is nobody's yet; all say something else."""
    said = ((mail("f@example.com"), phone("+41522034410")), (mail("g@example.com"),), ())
    for n, (handle, customer) in enumerate(zip(HANDLES, CUSTOMERS, strict=False)):
        place.story.see(handle, *said[n], name=None if n == 1 else Name("Anna", handle))
        place.story.open(customer)
    place.story.assign("f", "k")
    place.story.assign("g", "l")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    batches=st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=5),
    page=st.sampled_from([1, 3, 1000]),
)
def test_figures_equal_a_rebuild_and_the_lists_behind_them(
    batches: list[tuple[list[Step], bool]], page: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, counting(Path(folder)) as place:
        begin(place)
        known: set[str] = set()
        for steps, refreshes in batches:
            for verb, *values in steps:
                TELLERS[verb](place, known, *values)
            place.story.commit()
            Pages(place.log, place.views, page=page).apply()
            if refreshes:
                place.views.refresh()
        place.views.refresh()
        assert place.rows("SELECT position, topic, error FROM dead_letters") == []
        assert check(place.log, place.views) == []
        for period in (WHOLE, MONTH):
            for code in FIGURES:
                answers = place.queries.figures(period, codes=[code])
                behind = place.queries.who(code, period)
                assert len(behind) == sum(each.numerator or 0 for each in answers), code


# ---- single corrections


def test_waits_of_an_unassigned_handle_move_to_the_customer_once_it_is_his(counted: Home) -> None:
    story = counted.story
    story.contact("c1", "f", kind="call", channel="phone", direction="in", outcome="missed")
    counted.commit()
    assert counted.rows("SELECT party, until FROM waits") == [(sid("f"), None)]
    story.assign("g", "k")
    story.contact("c2", "g", days=0.125, direction="out")
    counted.commit()
    assert number(counted, "callback_rate").numerator == 0
    story.assign("f", "k")
    counted.commit()
    assert counted.rows("SELECT party, answer FROM waits") == [(sid("k"), sid("c2"))]
    assert number(counted, "callback_rate").value == 1
    assert number(counted, "callback_time").value == 0  # it was after 23 o'clock
    story.assign("f", None)
    counted.commit()
    assert counted.rows("SELECT party, until FROM waits") == [(sid("f"), None)]


@pytest.mark.parametrize("role", ["supplier", "partner", "private"])
def test_whom_a_person_calls_no_customer_leaves_the_base_and_may_come_back(
    counted: Home, role: str
) -> None:
    story = counted.story
    story.assign("f", "k")
    story.assign("g", "l")
    story.contact("c1", "g")
    for n, order in enumerate(ORDERS):
        story.contact(f"o{n}", "f", days=n, kind="order_placed", channel="shop", order=sid(order))
    base = ("customers", "active", "new", "repeat_rate", "prospect", "completeness")
    counted.commit()
    before = [number(counted, code, MONTH) for code in base]
    assert [answer.denominator or answer.value for answer in before] == [1, 1, 1, 1, 1, 2]
    for customer in ("k", "l"):
        story.describe(customer, role=role)
    counted.commit()
    assert [number(counted, code, MONTH).n for code in base] == [0] * 6
    assert number(counted, "orders").value == 2
    for customer in ("k", "l"):
        story.describe(customer, role="customer")
    counted.commit()
    assert [number(counted, code, MONTH) for code in base] == before


def test_an_order_refunded_in_full_within_thirty_days_is_none(counted: Home) -> None:
    story = counted.story
    story.assign("f", "k")
    for n, days in enumerate((29, 31)):
        placed = {"kind": "order_placed", "channel": "shop", "order": sid(ORDERS[n])}
        story.contact(f"p{n}", "f", amount="10.00", **placed)  # type: ignore[arg-type]
        refund = placed | {"kind": "order_refunded", "days": days}
        story.contact(f"r{n}", "f", amount="-10.00", **refund)  # type: ignore[arg-type]
    counted.commit()
    assert [entry.contact for entry in counted.queries.who("orders", WHOLE)] == [sid("p1")]
    assert number(counted, "net_revenue").value == 0


def test_a_later_calendar_changes_how_long_somebody_waited(counted: Home) -> None:
    counted.story.contact("c1", "f", direction="in", days=0.5)  # Wednesday, 11:13
    counted.story.contact("c2", "f", direction="out", days=0.75)  # 17:13
    counted.commit()
    assert number(counted, "first_response").value == 6
    open_on_weekdays(counted, 2023, until=12)
    counted.commit()
    assert number(counted, "first_response").value == pytest.approx(47 / 60, abs=0.02)


@pytest.mark.parametrize(
    ("seen", "verbs", "complete"),
    [
        ((mail("x@example.com"), phone("+41522034410"), Name("Anna", "Frei")), "", True),
        ((mail("x@example.com"), phone("+41522034410"), None), "", False),
        ((mail("x@example.com"), phone("+41522034410"), None), "name", True),
        ((mail("x@example.com"), phone("+41522034410"), None), "name unname", False),
        ((mail("x@example.com"), None, Name("Anna", "Frei")), "", False),
        ((mail("x@example.com"), None, Name("Anna", "Frei")), "phone", True),
        ((mail("x@example.com"), None, Name("Anna", "Frei")), "phone unphone", False),
        ((None, phone("+41522034410"), Name("Anna", "Frei")), "mail", True),
        ((None, None, None), "mail phone name", True),
        ((None, None, None), "other", False),
    ],
)
def test_completeness_counts_what_people_said_as_well(
    counted: Home, seen: tuple[Identifier | None, Identifier | None, Name | None], verbs: str, complete: bool
) -> None:  # fmt: skip
    story = counted.story
    story.see("x", *filter(None, seen[:2]), name=seen[2])
    story.assign("x", "k")
    story.contact("c1", "x")
    counted.commit()
    said = {
        "name": lambda: story.describe("k", name="Anna Frei"),
        "unname": lambda: story.describe("k", name=""),
        "mail": lambda: story.link("k", mail("y@example.com")),
        "phone": lambda: story.link("k", phone("+41522034411")),
        "unphone": lambda: story.link("k", phone("+41522034411"), take_back=True),
        "other": lambda: story.describe("k", hobby="Velo"),
    }
    for verb in verbs.split():
        said[verb]()
        counted.commit()
    answer = number(counted, "completeness")
    assert (answer.numerator, answer.denominator) == (int(complete), 1)
    assert len(counted.queries.who("completeness", MONTH)) == int(complete)
    assert check(counted.log, counted.views) == []


def test_what_people_said_of_one_who_was_merged_counts_for_the_survivor(counted: Home) -> None:
    story = counted.story
    for handle, customer in (("f", "k"), ("g", "l")):
        story.assign(handle, customer)
        story.contact(f"c-{handle}", handle)
    story.link("l", phone("+41522034411"))
    story.describe("l", name="Anna Frei")
    story.merge("l", "k")
    counted.commit()
    assert number(counted, "completeness").numerator == 1
    assert check(counted.log, counted.views) == []
    story.unmerge("l", "k")
    counted.commit()
    assert [e.customer_id for e in counted.queries.who("completeness", WHOLE)] == [sid("l")]
    assert check(counted.log, counted.views) == []


@pytest.mark.parametrize("grain", [None, "month"])
def test_completeness_is_as_of_now_whatever_the_period(counted: Home, grain: Grain | None) -> None:
    [nobody] = counted.queries.figures(MONTH, codes=["completeness"], grain=grain)
    assert nobody.note == "as of now; nobody is known yet"
    counted.story.assign("f", "k")
    counted.story.contact("c1", "f", days=500)
    counted.commit()
    [answer] = counted.queries.figures(MONTH, codes=["completeness"], grain=grain)
    assert (answer.from_, answer.to, answer.note) == (None, None, "as of now")
    assert (answer.numerator, answer.denominator) == (0, 1)


def test_a_customer_with_years_of_waits_has_only_the_new_one_written(counted: Home) -> None:
    counted.story.assign("f", "k")
    for n in range(50):
        counted.story.contact(f"c{n}", "f", days=n, direction="out" if n % 2 else "in")
    counted.commit()
    before = counted.rows("SELECT rowid, contact FROM waits ORDER BY rowid")
    assert len(before) == 25
    counted.story.contact("later", "f", days=60, direction="in")
    counted.commit()
    after = counted.rows("SELECT rowid, contact FROM waits ORDER BY rowid")
    assert after[:25] == before
    assert len(after) == 26


def test_erasure_moves_no_figure_but_completeness(counted: Home, tmp_path: Path) -> None:
    story = counted.story
    story.see("x", mail("x@example.com"), phone("+41522034411"), name=Name("Anna", "Meier"))
    story.assign("x", "k")
    for n, (kind, channel, direction, outcome) in enumerate(SHOWN):
        story.contact(
            f"c{n}",
            "xf"[n % 2],
            days=n / 50,
            kind=kind,
            channel=channel,
            direction=direction,
            outcome=outcome,
            amount="5.00" if kind.startswith("order") else None,
            order=sid("o") if kind.startswith("order") else "",
        )
    counted.commit()
    before = {code: counted.queries.figures(WHOLE, codes=[code]) for code in FIGURES}
    assert before["completeness"][0].numerator == 1
    counted.log.keys.destroy([sid("x"), *(sid(f"c{n}") for n in range(len(SHOWN)))])
    build(counted.log, tmp_path / "erased.db", counted.views)
    erased = Views(tmp_path / "erased.db", COMPANY, counted.views.projections)
    after = {code: Queries(erased).figures(WHOLE, codes=[code]) for code in FIGURES}
    erased.close()
    [completeness] = after.pop("completeness")
    assert completeness.numerator == 0
    del before["completeness"]
    assert after == before


@pytest.mark.parametrize(
    ("hours", "expected"), [((), None), ((3,), 3), ((1, 4), 2.5), ((5, 1, 2), 2), ((1, 9, 2, 4), 3)]
)
def test_the_median_of_waits_is_the_middle_one_or_between_two(
    counted: Home, hours: tuple[int, ...], expected: float | None
) -> None:
    for n, waited in enumerate(hours):
        who = f"w{n}"
        counted.story.see(who, mail(f"{who}@example.com"))
        counted.story.contact(f"in-{who}", who, direction="in", days=0.5)  # Wednesday, 11:13
        counted.story.contact(f"out-{who}", who, direction="out", days=0.5 + waited / 24)
    open_on_weekdays(counted, 2023, until=23)
    counted.commit()
    answer = number(counted, "first_response")
    assert answer.value == (None if expected is None else pytest.approx(expected))
    assert answer.numerator == len(hours)
