"""Who is behind a number: as many as its numerator, of every figure, in every segment that it knows."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from stammkunde.core.contact import Channel, Direction, Name, Outcome
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.segments import EVERYTHING, Segment, SegmentError
from tests.projections.figures.test_figures import counting, open_on_weekdays
from tests.projections.samples import Home, mail, phone, sid

PERIODS = (
    Period(date(2023, 11, 1), date(2027, 1, 1)),
    Period(date(2023, 11, 20), date(2023, 12, 20)),
    Period(date(2024, 11, 14), date(2025, 2, 1)),
    Period(date(2023, 1, 1), date(2030, 1, 1)),
)
SHOWN: tuple[tuple[str, Channel, Direction | None, Outcome | None], ...] = (
    ("message", "mail", "in", None),
    ("message", "mail", "out", None),
    ("call", "phone", "in", "missed"),
    ("call", "phone", "in", "answered"),
    ("call", "phone", "in", "voicemail"),
    ("call", "phone", "out", "answered"),
    ("newsletter", "mail", "in", None),
    ("auto_reply", "mail", "in", None),
    ("letter", "letter", "in", None),
    ("visit", "visit", "in", None),
    ("review", "shop", None, None),
    ("entry", "directory", None, None),
)
MONEY = ("CHF", "EUR", "USD")
SEGMENTS = {
    "channel": ("mail", "phone", "shop", "letter", "chat"),
    "direction": ("in", "out"),
    "kind": ("message", "call", "newsletter", "order_placed", "review"),
    "currency": (*MONEY, "GBP"),
}


def tell(place: Home) -> None:
    """Seven people and a stranger over two years, on all channels, in three currencies; one of them is a supplier."""
    story = place.story
    people = ("a", "b", "c", "d", "e", "f", "g", "stranger")
    for n, who in enumerate(people):
        story.see(
            who,
            mail(f"{who}@example.com"),
            *([phone(f"+4152203441{n}")] * (n % 2)),
            name=Name("Anna", who.upper()),
        )
        if who != "stranger":
            story.open(f"k-{who}")
            story.assign(who, f"k-{who}")
    for n in range(150):
        who = people[n % 8]
        kind, channel, direction, outcome = SHOWN[(n * 5 + n // 12) % len(SHOWN)]
        story.contact(
            f"c{n}", who if n % 11 else "", days=(n * n) % 430 + n / 200, kind=kind, channel=channel,
            direction=direction, outcome=outcome, duration_s=n,
        )  # fmt: skip
    for n in range(40):
        shop = {"channel": "shop", "order": sid(f"o{n}"), "currency": MONEY[n % 3]}
        days, who = (n * n * 3) % 700, people[n % 4] if n % 7 else ""
        net = f"{n + 0.5}" if n % 2 else None
        story.contact(f"p{n}", who, days=days, kind="order_placed", direction="in", amount=f"{n + 1}.25", net=net and Decimal(net), **shop)  # type: ignore[arg-type]  # fmt: skip
        if n % 4 == 0:
            story.contact(f"r{n}", who, days=days + 9, kind="order_refunded", amount=f"-{n + 1}.25", **shop)  # type: ignore[arg-type]  # fmt: skip
    for n, days in enumerate((0, 500)):
        story.contact(
            f"f{n}", "f", days=days, kind="order_placed", channel="shop", order=sid(f"f{n}")
        )
    for n, who in enumerate(("a", "b")):  # one message to two customers is one item
        story.contact(f"both{n}", who, days=3)
    story.describe("k-d", role="supplier")
    story.merge("k-e", "k-a")
    story.retract("c8")
    story.pin("c9", None)
    for year in (2023, 2024, 2025):
        open_on_weekdays(place, year)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = Path(tmp_path_factory.mktemp("rich"))
    with counting(folder) as place:
        tell(place)
        place.commit()
        yield place


def segments_of(code: str) -> list[Segment]:
    """Everything, and all that the figure can be narrowed to by one value or none of each of its parts."""
    parts = FIGURES[code].segments
    return [
        Segment(**dict(zip(parts, values, strict=True)))
        for values in product(*(("", *SEGMENTS[part]) for part in parts))
    ]


@pytest.mark.parametrize("code", FIGURES)
def test_the_list_is_as_long_as_the_numerator(rich: Home, code: str) -> None:
    lengths = {True: 0, False: 0}
    for segment, period in product(segments_of(code), PERIODS):
        answers = rich.queries.figures(period, codes=[code], segment=segment)
        behind = rich.queries.who(code, period, segment=segment)
        assert len(behind) == sum(each.numerator or 0 for each in answers), (segment, period)
        lengths[segment == EVERYTHING] += len(behind)
    assert lengths[True]
    assert lengths[False] or not FIGURES[code].segments


@pytest.mark.parametrize("code", [code for code in FIGURES if FIGURES[code].segments])
def test_the_parts_of_a_segment_add_up_to_the_whole(rich: Home, code: str) -> None:
    whole = {(entry.contact, entry.currency) for entry in rich.queries.who(code, PERIODS[0])}
    for part in FIGURES[code].segments:
        found = [
            (entry.contact, entry.currency)
            for value in SEGMENTS[part]
            for entry in rich.queries.who(code, PERIODS[0], segment=Segment(**{part: value}))
        ]
        assert len(found) == len(set(found)), part
        assert set(found) <= whole, part
        assert found, part


def test_money_is_listed_with_its_currency_and_adds_up(rich: Home) -> None:
    for period in PERIODS:
        sums = {a.unit: a.value for a in rich.queries.figures(period, codes=["net_revenue"])}
        listed: dict[str, Decimal] = {}
        for entry in rich.queries.who("net_revenue", period):
            assert entry.amount is not None
            listed[entry.currency] = listed.get(entry.currency, Decimal()) + entry.amount
        assert listed == sums
        assert set(listed) <= set(MONEY)
        for currency in MONEY:
            behind = rich.queries.who("net_revenue", period, segment=Segment(currency=currency))
            assert {entry.currency for entry in behind} <= {currency}
            assert sum(entry.amount or 0 for entry in behind) == sums.get(currency, 0)
    assert set(sums) == set(MONEY)


# ---- what a figure does not know


@pytest.mark.parametrize("code", FIGURES)
def test_a_figure_refuses_a_segment_that_it_does_not_know(rich: Home, code: str) -> None:
    for part in SEGMENTS.keys() - set(FIGURES[code].segments):
        segment = Segment(**{part: SEGMENTS[part][0]})
        for ask in (
            lambda s=segment: rich.queries.figures(PERIODS[0], codes=["contacts", code], segment=s),
            lambda s=segment: rich.queries.who(code, PERIODS[0], segment=s),
        ):
            with pytest.raises(SegmentError) as refused:
                ask()
            known = FIGURES[code].segments or ("no segment",)
            if code in str(refused.value):
                assert all(each in str(refused.value) for each in known)


@pytest.mark.parametrize(
    ("segment", "codes"),
    [
        (Segment(channel="mail"), {"contacts", "not_counted", "unassigned_rate", "callback_rate"}),
        (Segment(kind="call"), {"contacts", "not_counted", "unassigned_rate"}),
        (Segment(currency="EUR"), {"net_revenue"}),
        (EVERYTHING, set(FIGURES)),
    ],
)
def test_of_all_figures_those_are_answered_that_know_the_segment(
    rich: Home, segment: Segment, codes: set[str]
) -> None:
    assert {a.code for a in rich.queries.figures(PERIODS[0], segment=segment)} == codes


def test_a_segment_that_no_figure_knows_is_refused(rich: Home) -> None:
    with pytest.raises(SegmentError, match="No figure knows channel, currency"):
        rich.queries.figures(PERIODS[0], segment=Segment(channel="mail", currency="EUR"))


@pytest.mark.parametrize(
    ("text", "segment"),
    [
        ("", EVERYTHING),
        ("channel:mail", Segment(channel="mail")),
        (" direction : in , channel:phone,", Segment(direction="in", channel="phone")),
        ("currency:chf", Segment(currency="CHF")),
    ],
)
def test_a_segment_is_read(text: str, segment: Segment) -> None:
    assert Segment.parse(text) == segment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour:red", "known are channel, direction, kind, currency"),
        ("channel", "like channel:mail"),
        ("channel:", "like channel:mail"),
        ("channel:fax", "channel is one of mail, phone"),
        ("direction:left", "direction is one of in, out"),
        ("kind:fax", "kind is one of"),
        ("channel:mail,channel:phone", "once"),
    ],
)
def test_what_is_no_segment_is_refused(text: str, words: str) -> None:
    with pytest.raises(SegmentError, match=words):
        Segment.parse(text)
