"""Twenty other companies, ten times as large: whose each contact is said to be, against whose it truly is."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from stammkunde.app.demo.world import World, play
from stammkunde.projections.answers import Contact
from tests.homes import Command

SEEDS = range(2, 22)
SIZE = 10
NOT_RECORDED = {"the shop's own notice", "among us"}

Key = tuple[str, str, str]


class Verdict(NamedTuple):
    """Of the contacts that can be known: how many there are, are somebody's, and stand with a customer of others."""

    knowable: int
    assigned: int
    wrong: int


def key(contact: Contact) -> Key:
    """Source, item and, for a mail, the counterpart: what both the log and the truth know."""
    item = contact.item.partition("\n")[0] if contact.channel == "shop" else contact.item
    return contact.source, item, contact.party


def true_key(row: dict[str, str]) -> Key:
    if row["source"] != "info":
        return row["source"], row["item"], ""
    return "info", f"{row['item'].strip('<>')}\n{row['date']}", row["counterpart"].lower()


def read_truth(home: Path) -> dict[Key, dict[str, str]]:
    with (home / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {true_key(row): row for row in csv.DictReader(file)}


def judge(contacts: list[Contact], truth: dict[Key, dict[str, str]]) -> Verdict:
    """Wrong are those of a customer who are not of the party that most of his contacts are of."""
    parties: defaultdict[str, Counter[str]] = defaultdict(Counter)
    owner: dict[Key, str | None] = {}
    for contact in contacts:
        row = truth[key(contact)]
        if row["knowable"] == "yes":
            owner[key(contact)] = contact.customer_id
            if contact.customer_id:
                parties[contact.customer_id][row["party"]] += 1
    wrong = sum(found.total() - max(found.values()) for found in parties.values())
    return Verdict(len(owner), sum(map(bool, owner.values())), wrong)


def read_company(home: Path, world: World) -> list[Contact]:
    world.write(home)
    company = Command(home)
    readings = company.ask("sync")
    assert [reading["rejected"] for reading in readings] == [1, 1, 0, 0], (
        "a mail and a call are torn"
    )
    with company.opened() as inside:
        return list(inside.queries.all_contacts())


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_gets_a_contact_of_another(seed: int, tmp_path: Path) -> None:
    contacts = read_company(tmp_path, play(seed, SIZE))
    truth = read_truth(tmp_path)
    unread = truth.keys() - {key(contact) for contact in contacts}
    assert {truth[one]["reason"] for one in unread} == NOT_RECORDED
    verdict = judge(contacts, truth)
    assert verdict.knowable > 5_000
    assert verdict.wrong == 0
    assert verdict.assigned >= 0.9 * verdict.knowable


def test_the_judge_sees_two_people_who_are_taken_for_one(tmp_path: Path) -> None:
    contacts = read_company(tmp_path, play(2))
    truth = read_truth(tmp_path)
    right = judge(contacts, truth)
    sizes = Counter(
        contact.customer_id
        for contact in contacts
        if contact.customer_id and truth[key(contact)]["knowable"] == "yes"
    )
    (one, many), (other, few), *_ = sizes.most_common()
    mixed = [
        replace(contact, customer_id=one) if contact.customer_id == other else contact
        for contact in contacts
    ]
    assert many >= few > 0
    assert judge(mixed, truth) == right._replace(wrong=few)
