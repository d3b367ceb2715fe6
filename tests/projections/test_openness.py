"""What is said of customers without some sources: as the views have it where none is hidden, and never more."""

from stammkunde.core.contact import Name
from stammkunde.core.events import Content
from stammkunde.projections.discreet import DiscreetQueries
from stammkunde.projections.openness import open_cards
from tests.projections.samples import Home, Story, mail, phone, sid
from tests.projections.test_rebuild import fill

OPEN, SECRET = mail("anna@open.example"), mail("anna@secret.example")


def discreet(place: Home) -> DiscreetQueries:
    place.commit()
    return DiscreetQueries(place.views, {"secret"}, "hidden")


def known_from(story: Story, *sources: str) -> None:
    """Customer `c` has a handle with a name and an address of each source."""
    story.open("c")
    for source in sources:
        way = OPEN if source == "open" else SECRET
        story.see(source, way, name=Name(source.title(), "Frei"))
        story.assign(source, "c")
        story.contact(f"of {source}", source, source=source)


def test_where_nothing_is_hidden_the_cards_are_those_of_the_views(
    place: Home, story: Story
) -> None:
    fill(story)
    place.commit()
    with place.views.store.reading() as cursor:
        living = [row[0] for row in cursor.execute("SELECT id FROM customers WHERE id = living")]
        cards = open_cards(cursor, living, {"another"})
    assert living
    for customer, card in cards.items():
        assert card
        (name,) = place.rows(f"SELECT name FROM customers WHERE id = '{customer}'")
        terms = place.rows(f"SELECT term FROM terms WHERE customer = '{customer}' ORDER BY term")
        said = place.rows(
            f"SELECT key, value, source FROM attributes WHERE customer = '{customer}'"
        )
        assert card.name == name[0]
        assert card.terms == [row[0] for row in terms]
        assert card.attributes == {key: (value, source) for key, value, source in said}


def test_each_source_tells_of_its_own_handles(place: Home, story: Story) -> None:
    known_from(story, "open", "secret")
    sheet = discreet(place).customer(OPEN.value)
    assert sheet.name == "Open Frei"
    assert [one.value for one in sheet.identifiers] == [OPEN.value]
    assert place.queries.customer(SECRET.value).id == sheet.id


def test_whom_only_a_hidden_source_knows_is_named_to_nobody_and_stays_in_the_list(
    place: Home, story: Story
) -> None:
    known_from(story, "secret")
    story.note("c", "rude")
    story.describe("c", likes="tea")
    story.link("c", phone("+41522034410"))
    queries = discreet(place)
    (row,) = queries.customers()
    assert (row.name, row.identifiers, row.contacts) == ("hidden", (), 1)
    sheet = queries.customer(row.id)
    assert (sheet.notes, sheet.attributes) == ((), {})
    assert queries.customers("secret") == queries.customers("tea") == []
    assert queries.said("rude") == []
    assert queries.closed([row.id]) == {row.id}


def test_a_source_that_told_of_a_handle_once_has_told(place: Home, story: Story) -> None:
    known_from(story, "open")
    story.contact("of open", source="secret", amended=True)
    story.contact("more", "open", source="secret")
    assert discreet(place).customer(sid("c")).name == "Open Frei"


def test_a_display_name_is_the_latest_of_those_that_are_open(place: Home, story: Story) -> None:
    story.open("c")
    story.see("h", OPEN)
    story.assign("h", "c")
    for number, (source, text) in enumerate([("open", "Old"), ("open", "New"), ("secret", "Last")]):
        story.contact(
            text, "h", days=number, source=source, content=Content(item=text, display=text)
        )
    queries = discreet(place)
    assert place.queries.customer(sid("c")).name == "Last"
    assert queries.customer(sid("c")).name == "New"
    assert queries.customers("last") == []
    assert queries.names([sid("c")]) == {sid("c"): (sid("c"), "New")}


def test_a_search_goes_on_behind_those_who_are_hidden(place: Home, story: Story) -> None:
    for number in range(60):
        source = "open" if number == 0 else "secret"
        story.open(f"c{number}")
        story.see(f"h{number}", mail(f"{number}@a.example"), name=Name("Anna", f"Frei{number}"))
        story.assign(f"h{number}", f"c{number}")
        story.contact(f"k{number}", f"h{number}", days=number, source=source)
    queries = discreet(place)
    assert [one.name for one in queries.customers("anna", limit=5)] == ["Anna Frei0"]
    assert len(place.queries.customers("anna", limit=100)) == 60


def test_who_calls_is_said_from_what_is_open(place: Home, story: Story) -> None:
    number = phone("+41522034410")
    story.open("c")
    story.see("h", number, name=Name("Anna", "Frei"))
    story.assign("h", "c")
    story.contact("k", "h", source="secret")
    queries = discreet(place)
    assert place.queries.caller(number.value).customers[0].name == "Anna Frei"
    assert queries.caller(number.value).customers == ()
    story.contact("l", "h", source="open")
    place.commit()
    found = queries.caller(number.value)
    assert [one.name for one in found.customers] == ["Anna Frei"]
    assert [one.id for one in found.contacts] == [sid("l")]
