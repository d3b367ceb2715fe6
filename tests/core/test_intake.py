"""The one door: every item ends in exactly one place, once."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.contact import Attachment, Contact, Identifier, Item, Name
from stammkunde.core.errors import CursorConflictError
from stammkunde.core.feed import Counts, Feed, Source
from stammkunde.core.intake import Intake
from stammkunde.core.log.verify import verify_chain
from stammkunde.core.quarantine import Quarantine
from tests.core.samples import INFO, PHONE, SHOP, call, entry, mail, open_intake

ANNA = Identifier("mail", "anna@kunden.example")


def take(intake: Intake, *contacts: Contact, source: Source = INFO, **batch: object) -> Counts:
    feed = intake.open(source)
    feed.record(Batch(contacts=contacts, **batch))  # type: ignore[arg-type]
    return feed.finish()


def topics(intake: Intake) -> Counter[str]:
    return Counter(event.topic for event in intake.log.read(0, 10_000))


def test_items_are_recorded_once_however_often_they_come(intake: Intake) -> None:
    contacts = [mail(n) for n in range(5)]
    first = take(intake, *contacts)
    again = take(intake, *contacts, *contacts)
    assert (first.items, first.recorded, first.contacts) == (5, 5, 5)
    assert (again.items, again.recorded, again.duplicates, again.contacts) == (10, 0, 10, 0)
    assert topics(intake)["contact.recorded"] == 5


def test_the_sum_of_what_became_of_the_items_is_the_number_of_items(intake: Intake) -> None:
    counts = take(
        intake,
        mail(1),
        mail(1),
        mail(2, "x@treuhand.example"),
        ignored={"own": 3},
        rejected=(Rejected("no header at all", b"raw"),),
    )
    assert (counts.recorded, counts.duplicates, counts.rejected) == (1, 1, 1)
    assert counts.ignored == {"own": 3, "never": 1}
    assert counts.items == 7


@pytest.mark.parametrize("together", [True, False])
def test_an_item_that_comes_twice_is_a_duplicate_however_it_is_cut(
    intake: Intake, together: bool
) -> None:
    """Two files may hold one mail's key and yet name other people; the first reading counts."""
    first = mail(1, "a@kunden.example", reference="one.eml")
    second = mail(1, "b@kunden.example", item=first.item, reference="two.eml")
    feed = intake.open(INFO)
    for batch in ([first, second],) if together else ([first], [second]):
        feed.record(Batch(contacts=tuple(batch)))
    counts = feed.finish()
    assert (counts.items, counts.recorded, counts.duplicates, counts.contacts) == (2, 1, 1, 1)


def test_a_mail_to_three_people_is_one_item_and_three_contacts(intake: Intake) -> None:
    item = mail(1).item
    people = [f"p{n}@kunden.example" for n in range(3)]
    counts = take(intake, *(mail(1, person, item=item, direction="out") for person in people))
    assert (counts.items, counts.contacts) == (1, 3)
    facts = [e.open for e in intake.log.read(0, 99) if e.topic == "contact.recorded"]
    assert len({fact.item for fact in facts}) == 1
    assert len({fact.handle for fact in facts}) == 3


KEPT_OUT = [
    "x@treuhand.example",
    "x@zug.treuhand.example",
    "X@Treuhand.example",
    "privat@kunden.example",
]


