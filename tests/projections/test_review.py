"""What waits for a decision: of one counterpart, and what a decision would move."""

import pytest

from stammkunde.core.errors import DecisionError
from tests.projections.samples import Home, Story, mail, phone, sid


@pytest.fixture
def street(place: Home, story: Story) -> Home:
    """Two strangers: one called three times, one wrote twice; of Anna's mails one was given to nobody."""
    story.see("caller", phone("+41522034410"))
    story.see("writer", mail("x@example.com"))
    story.see("anna", mail("anna@example.com"))
    story.open("k-anna")
    story.assign("anna", "k-anna", "mail")
    for n in range(3):
        story.contact(f"c{n}", "caller", days=n, kind="call", channel="phone")
    for n in range(2):
        story.contact(f"w{n}", "writer", days=n)
        story.contact(f"a{n}", "anna", days=n)
    story.contact("news", "writer", days=9, kind="newsletter")
    story.pin("a1", None)
    place.commit()
    return place


def test_the_queue_can_be_asked_for_one_counterpart(street: Home) -> None:
    queries = street.queries
    assert [one.handle for one in queries.review()] == [sid("caller"), sid("writer")]
    [one] = queries.review(handle=sid("writer"))
    assert (one.waiting, one.contact) == (2, sid("w1"))
    assert queries.review(handle=sid("anna")) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_of_the_queue_hold_each_counterpart_once_in_its_order(
    place: Home, story: Story, size: int
) -> None:
    for n in range(7):
        story.see(f"caller{n}", phone(f"+4152203441{n}"))
        for day in range(1 + n % 3):
            story.contact(f"c{n}.{day}", f"caller{n}", days=day, kind="call", channel="phone")
    place.commit()
    whole, found = [one.handle for one in place.queries.review()], []
    after = ""
    while page := place.queries.review(limit=size, after=after):
        found += [one.handle for one in page]
        after = page[-1].handle
    assert found == whole
    assert len(set(found)) == 7


def test_behind_one_who_waits_no_longer_no_page_begins(street: Home) -> None:
    with pytest.raises(DecisionError):
        street.queries.review(after=sid("anna"))


@pytest.mark.parametrize("most", [1, 2, 100])
def test_the_queue_is_counted_up_to_a_limit(street: Home, most: int) -> None:
    assert street.queries.to_review(most) == min(most, len(street.queries.review()))


def test_nothing_is_counted_where_nothing_waits(place: Home) -> None:
    assert place.queries.to_review(100) == 0


def test_the_contacts_that_wait_come_newest_first_and_no_more_than_asked_for(street: Home) -> None:
    assert street.queries.waiting(sid("caller"), limit=2) == [sid("c2"), sid("c1")]
    assert street.queries.waiting(sid("writer"), limit=9) == [sid("w1"), sid("w0")]
    assert street.queries.waiting(sid("anna"), limit=9) == []


def test_what_follows_handles_is_counted_by_channel(street: Home) -> None:
    found = street.queries.followers([sid("caller"), sid("anna")])
    assert found == {"phone": 3, "mail": 1}
    assert street.queries.followers([sid("caller"), sid("anna")], but=sid("k-anna")) == {"phone": 3}
