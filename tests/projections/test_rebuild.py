"""Views can be made anew at any time, and what does not fit the log is found."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from stammkunde.core.contact import Name
from stammkunde.core.errors import HomeError
from stammkunde.core.events import Content
from stammkunde.projections import schema
from stammkunde.projections.rebuild import Difference, build, check, rebuild
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views
from tests.projections.samples import COMPANY, Home, Story, home, mail, phone, sid


def fill(story: Story) -> None:
    """Something in every table."""
    for n, (handle, customer) in enumerate((("g", "k"), ("h", "l"), ("i", "m"))):
        story.see(handle, mail(f"{handle}@example.com"), name=Name("Anna", f"Meier{n}"))
        story.open(customer)
        story.assign(handle, customer)
    for n in range(12):
        content = Content(item=f"c{n}", display="Anna", text="Grüezi")
        story.contact(f"c{n}", "ghi"[n % 3], days=n, content=content)
    story.contact("o", "g", kind="order_placed", channel="shop", amount="10.00", order=sid("1"))
    story.contact(
        "e", "g", kind="entry", channel="directory", content=Content(attributes={"town": "Uster"})
    )
    story.sight("c1", "archive")
    story.pin("c2", "k")
    story.retract("c3")
    story.merge("m", "l")
    story.classify("x", phone("+41522034410"), "shared")
    story.link("k", phone("+41522034410"))
    story.describe("k", hobby="Velo")
    story.note("k", "nett")


@pytest.fixture
def full(place: Home, story: Story) -> Home:
    fill(story)
    place.commit()
    story.contact("d", "g", amount=str(10**20), kind="order_placed")
    place.commit()
    return place


def contents(place: Home) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: place.rows(f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}")
        for table in schema.TABLES
    }


def test_a_rebuild_gives_what_was_there(full: Home) -> None:
    before = contents(full)
    assert all(before.values())
    assert rebuild(full.log, full.views) == full.log.last_position()
    assert contents(full) == before
    assert check(full.log, full.views) == []


def test_after_a_rebuild_the_views_follow_on(full: Home, story: Story) -> None:
    rebuild(full.log, full.views)
    story.contact("later", "g", days=99)
    full.commit()
    assert full.queries.contacts(limit=1)[0].id == sid("later")
    assert check(full.log, full.views) == []


def test_a_rebuild_drops_what_destroyed_keys_protected(full: Home, story: Story) -> None:
    """No table holds it any more, and no byte of the file."""
    canary = "Kanarienvogel"
    content = Content(item="x", text=canary, display=canary, subject=canary)
    story.see("x", mail(f"{canary}@example.com".lower()), name=Name(canary, canary))
    story.open("kx")
    story.assign("x", "kx")
    story.contact("x1", "x", content=content)
    story.describe("kx", hobby=canary)
    full.commit()
    assert canary in str(contents(full))
    full.log.keys.destroy([sid(name) for name in ("x", "x1", "kx")])
    assert canary in str(contents(full))
    rebuild(full.log, full.views)
    assert canary.lower() not in str(contents(full)).lower()
    assert full.rows(f"SELECT count(*) FROM contacts WHERE id = '{sid('x1')}'") == [(1,)]
    for path in full.views.path.parent.glob("views.db*"):
        assert canary.lower().encode() not in path.read_bytes().lower(), path.name


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("contacts", "UPDATE contacts SET amount_micro = 1 WHERE id = '{o}'"),
        ("contacts", "UPDATE contacts SET customer = NULL WHERE id = '{o}'"),
        ("contents", "UPDATE contents SET text = 'Hallo' WHERE contact = '{o}'"),
        ("contents", "DELETE FROM contents WHERE contact = '{o}'"),
        ("sightings", "INSERT INTO sightings (contact, source) VALUES ('{o}', 'x')"),
        ("handles", "UPDATE handles SET rule = 'x' WHERE id = '{g}'"),
        ("handle_identifiers", "DELETE FROM handle_identifiers WHERE handle = '{g}'"),
        ("identifiers", "UPDATE identifiers SET class = 'blocked'"),
        ("links", "DELETE FROM links"),
        ("customers", "UPDATE customers SET contacts = contacts + 1 WHERE id = '{k}'"),
        ("descriptions", "UPDATE descriptions SET value = 'Ski'"),
        ("notes", "UPDATE notes SET text = 'x'"),
        (
            "attributes",
            "UPDATE attributes SET value = 'Ski' WHERE customer = '{k}' AND key = 'hobby'",
        ),
        ("revenue", "UPDATE revenue SET amount_micro = 0 WHERE customer = '{k}'"),
        ("terms", "DELETE FROM terms WHERE customer = '{k}' AND term = 'anna'"),
        ("totals", "UPDATE totals SET n = n - 1"),
        ("dead_letters", "DELETE FROM dead_letters"),
        ("origin", "UPDATE origin SET made_with = 'x'"),
    ],
)
def test_an_altered_row_is_found_and_named(full: Home, table: str, change: str) -> None:
    full.change(change.format(**{name: sid(name) for name in "ogk"}))
    [difference] = check(full.log, full.views)
    assert difference.table == table
    if "'{" in change:
        assert any(sid(name) in difference.key for name in "ogk")


def test_the_first_differing_key_is_named(full: Home) -> None:
    full.change(f"DELETE FROM contents WHERE contact IN ('{sid('c5')}', '{sid('c7')}')")
    assert check(full.log, full.views) == [Difference("contents", (sid("c5"),))]


def test_a_check_compares_as_far_as_the_views_go(full: Home, story: Story) -> None:
    story.contact("later", "g", days=99)
    story.commit()
    assert check(full.log, full.views) == []
    assert full.queries.status(full.log).projections[0].lag == 1


def test_nothing_is_left_aside(full: Home) -> None:
    rebuild(full.log, full.views)
    check(full.log, full.views)
    names = {path.name for path in full.views.path.parent.iterdir()}
    assert not [name for name in names if ".new" in name or ".check" in name]


def test_the_files_are_for_their_owner_alone(full: Home, tmp_path: Path) -> None:
    rebuild(full.log, full.views)
    build(full.log, tmp_path / "copy.db", full.views)
    for name in ("views.db", "copy.db"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_reader_sees_the_old_views_until_the_new_ones_are_whole(full: Home) -> None:
    full.change("DELETE FROM contents")
    with full.views.store.reading() as reader:
        assert reader.execute("SELECT count(*) FROM contents").fetchone() == (0,)
        rebuild(full.log, full.views)
        assert reader.execute("SELECT count(*) FROM contents").fetchone() == (0,)
    assert full.rows("SELECT count(*) FROM contents") == [(14,)]


def test_another_connection_that_was_open_before_reads_and_writes_the_new_views(full: Home) -> None:
    other = Views(full.views.path, COMPANY)
    assert other.position() == full.log.last_position()
    rebuild(full.log, full.views)
    full.story.contact("later", "g", days=99)
    full.story.commit()
    Runner(full.log, other).catch_up()
    other.close()
    assert full.queries.contacts(limit=1)[0].id == sid("later")
    assert full.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_copy_up_to_an_event_knows_nothing_later(full: Home, tmp_path: Path) -> None:
    [(position,)] = full.rows(f"SELECT position FROM contacts WHERE id = '{sid('c6')}'")
    assert build(full.log, tmp_path / "copy.db", full.views, until=position) == position
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT count(*) FROM contacts").fetchone() == (7,)
    copy.close()


def test_views_of_another_history_are_built_anew(full: Home, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with home(tmp_path / "other") as other:
        for n in range(60):
            other.story.contact(f"x{n}")
            other.story.commit()
        Runner(other.log, full.views).catch_up()
        assert full.rows("SELECT count(*) FROM contacts") == [(60,)]
        assert full.rows("SELECT count(*) FROM dead_letters") == [(0,)]
        assert check(other.log, full.views) == []


def test_views_that_are_ahead_of_the_log_are_built_anew(full: Home, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with home(tmp_path / "other") as other:
        Runner(other.log, full.views).catch_up()
    assert full.rows("SELECT count(*) FROM contacts") == [(0,)]


def test_another_time_zone_builds_them_anew(full: Home) -> None:
    [(day,)] = full.rows(f"SELECT local_day FROM contacts WHERE id = '{sid('c0')}'")
    full.views.close()
    tokyo = Views(full.views.path, msgspec.structs.replace(COMPANY, timezone="Asia/Tokyo"))
    Runner(full.log, tokyo).catch_up()
    with tokyo.store.reading() as cursor:
        row = cursor.execute(f"SELECT local_day FROM contacts WHERE id = '{sid('c0')}'").fetchone()
    tokyo.close()
    assert (day, *row) == ("2023-11-14", "2023-11-15")


def test_views_of_another_program_are_opened_and_built_anew(full: Home) -> None:
    full.change("ALTER TABLE contacts DROP COLUMN flags")
    full.change("UPDATE origin SET made_with = 'an older one'")
    full.views.close()
    views = Views(full.views.path, COMPANY)
    Runner(full.log, views).catch_up()
    assert check(full.log, views) == []
    views.close()


def test_damaged_views_are_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "views.db").write_bytes(b"no database" * 1000)
    with pytest.raises(HomeError, match="damaged"):
        Views(tmp_path / "views.db", COMPANY)
