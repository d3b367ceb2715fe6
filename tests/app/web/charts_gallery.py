"""Sample charts, ordinary and hostile, and a page that shows them: for tests, and to look at in a browser.

`python -m tests.app.web.charts_gallery FOLDER` writes `gallery.html` and `hostile.html` with their style sheet.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web import charts
from stammkunde.app.web.charts import axes
from stammkunde.app.web.charts.bars import Bar, Bars, bars
from stammkunde.app.web.charts.course import Course, Point, course
from stammkunde.app.web.charts.dots import Dots, Spread, dots
from stammkunde.app.web.charts.drawing import Drawn, Number
from stammkunde.app.web.charts.heat_map import Gap, HeatMap, Line, heat_map
from stammkunde.app.web.charts.strip import Order, Strip, strip
from stammkunde.app.web.charts.waterfall import Step, Waterfall, waterfall

DE = Locale("de")
STYLE = Path(charts.__file__).parents[1] / "static" / "app.css"
MONDAYS = [date(2025, 11, 24) + timedelta(weeks=n) for n in range(52)]
LONG = "Genossenschaft zur Förderung der Lastenvelos im Zürcher Oberland und Umgebung " * 3
MARKUP = "<script>alert('x')</script> & \"Söhne\" ]]> \x00\x1f"

REACHED = [
    83.7, 83.8, 87.9, 81.1, 86.1, 81.2, 88.9, 86.9, 89.5, 85.2, 87.3, 85.7, 84.7, 86.7, 83.5, 85.6, 88.0,
    86.5, 85.5, 91.4, 86.5, 85.1, 86.8, 85.2, 85.5, 85.6, 91.1, 86.5, 86.8, 88.0, 91.0, 85.9, 85.0, 92.1,
    83.0, 85.6, 87.9, 91.7, 84.2, 80.9, 87.9, 85.2, 85.5, 87.5, 86.9, 87.1, 85.4, 89.4, 89.9, 86.5, 83.1,
    76.2,
]  # fmt: skip
ANSWERED = [
    3.6, 4.4, 4.2, 4.1, 4.8, 4.3, 4.2, 5.2, 4.1, 3.7, 3.6, 4.0, 4.6, 4.7, 4.9, 5.2, 4.2, 4.6, 5.0, 4.6,
    4.0, 4.7, 4.4, 4.2, 5.3, 4.7, 4.1, 4.3, 5.5, 4.7, 4.6, 4.6, 4.6, 4.6, 4.1, 4.1, 4.2, 4.1, 4.7, 5.1,
    3.9, 4.6, 4.5, 3.9, 3.6, 4.1, 3.4, 3.7, 3.5, 3.8, 3.3, 3.1,
]  # fmt: skip
SLOWEST = [
    10.6, 11.8, 15.8, 10.1, 11.7, 15.9, 15.0, 19.5, 13.0, 12.3, 12.3, 13.2, 11.6, 16.7, 12.9, 15.0, 12.8,
    11.7, 11.5, 9.6, 11.7, 11.0, 10.1, 10.5, 10.6, 10.4,
]  # fmt: skip
MISSED: dict[str, tuple[int | Gap, ...]] = {
    "Mo": (2, 4, 3, 2, 9, 6, 3, 2, 3, 5),
    "Di": (1, 1, 2, 1, 6, 4, 1, 0, 2, 3),
    "Mi": (1, 2, 1, 1, 5, 3, 1, 1, 0, 2),
    "Do": (0, 1, 2, 1, 7, 4, 2, 1, 1, 2),
    "Fr": (1, 1, 2, 2, 6, 5, 1, 2, 3, 4),
    "Sa": (Gap.CLOSED, 3, 5, 4, *[Gap.NO_DATA] * 4, *[Gap.CLOSED] * 2),
}


def week(day: date) -> str:
    return f"{day.isocalendar().week}/{day.isocalendar().year}"


def points(values: Sequence[Number | None], days: list[date] | None = None) -> tuple[Point, ...]:
    starts = days or [MONDAYS[-1] - timedelta(weeks=n) for n in range(len(values))][::-1]
    words = axes.months(starts, DE)
    return tuple(
        Point(label=week(day), value=value, tick=word)
        for day, value, word in zip(starts, values, words, strict=True)
    )


def a_course(anchor: str, values: Sequence[Number | None], **more: object) -> Course:
    given: dict[str, object] = {
        "title": "Erreichbarkeit je Woche",
        "desc": "Verlaufskurve mit Mittel und Grenzen der üblichen Schwankung.",
        "heading": "Woche",
        "counted": "Erreichbarkeit",
        "points": points(values),
    }
    return Course(anchor=anchor, **(given | more))  # type: ignore[arg-type]


def some_bars(anchor: str, rows: Mapping[str, tuple[Number | None, ...]], **more: object) -> Bars:
    given: dict[str, object] = {
        "title": "Kontakte der letzten Woche nach Kanal und Richtung",
        "desc": "Dunkel eingehend, hell ausgehend.",
        "heading": "Kanal",
        "series": ("eingehend", "ausgehend"),
        "bars": tuple(Bar(label=label, values=values) for label, values in rows.items()),
    }
    return Bars(anchor=anchor, **(given | more))  # type: ignore[arg-type]


def a_waterfall(anchor: str, opening: int, *changes: int, name: str = "") -> Waterfall:
    names = ("Neu", "Zurückgewonnen", "Abgewandert")
    return Waterfall(
        anchor=anchor,
        title="Kundenbestand vom 01.01. bis 22.11.2026",
        desc="Anfang, neu, zurückgewonnen, abgewandert, heute.",
        heading="Posten",
        counted="Kunden",
        opening=name or "Bestand 01.01.2026",
        opened_with=opening,
        steps=tuple(
            Step(label=name or names[at], count=count, is_loss=at == len(changes) - 1)
            for at, count in enumerate(changes)
        ),
        closing=name or "Bestand heute",
    )


def a_heat_map(anchor: str, rows: Mapping[str, tuple[int | Gap, ...]], first: int = 8) -> HeatMap:
    n = len(next(iter(rows.values()), ()))
    return HeatMap(
        anchor=anchor,
        title="Verpasste Anrufe nach Wochentag und Stunde",
        desc="Am meisten um 12 Uhr.",
        heading="Tag",
        columns=tuple(str(hour) for hour in range(first, first + n)),
        lines=tuple(Line(label, cells) for label, cells in rows.items()),
    )


def some_dots(anchor: str, pairs: Sequence[tuple[Number | None, Number | None]]) -> Dots:
    starts = [MONDAYS[-1] - timedelta(weeks=n) for n in range(len(pairs))][::-1]
    return Dots(
        anchor=anchor,
        title="Erstreaktionszeit je Woche",
        desc="Gefüllter Punkt: Median. Ring: neun von zehn waren schneller.",
        heading="Woche",
        median="Median",
        p90="90 % schneller als",
        spreads=tuple(
            Spread(label=week(day), median=median, p90=p90, tick=word)
            for day, word, (median, p90) in zip(starts, axes.weeks(starts, DE), pairs, strict=True)
        ),
    )


def a_strip(anchor: str, orders: list[Order]) -> Strip:
    return Strip(
        anchor=anchor,
        title="Bestellungen seit Januar 2024",
        desc="16 Bestellungen, im Mittel alle 62 Tage.",
        orders=tuple(orders),
        today=date(2026, 11, 23),
        heading="Jahr",
        counted="Bestellungen",
        worth="Wert",
    )


def rhythm(first: date, every: int, n: int) -> list[Order]:
    return [Order(first + timedelta(days=every * at), Decimal("1148.00"), "CHF") for at in range(n)]


Samples = dict[str, Callable[[], Drawn]]

ORDINARY: Samples = {
    "Erreichbarkeit ungewöhnlich tief": lambda: course(
        a_course("x1", [v / 100 for v in REACHED], unit="share", better="higher"), DE
    ),
    "Antworten dauerhaft schneller": lambda: course(
        a_course("x2", [*ANSWERED], unit="hours", better="lower"), DE
    ),
    "15 Kunden mehr als am Jahresanfang": lambda: waterfall(
        a_waterfall("w", 853, 214, 38, 237), DE
    ),
    "Bestellt im Mittel alle 62 Tage": lambda: strip(
        a_strip("r", rhythm(date(2024, 1, 19), 65, 16)), DE
    ),
    "Die Hälfte hat nach 3.1 Stunden eine Antwort": lambda: dots(
        some_dots("d", list(zip(ANSWERED[-26:], SLOWEST, strict=True))), DE
    ),
    "Verpasste Anrufe häufen sich um 12 Uhr": lambda: heat_map(a_heat_map("h", MISSED), DE),
    "214 Kontakte, 72 % kamen von den Kunden": lambda: bars(
        some_bars(
            "c",
            {
                "Mail": (51, 37),
                "Telefon": (55, 19),
                "Webshop": (35, 0),
                "Besuch": (11, 0),
                "Brief": (2, 4),
            },
            short=("ein", "aus"),
            total="zusammen",
        ),
        DE,
    ),
    "Aktualität am tiefsten": lambda: bars(
        some_bars(
            "q",
            {"Vollständigkeit": (0.91,), "Gültigkeit": (0.97,), "Aktualität": (0.78,)},
            series=("Ist",),
            unit="share",
            full=1,
        ),
        DE,
    ),
    "Fünfzehn Wochen, zwei ohne Daten, die letzte läuft": lambda: course(
        a_course(
            "x3",
            [],
            points=(
                *points([12, 15, 9, 14, None, None, 11, 13, 16, 12, 10, 14, 15, 8, 12, 11, 4])[:-1],
                Point(label="47/2026", value=4, is_partial=True),
            ),
            counted="Kontakte",
        ),
        DE,
    ),
    "Neun Wochen schlechter": lambda: course(
        a_course("x4", [*ANSWERED], unit="hours", better="higher"), DE
    ),
}

HOSTILE: Samples = {
    "bars: none": lambda: bars(some_bars("h1", {}), DE),
    "bars: zero": lambda: bars(some_bars("h2", {"Mail": (0, 0), "Brief": (0, 0)}), DE),
    "bars: negative": lambda: bars(
        some_bars("h3", {"Juli": (1200.5,), "August": (-800,)}, series=("CHF",), unit="CHF"), DE
    ),
    "bars: huge": lambda: bars(some_bars("h4", {"A": (1e308, 1e308), "B": (1, -1e308)}), DE),
    "bars: long and markup": lambda: bars(
        some_bars("h5", {LONG: (12345678, 3), MARKUP: (4, 5)}, short=("eingehend", "ausgehend"), title=MARKUP, desc=LONG), DE
    ),
    "bars: no data": lambda: bars(
        some_bars("h6", {"Mail": (3, 4), "Telefon": (None, None), "Brief": (float("nan"), 2)}), DE
    ),
    "course: none": lambda: course(a_course("h7", []), DE),
    "course: one": lambda: course(a_course("h8", [3]), DE),
    "course: zero": lambda: course(a_course("h9", [0.0] * 30), DE),
    "course: negative": lambda: course(
        a_course("h10", [(-1) ** n * 1000.0 * n for n in range(30)], unit="CHF"), DE
    ),
    "course: huge": lambda: course(a_course("h11", [1e308, -1e308] * 7, unit="CHF"), DE),
    "course: nothing known": lambda: course(a_course("h12", [None] * 20), DE),
    "course: all beyond": lambda: course(
        a_course("h13", [1.0] * 30 + [50.0, 49.0, 48.0], better="lower"), DE
    ),
    "course: markup": lambda: course(
        a_course(
            "h14",
            [],
            title=MARKUP,
            heading=LONG,
            points=tuple(
                Point(label=MARKUP, value=n, tick=MARKUP if n % 5 else LONG, note=MARKUP, href='"><b>')
                for n in range(20)
            ),
        ),
        DE,
    ),
    "waterfall: zero": lambda: waterfall(a_waterfall("h15", 0, 0, 0, 0), DE),
    "waterfall: below zero": lambda: waterfall(a_waterfall("h16", 5, 1, -3, 20), DE),
    "waterfall: huge": lambda: waterfall(a_waterfall("h17", 10**30, 10**29, 7, 10**30), DE),
    "waterfall: long": lambda: waterfall(a_waterfall("h18", 50, 10, 20, name=LONG), DE),
    "waterfall: markup": lambda: waterfall(a_waterfall("h19", 50, 10, 20, name=MARKUP), DE),
    "heat map: none": lambda: heat_map(a_heat_map("h20", {}), DE),
    "heat map: zero": lambda: heat_map(a_heat_map("h21", {"Mo": (0,) * 10}), DE),
    "heat map: a day": lambda: heat_map(
        a_heat_map("h22", {"Mo": tuple(range(0, 240, 10)), "Di": (-5,) + (1,) * 23}, 0), DE
    ),
    "heat map: markup": lambda: heat_map(a_heat_map("h23", {MARKUP: (10**9, 3), LONG: (1, 2)}), DE),
    "dots: none": lambda: dots(some_dots("h24", []), DE),
    "dots: one": lambda: dots(some_dots("h25", [(3.1, 10.4)]), DE),
    "dots: zero, gaps": lambda: dots(
        some_dots("h26", [(0, 0), (None, None), (0, None), (None, 0)]), DE
    ),
    "dots: huge, negative": lambda: dots(some_dots("h27", [(1, 1e308), (-4, 2), (1e-300, 3)]), DE),
    "strip: none": lambda: strip(a_strip("h28", []), DE),
    "strip: one": lambda: strip(a_strip("h29", [Order(date(2026, 11, 20))]), DE),
    "strip: today, many": lambda: strip(a_strip("h30", rhythm(date(1990, 1, 1), 1, 13476)), DE),
    "strip: to come": lambda: strip(
        a_strip("h31", [Order(date(2026, 6, 1), Decimal(5), MARKUP), Order(date(2027, 3, 1))]), DE
    ),
}  # fmt: skip


def page(samples: Samples, theme: str = "light") -> str:
    figures = Markup("").join(
        Markup(
            '<figure class="fig"><figcaption><h3>{}</h3><p>Was gezeichnet ist.</p></figcaption>{}</figure>'
        ).format(name, draw())
        for name, draw in samples.items()
    )
    return Markup(
        '<!doctype html><html lang="de-CH" data-theme="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Charts</title>'
        '<link rel="stylesheet" href="app.css"></head><body><main class="page">'
        '<section class="sec"><header><h2>Charts</h2></header><div class="two">{}</div></section>'
        "</main></body></html>"
    ).format(theme, figures)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    shutil.copy(STYLE, folder)
    for theme in ("light", "dark"):
        (folder / f"gallery-{theme}.html").write_text(page(ORDINARY, theme), encoding="utf-8")
        (folder / f"hostile-{theme}.html").write_text(page(HOSTILE, theme), encoding="utf-8")
