"""With the keys of contacts and handles destroyed everything still answers, and no figure moves."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stammkunde.app.bootstrap import opened
from stammkunde.app.demo.world import play
from stammkunde.projections.figures.definitions import FIGURES
from tests.homes import Command

SEED = 2
YEARS = ("--from", "2024-01-01", "--to", "2027-01-01")
LIVING = {"completeness"}
"""Of living data alone (DESIGN §4): what of a party is erased is not known of him any more."""
CANARIES = (
    "Kanaria",
    "Zwitscher",
    "kanaria@voliere.example",
    "+41449998877",
    "Vogelfutter",
    "Körnermischung",
)
MAIL = """\
From: Kanaria Zwitscher <kanaria@voliere.example>
To: info@muster-velo.example
Date: Thu, 19 Nov 2026 10:00:00 +0100
Message-ID: <canary@voliere.example>
Subject: Vogelfutter
Content-Type: text/plain; charset=utf-8

Haben Sie Körnermischung?
"""
CARD = """\
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:canary
FN:Kanaria Zwitscher
N:Zwitscher;Kanaria;;;
EMAIL:kanaria@voliere.example
TEL:+41 44 999 88 77
END:VCARD
"""
ERASABLE = ("contact.", "handle.", "identifier.")
READING: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "customers": ("customers", "--limit", "1000"),
    "a search": ("customers", "velo"),
    "contacts": ("contacts",),
    "calls": ("contacts", "--channel", "phone", "--direction", "in"),
    "unassigned contacts": ("contacts", "--unassigned"),
    "figures": ("figures", *YEARS),
    "figures by month": ("figures", *YEARS, "--grain", "month"),
    "todo": ("todo", "--all"),
    "review": ("review", "--limit", "1000"),
    "quarantine": ("quarantine", "list"),
    "connectors": ("connectors",),
    "verify": ("verify",),
}


class Erased(NamedTuple):
    """A home some of whose contacts and handles are erased, and what figures said before."""

    command: Command
    figures: list[Any]
    customer: str
    is_all: bool


def figures(command: Command, *codes: str) -> list[Any]:
    found = command.ask("figures", *codes, *YEARS, "--grain", "month") + command.ask(
        "figures", *codes, *YEARS
    )
    return [answer for answer in found if answer["code"] not in LIVING]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("company") / "home"
    play(SEED).write(home)
    command = Command(home)
    assert command.run("sync")[0] == 0
    for name, text in (("canary.eml", MAIL), ("canary.vcf", CARD)):
        (home / name).write_text(text, encoding="utf-8")
        assert command.ask("import", str(home / name))["recorded"] == 1
    assert in_views(home) == set(CANARIES)
    return home


@pytest.fixture(scope="module", params=["some", "all"])
def erased(
    request: pytest.FixtureRequest, company: Path, tmp_path_factory: pytest.TempPathFactory
) -> Erased:
    home = tmp_path_factory.mktemp("erased") / "home"
    shutil.copytree(company, home)
    command = Command(home)
    before = figures(command)
    customer = command.ask("customers", "--limit", "1")[0]["id"]
    canary = command.ask("customer", CANARIES[2])["id"]
    is_all = request.param == "all"
    with opened(home) as inside:
        streams = {e.stream for e in _events(inside.log) if e.topic.startswith(ERASABLE)}
        gone = streams if is_all else {*sorted(streams)[::3], *_streams_of(home, canary)}
        inside.log.keys.destroy(sorted(gone))
    return Erased(command, before, customer, is_all)


def _streams_of(home: Path, customer: str) -> set[str]:
    views = sqlite3.connect(home / "views.db")
    try:
        rows = views.execute(
            "SELECT id FROM contacts WHERE customer = ?1 UNION SELECT id FROM handles WHERE customer = ?1",
            (customer,),
        ).fetchall()
    finally:
        views.close()
    return {row[0] for row in rows}


def _events(log: Any) -> Iterator[Any]:
    position = 0
    while page := log.read(position, 1000):
        yield from page
        position = page[-1].position


def in_views(home: Path) -> set[str]:
    """The canaries that a byte of the views' files spells."""
    raw = b"".join(file.read_bytes() for file in home.glob("views.db*")).lower()
    return {word for word in CANARIES if word.lower().encode() in raw}


@pytest.mark.parametrize("rebuilt", [False, True], ids=["as they are", "rebuilt"])
def test_every_reading_command_answers(erased: Erased, rebuilt: bool) -> None:
    if rebuilt:
        assert erased.command.run("rebuild")[0] == 0
    questions = [*READING.values(), ("customer", erased.customer)]
    questions += [("figures", code, "--who", *YEARS) for code in FIGURES]
    for question in questions:
        for form in ("--json", "--csv", ""):
            status, out, err = erased.command.run(*question, *filter(None, [form]))
            if form == "--csv" and status == 2:
                continue  # no list
            assert (status, err) == (0, ""), (question, form)
            assert out
            if form == "--json":
                assert [json.loads(line) for line in out.splitlines()]


def test_no_figure_moves(erased: Erased) -> None:
    assert figures(erased.command) == erased.figures
    assert erased.command.run("rebuild")[0] == 0
    assert figures(erased.command) == erased.figures
    assert erased.command.run("rebuild", "--check")[0] == 0


def test_completeness_speaks_of_what_is_still_known(erased: Erased) -> None:
    assert erased.command.run("rebuild")[0] == 0
    [answer] = erased.command.ask("figures", "completeness", *YEARS)
    assert answer["denominator"] > 100
    assert (answer["numerator"] == 0) == erased.is_all


def test_nothing_of_the_erased_is_left_in_the_views(erased: Erased) -> None:
    assert erased.command.run("rebuild")[0] == 0
    assert in_views(erased.command.home) == set()


def test_what_is_erased_stays_a_duplicate(erased: Erased) -> None:
    """Also when another source holds it too."""
    answer = erased.command.ask(
        "import", "mailbox", str(erased.command.home / "info.mbox"), "--source", "again"
    )
    assert (answer["recorded"], answer["contacts"]) == (0, 0)
    assert answer["duplicates"] > 100
    assert (
        erased.command.run("rebuild")[0] == 0
    )  # keys alone went: to erase from the views is another step
    assert erased.command.run("rebuild", "--check")[0] == 0
    assert figures(erased.command) == erased.figures
