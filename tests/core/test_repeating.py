"""A record by hand that is said twice, and the quarantine page by page."""

from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.decisions import Decisions
from stammkunde.core.intake import Intake
from stammkunde.core.quarantine import Quarantine
from tests.core.samples import BEGIN, INFO, SHOP, entry


def customers(intake: Intake) -> list[str]:
    ways = [Identifier("mail", f"{key}@kunden.example") for key in "ab"]
    entries = (entry(1, Name("Anna", "Meier"), ways[0]), entry(2, Name("Peter", "Huber"), ways[1]))
    intake.open(SHOP).record(Batch(contacts=entries))
    with intake.transaction():
        return [intake.assignment.find(way) or "" for way in ways]


def test_what_is_recorded_again_under_its_key_stays_as_it_is(intake: Intake) -> None:
    anna, peter = customers(intake)
    decisions = Decisions(intake, by="Clerk")
    first = decisions.record("letter", anna, "Cancels", BEGIN, key="7/a")
    position = intake.log.last_position()
    assert decisions.record("visit", peter, "Something else", BEGIN, key="7/a") == first
    assert intake.log.last_position() == position
    others = {
        decisions.record("letter", anna, "Cancels", BEGIN, key=key) for key in ("7/b", "", "")
    }
    assert len(others | {first}) == 4


def test_what_was_recorded_and_not_yet_assigned_is_assigned_when_it_is_said_again(
    intake: Intake,
) -> None:
    anna, _ = customers(intake)
    decisions = Decisions(intake)
    assign = decisions.assign

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    decisions.assign = die  # type: ignore[method-assign]
    try:
        decisions.record("letter", anna, "Cancels", BEGIN, key="7/a")
    except KeyboardInterrupt:
        decisions.assign = assign  # type: ignore[method-assign]
    contact = decisions.record("letter", anna, "Cancels", BEGIN, key="7/a")
    topics = [event.topic for event in intake.log.stream(contact)]
    assert topics == ["contact.recorded", "contact.assigned"]


def test_the_pages_of_the_quarantine_are_the_quarantine(intake: Intake) -> None:
    for source in (INFO, SHOP):
        rejected = tuple(Rejected("wrong width", b"%d" % n) for n in range(3))
        intake.open(source).record(Batch(rejected=rejected))
    quarantine = Quarantine(intake.log)
    everything = quarantine.entries()
    found, after = [], 0
    while page := quarantine.entries(limit=2, after=after):
        assert len(page) <= 2
        found += page
        after = page[-1].number
    assert found == everything
    assert len(found) == 6
    assert quarantine.entries("shop", limit=9, after=everything[3].number) == everything[4:]
