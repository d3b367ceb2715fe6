"""Contacts and notes found by their words, and what the customer sheet shows beside the contacts."""

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.core.contact import Line, Name
from stammkunde.core.events import Content
from stammkunde.projections.answers import Amount, Identifier
from stammkunde.projections.dialect import POSTGRES, SQLITE
from stammkunde.projections.rebuild import Difference, check, rebuild
from tests.projections.samples import NOON, Home, Story, home, mail, phone, sid

NOW = datetime.fromtimestamp(NOON / 1000, UTC) + timedelta(days=30)


def _mail(story: Story, name: str, subject: str, text: str = "", **more: object) -> None:
    story.contact(name, "anna", content=Content(item=name, subject=subject, text=text), **more)  # type: ignore[arg-type]


def _found(place: Home, text: str, **asked: object) -> list[str]:
    """The contacts by name, a note by its text."""
    names = {sid(name): name for name in ("m1", "m2", "m3", "letter", "x")}
    hits = place.queries.said(text, **asked)  # type: ignore[arg-type]
    return [
        names[hit.contact.id] if hit.contact else str(hit.note and hit.note.text) for hit in hits
    ]


@pytest.fixture
def desk(place: Home, story: Story) -> Home:
    """Anna's mails, a letter without a subject, and a note on her."""
    story.see("anna", mail("anna@example.com"), name=Name("Anna", "Frei"))
    story.open("k-anna")
    story.assign("anna", "k-anna")
    _mail(story, "m1", "Offerte für ein E-Bike", "Lastenvelo im Text")
    _mail(story, "m2", "Über die Brücke: offerte!")
    story.contact(
        "letter",
        "anna",
        kind="letter",
        channel="letter",
        content=Content(text="Kündigt den Servicevertrag"),
    )
    story.note("k-anna", "Ruft gern nach vier zurück, <b>Offerte</b> offen")
    place.commit()
    return place  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("offerte", ["Ruft gern nach vier zurück, <b>Offerte</b> offen", "m2", "m1"]),
        ("OFF bike", []),
        ("offerte bik", ["m1"]),
        ("bike offerte", ["m1"]),
        ("brucke", ["m2"]),
        ("brücke", ["m2"]),
        ("servicevertr", ["letter"]),
        ("se", []),
        ("servicemonteur", ["letter"]),
        ("lastenvelo", []),
        ("", []),
        ('" OR said MATCH *', []),
        ("offerte AND bike", []),
        ("\ud800offerte", ["Ruft gern nach vier zurück, <b>Offerte</b> offen", "m2", "m1"]),
    ],
)
def test_all_words_are_sought_and_of_the_last_one_the_beginning(
    desk: Home, text: str, names: list[str]
) -> None:
    assert _found(desk, text) == names


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_never_an_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    with home(tmp_path_factory.mktemp("h")) as place:
        place.story.contact("x", content=Content(subject=text))
        place.commit()
        assert place.queries.said(text) is not None


def test_a_hidden_source_is_not_found_and_pages_go_on_behind_the_last(desk: Home) -> None:
    assert _found(desk, "offerte", hidden={"info"}) == [
        "Ruft gern nach vier zurück, <b>Offerte</b> offen"
    ]
    first = desk.queries.said("offerte", limit=2)
    assert _found(desk, "offerte", before=first[-1].position) == ["m1"]


def test_what_was_amended_or_retracted_is_found_no_more(desk: Home) -> None:
    _mail(desk.story, "m1", "Rechnung", amended=True)
    desk.story.retract("m2")
    desk.commit()
    assert _found(desk, "offerte bike") == []
    assert _found(desk, "rechnung") == ["m1"]
    assert _found(desk, "brücke") == []
    assert check(desk.log, desk.views) == []


def test_a_rebuild_finds_the_same_and_a_check_sees_a_word_that_went(desk: Home) -> None:
    before = _found(desk, "offerte")
    rebuild(desk.log, desk.views)
    assert _found(desk, "offerte") == before
    assert check(desk.log, desk.views) == []
    [(position,)] = desk.rows(f"SELECT position FROM contents WHERE contact = '{sid('m2')}'")
    desk.change(f"INSERT INTO said (said, rowid, words) VALUES ('delete', {position}, 'Über die Brücke: offerte!')")  # fmt: skip
    assert check(desk.log, desk.views) == [Difference("said", ("brucke", position, 2))]
    assert check(desk.log, desk.views) != []