@pytest.mark.parametrize("address", KEPT_OUT)
@pytest.mark.parametrize("others", [0, 1, 2])
def test_nothing_is_stored_of_an_item_with_those_who_must_not_be(
    intake: Intake, address: str, others: int
) -> None:
    """A mail to them and to customers would keep in the others' copies what was written to them."""
    item = mail(1).item
    parts = [mail(1, f"p{n}@kunden.example", item=item, text="CANARY") for n in range(others)]
    parts.insert(others // 2, mail(1, address, item=item, text="CANARY"))
    counts = take(intake, *parts)
    assert (counts.ignored, counts.items) == ({"never": 1}, 1)
    assert topics(intake) == {}


def test_an_address_counts_wherever_the_contact_carries_it(intake: Intake) -> None:
    form = mail(1, "x@treuhand.example", identifiers=(ANNA,))
    several = call(2, identifiers=(ANNA, Identifier("mail", "privat@kunden.example")))
    assert take(intake, form, several).ignored == {"never": 2}
    assert topics(intake) == {}


@pytest.mark.parametrize("first", ["anna@kunden.example", "x@treuhand.example"])
def test_an_item_read_twice_is_kept_out_if_either_reading_names_them(
    intake: Intake, first: str
) -> None:
    second = "x@treuhand.example" if first.startswith("anna") else "anna@kunden.example"
    one = mail(1, first, reference="one.eml")
    counts = take(intake, one, mail(1, second, item=one.item, reference="two.eml"))
    assert (counts.ignored, counts.duplicates, counts.items) == ({"never": 1}, 1, 2)
    assert topics(intake) == {}


@pytest.mark.parametrize(
    ("keep", "subject", "text", "attachments"),
    [("text", "Offerte", "Grüezi", 1), ("subject", "Offerte", "", 0), ("facts", "", "", 0)],
)
def test_what_must_not_be_kept_is_not_stored(
    intake: Intake, keep: str, subject: str, text: str, attachments: int
) -> None:
    source = Source(name="info", connector="mailbox", keep=keep)  # type: ignore[arg-type]
    contact = mail(1, text="Grüezi", attachments=(Attachment("a.pdf", "application/pdf", 9),))
    take(intake, contact, source=source)
    content = _content(intake, 0)
    assert (content.subject, content.text, len(content.attachments)) == (subject, text, attachments)
    assert content.party == "anna@kunden.example"


def test_our_own_addresses_and_numbers_are_nobodys_handle(intake: Intake) -> None:
    own = (Identifier("mail", "info@muster-velo.example"), Identifier("phone", "+41525550000"))
    take(intake, call(1, None, identifiers=own))
    assert topics(intake) == {"contact.recorded": 1}


def test_an_answered_call_makes_a_prospect_and_a_missed_one_does_not(intake: Intake) -> None:
    assert take(intake, call(1), source=PHONE).customers_opened == 1
    missed = take(intake, call(2, "+41795559999", outcome="missed"), source=PHONE)
    assert (missed.customers_opened, missed.unassigned) == (0, 1)


def test_contacts_that_came_before_are_assigned_when_the_evidence_comes(intake: Intake) -> None:
    assert take(intake, mail(1), mail(2)).unassigned == 2
    later = take(intake, entry(1, Name("Anna", "Meier"), ANNA), source=SHOP)
    assert later.customers_opened == 1
    with intake.transaction():
        customer = intake.assignment.find(ANNA)
    assert customer
    assigned = [e for e in intake.log.read(0, 99) if e.topic == "handle.assigned"]
    assert {event.open.customer for event in assigned} == {customer}
    assert len(assigned) == 2


def test_an_item_in_a_second_source_is_sighted_and_not_doubled(intake: Intake) -> None:
    other = Source(name="archive", connector="mailbox")
    take(intake, mail(1))
    counts = take(intake, mail(1), source=other)
    assert (counts.recorded, counts.duplicates, counts.sighted) == (0, 1, 1)
    assert take(intake, mail(1), source=other).sighted == 0


def test_two_feeds_of_one_system_meet(intake: Intake) -> None:
    other = Source(name="export", connector="orders-csv", system="shop.example")
    order = entry(1, Name("Anna", "Meier"), ANNA, channel="shop", kind="order_placed", order="7")
    take(intake, order, source=SHOP)
    assert take(intake, order, source=other).recorded == 0
    assert take(intake, order, source=Source(name="x", connector="y")).recorded == 1


def test_a_changed_item_is_amended_only_if_its_facts_differ(intake: Intake) -> None:
    take(intake, call(1, outcome="missed", duration_s=None), source=PHONE)
    same = take(intake, call(1, outcome="missed", duration_s=None, revises=True), source=PHONE)
    assert (same.duplicates, same.amended) == (1, 0)
    changed = take(intake, call(1, revises=True), source=PHONE)
    assert (changed.duplicates, changed.amended, changed.customers_opened) == (1, 1, 1)
    again = take(intake, call(1, revises=True), source=PHONE)
    assert (again.duplicates, again.amended) == (1, 0)
    outcomes = [e.open.outcome for e in intake.log.read(0, 99) if hasattr(e.open, "outcome")]
    assert outcomes == ["missed", "answered"]


def test_a_counterpart_that_is_no_longer_supported_is_retracted(intake: Intake) -> None:
    item = mail(1).item
    old = [mail(1, person, item=item) for person in ("a@kunden.example", "b@kunden.example")]
    take(intake, *old)
    new = [
        mail(1, person, item=item, revises=True)
        for person in ("b@kunden.example", "c@kunden.example")
    ]
    counts = take(intake, *new)
    assert (counts.retracted, counts.amended, counts.contacts) == (1, 0, 1)
    revived = take(intake, *(mail(1, c.party, item=item, revises=True) for c in old))
    assert (revived.retracted, revived.amended) == (1, 1)


def test_a_withdrawn_item_takes_its_evidence_along(intake: Intake) -> None:
    take(intake, mail(1))
    take(intake, entry(1, Name("Anna", "Meier"), ANNA), source=SHOP)
    counts = take(intake, source=SHOP, withdrawn=(Item("uid-1"),))
    assert counts.retracted == 1
    with intake.transaction():
        assert intake.assignment.find(ANNA) is None
    assert take(intake, source=SHOP, withdrawn=(Item("uid-1"), Item("unknown"))).retracted == 0


def test_a_withdrawn_mail_is_retracted(intake: Intake) -> None:
    """Mails have a namespace of their own, whatever the source is called."""
    contact = mail(1)
    take(intake, contact, mail(2))
    assert take(intake, withdrawn=(contact.item,)).retracted == 1
    assert take(intake, withdrawn=(contact.item,)).retracted == 0
    revived = take(intake, mail(1, revises=True))
    assert (revived.amended, revived.retracted) == (1, 0)


def test_a_source_withdraws_only_mails_that_it_gave(intake: Intake) -> None:
    take(intake, mail(1))
    other = Source(name="archive", connector="mailbox")
    assert take(intake, source=other, withdrawn=(mail(1).item,)).retracted == 0
    take(intake, mail(1), source=other)
    assert take(intake, source=other, withdrawn=(mail(1).item,)).retracted == 1


@pytest.mark.parametrize("contact", [mail(1), call(1)], ids=["mail", "call"])
def test_an_item_told_and_withdrawn_in_one_batch_is_withdrawn(
    intake: Intake, contact: Contact
) -> None:
    counts = take(intake, contact, mail(2), withdrawn=(contact.item,))
    assert (counts.ignored, counts.recorded, counts.items) == ({"withdrawn": 1}, 1, 2)
    assert topics(intake)["contact.recorded"] == 1
    assert take(intake, contact).recorded == 1


@pytest.mark.parametrize("contact", [mail(1), call(1)], ids=["mail", "call"])
def test_a_known_item_told_again_and_withdrawn_in_one_batch_is_withdrawn(
    intake: Intake, contact: Contact
) -> None:
    take(intake, contact)
    changed = msgspec.structs.replace(contact, kind="meeting", revises=True)
    counts = take(intake, changed, withdrawn=(contact.item,))
    assert (counts.duplicates, counts.amended, counts.retracted) == (1, 0, 1)
    [identifier] = contact.identifiers
    with intake.transaction():
        assert intake.assignment.find(identifier) is None
    assert take(intake, changed).amended == 1


def test_a_batch_is_all_or_nothing(intake: Intake) -> None:
    feed = intake.open(INFO, advance=True)
    with pytest.raises(Exception, match="unknown kind"):
        feed.record(Batch(contacts=(mail(1), mail(2, kind="nonsense")), cursor="7"))
    assert intake.log.last_position() == 0
    assert intake.open(INFO, advance=True).cursor is None
    feed.record(Batch(contacts=(mail(1),), cursor="7"))
    assert intake.open(INFO, advance=True).cursor == "7"


def test_what_a_connector_remembers_is_kept_with_its_batch_and_sealed(intake: Intake) -> None:
    feed = intake.open(SHOP)
    feed.record(Batch(remember={"order 7": b"CANARY", "order 8": b"x"}))
    feed.record(Batch(remember={"order 8": None}))
    other = intake.open(Source(name="csv", connector="orders-csv", system="shop.example"))
    assert other.memory.get("order 7") == b"CANARY"
    assert other.memory.get("order 8") is None
    assert intake.open(PHONE).memory.get("order 7") is None
    for file in intake.log.store.path.parent.glob("log.db*"):
        assert b"CANARY" not in file.read_bytes()
        assert b"order 7" not in file.read_bytes()


def test_of_two_who_advance_one_cursor_the_second_is_refused(intake: Intake) -> None:
    one, two = (intake.open(INFO, advance=True) for _ in range(2))
    one.record(Batch(contacts=(mail(1),), cursor="1"))
    with pytest.raises(CursorConflictError, match="Another process"):
        two.record(Batch(contacts=(mail(2),), cursor="2"))
    one.record(Batch(contacts=(mail(2),), cursor="2"))
    assert topics(intake)["contact.recorded"] == 2


def test_two_processes_decide_on_the_same_evidence(intake: Intake, tmp_path: Path) -> None:
    other = open_intake(tmp_path)
    take(intake, mail(1, direction="out"))
    take(other, mail(2))
    take(intake, entry(1, Name("Anna", "Meier"), ANNA))
    take(other, call(3, identifiers=(Identifier("phone", "+41795551234"),)))
    take(intake, entry(2, Name("Anna", "Meier"), ANNA, Identifier("phone", "+41795551234")))
    with other.transaction():
        assert other.assignment.find(ANNA) == other.assignment.find(
            Identifier("phone", "+41795551234")
        )
    other.log.close()


def test_what_can_not_be_read_waits_sealed_with_its_reason(intake: Intake) -> None:
    rejected = (Rejected("wrong width", b"CANARY;row", "orders.csv, line 3"),)
    take(intake, rejected=rejected)
    take(intake, rejected=rejected)
    quarantine = Quarantine(intake.log)
    entries = quarantine.entries()
    assert [(e.source, e.reason, e.size) for e in entries] == [("info", "wrong width", 10)]
    assert quarantine.item(entries[0].number) == rejected[0]
    assert b"CANARY" not in intake.log.store.path.read_bytes()
    feed: Feed = intake.open(INFO)
    feed.record(Batch(contacts=(mail(1),)), released=entries[0].number)
    assert quarantine.entries() == []


def test_the_chain_holds_after_all_of_this(intake: Intake) -> None:
    take(intake, *(mail(n, f"p{n % 7}@kunden.example") for n in range(50)))
    take(intake, *(call(n, f"+4179555{n % 5:04d}") for n in range(50)), source=PHONE)
    assert verify_chain(intake.log).findings == ()


# ---- limits

LONG = "ä" * 5000
TOO_LONG: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[tuple[str, str], ...]]] = {
    "a subject": ({"subject": LONG}, {"subject": "ä" * 998}, (("subject", LONG),)),
    "a display name": ({"display": LONG}, {"display": "ä" * 200}, (("display", LONG),)),
    "the parts of a name": (
        {"name": Name(LONG, "Meier", "B" * 201)},
        {"name": Name("ä" * 200, "Meier", "B" * 200)},
        (("given", LONG), ("company", "B" * 201)),
    ),
    "an attribute": (
        {"attributes": {"note": LONG, "size": "M"}},
        {"attributes": {"note": "ä" * 4000, "size": "M"}},
        (("attribute note", LONG),),
    ),
    "an attribute's name": (
        {"attributes": {LONG: "M"}},
        {"attributes": {"ä" * 100: "M"}},
        ((f"attribute {LONG}", "M"),),
    ),
    "identifiers": (
        {"identifiers": (ANNA, Identifier("phone", "+" + "4" * 16), Identifier("shop", LONG))},
        {"identifiers": (ANNA,)},
        (("phone", "+" + "4" * 16), ("shop", LONG)),
    ),
}


