"""Numbers, labels and tick words of charts: written in their unit, cut to their room, kept apart."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import axes, drawing, units
from tests.app.web import charts_gallery as gallery

DE = gallery.DE
ENGLISH = Locale("en")


@pytest.mark.parametrize(
    ("value", "unit", "exact", "brief"),
    [
        (0.7619, "share", "76.2\u202f%", "76\u202f%"),
        (0.0119, "share", "1.2\u202f%", "1.2\u202f%"),
        (3.14, "hours", "3.1 h", "3.1 h"),
        (Decimal("1234.5"), "CHF", "CHF 1’234.50", "CHF 1’234"),
        (Decimal("-2184000"), "CHF", "CHF −2’184’000.00", "CHF −2.18\u00a0Mio"),
        (12.34, "contacts", "12.3", "12.3"),
        (1234, "contacts", "1’234", "1’234"),
        (10**20, "contacts", "100’000’000’000’000’000’000", "1.0e+20"),
        (None, "share", "–", "–"),
        (float("nan"), "CHF", "–", "–"),
        (Decimal("1e40"), "CHF", "CHF " + "10" + "’000" * 13, "CHF 1.0e+40"),
    ],
)
def test_values_are_written_in_their_unit(
    value: drawing.Number | None, unit: str, exact: str, brief: str
) -> None:
    assert (units.exact(value, unit, "de"), units.brief(value, unit, "de")) == (exact, brief)


@given(st.text(max_size=300), st.floats(5, 60), st.booleans())
def test_cut_words_fit(text: str, most: float, is_strong: bool) -> None:
    cut = drawing.fitted(text, most, is_strong=is_strong)
    assert drawing.per_cent(drawing.width(cut, is_strong=is_strong)) <= most + 1e-9
    assert cut == drawing.plain(text) or cut.endswith("…")


@given(st.lists(st.floats(0, 150), max_size=4).map(sorted))
def test_labels_keep_apart_within_the_plot(wanted: list[float]) -> None:
    bases = axes.spread(wanted, 15, 12, 144)
    assert all(b - a >= 15 - 1e-9 for a, b in pairwise(bases))
    assert all(12 - 1e-9 <= y <= 144 for y in bases)


def test_months_have_words_at_their_first_week() -> None:
    shown = [word for word in axes.months(gallery.MONDAYS, DE) if word]
    assert shown == ["Dez 25", "März", "Juni", "Sept."]
    long = [date(2024, 1, 1) + timedelta(days=31 * n) for n in range(30)]
    assert [word for word in axes.months(long, DE) if word] == [
        "Jan 24",
        "Juli",
        "Jan 25",
        "Juli",
        "Jan 26",
    ]
    assert [word for word in axes.months([date(2026, 5, 20)], ENGLISH) if word] == ["May 26"]
    assert axes.months([], DE) == axes.weeks([], DE) == ()


@pytest.mark.parametrize("n", [1, 4, 5, 6, 26, 53])
def test_weeks_have_at_most_five_words_and_the_newest_has_one(n: int) -> None:
    shown = axes.weeks(gallery.MONDAYS[-n:] if n < 53 else gallery.MONDAYS, DE)
    assert 1 <= len([word for word in shown if word]) <= 5
    assert shown[-1].endswith("47")
    assert next(word for word in shown if word).startswith("Woche ")


def test_tick_words_that_would_touch_are_left_out() -> None:
    marks = list(axes.ticks([0, 5, 50, 100], ["Januar", "Februar", "März", "Dezember"], 100))
    assert [re.sub("<[^>]*>", "", mark) for mark in marks if "<text" in mark] == [
        "Januar",
        "März",
        "Dezember",
    ]


def test_english_groups_by_commas() -> None:
    assert units.exact(1234, "contacts", "en") == "1,234"
    assert units.brief(Decimal("-12345"), "CHF", "en") == "CHF −12,345"
    assert units.brief(2_184_000, "contacts", "en") == "2.18M"
