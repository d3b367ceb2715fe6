"""A further read model is filled in the same transactions, and computed again where a correction touched it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from stammkunde.core.events import Event
from stammkunde.projections.projection import Touched
from stammkunde.projections.rebuild import check, rebuild
from stammkunde.projections.runner import Runner
from stammkunde.projections.schema import Table
from stammkunde.projections.views import Views
from tests.projections.samples import COMPANY, Home, Story, home, mail, sid


class PerDay:
    """Counts contacts a day, and keeps which topics there were."""

    tables: Sequence[Table] = (
        Table("per_day", ("day TEXT NOT NULL", "n BIGINT NOT NULL"), ("day",)),
        Table("topics", ("topic TEXT NOT NULL",), ("topic",)),
    )

    def __init__(self) -> None:
        self.touched: list[Touched] = []
        self.refreshed = 0

    def apply(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        cursor.executemany(
            "INSERT INTO topics VALUES (?) ON CONFLICT DO NOTHING", [(e.topic,) for e in events]
        )

    def settle(self, cursor: sqlite3.Cursor, touched: Touched) -> None:
        self.touched.append(touched)
        for day in touched.days | {fact.local_day for fact in touched.added}:
            cursor.execute("DELETE FROM per_day WHERE day = ?", (day,))
            cursor.execute(f"{self._COUNT} AND local_day = ? GROUP BY local_day", (day,))

    def put_off(self, cursor: sqlite3.Cursor) -> bool:
        return len(self.touched) > self.refreshed

    def refresh(self, cursor: sqlite3.Cursor) -> None:
        self.refreshed += 1

    def fill(self, cursor: sqlite3.Cursor) -> None:
        cursor.execute(f"{self._COUNT} GROUP BY local_day")

    _COUNT = "INSERT INTO per_day SELECT local_day, count(*) FROM contacts WHERE retracted = 0"


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[tuple[Home, PerDay]]:
    with home(tmp_path) as place:
        model = PerDay()
        place.views.close()
        place.views = Views(tmp_path / "counted.db", COMPANY, [model])
        place.runner = Runner(place.log, place.views)
        yield place, model


def tell(story: Story) -> None:
    story.see("g", mail("g@example.com"))
    story.open("k")
    story.open("l")
    story.assign("g", "k")
    for n in range(4):
        story.contact(f"c{n}", "g", days=n // 2, thread=sid(f"t{n}"), order=sid(f"o{n}"))


def test_its_tables_are_up_to_date_with_each_batch_and_after_a_rebuild(
    counted: tuple[Home, PerDay],
) -> None:
    place, _ = counted
    tell(place.story)
    place.commit()
    place.story.retract("c1")
    place.commit()
    expected = [("2023-11-14", 1), ("2023-11-15", 2)]
    assert place.rows("SELECT * FROM per_day ORDER BY day") == expected
    assert check(place.log, place.views) == []
    rebuild(place.log, place.views)
    assert place.rows("SELECT * FROM per_day ORDER BY day") == expected
    place.change("UPDATE per_day SET n = 7 WHERE n = 2")
    [difference] = check(place.log, place.views)
    assert (difference.table, difference.key) == ("per_day", ("2023-11-15",))


def test_new_contacts_come_as_facts_and_touch_nothing_else(counted: tuple[Home, PerDay]) -> None:
    place, model = counted
    tell(place.story)
    place.commit()
    [touched] = model.touched
    assert model.refreshed == 1
    assert [(f.id, f.customer, f.local_day, f.counted) for f in touched.added][:1] == [
        (sid("c0"), sid("k"), "2023-11-14", 1)
    ]
    assert touched == Touched(touched.added, cards=frozenset({sid("k"), sid("l")}))


@pytest.mark.parametrize(
    ("verb", "customers", "days", "contacts", "cards"),
    [
        ("assign", "k l", "2023-11-14 2023-11-15", "0 1 2 3", "k l"),
        ("pin", "k l", "2023-11-14", "0", ""),
        ("merge", "k l", "2023-11-14 2023-11-15", "0 1 2 3", "l"),
        ("retract", "k", "2023-11-14", "0", ""),
        ("amend", "k", "2023-11-14 2023-11-23", "0", ""),
        ("role", "k", "", "", "k"),
        ("note", "", "", "", "k"),
    ],
)
def test_a_correction_names_what_it_touched_before_and_after(
    counted: tuple[Home, PerDay], verb: str, customers: str, days: str, contacts: str, cards: str
) -> None:
    place, model = counted
    story = place.story
    tell(story)
    place.commit()
    {
        "assign": lambda: story.assign("g", "l"),
        "pin": lambda: story.pin("c0", "l"),
        "merge": lambda: story.merge("k", "l"),
        "retract": lambda: story.retract("c0"),
        "amend": lambda: story.contact(
            "c0", "g", days=9, amended=True, thread=sid("t0"), order=sid("o0")
        ),
        "role": lambda: story.describe("k", role="supplier"),
        "note": lambda: story.note("k", "nett"),
    }[verb]()
    place.commit()
    assert model.touched[-1] == Touched(
        [],
        frozenset(map(sid, customers.split())),
        frozenset(days.split()),
        frozenset(sid(f"t{n}") for n in contacts.split()),
        frozenset(sid(f"o{n}") for n in contacts.split()),
        cards=frozenset(map(sid, cards.split())),
    )
