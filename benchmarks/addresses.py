"""The addresses of every page of a home, each page's varied over what there is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

from benchmarks.home import LOYAL_ADDRESS, span
from benchmarks.rows import PEOPLE
from stammkunde.app.bootstrap import Home
from stammkunde.core.errors import UnknownError
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.queries import Filter

MANY = 60
"""Addresses of a page, where it has as many."""
LOYAL_PAGE = "customer with 20,000 contacts"


def addresses(home: Home) -> dict[str, list[str]]:
    """By the name of the page; of figures it is `KIND: CODE`. What is drawn by lot is the same in every run."""
    lot = random.Random(1)  # noqa: S311
    queries = home.queries
    customers = list(_customers(home, lot))
    contacts = [lot.choice(queries.contacts(Filter(customer=one))).id for one in customers]
    handles = [one.handle for one in queries.review(limit=MANY)]
    words = [_word(lot) for _ in range(MANY)]
    pages = {
        "monday": ["/", *(f"/?week={week}" for week in _weeks(lot))],
        "today": ["/today"],
        "customers": ["/customers", *(f"/customers?after={one}" for one in customers)],
        "search": [f"/customers?q={word}" for word in words],
        "customer": [f"/customers/{one}" for one in customers],
        "customer on one channel": [f"/customers/{one}?channel=mail" for one in customers],
        LOYAL_PAGE: [f"/customers/{queries.resolve(LOYAL_ADDRESS)}"],
        "merge": _with(words, (f"/customers/{one}/merge?q=" for one in customers)),
        "contact": [f"/contacts/{one}" for one in contacts],
        "assign": _with(words, (f"/contacts/{one}/assign?q=" for one in contacts)),
        "review": ["/review", *(f"/review?at={one}" for one in handles)],
        "review by a word": _with(words, (f"/review?at={one}&q=" for one in handles)),
        "figures": ["/figures", *(f"/figures?{days}" for days in _spans(30, 91, 365))],
        "figures, all years": [f"/figures?{days}" for days in _spans(_all_days())],
        "sources": ["/sources"],
        "record": ["/record", *(f"/record?customer={one}" for one in customers)],
        "settings": ["/settings"],
        "user": ["/settings/users/1"],
        "keys": ["/keys"],
    }
    for code in FIGURES:
        one = f"/figures/{code}"
        pages[f"figure: {code}"] = [one, *(f"{one}?{days}" for days in _spans(30, 91, 365))]
        pages[f"figure, all years: {code}"] = [f"{one}?{days}" for days in _spans(_all_days())]
    return pages


def _customers(home: Home, lot: random.Random) -> Iterator[str]:
    """People who wrote at least once."""
    for person in lot.sample(range(PEOPLE), MANY):
        try:
            yield home.queries.resolve(f"person{person}@kunden.example")
        except UnknownError:  # in a small home not everybody did
            continue


def _with(words: Iterable[str], pages: Iterable[str]) -> list[str]:
    return [f"{page}{word}" for page, word in zip(pages, words, strict=False)]


def _word(lot: random.Random) -> str:
    """What somebody types: a letter, the beginning of an address or number, a word of a mail, nothing known."""
    person = lot.randrange(PEOPLE)
    kinds = (
        "p",
        f"person{person}",
        f"person{person % 100}",
        f"+4179{person:07d}",
        "offerte",
        "mei",
    )
    return lot.choice(kinds).replace("+", "%2B")


def _weeks(lot: random.Random) -> Iterator[str]:
    first, last = span()
    for _ in range(MANY):
        week = (last - timedelta(days=lot.randrange((last - first).days))).isocalendar()
        yield f"{week.year}-W{week.week:02}"


def _all_days() -> int:
    first, last = span()
    return (last - first).days


def _spans(*lengths: int) -> Iterator[str]:
    """The last so many days, by each grain."""
    _, last = span()
    for days in lengths:
        first = last - timedelta(days=days)
        for grain in ("week", "month", "quarter", "year"):
            yield f"from={first:%Y-%m-%d}&last={last:%Y-%m-%d}&grain={grain}"
