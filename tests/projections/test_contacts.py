"""Whose a contact is, and what stands after it was corrected."""

from collections.abc import Callable

import pytest

from stammkunde.core.events import Content
from stammkunde.projections.queries import Filter
from tests.projections.samples import DAY, NOON, Home, Story, mail, phone, sid


def owners(place: Home) -> dict[str, str | None]:
    """The customer of each contact, both by their readable names."""
    rows = place.rows("SELECT id, customer FROM contacts")
    return {_name(contact): customer and _name(customer) for contact, customer in rows}


def _name(readable: str) -> str:
    return bytes.fromhex(readable).rstrip(b"\0").decode()


def counters(place: Home, customer: str) -> tuple[int, int, int | None, int | None]:
    [row] = place.rows(
        f"SELECT contacts, orders, first_at, last_at FROM customers WHERE id = '{sid(customer)}'"
    )
    contacts, orders, first, last = row
    days = [None if at is None else (at - NOON) // DAY for at in (first, last)]
    return contacts, orders, days[0], days[1]


def revenue(place: Home) -> dict[tuple[str, str], int]:
    rows = place.rows("SELECT customer, currency, amount_micro FROM revenue")
    return {(_name(customer), currency): amount for customer, currency, amount in rows}


Step = Callable[[Story], None]


def begin(story: Story) -> None:
    """Two customers with a handle each, three contacts on the first and one on the second."""
    for handle, customer in (("g", "k"), ("h", "l")):
        story.see(handle, mail(f"{handle}@example.com"))
        story.open(customer)
        story.assign(handle, customer)
    for n in range(3):
        story.contact(f"a{n}", "g", days=n)
    story.contact("b0", "h", days=9)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], "kkkl"),
        ([lambda s: s.assign("g", "l")], "llll"),
        ([lambda s: s.assign("g", None)], "...l"),
        ([lambda s: s.pin("a1", "l")], "klkl"),
        ([lambda s: s.pin("a1", None)], "k.kl"),
        ([lambda s: s.pin("a1", "l"), lambda s: s.pin("a1", None, rule="thread")], "kkkl"),
        ([lambda s: s.pin("a1", "l"), lambda s: s.assign("g", None)], ".l.l"),
        ([lambda s: s.pin("a1", None), lambda s: s.assign("g", "l")], "l.ll"),
        ([lambda s: s.merge("k", "l")], "llll"),
        ([lambda s: s.merge("k", "l"), lambda s: s.unmerge("k", "l")], "kkkl"),
        ([lambda s: s.pin("b0", "k"), lambda s: s.merge("k", "l")], "llll"),
        (
            [
                lambda s: s.pin("b0", "k"),
                lambda s: s.merge("k", "l"),
                lambda s: s.unmerge("k", "l"),
            ],
            "kkkk",
        ),
        ([lambda s: s.merge("k", "l"), lambda s: s.assign("g", "k")], "llll"),
        ([lambda s: s.contact("a1", "h", amended=True)], "klkl"),
        ([lambda s: s.contact("a1", amended=True)], "k.kl"),
        ([lambda s: s.pin("a1", "l"), lambda s: s.contact("a1", amended=True)], "klkl"),
    ],
)
@pytest.mark.parametrize("commits", ["once", "after the beginning", "after each step"])
def test_a_contact_is_where_its_own_decision_else_its_handle_says(
    place: Home, story: Story, steps: list[Step], expected: str, commits: str
) -> None:
    begin(story)
    if commits != "once":
        place.commit()
    for step in steps:
        step(story)
        if commits == "after each step":
            place.commit()
    story.contact("new", "h", days=9)
    place.commit()
    found = owners(place)
    assert "".join(found[contact] or "." for contact in ("a0", "a1", "a2", "b0")) == expected
    assert counters(place, "k")[0] == (*found.values(),).count("k")
    assert counters(place, "l")[0] == (*found.values(),).count("l")


def test_merges_in_a_row_end_at_the_last_one(place: Home, story: Story) -> None:
    begin(story)
    story.open("m")
    story.merge("k", "l")
    place.commit()
    story.merge("l", "m")
    place.commit()
    assert set(owners(place).values()) == {"m"}
    assert place.queries.customer(sid("k")).merged == (sid("k"), sid("l"))
    story.unmerge("k", "l")
    place.commit()
    assert owners(place) == {"a0": "k", "a1": "k", "a2": "k", "b0": "m"}
    assert [c.id for c in place.queries.customers()] == [sid("m"), sid("k")]


