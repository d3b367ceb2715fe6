"""The views follow the log exactly once, whatever stumbles on the way."""

import sqlite3
import threading
from collections.abc import Sequence

import pytest

from stammkunde.core.errors import KeyStoreError
from stammkunde.core.events import Event
from stammkunde.projections.pages import Pages
from stammkunde.projections.rebuild import check
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Origin, Views
from tests.projections.samples import COMPANY, Home, Story, mail, sid

TOO_MUCH = str(10**20)
"""More money than a column of 64 bits holds: an event that nobody can apply."""


def test_following_shows_a_contact_as_soon_as_it_is_recorded(place: Home, story: Story) -> None:
    place.runner.follow()
    story.contact("a")
    story.commit()
    assert [c.id for c in place.queries.contacts()] == [sid("a")]


def test_nothing_new_changes_nothing(place: Home, story: Story) -> None:
    story.contact("a")
    story.commit()
    assert place.runner.catch_up() == 1
    assert place.runner.catch_up() == 1
    assert place.rows("SELECT count(*) FROM contacts") == [(1,)]


@pytest.mark.parametrize("poisoned", [{0}, {49}, {7, 8, 31}, set(range(50))])
@pytest.mark.parametrize("page", [1, 7, 1000])
def test_an_event_that_cannot_be_applied_is_left_out_and_the_rest_goes_on(
    place: Home, story: Story, poisoned: set[int], page: int
) -> None:
    for n in range(50):
        story.contact(f"c{n}", days=n, amount=TOO_MUCH if n in poisoned else "1")
    story.commit()
    assert Pages(place.log, place.views, page=page).apply() == 50
    assert place.rows("SELECT count(*) FROM contacts") == [(50 - len(poisoned),)]
    letters = place.rows("SELECT position, topic FROM dead_letters ORDER BY position")
    assert letters == [(n + 1, "contact.recorded") for n in sorted(poisoned)]
    assert place.queries.status(place.log).projections[0].dead_letters == len(poisoned)
    assert check(place.log, place.views) == []


def test_a_dead_letter_says_nothing_personal(place: Home, story: Story) -> None:
    story.contact("a", amount=TOO_MUCH)
    place.commit()
    [(error,)] = place.rows("SELECT error FROM dead_letters")
    assert error == "OverflowError in to_micro"


@pytest.mark.parametrize("at_once", [True, False])
def test_what_follows_on_a_dead_letter_does_not_bring_half_of_it_back(
    place: Home, story: Story, *, at_once: bool
) -> None:
    story.see("g", mail("g@example.com"))
    story.open("k")
    story.assign("g", "k")
    story.contact("a", "g", amount=TOO_MUCH)
    story.retract("a")
    story.pin("a", "k")
    story.contact("b", "g")
    if not at_once:
        place.commit()
    story.contact("a", "g", days=1, amount="5", amended=True)
    place.commit()
    assert [c.id for c in place.queries.contacts()] == [sid("b")]
    assert place.rows("SELECT position, topic FROM dead_letters") == [
        (4, "contact.recorded"),
        (8, "contact.amended"),
    ]
    assert check(place.log, place.views) == []


def test_a_damaged_event_is_left_out(place: Home, story: Story) -> None:
    for n in range(5):
        story.contact(f"c{n}", days=n)
    story.commit()
    with place.log.store.transaction(commit=True) as cursor:
        cursor.execute("DROP TRIGGER stored_events_update")
        cursor.execute(
            "UPDATE stored_events SET state = CAST(substr(state, 1, length(state) - 1) || x'00' AS BLOB) WHERE rowid = 3"
        )
    place.runner.catch_up()
    assert [c.id for c in place.queries.contacts()] == [sid(f"c{n}") for n in (4, 3, 1, 0)]
    assert place.rows("SELECT position, topic FROM dead_letters") == [(3, "contact.recorded")]


def test_a_lost_key_stops_the_run_with_its_remedy(place: Home, story: Story) -> None:
    story.contact("a")
    story.commit()
    keys = sqlite3.connect(place.views.path.with_name("keys.db"))
    keys.execute("DELETE FROM salts")
    keys.commit()
    keys.close()
    with pytest.raises(KeyStoreError, match=r"keys\.db"):
        place.runner.catch_up()
    assert place.rows("SELECT count(*) FROM dead_letters") == [(0,)]


def test_an_altered_key_stops_the_run_and_names_its_event(place: Home, story: Story) -> None:
    for n in range(5):
        story.contact(f"c{n}", days=n)
    story.commit()
    keys = sqlite3.connect(place.views.path.with_name("keys.db"))
    keys.execute("UPDATE salts SET salt = zeroblob(23) WHERE stream = ?", (sid("c2"),))
    keys.commit()
    keys.close()
    with pytest.raises(KeyStoreError, match=r"event 3 .*altered.*keys\.db"):
        place.runner.catch_up()
    assert place.rows("SELECT count(*) FROM dead_letters") == [(0,)]


def test_a_page_that_another_process_applied_is_not_applied_again(
    place: Home, story: Story
) -> None:
    story.contact("a", amount="5")
    story.commit()
    events = place.log.read(0, 10)
    other = Views(place.views.path, COMPANY)
    assert other.apply(0, events, Origin())
    assert not place.views.apply(0, events, Origin())
    other.close()
    assert place.rows("SELECT count(*) FROM contacts") == [(1,)]


def test_several_at_once_neither_double_nor_crash(place: Home, story: Story) -> None:
    story.see("g", mail("g@example.com"))
    story.open("k")
    story.assign("g", "k")
    for n in range(200):
        story.contact(f"c{n}", "g", days=n, amount="1")
    story.commit()
    failures: list[BaseException] = []

    def run() -> None:
        views = Views(place.views.path, COMPANY)
        try:
            Pages(place.log, views, page=3).apply()
        except BaseException as error:
            failures.append(error)
        finally:
            views.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert place.rows("SELECT amount_micro FROM revenue") == [(200_000_000,)]
    assert check(place.log, place.views) == []


def test_a_batch_that_fails_at_its_end_leaves_no_trace(
    place: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.contact("a")
    story.commit()

    def fail(*_: object) -> None:
        raise KeyStoreError("as if the process died here")

    with monkeypatch.context() as patch:
        patch.setattr(Views, "_track", fail)
        with pytest.raises(KeyStoreError):
            place.runner.catch_up()
    assert place.rows("SELECT count(*) FROM contacts") == [(0,)]
    place.runner.catch_up()
    assert place.rows("SELECT count(*) FROM contacts") == [(1,)]


def test_progress_tells_each_position(place: Home, story: Story) -> None:
    for n in range(5):
        story.contact(f"c{n}")
    story.commit()
    seen: list[int] = []
    Pages(place.log, place.views, page=2, progress=seen.append).apply()
    assert seen == [2, 4, 5]


def test_far_behind_empty_views_are_built_aside(
    place: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stammkunde.projections.runner._BULK", 10)
    for n in range(20):
        story.contact(f"c{n}")
    story.commit()
    applied: list[Sequence[Event]] = []
    monkeypatch.setattr(Views, "_settle", lambda *_: applied.append(()))
    Runner(place.log, place.views).catch_up()
    assert place.rows("SELECT count(*) FROM contacts") == [(20,)]
    assert applied == []
