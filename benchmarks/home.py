"""A company's home after years of contacts, with one admin: what its pages are measured on."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from benchmarks.rows import BEGIN, contacts, mixed
from benchmarks.wiring import collect_rarely
from stammkunde.app.bootstrap import Home, opened
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact, Identifier, Item
from stammkunde.core.feed import Feed, Source

LAST = 1_000_000
CONTACTS = int(os.environ.get("BENCH_CONTACTS", LAST))
"""Of the home; in a trial fewer, the latest."""
FIRST = LAST - CONTACTS
LOYAL_ADDRESS = "treu@kunden.example"
LOYAL = 20_000
"""Contacts of the one customer with most of them."""
STRANGERS = 500
"""Numbers from which nobody was ever reached: each waits for somebody to say whose it is."""
NEWSLETTERS = CONTACTS // 10
"""Mails that count as no contact and are nobody's."""
PAGE = 1000
SOURCE = Source(name="mixed", connector="mailbox")
_SECONDS = 200  # from one contact to the next
_NAME, _PASSWORD = "Anna Frei", "vier Worte ohne Sinn"


def span() -> tuple[datetime, datetime]:
    """From the first to the last contact, which is when the company stands still."""
    first, last = (BEGIN + timedelta(seconds=number * _SECONDS) for number in (FIRST, LAST))
    return first, last


def make(path: Path) -> None:
    """`CONTACTS` of 20,000 people, one loyal customer, some strangers, newsletters; the views built."""
    collect_rarely()
    settings = (
        f'[company]\nname = "Muster Velo"\ndomains = ["muster-velo.example"]\n[demo]\nnow = {span()[1].isoformat()}\n'
        f'[[source]]\nname = "{SOURCE.name}"\nconnector = "{SOURCE.connector}"\npath = ["mails"]\n'
    )
    with opened(path) as home:
        home.create(settings)
    with opened(path) as home:
        feed = home.intake.open(SOURCE)
        for first in range(FIRST, LAST, PAGE):
            feed.record(mixed(first, PAGE))
        _record(feed, [_loyal(number) for number in range(LOYAL)])
        _record(feed, [_stranger(number) for number in range(STRANGERS)])
        for first in range(0, NEWSLETTERS, PAGE):
            _record(feed, [_newsletter(number) for number in range(first, first + PAGE)])
        feed.finish()
        home.rebuild()
        home.catch_up()


def signed_in(home: Home) -> str:
    """The secret of an admin's session, who is made at the first call."""
    accounts = home.accounts
    if link := accounts.first_link():
        return accounts.claim(link, _NAME, _PASSWORD, "de")
    return accounts.sign_in(_NAME, _PASSWORD)


def _record(feed: Feed, made: list[Contact]) -> None:
    for first in range(0, len(made), PAGE):
        feed.record(Batch(contacts=tuple(made[first : first + PAGE])))


def _loyal(number: int) -> Contact:
    """A mail of the one customer; over all the years."""
    [mail] = contacts(FIRST + number * CONTACTS // LOYAL, 1, people=1, seed=2)
    key = f"<{number}.loyal@mail.example>"
    return replace(
        mail, item=Item(key, mail.item.time_ms), thread=key, party=LOYAL_ADDRESS,
        identifiers=(Identifier("mail", LOYAL_ADDRESS),),
    )  # fmt: skip


def _stranger(number: int) -> Contact:
    """A call that nobody took."""
    [mail] = contacts(FIRST + number * CONTACTS // STRANGERS, 1, seed=3)
    return replace(
        mail, item=Item(f"{number}.stranger", mail.item.time_ms), thread="", party="", channel="phone",
        kind="call", direction="in", subject="", text="", outcome="missed",
        identifiers=(Identifier("phone", f"+4178{number:07d}"),),
    )  # fmt: skip


def _newsletter(number: int) -> Contact:
    """One of three hundred senders."""
    [mail] = contacts(FIRST + number * 10, 1, seed=4)
    key, address = f"<{number}.news@mail.example>", f"news@sender{number % 300}.example"
    return replace(
        mail, item=Item(key, mail.item.time_ms), thread=key, party=address, kind="newsletter", direction="in",
        subject="Aktion", identifiers=(Identifier("mail", address),),
    )  # fmt: skip