def test_of_two_merges_that_cross_the_later_one_counts(place: Home, story: Story) -> None:
    begin(story)
    story.merge("k", "l")
    story.merge("l", "k")
    place.commit()
    assert set(owners(place).values()) == {"k"}


def test_a_merge_that_would_close_a_ring_takes_the_survivor_out_of_it(
    place: Home, story: Story
) -> None:
    begin(story)
    story.open("m")
    for absorbed, into in (("m", "k"), ("k", "l"), ("k", "m")):
        story.merge(absorbed, into)
    place.commit()
    living = {c.id for c in place.queries.customers()}
    assert (owners(place)["a0"], owners(place)["b0"], living) == ("m", "l", {sid("l"), sid("m")})


def test_counters_follow_a_contact_that_is_amended_retracted_and_revived(
    place: Home, story: Story
) -> None:
    begin(story)
    place.commit()
    assert counters(place, "k") == (3, 0, 0, 2)
    story.contact("a2", "g", days=-5, amended=True)
    place.commit()
    assert counters(place, "k") == (3, 0, -5, 1)
    assert [c.id for c in place.queries.contacts(Filter(customer=sid("k")))][-1] == sid("a2")
    story.retract("a2")
    place.commit()
    assert counters(place, "k") == (2, 0, 0, 1)
    assert sid("a2") not in [c.id for c in place.queries.contacts()]
    assert place.queries.status(place.log).log.contacts == 3
    story.contact("a2", "g", days=7, amended=True)
    place.commit()
    assert counters(place, "k") == (3, 0, 0, 7)
    assert place.queries.status(place.log).log.contacts == 4


def test_revenue_is_the_sum_of_what_an_orders_events_changed(place: Home, story: Story) -> None:
    begin(story)
    story.contact("o", "g", kind="order_placed", channel="shop", amount="120.50", order=sid("1"))
    place.commit()
    story.contact("r", "g", kind="order_refunded", channel="shop", amount="-20.25", order=sid("1"))
    place.commit()
    assert revenue(place) == {("k", "CHF"): 100_250_000}
    assert counters(place, "k") == (4, 1, 0, 2)
    story.merge("k", "l")
    place.commit()
    assert revenue(place) == {("l", "CHF"): 100_250_000}
    story.retract("o")
    place.commit()
    assert revenue(place) == {("l", "CHF"): -20_250_000}
    assert counters(place, "l")[1] == 0


def test_kinds_that_do_not_count_are_kept_but_not_counted(place: Home, story: Story) -> None:
    begin(story)
    story.contact("n", "g", kind="newsletter", days=30)
    place.commit()
    assert counters(place, "k") == (3, 0, 0, 2)
    assert len(place.queries.contacts(Filter(customer=sid("k")))) == 4


def test_a_contact_before_its_customer_is_open_and_then_his(place: Home, story: Story) -> None:
    story.see("g", phone("+41522034410"))
    story.contact("a", "g", kind="call", channel="phone", direction="in", outcome="missed")
    place.commit()
    assert [c.id for c in place.queries.unassigned()] == [sid("a")]
    story.open("k")
    story.assign("g", "k")
    place.commit()
    assert place.queries.unassigned() == []
    assert counters(place, "k")[0] == 1


def test_an_erased_contact_leaves_its_open_facts(place: Home, story: Story) -> None:
    begin(story)
    content = Content(
        item="<1@example.com>", party="g@example.com", display="Anna", subject="Velo", text="Grüezi"
    )
    story.contact("c", "g", days=5, content=content, thread=sid("t"))
    story.describe("k", hobby="Velo")
    story.note("k", "nett")
    story.commit()
    place.log.keys.destroy([sid("c"), sid("k"), sid("g")])
    place.runner.catch_up()
    [contact] = [c for c in place.queries.contacts() if c.id == sid("c")]
    assert (contact.customer_id, contact.kind, contact.thread) == (sid("k"), "message", sid("t"))
    assert (contact.counterpart, contact.subject, contact.text, contact.source) == ("", "", "", "")
    assert contact.item == sid("c")
    assert counters(place, "k") == (4, 0, 0, 5)
    sheet = place.queries.customer(sid("k"))
    assert (sheet.name, sheet.attributes, sheet.notes, sheet.identifiers) == ("", {}, (), ())


def test_a_contact_that_was_seen_in_two_sources_is_found_by_both(place: Home, story: Story) -> None:
    begin(story)
    story.sight("a1", "archive")
    place.commit()
    assert [c.id for c in place.queries.contacts(Filter(source="archive"))] == [sid("a1")]
    assert len(place.queries.contacts(Filter(source="info"))) == 4
