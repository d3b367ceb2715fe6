"""Strips of days: a bar where contacts came, a line where none did, a hatch where nothing was read."""

import re
from datetime import date

import pytest

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts.days import Days, days, days_table

DE = Locale("de")


def strip(*contacts: int | None) -> Days:
    return Days(anchor="strip0", title="info: die letzten Tage", desc="–", contacts=contacts)


def drawn(*contacts: int | None) -> list[str]:
    """What stands for each day."""
    fields = re.findall(
        r'<rect(?: class="(\w+)")? x=[^>]*height="([\d.]+)"( fill="url)?', days(strip(*contacts))
    )
    return [
        (kind and f"{kind} {height}") or "hatch" for kind, height, _ in fields if kind != "hatbg"
    ]


@pytest.mark.parametrize(
    ("contacts", "fields"),
    [
        ((), []),
        ((0,), ["track 2"]),
        ((5,), ["bar2 20"]),
        ((None, 0, 10, 5), ["hatch", "track 2", "bar2 20", "bar2 10"]),
        ((1, 1000), ["bar2 4", "bar2 20"]),
    ],
)
def test_each_day_has_its_field_from_zero_up(
    contacts: tuple[int | None, ...], fields: list[str]
) -> None:
    assert drawn(*contacts) == fields


def test_thirty_days_fill_the_width_without_touching() -> None:
    places = re.findall(r'x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"', days(strip(*[1] * 30)))
    ends = [float(x) + float(width) for x, width in places]
    assert all(end < float(x) for end, (x, _) in zip(ends, places[1:], strict=False))
    assert ends[-1] <= 100


def test_the_table_has_the_numbers_of_all_sources_newest_first() -> None:
    dates = [date(2026, 11, 22), date(2026, 11, 23)]
    sources = [("info", strip(0, 1234)), ("<b>", strip(None, None))]
    table = days_table(strip(), dates, sources, DE)
    assert re.findall(r"<t[hd]\b[^>]*>([^<]*)<", table) == [
        "Tag", "info", "&lt;b&gt;", "23.11.2026", "1’234", "–", "22.11.2026", "0", "–",
    ]  # fmt: skip