def test_both_dialects_take_the_same_values_in_the_same_order() -> None:
    for statement in ("add", "remove", "found"):
        marks = {getattr(one.search, statement).count("?") for one in (SQLITE, POSTGRES)}
        assert len(marks) == 1, statement
    assert SQLITE.search.sought(["a"], "b") == '"a" "b"*'
    assert POSTGRES.search.sought(["a"], "b") == "'a' & 'b':*"


# ---- the sheet


def test_a_sheet_counts_channels_sums_orders_and_names_its_parts(desk: Home) -> None:
    story = desk.story
    line = Line("V1", Decimal(2), Decimal("49.95"), "Veloschlauch")
    story.contact("o1", "anna", kind="order_placed", channel="shop", amount="99.90", order=sid("o"), direction="in",
                  content=Content(order="1043", lines=(line,)))  # fmt: skip
    story.contact("r1", "anna", days=3, kind="order_refunded", channel="shop", amount="-49.95", order=sid("o"), content=Content(order="1043"))  # fmt: skip
    story.contact("old", "anna", days=-400, kind="order_placed", channel="shop", amount="10", order=sid("p"), content=Content(order="7"))  # fmt: skip
    story.see("second", phone("+41791234567"))
    story.open("k-second")
    story.assign("second", "k-second")
    story.merge("k-second", "k-anna")
    story.link("k-anna", mail("a@example.com"))
    desk.commit()
    sheet = desk.queries.sheet(sid("k-anna"), NOW, NOW - timedelta(days=365))
    assert sheet.channels == {"shop": 3, "mail": 2, "letter": 1}
    assert sheet.worth == (Amount(Decimal("49.95"), "CHF"),)
    assert sheet.worth_before == (Amount(Decimal(10), "CHF"),)
    assert [(one.number, one.value) for one in sheet.orders] == [
        ("1043", Amount(Decimal("49.95"), "CHF")),
        ("7", Amount(Decimal(10), "CHF")),
    ]
    assert [step.kind for step in sheet.orders[0].steps] == ["order_placed", "order_refunded"]
    assert [line.name for line in sheet.orders[0].lines] == ["Veloschlauch"]
    assert [(part.id, part.identifiers) for part in sheet.parts] == [
        (sid("k-second"), (Identifier("phone", "+41791234567"),))
    ]
    assert sheet.linked == {Identifier("mail", "a@example.com")}
    assert desk.queries.names([sid("k-second"), "nobody"]) == {
        sid("k-second"): (sid("k-anna"), "Anna Frei")
    }


def test_neighbours_are_the_thread_or_else_the_order(desk: Home) -> None:
    for n, (name, days) in enumerate((("m3", 1), ("x", 2))):
        _mail(desk.story, name, f"Re {n}", days=days, thread=sid("t"))
    desk.story.contact("o1", "anna", kind="order_placed", channel="shop", order=sid("o"))
    desk.story.contact("o2", "anna", days=1, kind="order_paid", channel="shop", order=sid("o"))
    desk.commit()
    near = desk.queries.neighbours
    assert [one.id for one in near(sid("m3"))] == [sid("x")]
    assert [one.id for one in near(sid("o1"))] == [sid("o2")]
    assert near(sid("letter")) == near("nothing") == []
    contact = desk.queries.contact(sid("m3"))
    assert contact is not None
    assert contact.subject == "Re 0"
    assert desk.queries.contact("nothing") is None


def test_customers_are_listed_by_kind(desk: Home) -> None:
    desk.story.describe("k-anna", role="supplier")
    desk.commit()
    assert [one.id for one in desk.queries.customers(kind="supplier")] == [sid("k-anna")]
    assert desk.queries.customers("anna", kind="customer") == []


def test_a_sheet_of_thousands_of_contacts_is_read_from_indexes(desk: Home, tmp_path: Path) -> None:
    plans = [
        ("SELECT channel, count(*) FROM contacts WHERE customer = 'x' AND retracted = 0 GROUP BY channel", "contacts_channel"),
        ("SELECT id FROM contacts k WHERE k.customer = 'x' AND k.retracted = 0 AND k.channel = 'mail' ORDER BY k.at DESC, k.id DESC LIMIT 25", "contacts_channel"),
    ]  # fmt: skip
    live = sqlite3.connect(tmp_path / "views.db")
    for sql, index in plans:
        [*rows] = live.execute(f"EXPLAIN QUERY PLAN {sql}")
        assert index in rows[0][3], rows
        assert len(rows) == 1, rows
    live.close()
