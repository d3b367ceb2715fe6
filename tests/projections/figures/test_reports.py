"""What pages ask beside a number: courses, pages of lists, compositions, the spread of waits, a whole week."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.errors import DecisionError
from stammkunde.projections.figures import parts as by_part
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.interval import wilson
from stammkunde.projections.figures.periods import GRAINS, Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import Segment
from stammkunde.projections.figures.waiting import missed_hours, spreads
from tests.projections.figures.test_behind import PERIODS, segments_of, tell
from tests.projections.figures.test_figures import counting, open_on_weekdays
from tests.projections.samples import NOON, Home, mail, sid

YEARS = Period(date(2023, 11, 8), date(2027, 12, 10))
MONDAY = date(2023, 11, 13)
"""Of the week in which day 0 of the samples, a Tuesday, lies."""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with counting(Path(tmp_path_factory.mktemp("reports"))) as place:
        tell(place)
        place.commit()
        yield place


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Home]:
    with counting(tmp_path) as place:
        yield place


# ---- courses


@pytest.mark.parametrize(("code", "grain"), [*product(FIGURES, GRAINS[1:])])
def test_a_course_is_what_each_of_its_parts_is_alone(rich: Home, code: str, grain: Grain) -> None:
    found = []
    for segment in segments_of(code)[:4]:
        course = rich.queries.figures(YEARS, codes=[code], grain=grain, segment=segment)
        alone: list[FigureAnswer] = []
        for part in YEARS.cut(grain) if FIGURES[code].has_period else [YEARS]:
            alone += rich.queries.figures(part, codes=[code], segment=segment)
        assert course == alone
        found += course
    assert any(answer.n for answer in found)


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(1, 400), st.sampled_from(GRAINS))
def test_every_day_lies_in_the_part_that_holds_it(start: date, days: int, grain: Grain) -> None:
    parts = tuple(Period(start, start + timedelta(days=days)).cut(grain))
    assert [a.end for a in parts[:-1]] == [b.start for b in parts[1:]]
    rows = [((start + timedelta(days=n)).isoformat(), 1) for n in range(-3, days)]
    counts = [n for (n,) in by_part.sums(rows, parts)]
    assert counts == [(p.end - p.start).days + (3 if p == parts[0] else 0) for p in parts]


# ---- pages of lists


@pytest.mark.parametrize("code", FIGURES)
@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_the_pages_of_a_list_are_the_list(rich: Home, code: str, limit: int) -> None:
    for segment, period in product(segments_of(code)[:6], PERIODS):
        whole = rich.queries.who(code, period, segment=segment)
        paged, after = [], ""
        while page := rich.queries.who(code, period, segment=segment, limit=limit, after=after):
            assert len(page) <= limit
            paged += page
            after = page[-1].key
        assert paged == whole
        assert len({entry.key for entry in whole}) == len(whole)


@pytest.mark.parametrize("code", ["contacts", "orders", "missed_calls", "new", "customers"])
def test_lists_come_newest_first(rich: Home, code: str) -> None:
    entries = rich.queries.who(code, PERIODS[3])
    at = [entry.day or entry.at for entry in entries]
    assert at == sorted(at, reverse=True)  # type: ignore[type-var]
    assert len(at) > 2


@pytest.mark.parametrize(
    "key", ["x", "[]", '["a"]', '[1,"a","b"]', '["1","a"]', "[1,2]", '{"a":1}', "[null,1]"]
)
def test_a_key_of_another_list_is_refused(rich: Home, key: str) -> None:
    with pytest.raises(DecisionError):
        rich.queries.who("contacts", YEARS, limit=3, after=key)


def test_items_of_several_contacts_stand_once_on_all_pages(empty: Home) -> None:
    """A mail to three customers, between others of the same day."""
    story = empty.story
    for n in range(30):
        story.contact(f"c{n}", days=n / 100)
    for n in range(3):
        story.see(f"h{n}", mail(f"{n}@example.com"))
    empty.commit()
    empty.change(f"UPDATE contacts SET item = '{sid('c4')}' WHERE id IN ('{sid('c4')}', '{sid('c9')}', '{sid('c17')}')")  # fmt: skip
    whole = empty.queries.who("contacts", YEARS)
    assert len(whole) == 28
    paged, after = [], ""
    while page := empty.queries.who("contacts", YEARS, limit=5, after=after):
        paged += page
        after = page[-1].key
    assert paged == whole


# ---- compositions


@pytest.mark.parametrize("code", [code for code in FIGURES if FIGURES[code].segments])
def test_each_part_of_a_composition_is_the_figure_of_its_segment(rich: Home, code: str) -> None:
    for segment, period in product(segments_of(code)[:6], PERIODS):
        for part in rich.queries.makeup(code, period, segment=segment):
            if not part.value:
                continue
            narrowed = Segment(**{name: getattr(segment, name) for name in segment.parts}, **{part.part: part.value})  # fmt: skip
            (answer,) = rich.queries.figures(period, codes=[code], segment=narrowed)
            assert answer.numerator == part.n
            assert part.of is None or answer.denominator == part.of
            assert len(rich.queries.who(code, period, segment=narrowed)) == part.n
    assert rich.queries.makeup(code, PERIODS[0])


@pytest.mark.parametrize("code", ["contacts", "not_counted", "net_revenue"])
def test_a_composition_adds_up_by_each_of_its_parts(rich: Home, code: str) -> None:
    parts = rich.queries.makeup(code, YEARS)
    whole = sum(answer.numerator or 0 for answer in rich.queries.figures(YEARS, codes=[code]))
    for name in FIGURES[code].segments:
        assert sum(part.n for part in parts if part.part == name) == whole


# ---- waits


def test_the_spread_of_waits_has_the_figures_median_and_nearest_rank(rich: Home) -> None:
    parts = tuple(YEARS.cut("month"))
    with rich.views.store.reading() as cursor:
        found = spreads(cursor, "message", parts)
    figures = rich.queries.figures(YEARS, codes=["first_response"], grain="month")
    assert [(s.median, s.n) for s in found] == [(f.value, f.n) for f in figures]
    for spread, part in zip(found, parts, strict=True):
        hours = sorted(e.n or 0 for e in rich.queries.who("first_response", part))
        if not hours:
            assert spread.p90 is None
            continue
        within = sum(minutes / 60 <= (spread.p90 or 0) for minutes in hours)
        assert within >= 0.9 * len(hours)
        assert sum(minutes < int((spread.p90 or 0) * 60) for minutes in hours) < 0.9 * len(hours)


def test_ten_waits_have_their_ninth_as_p90(empty: Home) -> None:
    open_on_weekdays(empty, 2023)
    story = empty.story
    for n in range(10):  # all begin on Tuesday at 11:00, and are answered an hour later each
        story.see(f"h{n}", mail(f"{n}@example.com"))
        begin = -12.2 / 24
        story.contact(f"q{n}", f"h{n}", days=begin, direction="in")
        story.contact(f"a{n}", f"h{n}", days=begin + (n + 1) / 48, direction="out")
    empty.commit()
    with empty.views.store.reading() as cursor:
        (spread,) = spreads(cursor, "message", [Period(MONDAY, MONDAY + timedelta(days=7))])
    assert (spread.n, spread.still_open) == (10, 0)
    assert spread.p90 == pytest.approx(4.5, abs=0.01)
    assert spread.median == pytest.approx(2.75, abs=0.01)


def test_missed_calls_by_hour_are_those_of_the_period_open_or_not(empty: Home) -> None:
    """Day 0 is Tuesday, 14 November 2023, 23:13 in Zurich."""
    open_on_weekdays(empty, 2023, until=12)
    for n, hours in enumerate(
        (-14, -14.1, -11.5, 0, 24 * 4)
    ):  # 9 h twice, 11 h, at night, Saturday
        empty.story.see(f"h{n}", mail(f"{n}@example.com"))
        empty.story.contact(
            f"c{n}", f"h{n}", days=hours / 24, kind="call", channel="phone", direction="in", outcome="missed"
        )  # fmt: skip
    empty.commit()
    week = Period(MONDAY, MONDAY + timedelta(days=7))
    with empty.views.store.reading() as cursor:
        found = missed_hours(cursor, empty.views.local, week)
    assert {(c.weekday, c.hour): c.n for c in found.hours if c.n} == {(1, 9): 2, (1, 11): 1}
    assert {(c.weekday, c.hour) for c in found.hours} == {(d, h) for d in range(5) for h in range(8, 12)}  # fmt: skip
    assert found.outside == 2
    (figure,) = empty.queries.figures(week, codes=["missed_calls"])
    assert figure.value == sum(c.n for c in found.hours) + found.outside


@pytest.mark.parametrize("days", [0.5, 20, 45, 400])
def test_as_many_wait_as_the_todo_list_has(rich: Home, days: float) -> None:
    now = datetime.fromtimestamp(NOON / 1000, UTC) + timedelta(days=days)
    todo = rich.queries.todo(now)
    found = rich.queries.due(now)
    assert {what: each.n for what, each in found.items()} == Counter(row.what for row in todo)
    for what, each in found.items():
        assert each.open_hours == max(row.open_hours for row in todo if row.what == what)


# ---- a week


@pytest.mark.parametrize("weeks", [0, 5, 30, 60])
def test_a_week_is_made_of_the_figures_of_its_days(rich: Home, weeks: int) -> None:
    start = MONDAY + timedelta(weeks=weeks)
    week = Period(start, start + timedelta(weeks=1))
    before = Period(start - timedelta(weeks=1), start)
    found = rich.queries.monday(week)
    for code in found.now:
        assert found.now[code] == rich.queries.figures(week, codes=[code])
        assert found.before.get(code, []) == rich.queries.figures(before, codes=[code])
    for code, course in found.courses.items():
        assert course[-1].value == rich.queries.figures(week, codes=[code])[0].value
        assert len(course) == min(max(weeks, 1), 52)
    assert sum(way.n for way in found.ways) == found.now["contacts"][0].value
    assert found.unassigned == len(rich.queries.who("unassigned_rate", found.known))
    base = found.base
    for value, code in ((base.new, "new"), (base.won_back, "won_back"), (base.churned, "churned"), (base.closing, "active")):  # fmt: skip
        assert value == rich.queries.figures(base.period, codes=[code])[0].value
    complete = rich.queries.figures(week, codes=["completeness"])[0]
    assert (found.completeness.complete, found.completeness.known) == (complete.numerator, complete.denominator)  # fmt: skip


def test_the_oldest_contact_of_nobody_is_named(rich: Home) -> None:
    found = rich.queries.monday(Period(MONDAY, MONDAY + timedelta(days=7)))
    oldest = min(entry.at for entry in rich.queries.who("unassigned_rate", found.known) if entry.at)
    assert found.oldest_unassigned == oldest
    assert oldest >= datetime.fromtimestamp(NOON / 1000, UTC)


def test_a_week_of_an_empty_home_is_empty(empty: Home) -> None:
    found = empty.queries.monday(Period(MONDAY, MONDAY + timedelta(days=7)))
    assert (found.ways, found.unassigned, found.oldest_unassigned) == ([], 0, None)
    assert found.missed.hours == ()
    assert all(answer.n == 0 for course in found.courses.values() for answer in course)


# ---- certainty


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1195, 1412, 0.8266, 0.8642)],
)  # fmt: skip
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)
