"""What a course says in words: which signal there is in its last period, what is usual, and when it says nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from stammkunde.app.locale import Locale
from stammkunde.app.web.courses import sign
from stammkunde.app.web.visit import Visit
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.queries import FigureAnswer

MONDAY = date(2025, 11, 17)
STEADY = [
    20,
    22,
    19,
    21,
    20,
    23,
    18,
    21,
    20,
    22,
    19,
    20,
    21,
    22,
    20,
    19,
    21,
    20,
    22,
    19,
    21,
    20,
    22,
    20,
]


class Visitor:
    """As much of a visit as a course asks for."""

    def __init__(self, language: str = "en") -> None:
        self.locale = Locale(language)
        self.text = self.locale.text
        self.now = datetime(2027, 1, 1, tzinfo=UTC)


def visit(language: str = "en") -> Visit:
    return cast(Visit, Visitor(language))


def course(code: str, values: list[Any], n: int = 20) -> list[FigureAnswer]:
    unit = FIGURES[code].unit
    return [
        FigureAnswer(
            code=code,
            unit=unit,
            from_=MONDAY + timedelta(weeks=at),
            to=MONDAY + timedelta(weeks=at + 1),
            value=value,
            numerator=n,
            n=n if unit in ("share", "hours") else value,
        )
        for at, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("code", "values", "heading", "tone"),
    [
        ("missed_calls", [*STEADY, 60], "Missed calls: unusually many", "worse"),
        ("missed_calls", [*STEADY, 1], "Missed calls: unusually few", "better"),
        ("contacts", [*STEADY, 60], "Contacts: unusually many", ""),
        ("new", [*STEADY, 1], "New customers: unusually few", "worse"),
        ("first_response", [*STEADY, 60], "First response: unusually long", "worse"),
        ("callback_rate", [*(v / 30 for v in STEADY), 0.1], "Missed calls answered: unusually low", "worse"),
        ("orders", [*STEADY, *[24] * 8], "Orders: lastingly more", "better"),
        ("unassigned_rate", [*(v / 30 for v in STEADY), *[0.6] * 8], "Unassigned: lastingly lower", "better"),
    ],
)  # fmt: skip
def test_a_signal_says_what_is_unusual_and_whether_it_is_good_news(
    code: str, values: list[float], heading: str, tone: str
) -> None:
    found = sign(visit(), code, course(code, values))
    assert found
    assert (found.heading, found.tone) == (heading, tone)
    assert found.behind.endswith("#who")


@pytest.mark.parametrize(
    ("values", "n"),
    [
        (STEADY, 20),
        ([*STEADY, 60, 20], 20),  # last week is as usual again
        ([60, 20, 21], 20),  # too few weeks
        ([0, 1, 0, 2] * 8 + [9], 20),  # hardly any cases
        ([], 0),
    ],
)
def test_what_is_usual_is_no_signal(values: list[int], n: int) -> None:
    assert sign(visit(), "missed_calls", course("missed_calls", values, n)) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Week 19/2026: 60. Usual is 12.5 to 31.6."),
        ("de", "Woche 19/2026: 60. Üblich sind 12.5 bis 31.6."),
    ],
)
def test_the_sentence_says_what_is_usual(language: str, words: str) -> None:
    found = sign(visit(language), "missed_calls", course("missed_calls", [*STEADY, 60]))
    assert found
    assert found.sentence == words
