"""Charts are well-formed, escaped, proportional, in the hand of the style sheet, and say what their table says."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.app.web.charts.bars import Bar, bars
from stammkunde.app.web.charts.course import course
from stammkunde.app.web.charts.dots import dots
from stammkunde.app.web.charts.heat_map import Gap, heat_map, step
from stammkunde.app.web.charts.waterfall import waterfall
from tests.app.web import charts_gallery as gallery
from tests.app.web.charts_reading import heads, number, of, parsed, table, tree, widths, words

SAMPLES = gallery.ORDINARY | gallery.HOSTILE
STYLES = gallery.STYLE.read_text(encoding="utf-8")
DE = gallery.DE
ENGLISH = Locale("en")
values = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from([Decimal("NaN"), Decimal("-Infinity")]),
    st.decimals(-(10**40), 10**40),
    st.integers(-(10**400), 10**400),
)


# ---- all of them


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_chart_is_well_formed_and_keeps_the_rules(sample: str) -> None:
    figure = parsed(SAMPLES[sample]())
    pictures = figure.findall("svg")
    for svg in pictures:
        assert set(svg.attrib) == {"class", "height", "role", "aria-labelledby"}
        assert (svg.get("class"), svg.get("role")) == ("chart", "img")
        named = [each.get("id") for each in (svg[0], svg[1])]
        assert (svg[0].tag, svg[1].tag) == ("title", "desc")
        assert svg.attrib["aria-labelledby"].split() == named
        assert len([each for each in svg.iter("line") if each.get("class") == "grid"]) <= 3
    assert len(figure.findall("details/div/table")) == len(pictures)
    assert pictures or figure.find("p") is not None


@pytest.mark.parametrize("sample", SAMPLES)
def test_places_are_numbers_within_the_picture(sample: str) -> None:
    for svg in parsed(SAMPLES[sample]()).findall("svg"):
        height = number(svg, "height")
        for each in svg.iter():
            for name in (
                {"x", "x1", "x2", "cx", "width"} & set(each.attrib)
                if each.tag not in ("pattern",)
                else ()
            ):
                if each.attrib[name].endswith("%"):
                    assert -0.01 <= number(each, name) <= 100.01, each.attrib
            for name in {"y", "y1", "y2", "cy"} & set(each.attrib):
                assert -6 <= number(each, name) <= height, each.attrib


@pytest.mark.parametrize("sample", SAMPLES)
def test_colours_come_from_the_style_sheet_alone(sample: str) -> None:
    for svg in parsed(SAMPLES[sample]()).findall("svg"):
        for each in svg.iter():
            assert not {"style", "stroke", "color", "viewBox", "opacity"} & set(each.attrib)
            assert re.fullmatch(r"(url\(#[\w-]+-x\))?", each.get("fill", ""))
            for kind in each.get("class", "").split():
                assert re.search(rf"\.{kind}\b", STYLES), kind


@pytest.mark.parametrize("sample", [name for name in SAMPLES if "markup" in name])
def test_names_stay_text(sample: str) -> None:
    figure = parsed(SAMPLES[sample]())
    known = {
        "figure",
        "svg",
        "title",
        "desc",
        "defs",
        "pattern",
        "rect",
        "line",
        "circle",
        "text",
        "p",
    }
    known |= {
        "details",
        "summary",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "small",
        "a",
    }
    assert {each.tag for each in figure.iter()} <= known
    assert "<script>alert('x')</script> & \"Söhne\"" in "".join(figure.itertext())
    assert not any(name.startswith("on") for each in figure.iter() for name in each.attrib)


def test_ids_differ_and_begin_with_the_anchor() -> None:
    page = tree("<p>" + "".join(s().__html__() for s in SAMPLES.values()) + "</p>")
    ids = [each.attrib["id"] for each in page.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([\w-]+)\)", ET.tostring(page, "unicode")))
    assert used
    assert used <= set(ids)


@pytest.mark.parametrize("anchor", ["", "two words", 'a"b', "1a", "ä"])
def test_an_anchor_is_a_plain_name(anchor: str) -> None:
    with pytest.raises(ValueError, match="anchor"):
        gallery.some_bars(anchor, {})


def test_a_template_writes_both_parts() -> None:
    drawn = gallery.ORDINARY["15 Kunden mehr als am Jahresanfang"]()
    assert drawn.__html__() == drawn.picture + drawn.table


def test_the_chart_speaks_the_language_of_the_visitor() -> None:
    chart = gallery.a_course("e", [0.5, 0.6] * 6, unit="share")
    assert "Mittel 55\u202f%" in words(course(chart, DE))
    english = course(chart, ENGLISH)
    assert "Mean 55\u202f%" in words(english)
    assert parsed(english).findtext(".//summary") == "Numbers as a table"


@given(st.lists(st.tuples(values, values), max_size=8))
@settings(max_examples=30)
def test_no_value_breaks_a_chart(
    pairs: list[tuple[Decimal | float | None, Decimal | float | None]],
) -> None:
    rows = {str(at): pair for at, pair in enumerate(pairs)}
    drawn = [
        bars(gallery.some_bars("b", rows), DE),
        dots(gallery.some_dots("d", pairs), DE),
        course(gallery.a_course("c", [value for pair in pairs for value in pair]), DE),
    ]
    for chart in drawn:
        written = ET.tostring(parsed(chart), "unicode")
        assert not re.search(r'"[^"]*\b(nan|inf)\b[^"]*"', written)


# ---- bars


def test_widths_are_proportional_and_the_second_series_continues_the_first() -> None:
    rows: dict[str, tuple[float | None, ...]] = {
        "Mail": (51, 37),
        "Telefon": (55, 19),
        "Brief": (2, 4),
    }
    drawn = bars(gallery.some_bars("b", rows), DE)
    first, second = of(drawn, "rect", "bar"), of(drawn, "rect", "bar2")
    per_unit = number(first[0], "width") / 51
    for (a, b), left, right in zip(rows.values(), first, second, strict=True):
        assert number(left, "width") == pytest.approx((a or 0) * per_unit, abs=0.02)
        assert number(right, "width") == pytest.approx((b or 0) * per_unit, abs=0.02)
        assert number(right, "x") == pytest.approx(
            number(left, "x") + number(left, "width"), abs=0.02
        )
    assert len({number(each, "x") for each in first}) == 1


def test_below_zero_a_bar_goes_to_the_left_of_the_axis() -> None:
    drawn = bars(gallery.some_bars("b", {"A": (10,), "B": (-5,)}, series=("n",)), DE)
    up, down = of(drawn, "rect", "bar")
    (axis,) = of(drawn, "line", "axis")
    assert number(up, "x") == pytest.approx(number(axis, "x1"), abs=0.01)
    assert number(down, "x") + number(down, "width") == pytest.approx(number(axis, "x1"), abs=0.02)
    assert number(up, "width") == pytest.approx(2 * number(down, "width"), abs=0.03)


def test_the_track_is_as_long_as_there_can_be() -> None:
    chart = gallery.some_bars("b", {"A": (0.25,), "B": (1,)}, series=("n",), unit="share", full=1)
    drawn = bars(chart, DE)
    track, bar = widths(drawn, "track"), widths(drawn, "bar")
    assert bar == pytest.approx([track[0] / 4, track[0]], abs=0.02)


def test_the_table_of_bars_is_the_data() -> None:
    chart = gallery.some_bars("b", {"Mail": (1234, 37), "Chat": (None, 2)}, total="zusammen")
    drawn = bars(chart, DE)
    assert heads(drawn) == ["Kanal", "eingehend", "ausgehend", "zusammen"]
    assert table(drawn) == [["Mail", "1’234", "37", "1’271"], ["Chat", "–", "2", "2"]]
    assert "1’234 · 37" in words(drawn)


def test_bars_without_data_are_hatched_and_say_why() -> None:
    rows = (
        Bar(label="Telefon", values=(None, None), note="still"),
        Bar(label="Mail", values=(1, 2)),
    )
    drawn = bars(gallery.some_bars("b", {}, bars=rows), DE)
    assert [each for each in of(drawn, "rect") if each.get("fill") == "url(#b-x)"]
    assert table(drawn)[0] == ["Telefon", "–still", "–still"]


def test_a_row_leads_to_the_list_behind_it() -> None:
    rows = (Bar(label="Mail", values=(1, 2), href="/contacts?channel=mail&page=1"),)
    (link,) = parsed(bars(gallery.some_bars("b", {}, bars=rows), DE)).iter("a")
    assert (link.text, link.get("href")) == ("Mail", "/contacts?channel=mail&page=1")


@pytest.mark.parametrize("series", [(), ("a", "b", "c"), ("a",)])
def test_one_or_two_series_with_a_value_each(series: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="series"):
        gallery.some_bars("b", {"A": (1, 2)}, series=series)


# ---- waterfall


@given(*[st.integers(0, 10**6)] * 4)
@settings(max_examples=60)
def test_the_waterfall_closes(opening: int, new: int, back: int, gone: int) -> None:
    chart = gallery.a_waterfall("w", opening, new, back, gone)
    assert chart.closed_with == opening + new + back - gone
    drawn = waterfall(chart, DE)
    assert [row[1] for row in table(drawn)] == [
        writing.number(opening),
        *map(writing.signed, (new, back, -gone)),
        writing.number(opening + new + back - gone),
    ]


def test_each_step_hangs_where_the_one_before_ended() -> None:
    drawn = waterfall(gallery.a_waterfall("w", 853, 214, 38, 237), DE)
    boxes = of(drawn, "rect", "total", "bar", "bar2")
    per_one = number(boxes[0], "width") / 853
    lefts = [number(box, "x") - number(boxes[0], "x") for box in boxes]
    assert lefts == pytest.approx([n * per_one for n in (0, 853, 1067, 868, 0)], abs=0.03)
    assert [number(box, "width") for box in boxes] == pytest.approx(
        [n * per_one for n in (853, 214, 38, 237, 868)], abs=0.03
    )
    ends = [number(each, "x1") for each in of(drawn, "line", "axis")]
    assert ends == pytest.approx(
        [n * per_one + number(boxes[0], "x") for n in (853, 1067, 1105, 868)], abs=0.03
    )


# ---- heat map


@pytest.mark.parametrize(
    ("most", "steps"),
    [(9, [1, 2, 2, 3, 3, 4, 4, 5, 5]), (1, [1]), (3, [1, 2, 3]), (5, [1, 2, 3, 4, 5])],
)
def test_five_steps(most: int, steps: list[int]) -> None:
    assert [step(count, most) for count in range(1, most + 1)] == steps


def test_zero_is_blank_closed_not_drawn_and_no_data_hatched() -> None:
    drawn = heat_map(gallery.a_heat_map("h", {"Sa": (0, 3, Gap.CLOSED, Gap.NO_DATA)}), DE)
    cells = [each for each in of(drawn, "rect") if each.get("class") != "hatbg"]
    assert [each.get("class") or each.get("fill") for each in cells] == ["h0", "h3", "url(#h-x)"]
    assert words(drawn) == ["8", "9", "10", "11", "Sa", "3"]
    assert table(drawn) == [["Sa", "0", "3", "zu", "–"]]


def test_the_table_of_a_heat_map_is_the_data() -> None:
    drawn = gallery.ORDINARY["Verpasste Anrufe häufen sich um 12 Uhr"]()
    marks = {Gap.CLOSED: "zu", Gap.NO_DATA: "–"}
    assert table(drawn) == [
        [day, *(marks[cell] if isinstance(cell, Gap) else str(cell) for cell in cells)]
        for day, cells in gallery.MISSED.items()
    ]


def test_numbers_too_wide_for_their_cells_stand_in_the_table_alone() -> None:
    drawn = heat_map(gallery.a_heat_map("h", {"Mo": (1234,) * 24}, 0), DE)
    assert "1’234" not in words(drawn)
    assert table(drawn)[0][1] == "1’234"
