"""What connectors gather for a batch."""

from datetime import UTC, datetime

from stammkunde.connectors.gathered import Gathered
from stammkunde.connectors.interface import Batch, Rejected
from stammkunde.core.contact import Contact, Item

LETTER = Contact(
    item=Item("1"), channel="letter", kind="letter", occurred_at=datetime(2026, 11, 20, tzinfo=UTC)
)
TORN = Rejected("It is torn.", b"\xff")


def test_each_item_ends_where_it_belongs_and_the_next_batch_starts_afresh() -> None:
    gathered = Gathered(10)
    for found in (LETTER, "internal", TORN, "internal"):
        gathered.take(found)
    assert gathered.batch("7") == Batch(
        contacts=(LETTER,), rejected=(TORN,), ignored={"internal": 2}, cursor="7"
    )
    assert gathered.batch(None) == Batch()


def test_what_is_kept_fills_a_batch_and_what_is_ignored_does_not() -> None:
    gathered = Gathered(2)
    for found, full in (("internal", False), (LETTER, False), ("internal", False), (TORN, True)):
        gathered.take(found)
        assert gathered.is_full == full
    gathered.batch(None)
    assert not gathered.is_full
