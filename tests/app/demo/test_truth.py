"""Who each contact of a made-up company truly is, as the generator says."""

import io
from collections import Counter

from tests.app.demo.town import Town


def test_the_truth_names_each_written_thing_once(town: Town) -> None:
    mails = {(mail["Message-ID"], mail.get("Date")) for mail in (*town.inbox, *town.sent)}
    assert {(truth.item, truth.date) for truth in town.of("info")} == mails
    copies = Counter((truth.item, truth.counterpart) for truth in town.of("info"))
    assert set(copies.values()) == {1}
    assert sorted(truth.item for truth in town.of("phone")) == sorted(town.calls())
    assert sorted(truth.item for truth in town.of("shop")) == sorted(
        o["number"] for o in town.orders
    )
    uids = [
        line.partition(":")[2] for card in town.cards for line in card if line.startswith("UID:")
    ]
    assert [truth.item for truth in town.of("addresses")] == uids


def test_the_truth_is_written_as_it_is_known(town: Town) -> None:
    assert [
        (row["item"], row["party"], row["knowable"] == "yes", row["reason"]) for row in town.truth
    ] == [(truth.item, truth.party, truth.knowable, truth.reason) for truth in town.world.truth]
    assert io.BytesIO(town.world.files["truth.csv"]).readline() == (
        b"source,item,date,counterpart,party,knowable,reason\n"
    )


def test_what_cannot_be_known_says_why(town: Town) -> None:
    for truth in town.world.truth:
        assert truth.knowable == (not truth.reason)
        assert bool(truth.party) or not truth.knowable
    reasons = {truth.reason for truth in town.world.truth}
    assert reasons >= {
        "", "number withheld", "number of several people", "mailbox of several people", "no relationship",
        "namesakes in one household", "newsletter", "spam", "among us", "the shop's own notice",
    }  # fmt: skip


def test_no_address_that_counts_belongs_to_two_parties(town: Town) -> None:
    parties: dict[str, set[str]] = {}
    for truth in town.world.truth:
        if truth.knowable and truth.source in ("info", "phone"):
            parties.setdefault(truth.counterpart, set()).add(truth.party)
    shared = {address for address, those in parties.items() if len(those) > 1}
    assert shared == set()


def test_the_households_own_thread_tells_who_wrote_from_the_box(town: Town) -> None:
    boxes = [truth for truth in town.of("info") if truth.counterpart.startswith("familie")]
    reasons = Counter(truth.reason for truth in boxes)
    assert reasons[""] == 1
    assert reasons["mailbox of several people"] >= 2
