"""Real files of every channel through the command line: all accounted for, nothing twice."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.homes import Command

pytestmark = pytest.mark.data
CALLS = Counter(
    {
        ("in", "answered"): 6,
        ("in", "voicemail"): 1,
        ("in", "busy"): 1,
        ("in", "abandoned"): 1,
        ("in", "missed"): 1,
        ("out", "answered"): 1,
    }
)
"""The recorded calls that concern somebody outside, by direction and outcome; the twelfth is internal."""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def closed(answer: dict[str, Any]) -> bool:
    parts = answer["recorded"] + answer["duplicates"] + answer["rejected"]
    return bool(answer["items"] == parts + sum(answer["ignored"].values()))


def test_three_archives_of_mail(command: Command, real_data: Path) -> None:
    files = [str(path) for path in sorted((real_data / "mail").glob("*.tar.xz"))]
    first = command.ask("import", "mailbox", *files)
    assert first["items"] == 1_102
    assert closed(first)
    assert first["rejected"] <= 10
    again = command.ask("import", "mailbox", *files)
    assert (again["items"], again["recorded"], again["contacts"]) == (1_102, 0, 0)
    assert closed(again)
    assert command.run("rebuild", "--check")[0] == 0


@pytest.mark.parametrize(
    "form",
    ["Master_newcdrcolumns_gmt.csv --set=timezone=UTC", "stammkunde.jsonl", "stammkunde.csv"],
)
def test_the_recorded_calls_in_each_form(command: Command, real_data: Path, form: str) -> None:
    name, *settings = form.split()
    path = str(real_data / "telephony" / "asterisk22" / name)
    answer = command.ask("import", "asterisk", path, *settings)
    assert (answer["items"], answer["recorded"], answer["ignored"]) == (12, 11, {"internal": 1})
    contacts = command.lines("contacts")
    assert Counter((c["direction"], c["outcome"]) for c in contacts) == CALLS
    assert command.ask("import", "asterisk", path, *settings)["recorded"] == 0


def test_the_forms_of_one_telephone_system_meet(command: Command, real_data: Path) -> None:
    folder = real_data / "telephony" / "asterisk22"
    first = command.ask("import", "asterisk", str(folder / "stammkunde.jsonl"))
    csv = str(folder / "Master_newcdrcolumns_gmt.csv")
    second = command.ask("import", "asterisk", csv, "--set", "timezone=UTC")
    assert (first["recorded"], second["recorded"], second["duplicates"]) == (11, 0, 11)


def test_recorded_responses_of_a_shop(command: Command, real_data: Path) -> None:
    folder = str(real_data / "shop" / "woocommerce")
    first = command.ask("import", "woocommerce", folder)
    assert first["recorded"] > 0
    assert closed(first)
    again = command.ask("import", "woocommerce", folder)
    assert (again["recorded"], again["contacts"], again["amended"]) == (0, 0, 0)
    assert closed(again)
    reasons = {entry["reason"].partition(" (")[0] for entry in command.ask("quarantine", "list")}
    assert reasons == {"The shop answered with an error"}
