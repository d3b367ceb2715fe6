"""What the three of the shop write down by hand: who supplies, who is family, who came by or sent a letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from stammkunde.app.bootstrap import Home
from stammkunde.app.demo import house, words
from stammkunde.app.demo.stage import GROWTH, LAST_WORD
from stammkunde.app.demo.story import Story
from stammkunde.core.contact import Direction
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import DecisionError
from stammkunde.core.events import Role


class Remark(msgspec.Struct, frozen=True):
    """What somebody writes down about the customer with this mail address; `text` may be a role."""

    at: datetime
    mail: str
    what: Literal["note", "letter", "visit", "role"]
    text: str
    by: str = house.STAFF[0].name
    direction: Direction = "in"


def remarks(story: Story) -> tuple[Remark, ...]:
    """All of them, in the order of time."""
    cast = story.cast
    found = [
        Remark(LAST_WORD, cast.sandra.mail, "note", words.ON_SANDRA),
        Remark(LAST_WORD, cast.couriers.people[0].mail, "note", words.ON_THE_COURIERS),
        Remark(LAST_WORD, cast.sister.mail, "role", "private"),
        *(Remark(LAST_WORD, supplier.mail, "role", "supplier") for supplier in cast.suppliers),
    ]
    for _ in range(24 * story.size):
        found += _meeting(story, "visit", story.rng.choice(words.VISITS))
    for _ in range(5 * story.size):
        letter, answer = story.rng.choice(words.LETTERS)
        found += _meeting(story, "letter", letter, answer)
    return tuple(sorted(found, key=lambda remark: (remark.at, remark.mail)))


def _meeting(
    story: Story, what: Literal["visit", "letter"], text: str, answer: str = ""
) -> Iterator[Remark]:
    """He comes or writes, and where there is an `answer`, we write back within two days."""
    at = story.when(house.BEGIN, LAST_WORD - timedelta(days=4), at_the_shop=True, growth=GROWTH)
    who, by = story.rng.choice(story.cast.regulars).mail, story.rng.choice(house.STAFF).name
    yield Remark(at, who, what, text, by)
    if answer:
        yield Remark(house.after_hours(at, 11), who, what, answer, by, "out")


def write_down(remarks: Iterable[Remark], home: Home) -> None:
    """Into the log, as a person's word. Of whom there are two in the shop's eyes, nobody can say which one it was."""
    for remark in remarks:
        with suppress(DecisionError):
            decisions = Decisions(home.intake, by=remark.by)
            who = home.customer_id(remark.mail)
            if remark.what == "note":
                decisions.note(who, remark.text)
            elif remark.what == "role":
                decisions.describe(who, {}, role=msgspec.convert(remark.text, Role))
            else:
                at, direction = remark.at, remark.direction
                decisions.record(remark.what, who, remark.text, at, direction=direction)
