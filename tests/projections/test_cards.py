"""What a customer is called, and which attributes he has."""

import pytest

from stammkunde.core.contact import Name
from stammkunde.core.events import Content
from stammkunde.projections.cards import called
from tests.projections.samples import Home, Story, mail, phone, sid


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        ([Name("Anna", "Meier")], "Anna Meier"),
        ([Name("A.", "Meier"), Name("Anna", "Meier")], "Anna Meier"),
        ([Name("Anna", "Meier"), Name("Anna", "Meier", "Bau AG")], "Anna Meier, Bau AG"),
        ([Name("Anna", "Meier", "Bau AG"), Name("Peter", "Huber", "Bau AG")], "Bau AG"),
        ([Name("", "", "Bau AG"), Name("Peter", "Huber")], "Peter Huber"),
        ([Name("", "", "Bau AG")], "Bau AG"),
        ([Name("Anna", "Meier"), Name("Meier", "Anna", "Bau AG")], "Meier Anna, Bau AG"),
        ([Name("Jürg", "Müller"), Name("Juerg", "Mueller")], "Jürg Müller"),
    ],
)
def test_the_fullest_name_is_the_one(names: list[Name], expected: str) -> None:
    assert called(names) == expected


def known(place: Home) -> dict[str, str]:
    """Names by the customers' readable ids."""
    return {customer.id: customer.name for customer in place.queries.customers()}


def entry(name: Name | None = None, **attributes: str) -> Content:
    return Content(item="card", name=name, attributes=attributes)


def test_a_name_comes_from_the_best_source_there_is(place: Home, story: Story) -> None:
    story.see("h", mail("anna@bau.example"))
    story.contact("m1", "h")
    story.open("k")
    story.assign("h", "k")
    place.commit()
    assert known(place) == {sid("k"): "anna@bau.example"}
    story.contact("m2", "h", days=1, content=Content(display="anna m."))
    place.commit()
    assert known(place) == {sid("k"): "anna m."}
    story.see("h2", mail("anna@bau.example"), name=Name("Anna", "Meier"))
    story.contact("o", "h2", kind="order_placed", channel="shop", amount="10")
    story.assign("h2", "k")
    place.commit()
    assert known(place) == {sid("k"): "Anna Meier"}
    story.contact(
        "e", "h2", kind="entry", channel="directory", content=entry(Name("Anna", "Meier-Frei"))
    )
    place.commit()
    assert known(place) == {sid("k"): "Anna Meier-Frei"}
    story.describe("k", name="Frau Dr. Meier")
    place.commit()
    assert known(place) == {sid("k"): "Frau Dr. Meier"}
    story.describe("k", name="")
    story.retract("e")
    story.assign("h2", None)
    place.commit()
    assert known(place) == {sid("k"): "anna m."}


def test_the_latest_display_name_counts_whatever_came_first(place: Home, story: Story) -> None:
    story.see("h", mail("anna@bau.example"))
    story.open("k")
    story.assign("h", "k")
    for contact, days, display in (("b", 2, "Neu"), ("a", 1, "Alt"), ("n", 3, "Brief")):
        kind = "newsletter" if display == "Brief" else "message"
        story.contact(contact, "h", days=days, kind=kind, content=Content(display=display))
        place.commit()
    assert known(place) == {sid("k"): "Neu"}
    story.retract("b")
    place.commit()
    assert known(place) == {sid("k"): "Alt"}


def test_what_people_write_beats_the_address_book(place: Home, story: Story) -> None:
    story.see("h", phone("+41522034410"), name=Name("Anna", "Meier"))
    story.open("k")
    story.assign("h", "k")
    story.contact(
        "e",
        "h",
        kind="entry",
        channel="directory",
        content=entry(hobby="Velo", town="Uster", pet="Hund"),
    )
    story.describe("k", hobby="Ski", pet="")
    place.commit()
    sheet = place.queries.customer(sid("k"))
    assert {key: (a.value, a.source) for key, a in sheet.attributes.items()} == {
        "hobby": ("Ski", "person"),
        "town": ("Uster", "entry"),
    }
    assert [c.id for c in place.queries.customers("ski")] == [sid("k")]
    assert place.queries.customers("velo") == []


def test_an_amended_entry_takes_its_old_attributes_away(place: Home, story: Story) -> None:
    story.see("h", phone("+41522034410"))
    story.open("k")
    story.assign("h", "k")
    story.contact("e", "h", kind="entry", channel="directory", content=entry(town="Uster"))
    place.commit()
    story.contact(
        "e", "h", kind="entry", channel="directory", amended=True, content=entry(mobile="ja")
    )
    place.commit()
    assert set(place.queries.customer(sid("k")).attributes) == {"mobile"}
    story.retract("e")
    place.commit()
    assert place.queries.customer(sid("k")).attributes == {}


@pytest.mark.parametrize(
    ("role", "orders", "kind"),
    [
        (None, 0, "prospect"),
        (None, 1, "customer"),
        ("customer", 0, "customer"),
        ("supplier", 1, "supplier"),
        ("private", 0, "private"),
    ],
)
@pytest.mark.parametrize("said_first", [True, False])
def test_the_kind_follows_orders_unless_a_person_said_so(
    place: Home, story: Story, role: str | None, orders: int, kind: str, *, said_first: bool
) -> None:
    story.open("k")
    if role and said_first:
        story.describe("k", role=role)
    place.commit()
    story.see("h", mail("anna@bau.example"))
    story.assign("h", "k")
    story.contact("m", "h")
    for n in range(orders):
        story.contact(f"o{n}", "h", kind="order_placed", channel="shop", amount="1")
    place.commit()
    if role and not said_first:
        story.describe("k", role=role)
    place.commit()
    assert [customer.kind for customer in place.queries.customers()] == [kind]


def test_a_handle_that_moves_takes_its_name_along_where_all_its_contacts_are_pinned(
    place: Home, story: Story
) -> None:
    story.see("h", mail("anna@bau.example"), name=Name("Anna", "Meier"))
    for customer in ("k", "l"):
        story.open(customer)
    story.assign("h", "k")
    story.contact("a", "h")
    story.pin("a", "k")
    place.commit()
    assert known(place) == {sid("k"): "Anna Meier"}
    story.assign("h", "l")
    place.commit()
    assert known(place) == {sid("k"): "", sid("l"): "Anna Meier"}
    assert [c.id for c in place.queries.customers("anna@")] == [sid("l")]
