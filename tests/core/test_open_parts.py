"""No open part of any event names anybody: not a name, an address, a number or a text."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from stammkunde.app.calendars import freeze
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Attachment, Contact, Identifier, Item, Line, Money, Name
from stammkunde.core.decisions import Decisions
from stammkunde.core.events import TOPICS
from stammkunde.core.feed import Source
from stammkunde.core.intake import Intake
from tests.core.samples import BEGIN, COMPANY, open_intake

WORD = "canaryword"
ADDRESS = f"{WORD}@{WORD}.example"
NUMBER = "+41795550199"
CANARIES = (WORD, "79555", "0199")
MAIL = Identifier("mail", ADDRESS)
PHONE = Identifier("phone", NUMBER)
SOURCE = Source(name=WORD, connector="mailbox", system=WORD)


def laden(n: int, **changes: object) -> Contact:
    """A contact whose every field that may hold text holds a canary."""
    values: dict[str, object] = {
        "item": Item(f"{WORD}{n}", 1_700_000_000_000 + n),
        "channel": "shop",
        "kind": "order_placed",
        "occurred_at": BEGIN,
        "party": ADDRESS,
        "direction": "in",
        "identifiers": (MAIL, PHONE, Identifier("shop", f"{WORD}:7")),
        "name": Name(WORD, WORD + "son", ""),
        "display": WORD,
        "money": Money(Decimal("12.5"), "CHF", Decimal("11.5")),
        "thread": WORD,
        "order": WORD,
        "subject": WORD,
        "text": f"{WORD} {NUMBER}",
        "language": "de",
        "ours": (ADDRESS,),
        "attachments": (Attachment(WORD, WORD, 1),),
        "lines": (Line(WORD, Decimal(1), Decimal(1), WORD),),
        "attributes": {WORD: NUMBER},
        "flags": ("backfill", WORD),
        "related": Item(WORD),
        "reference": WORD,
    }
    return Contact(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    """A log in which everything happened that can happen."""
    intake = open_intake(Path(tmp_path_factory.mktemp("canary")), COMPANY)
    decisions = Decisions(intake, by=WORD)
    feed = intake.open(SOURCE)
    feed.record(Batch(contacts=(laden(1), laden(2, kind="order_edited"))))
    feed.record(Batch(contacts=(laden(1, text=WORD * 2, revises=True),)))
    feed.record(Batch(withdrawn=(laden(2).item,)))
    intake.open(Source(name=WORD + "2", connector="mailbox", system=WORD)).record(
        Batch(contacts=(laden(1),))
    )
    other = Identifier("mail", f"other{WORD}@{WORD}.example")
    feed.record(
        Batch(contacts=(laden(3, identifiers=(other,), name=Name("Peter", f"{WORD}huber")),))
    )
    feed.record(Batch(contacts=(laden(4, kind="form", identifiers=(MAIL,), name=None),)))
    with intake.transaction():
        one, two = intake.assignment.find(MAIL), intake.assignment.find(other)
    assert one
    assert two
    form = next(e.stream for e in intake.log.read(0, 99) if getattr(e.open, "kind", "") == "form")
    decisions.assign(form, two, reason=WORD)
    decisions.assign(form, None, reason=WORD)
    decisions.merge(one, two, reason=WORD)
    decisions.unmerge(one, two, reason=WORD)
    decisions.distinct(one, two, reason=WORD)
    decisions.link(Identifier("phone", "+41795550198"), one, reason=WORD)
    decisions.unlink(Identifier("phone", "+41795550198"), one, reason=WORD)
    decisions.describe(one, {WORD: WORD}, role="supplier")
    decisions.note(one, WORD)
    decisions.record("letter", one, WORD, BEGIN)
    bare = Identifier("phone", "+41795550197")
    feed.record(Batch(contacts=(laden(5, kind="form", identifiers=(bare,), name=None),)))
    decisions.classify(bare, "shared", reason=WORD)
    freeze(intake, COMPANY, [2026])
    yield intake
    intake.log.close()


def test_every_topic_was_recorded(lived: Intake) -> None:
    assert {event.topic for event in lived.log.read(0, 1000)} == set(TOPICS)


def test_no_open_part_holds_a_canary(lived: Intake) -> None:
    with lived.log.store.reading() as cursor:
        rows = cursor.execute("SELECT topic, originator_id, state FROM stored_events").fetchall()
    for topic, stream, state in rows:
        end = 6 + int.from_bytes(state[2:6], "big")
        for canary in CANARIES:
            assert canary.encode() not in state[6:end], topic
            assert canary not in stream


def test_no_file_of_log_and_keys_holds_a_canary(lived: Intake) -> None:
    folder = lived.log.store.path.parent
    for file in (*folder.glob("log.db*"), *folder.glob("keys.db*")):
        content = file.read_bytes()
        for canary in (WORD + "son", ADDRESS, NUMBER, f"other{WORD}"):
            assert canary.encode() not in content, file.name


def test_every_private_text_comes_back(lived: Intake) -> None:
    private = [event.private for event in lived.log.read(0, 1000) if event.private is not None]
    assert all(any(canary in repr(part) for canary in CANARIES) for part in private)
