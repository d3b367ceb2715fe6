"""Charts along the time: courses, dots and strips show their values at their places, and nothing where there is none."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.app.web.charts import axes
from stammkunde.app.web.charts.course import Point, course, reading
from stammkunde.app.web.charts.dots import dots
from stammkunde.app.web.charts.strip import Order, strip
from tests.app.web import charts_gallery as gallery
from tests.app.web.charts_reading import number, of, table, words

DE = gallery.DE


# ---- course


def test_only_signals_are_marked() -> None:
    drawn = gallery.ORDINARY["Erreichbarkeit ungewöhnlich tief"]()
    assert len(of(drawn, "circle", "dot")) == 51
    assert len(of(drawn, "circle", "dots")) == len(of(drawn, "circle", "halo-s")) == 1
    assert "76\u202f%" in words(drawn)
    assert {"Grenze 95\u202f%", "Mittel 86\u202f%", "Grenze 78\u202f%"} <= set(words(drawn))


def test_good_news_is_petrol_and_bad_news_vermilion() -> None:
    good = gallery.ORDINARY["Antworten dauerhaft schneller"]()
    bad = gallery.ORDINARY["Neun Wochen schlechter"]()
    assert len(of(good, "circle", "dot1")) == 9
    assert of(good, "circle", "neg") == []
    assert len(of(bad, "circle", "neg")) == 8  # the ninth is ringed, beyond the limit as well
    assert "9 in Folge unter dem Mittel" in words(good)


@pytest.mark.parametrize(
    ("n", "limits", "provisional"), [(11, 0, False), (12, 2, True), (24, 2, False)]
)
def test_limits_are_drawn_from_twelve_points(n: int, limits: int, provisional: bool) -> None:
    drawn = course(gallery.a_course("c", [5.0 + at % 2 for at in range(n)]), DE)
    assert len(of(drawn, "line", "limit")) == limits
    assert ("vorläufig" in words(drawn)) == provisional


def test_a_gap_is_hatched_and_not_bridged() -> None:
    drawn = course(gallery.a_course("c", [1, 2, None, None, 5, 6]), DE)
    assert len([each for each in of(drawn, "rect") if each.get("fill")]) == 1
    assert len(of(drawn, "line", "line")) == 2
    assert table(drawn)[2][1] == "–keine Daten"


def test_a_period_that_is_not_over_counts_for_nothing_but_stands_in_the_table() -> None:
    done = gallery.points([5.0, 6.0] * 8)
    chart = gallery.a_course(
        "c", [], points=(*done, Point(label="48/2026", value=0, is_partial=True))
    )
    assert reading(chart) == reading(gallery.a_course("c", [], points=done))
    assert table(course(chart, DE))[0] == ["48/2026", "0läuft noch"]


def test_the_table_of_a_course_is_the_data_newest_first() -> None:
    drawn = gallery.ORDINARY["Erreichbarkeit ungewöhnlich tief"]()
    weeks = [gallery.week(day) for day in gallery.MONDAYS]
    shown = [[week, f"{value}\u202f%"] for week, value in zip(weeks, gallery.REACHED, strict=True)]
    assert table(drawn) == shown[::-1]


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=40))
@settings(max_examples=60)
def test_higher_values_stand_higher(given: list[float]) -> None:
    drawn = course(gallery.a_course("c", [*given], unit="CHF"), DE)
    spots = sorted(
        {
            (number(e, "cx"), number(e, "cy"))
            for e in of(drawn, "circle", "dot", "dot1", "neg", "dots")
        }
    )
    assert len(spots) == len(given)
    for (_, one), (_, other) in pairwise(sorted(zip(given, [y for _, y in spots], strict=True))):
        assert one >= other - 0.02


# ---- dots


def test_medians_and_rings_stand_at_their_values() -> None:
    drawn = dots(gallery.some_dots("d", [(2, 10), (4, 20)]), DE)
    low = [number(each, "cy") for each in of(drawn, "circle", "dot1")]
    high = [number(each, "cy") for each in of(drawn, "circle", "ring")]
    (zero,) = [number(each, "y1") for each in of(drawn, "line", "axis")[:1]]
    per_hour = (zero - low[0]) / 2
    assert [zero - y for y in (low[1], *high)] == pytest.approx([n * per_hour for n in (4, 10, 20)])
    assert table(drawn) == [["47/2026", "4.0 h", "20.0 h"], ["46/2026", "2.0 h", "10.0 h"]]


def test_half_a_pair_is_drawn_and_none_is_hatched() -> None:
    drawn = dots(gallery.some_dots("d", [(2, None), (None, None), (None, 3)]), DE)
    assert len(of(drawn, "circle")) == 2
    assert len([each for each in of(drawn, "rect") if each.get("fill")]) == 1
    assert table(drawn)[1] == ["46/2026", "–keine Daten", "–keine Daten"]


@given(st.floats(1e-100, 1e100))
def test_at_most_three_round_grid_lines_reach_the_greatest_value(high: float) -> None:
    lines = axes.grid(high)
    assert 1 <= len(lines) <= 3
    assert lines[-1] >= high * (1 - 1e-9)
    assert len(lines) == 1 or lines[-2] < high


# ---- strip


def test_orders_stand_in_proportion_to_time() -> None:
    days = (date(2024, 11, 23), date(2025, 11, 23), date(2026, 11, 23))
    drawn = strip(gallery.a_strip("s", [Order(day) for day in days]), DE)
    x = [number(each, "cx") for each in of(drawn, "circle")]
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], abs=0.5)
    assert number(of(drawn, "line", "goal")[0], "x1") == pytest.approx(x[2], abs=0.25)


def test_the_table_of_a_strip_sums_each_year_and_currency() -> None:
    orders = [
        Order(date(2026, 1, 5), Decimal("10.10"), "CHF"),
        Order(date(2026, 2, 5), Decimal("20.20"), "CHF"),
        Order(date(2026, 3, 5), Decimal("1"), "EUR"),
        Order(date(2024, 3, 5)),
    ]
    assert table(strip(gallery.a_strip("s", orders), DE)) == [
        ["2026 bis heute", "3", "CHF 30.30 · EUR 1.00"],
        ["2024", "1", "–"],
    ]


def test_twenty_thousand_orders_are_a_small_picture() -> None:
    orders = gallery.rhythm(date(1971, 1, 1), 1, 20_000)
    drawn = strip(gallery.a_strip("s", orders), DE)
    assert len(drawn.picture) < 40_000
    assert sum(int(row[1]) for row in table(drawn)) == 20_000
