"""Questions and their answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from stammkunde.core.contact import Attachment, Identifier, Line, Name
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import Content, CustomerOpened, Facts
from stammkunde.projections.queries import Filter
from tests.projections.samples import DAY, NOON, Home, Story, mail, phone, sid

START = datetime.fromtimestamp(NOON / 1000, UTC)


@pytest.fixture
def town(place: Home, story: Story) -> Home:
    """Anna, who writes, calls and orders; Peter, who shares her landline; a stranger who calls it."""
    anna = (mail("anna@bau.example"), phone("+41522034410"), Identifier("shop", "shop.example:17"))
    story.see("anna", *anna, name=Name("Anna", "Müller", "Bau AG"))
    story.see(
        "peter", mail("peter@example.com"), phone("+41522034410"), name=Name("Peter", "Müller")
    )
    story.see("stranger", phone("+41522034410"))
    for who in ("anna", "peter"):
        story.open(f"k-{who}")
        story.assign(who, f"k-{who}", "name")
    story.classify("i", phone("+41522034410"), "shared")
    story.contact("m1", "anna", direction="in", thread=sid("t"), content=Content(
        item="<1@bau.example>", party="anna@bau.example", identifiers=(mail("anna@bau.example"),), display="Anna",
        subject="Velo", text="Grüezi", ours=("info@muster-velo.example",), attachments=(Attachment("a.pdf", "application/pdf", 9),),
    ))  # fmt: skip
    story.contact("o1", "anna", days=1, kind="order_placed", channel="shop", amount="99.90", net="92.41", order=sid("o"),
        content=Content(item="1043/placed", order="1043", name=Name("Anna", "Müller", "Bau AG"),
                        lines=(Line("V1", Decimal(2), Decimal("49.95"), "Veloschlauch"),)),
    )  # fmt: skip
    story.contact("p1", "peter", days=2, direction="out")
    for n in range(3):
        story.contact(
            f"c{n}", "stranger", days=3 + n, kind="call", channel="phone", direction="in", outcome="missed",
            duration_s=12, content=Content(item=f"call{n}", identifiers=(phone("+41522034410"),)),
        )  # fmt: skip
    story.contact("w", days=9, kind="call", channel="phone", direction="in", outcome="missed")
    place.commit()
    return place


def test_a_contacts_json_has_the_published_keys(town: Home) -> None:
    contact = msgspec.json.decode(
        msgspec.json.encode(town.queries.contacts(Filter(kind="order_placed"))[0])
    )
    recorded = contact.pop("recorded_at")
    assert recorded.endswith("Z")
    assert contact == {
        "id": sid("o1"), "customer_id": sid("k-anna"), "source": "info", "item": "1043/placed", "party": "",
        "channel": "shop", "kind": "order_placed", "direction": None, "outcome": None,
        "occurred_at": "2023-11-15T23:13:20+01:00", "counterpart": "Anna Müller, Bau AG", "subject": "", "text": "",
        "ours": [], "attachments": [],
        "lines": [{"article": "V1", "name": "Veloschlauch", "quantity": "2", "price": "49.95"}],
        "duration_s": None, "money": {"amount": "99.90", "net": "92.41", "currency": "CHF"}, "thread": "",
        "order": "1043",
        "assignment": {"rule": "name", "score": 1.0, "evidence": [{"kind": "mail", "value": "anna@example.com"}]},
    }  # fmt: skip


def test_a_customers_json_has_the_published_keys(town: Home) -> None:
    town.story.describe("k-anna", hobby="Velo")
    town.story.note("k-anna", "nett")
    town.commit()
    sheet = msgspec.json.decode(
        msgspec.json.encode(town.queries.customer("anna@bau.example", limit=1))
    )
    assert [contact["id"] for contact in sheet.pop("contacts_list")] == [sid("o1")]
    [note] = sheet.pop("notes")
    assert (note["by"], note["text"]) == ("Rita", "nett")
    assert sheet == {
        "id": sid("k-anna"), "name": "Anna Müller, Bau AG", "kind": "customer",
        "identifiers": [
            {"kind": "mail", "value": "anna@bau.example", "class": "exclusive"},
            {"kind": "phone", "value": "+41522034410", "class": "shared"},
            {"kind": "shop", "value": "shop.example:17", "class": "exclusive"},
        ],
        "contacts": 2, "first_contact": "2023-11-14T23:13:20+01:00", "last_contact": "2023-11-15T23:13:20+01:00",
        "revenue": [{"amount": "99.90", "currency": "CHF"}],
        "attributes": {"hobby": {"value": "Velo", "source": "person"}},
        "preferences": [], "consents": [], "affiliations": [], "merged": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        (sid("k-anna"), "k-anna"),
        (sid("k-anna").upper(), "k-anna"),
        ("Anna@Bau.Example", "k-anna"),
        ("shop.example:17", "k-anna"),
        ("peter@example.com", "k-peter"),
    ],
)
def test_a_customer_is_found_by_any_reference(town: Home, ref: str, found: str) -> None:
    assert town.queries.resolve(ref) == sid(found)


@pytest.mark.parametrize("ref", ["052 203 44 10", "+41 52 203 44 10", "0041522034410"])
def test_a_number_that_two_share_asks_for_an_id(town: Home, ref: str) -> None:
    with pytest.raises(DecisionError, match=sid("k-anna")):
        town.queries.customer(ref)
    town.story.link("k-peter", phone("+41522034410"))
    town.commit()
    assert town.queries.resolve(ref) == sid("k-peter")
    town.story.link("k-peter", phone("+41522034410"), take_back=True)
    town.commit()
    with pytest.raises(DecisionError):
        town.queries.resolve(ref)


@pytest.mark.parametrize("ref", ["", "nobody@example.com", "044 000 00 00", sid("m1"), "Anna"])
def test_an_unknown_reference_is_refused(town: Home, ref: str) -> None:
    with pytest.raises(DecisionError, match="No customer"):
        town.queries.customer(ref)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "peter anna"),
        ("müll", "peter anna"),
        ("mueller an", "anna"),
        ("bau", "anna"),
        ("peter@", "peter"),
        ("052 203 44", "peter anna"),
        ("17", "anna"),
        ("huber", ""),
        ("'; DROP", ""),
        ("-", ""),
        ("%", ""),
        ("peter %", "peter"),
        ("\0", ""),
        ("\ud800", ""),
        ("anna@\ud800", ""),
        ("'" * 10_000, ""),
        ("p_ter", ""),
        ("an " * 4000, "anna"),
        (" ".join(map(str, range(4000))), ""),
    ],
)
def test_customers_are_found_while_one_types(town: Home, text: str, found: str) -> None:
    assert [c.id for c in town.queries.customers(text)] == [
        sid(f"k-{who}") for who in found.split()
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "w c2 c1 c0 p1 o1 m1"),
        (Filter(channel="shop"), "o1"),
        (Filter(kind="call", direction="in"), "w c2 c1 c0"),
        (Filter(direction="out"), "p1"),
        (Filter(customer="anna@bau.example"), "o1 m1"),
        (Filter(since=START + timedelta(days=1), until=START + timedelta(days=3)), "p1 o1"),
        (Filter(unassigned=True), "w c2 c1 c0"),
        (Filter(unassigned=True, since=START + timedelta(days=5)), "w c2"),
        (Filter(source="info", channel="mail"), "p1 m1"),
        (Filter(source="other"), ""),
    ],
)
def test_contacts_are_filtered(town: Home, wanted: Filter, found: str) -> None:
    expected = [sid(contact) for contact in found.split()]
    assert [contact.id for contact in town.queries.contacts(wanted)] == expected
    assert [contact.id for contact in town.queries.all_contacts(wanted, page=2)] == expected


def test_pages_follow_each_other_where_many_share_one_instant(place: Home, story: Story) -> None:
    story.see("g", mail("g@example.com"))
    story.see("f", mail("f@example.com"))
    for who in ("g", "f"):
        story.open(f"k{who}")
        story.assign(who, f"k{who}")
    for n in range(25):
        story.contact(f"c{n}", "g" if n % 2 else "f", days=n // 10)
    place.commit()
    pages = [[c.id for c in place.queries.contacts(limit=7, after="")]]
    while pages[-1]:
        pages.append([c.id for c in place.queries.contacts(limit=7, after=pages[-1][-1])])
    seen = [contact for page in pages for contact in page]
    assert sorted(seen) == sorted(sid(f"c{n}") for n in range(25))
    first = place.queries.customers(limit=1)
    rest = place.queries.customers(limit=1, after=first[0].id)
    assert {c.id for c in first + rest} == {sid("kg"), sid("kf")}
    assert place.queries.customers(limit=1, after=rest[0].id) == []


def test_a_page_that_is_gone_is_refused(town: Home) -> None:
    with pytest.raises(DecisionError, match="begin again"):
        town.queries.contacts(after=sid("none"))


def test_review_names_who_may_be_meant(town: Home) -> None:
    [review] = town.queries.review()
    assert (review.handle, review.waiting, review.contact) == (sid("stranger"), 3, sid("c2"))
    assert [(i.value, i.class_) for i in review.identifiers] == [("+41522034410", "shared")]
    assert [(c.id, c.name, c.shared.value) for c in review.candidates] == [
        (sid("k-anna"), "Anna Müller, Bau AG", "+41522034410"),
        (sid("k-peter"), "Peter Müller", "+41522034410"),
    ]


def test_what_a_person_decided_leaves_the_review(town: Home) -> None:
    town.story.pin("c1", "k-anna")
    town.story.pin("c2", None)
    town.commit()
    assert [(r.waiting, r.contact) for r in town.queries.review()] == [(1, sid("c0"))]
    assert [c.id for c in town.queries.unassigned()] == [sid("w"), sid("c2"), sid("c0")]


def test_a_beginning_of_an_id_suffices_where_it_is_one_alone(town: Home) -> None:
    story = town.story
    alike = {"ab": "ab0f1e22", "ac": "ab0f1e23", "c": "c0ffee00"}
    ids = {name: start.ljust(32, "0") for name, start in alike.items()}
    for id_ in ids.values():
        story.tell_of(id_, "customer.opened", CustomerOpened(rule="mail"))
        story.tell_of(
            id_[::-1], "contact.recorded", Facts(item=id_, kind="call", channel="phone", at=NOON)
        )
    town.commit()
    queries = town.queries
    for table, wanted in (
        ("customers", list(ids.values())),
        ("contacts", [id_[::-1] for id_ in ids.values()]),
    ):
        short = queries.short_ids(table, wanted)  # type: ignore[arg-type]
        whole = queries.customer_id if table == "customers" else queries.contact_id
        assert list(short) == wanted
        for id_, start in short.items():
            assert 8 <= len(start) <= 32
            assert whole(start) == whole(start.upper()) == whole(id_) == id_
    assert queries.short_ids("customers", ids.values())[ids["c"]] == "c0ffee00"
    assert queries.resolve("c0ffee") == queries.customer_id("c0ffee") == ids["c"]
    for ask in (queries.resolve, queries.customer_id):
        with pytest.raises(DecisionError, match=r"^2 .*write more of it"):
            ask("ab0f1e2")
    for ref in ("c0ffe", "c0ffef", "", "g" * 8, "\ud800" * 8, "0" * 33):
        with pytest.raises(DecisionError, match="There is no contact"):
            queries.contact_id(ref)
        with pytest.raises(DecisionError, match="No customer was ever opened"):
            queries.customer_id(ref)


def test_contacts_of_one_moment_have_references_that_tell_them_apart(town: Home) -> None:
    """Ids begin with the time: a minute shares eight digits."""
    start = f"{NOON:012x}"
    ids = [f"{start}8{n:03x}".ljust(32, "0") for n in range(20)]
    for id_ in ids:
        facts = Facts(item=id_, kind="call", channel="phone", at=NOON)
        town.story.tell_of(id_, "contact.recorded", facts)
    town.commit()
    short = town.queries.short_ids("contacts", ids)
    assert [town.queries.contact_id(short[id_]) for id_ in ids] == ids
    with pytest.raises(DecisionError, match=f"20 ids begin with {start}"):
        town.queries.contact_id(start)


def test_the_side_that_was_merged_away_is_named_by_its_own_id(town: Home) -> None:
    town.story.merge("k-peter", "k-anna")
    town.commit()
    peter = sid("k-peter")
    assert town.queries.customer_id(peter[:14]) == peter
    assert town.queries.resolve(peter[:14]) == sid("k-anna")


def test_a_merged_customer_is_found_by_each_of_its_names(town: Home) -> None:
    town.story.merge("k-peter", "k-anna")
    town.commit()
    assert [c.id for c in town.queries.customers("peter")] == [sid("k-anna")]
    assert town.queries.resolve("052 203 44 10") == sid("k-anna")
    sheet = town.queries.customer(sid("k-peter"))
    assert (sheet.id, sheet.contacts, sheet.merged) == (sid("k-anna"), 3, (sid("k-peter"),))


def test_status_counts_what_stands(town: Home) -> None:
    status = town.queries.status(town.log)
    last = town.log.last_position()
    assert msgspec.to_builtins(status) == {
        "log": {"events": last, "contacts": 7, "customers": 2},
        "sources": (),
        "projections": ({"name": "views", "position": last, "lag": 0, "dead_letters": 0},),
    }
    town.story.contact("x", days=1)
    town.story.commit()
    assert town.queries.status(town.log).projections[0].lag == 1


def test_status_lists_sources_with_their_quarantine(town: Home) -> None:
    seal = town.log.keys.keys.seal.seal
    with town.log.transaction() as transaction:
        transaction.cursor.execute(
            "INSERT INTO sources (name, connector, system, cursor, last_success) VALUES ('info', 'imap', 'info', ?, ?)",
            (seal(b"17", b"cursor", b"info"), NOON * 1000),
        )
        transaction.cursor.execute(
            "INSERT INTO quarantine (source, digest, reason, sealed, seen_at) VALUES (1, x'00', 'cut', x'00', 0)"
        )
        transaction.cursor.execute(
            "INSERT INTO sources (name, connector, system) VALUES ('shop', 'woocommerce', 'shop')"
        )
    info, shop = town.queries.status(town.log).sources
    assert (info.name, info.state, info.cursor, info.rejected) == ("info", "ok", "17", 1)
    assert info.last_success == START
    assert (shop.name, shop.state, shop.cursor, shop.rejected) == ("shop", "new", None, 0)


def test_lists_are_read_from_an_index(town: Home) -> None:
    """No list may sort or scan all contacts: that is what makes it as fast at a million of them."""
    plans = {
        "customer": "SELECT id FROM contacts k WHERE k.customer = ? AND k.retracted = 0",
        "all": "SELECT id FROM contacts k WHERE k.retracted = 0 AND (k.at, k.id) < (?, ?)",
        "open": "SELECT id FROM contacts k WHERE k.retracted = 0 AND k.customer IS NULL AND k.counted = 1",
    }
    with town.views.store.reading() as cursor:
        for name, sql in plans.items():
            values = (DAY,) * sql.count("?")
            order = "ORDER BY k.at DESC, k.id DESC LIMIT 5"
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {sql} {order}", values).fetchall()
            text = " ".join(str(step[3]) for step in plan)
            assert "USING" in text, name
            assert "TEMP B-TREE" not in text, name
