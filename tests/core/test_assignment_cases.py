"""Small histories that kill naive rules: every order of the contacts gives the same groups."""

from itertools import permutations

import pytest

from stammkunde.core.contact import Identifier, Name
from tests.core.world import StoredWorld, Told, World

IDENTIFIERS = {
    **{key: Identifier("mail", f"{key}@kunden.example") for key in ("a", "b", "c", "f", "best")},
    "relay": Identifier("mail", "x1@marketplace.amazon.de"),
    "none": Identifier("mail", "no-reply@kunden.example"),
    **{key: Identifier("phone", f"+4152000000{n}") for n, key in enumerate("xyz")},
    **{f"S{n}": Identifier("shop", f"shop.example:{n}") for n in (1, 2)},
    "T1": Identifier("shop", "laden.example:1"),
}
NAMES = {
    "A": Name("Anna", "Meier"),
    "AI": Name("A.", "Meier"),
    "AM": Name("Anna Maria", "Meier"),
    "AN": Name("Andreas", "Meier"),
    "M": Name("Maria", "Meier"),
    "P": Name("Peter", "Huber"),
    "A@Z": Name("Anna", "Meier", "Zürich AG"),
    "P@Z": Name("Peter", "Huber", "Zürich AG"),
}


def told(*lines: str) -> list[Told]:
    """Contacts, one a line, numbered from 1: `order A a,x`, `mail_in - f t`: kind, name, identifiers, thread."""
    contacts = []
    for n, line in enumerate(lines, 1):
        kind, name, identifiers, *thread = line.split()
        contacts.append(
            Told(
                n,
                kind,
                frozenset(IDENTIFIERS[key] for key in identifiers.split(",")),
                NAMES.get(name),
                thread[0] if thread else None,
            )
        )
    return contacts


CASES = {
    "1 newest first": (["mail_out - a", "mail_in - a"], "12"),
    "2 a prospect by call is named by his order": (["call - x", "order A a,x"], "12"),
    "3 two prospects by mail meet on a phone": (
        ["mail_out - a", "mail_out - b", "order A a,x", "order A b,x"],
        "1234",
    ),
    "4 family landline": (["order A a,x", "order P b,x", "call - x"], "1 · 2 | 3"),
    "5 family mailbox": (["order A f,x", "order P f,y", "order A f", "mail_in - f"], "13 · 2 | 4"),
    "6 chain through an initial": (["order A a", "order AI a,x", "order AN x", "call - x"], "12 · 3 | 4"),
    "7 chain through a double name": (["order A a", "order AM a,x", "order M x"], "12 · 3"),
    "8 a form without a name": (["order A a", "order P x", "form - a,x"], "13 · 2"),
    "9 a colleague answers in the thread": (
        ["order A a", "mail_out - a t", "mail_in - c t", "order P c"],
        "12 · 34",
    ),
    "10 the thread tells on a shared box": (
        ["order A f,a", "order P f", "mail_out - a t", "mail_in - f t", "mail_in - f"],
        "134 · 2 | 5",
    ),
    "11 company mailbox": (["order A@Z best", "order P@Z best", "mail_in - best", "order P best"], "1234"),
    "12 a colleague never seen with the company": (
        ["order A@Z best", "order P best", "mail_in - best"],
        "1 · 2 | 3",
    ),
    "13 father and son with accounts": (["order A S1,a,x", "order A S2,b,x", "call - x"], "1 · 2 | 3"),
    "14 the same without accounts": (["order A a,x", "order A b,x", "call - x"], "123"),
    "15 relay": (["order A relay,x", "order P relay,y", "mail_in - relay"], "1 · 2 | 3"),
    "16 a number given to another": (["order A x", "call - x", "order P x", "call - x"], "1 · 3 | 24"),
    "17 initials on a shared box": (["order A f", "order AN f", "order AI f"], "1 · 2 | 3"),
    "a handle left without links has one home": (
        ["order A S1,x,y", "order A S2,y", "order A x", "call - x"],
        "134 · 2",
    ),
    "a handle left without links has two": (
        ["order A S1,x", "order A S2,x", "order A x", "call - x"],
        "1 · 2 | 34",
    ),
    "two accounts meet on a mail": (["order A S1,a", "order A S2,a"], "12"),
    "accounts of two shops": (["order A S1,x", "order A T1,x"], "12"),
    "nobody stands behind it": (["mail_out - none", "order A none,a", "mail_in - a"], "23 | 1"),
    "a relationship comes late": (["mail_in - a", "ring - x", "entry A a,x"], "123"),
    "without a relationship": (["mail_in - a", "ring - x"], "| 12"),
    "a half name links nothing": (["order - a,x", "call - x"], "1 · 2"),
    "an answer is a relationship": (["mail_out - a t", "mail_in - c t"], "1 · 2"),
    "a mail before ours is none": (["mail_in - c t", "mail_out - a t"], "2 | 1"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), CASES.values(), ids=CASES.keys())
def test_every_order_gives_the_same_groups(lines: list[str], expected: str) -> None:
    contacts = told(*lines)
    for order in permutations(contacts):
        world = World()
        for contact in order:
            world.take([contact])
        assert world.shown() == expected, [one.n for one in order]
        assert world.solve_all() == []


@pytest.mark.parametrize(("lines", "expected"), CASES.values(), ids=CASES.keys())
def test_tables_give_the_same_groups(lines: list[str], expected: str) -> None:
    world = StoredWorld()
    for contact in reversed(told(*lines)):
        world.take([contact])
    assert world.shown() == expected


def test_a_contradiction_heals_when_the_colleague_is_seen_with_his_company() -> None:
    world = World()
    world.take(told("order A@Z best", "order P best", "mail_in - best"))
    assert world.shown() == "1 · 2 | 3"
    world.take([Told(4, "order", frozenset({IDENTIFIERS["best"]}), NAMES["P@Z"])])
    assert world.shown() == "1234"