@pytest.mark.parametrize(("given", "kept", "uncut"), TOO_LONG.values(), ids=TOO_LONG)
def test_what_is_too_long_is_cut_and_kept_whole_beside(
    intake: Intake,
    given: dict[str, Any],
    kept: dict[str, Any],
    uncut: tuple[tuple[str, str], ...],
) -> None:
    assert take(intake, mail(1, **given)).recorded == 1
    content = _content(intake, 0)
    assert {key: getattr(content, key) for key in kept} == kept
    assert content.uncut == uncut
    assert intake.log.read(0, 99)[-1].open.flags == ("cut",)
    assert take(intake, mail(1, **given, revises=True)).amended == 0


def test_what_is_as_long_as_may_be_stays_as_it_is(intake: Intake) -> None:
    name = "x" * 200
    longest: dict[str, Any] = {
        "subject": "ä" * 998,
        "display": name,
        "name": Name(name, name, name),
        "attributes": {"k" * 100: "v" * 4000},
        "identifiers": (
            Identifier("mail", "a" * 64 + "@" + "b" * 181 + ".example"),
            Identifier("phone", "+" + "4" * 15),
            Identifier("shop", "s" * 254),
        ),
        "text": LONG * 10,
    }
    assert len(longest["identifiers"][0].value) == 254
    take(intake, mail(1, **longest))
    content = _content(intake, 0)
    assert {key: getattr(content, key) for key in longest} == longest
    assert (content.uncut, intake.log.read(0, 99)[-1].open.flags) == ((), ())


def test_a_subject_that_must_not_be_kept_is_not_kept_whole_either(intake: Intake) -> None:
    source = Source(name="info", connector="mailbox", keep="facts")
    take(intake, mail(1, subject=LONG, display=LONG), source=source)
    assert _content(intake, 0).uncut == (("display", LONG),)


def _content(intake: Intake, n: int) -> Any:
    events = [e for e in intake.log.read(0, 99) if e.topic == "contact.recorded"]
    return events[n].private.content
