"""The demo's last screen: each of its numbers is what the command printed beside it says."""

import errno
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from stammkunde.app import writing
from stammkunde.app.cli import main
from stammkunde.app.demo import house
from tests.app.calling import Run

WIDTH = 80
_COMMAND = re.compile(r"stammkunde ((?:\S+ ?)+)")
_AMOUNT = re.compile(r"\d[\d’,]*(?:\.\d+)?")


class Shown:
    """A screen as it was printed, and the home that it left."""

    def __init__(self, language: str, folder: Path) -> None:
        self.language = language
        done = subprocess.run(
            [sys.executable, "-m", "stammkunde.app", "--lang", language, "demo", "--once"],
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        self.lines = done.stdout.splitlines()
        (self.home,) = folder.glob("stammkunde-demo-*")

    def block(self, command: str) -> list[str]:
        """The lines of the part whose first or last line ends with a command."""
        blocks = "\n".join(self.lines).split("\n\n")
        (found,) = [block for block in blocks if f"stammkunde {command}" in block]
        return found.splitlines()

    def numbers(self, line: str) -> list[float]:
        return [float(re.sub("[’,]", "", one)) for one in _AMOUNT.findall(line)]


@pytest.fixture(scope="module", params=["de", "en"])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return Shown(request.param, tmp_path_factory.mktemp("demo"))


class Ask:
    """The JSON answer of a command."""

    def __init__(self, run: Run, home: Path) -> None:
        self._run, self._home = run, home

    def __call__(self, *words: str) -> Any:
        result = self._run(self._home, *words, "--json")
        assert result.status == 0, result.err
        return json.loads(result.out)

    def figures(self, *words: str) -> dict[str, dict[str, Any]]:
        return {answer["code"]: answer for answer in self("figures", *words)}


@pytest.fixture
def ask(run: Run, shown: Shown) -> Ask:
    return Ask(run, shown.home)


def test_it_is_no_wider_than_a_terminal(shown: Shown) -> None:
    screen = [line for line in shown.lines if str(shown.home) not in line]
    assert [line for line in screen if writing.columns(line) > WIDTH] == []
    assert len(shown.lines) <= 36


def test_each_command_on_it_runs(shown: Shown, run: Run) -> None:
    found = [words.split() for line in shown.lines for words in _commands(line)]
    assert [words[0] for words in found] == [
        "status", "figures", "todo", "customer", "figures", "review",
    ]  # fmt: skip
    for words in found:
        result = run(shown.home, *words)
        assert (result.status, result.err) == (0, "")


def _commands(line: str) -> Iterator[str]:
    yield from (found.strip() for found in _COMMAND.findall(line.replace("   ", "\n")))


def test_the_first_lines_count_what_status_and_figures_count(shown: Shown, ask: Ask) -> None:
    counts, last = shown.lines[1:3]
    last, *commands = last.split("stammkunde ")
    assert commands[0].strip() == "status"
    status = ask("status")
    figures = ask.figures(*commands[1].split()[1:])
    assert shown.numbers(counts + last) == [
        figures["contacts"]["value"],
        sum(source["state"] == "ok" for source in status["sources"]),
        status["log"]["customers"],
        figures["unassigned_rate"]["numerator"],
    ]
    assert {"de": "20.11., 17:00", "en": "20 Nov, 17:00"}[shown.language] in shown.lines[0]


def test_the_calls_are_those_of_todo(shown: Shown, ask: Ask) -> None:
    _, *lines = shown.block("todo")
    calls = [item for item in ask("todo") if item["what"] == "missed_call"]
    assert len(lines) == len(calls)
    (open_,) = [call for call in calls if call["counterpart"]]
    assert open_["name"] in lines[0]
    assert writing.phone(open_["counterpart"], "CH") in lines[0]
    assert shown.numbers(lines[0])[-1] == open_["open_hours"]
    assert "–" in lines[1]


def test_the_customer_is_as_the_sheet_has_her(shown: Shown, ask: Ask) -> None:
    head, *contacts, command = shown.block("customer")
    ref = command.split("customer ")[1].removesuffix(" --why")
    sheet = ask("customer", *ref.split(), "--limit", "1000")
    orders = [one for one in sheet["contacts_list"] if one["kind"] == "order_placed"]
    (revenue,) = sheet["revenue"]
    since = min(datetime.fromisoformat(order["occurred_at"]) for order in orders).date()
    amount = {"de": "CHF 4’312.50", "en": "CHF 4,312.50"}[shown.language]
    day = {"de": "14.03.2025", "en": "14 Mar 2025"}[shown.language]
    assert (sheet["name"].upper(), since.isoformat()) == ("SANDRA KELLER", "2025-03-14")
    assert (len(orders), revenue["amount"]) == (6, "4312.50")
    assert head.startswith("SANDRA KELLER")
    assert [day in head, f"· {len(orders)} " in head, head.endswith(amount)] == [True] * 3
    assert len(contacts) == 3
    for line, contact in zip(contacts, sheet["contacts_list"], strict=False):
        at = datetime.fromisoformat(contact["occurred_at"]).astimezone(house.ZONE)
        assert f"{at:%H:%M}" in line


def test_the_evidence_is_said_in_words_and_true(shown: Shown, ask: Ask) -> None:
    contacts = shown.block("customer")[1:4]
    words = {
        "de": ["Nummer aus Bestellung 1043", "Adresse im Adressbuch", "Nummer im Adressbuch"],
        "en": ["number from order 1043", "address in the address book", "number in the address book"],
    }[shown.language]  # fmt: skip
    assert [line.endswith(word) for line, word in zip(contacts, words, strict=True)] == [True] * 3
    latest = ask("customer", "052 203 44 10")["contacts_list"][0]["assignment"]["evidence"]
    assert latest == [{"kind": "phone", "value": "+41522034410"}]
    orders = json.loads((shown.home / "orders.json").read_text("utf-8"))
    book = (shown.home / "addresses.vcf").read_text("utf-8")
    told = [order["number"] for order in orders if order["billing"]["phone"] == "052 203 44 10"]
    assert (told, "052 203 44 10" in book) == (["1043"], False)


def test_the_address_book_says_that_she_is_a_woman(shown: Shown, ask: Ask) -> None:
    sheet = ask("customer", "052 203 44 10")
    assert sheet["attributes"]["gender"]["value"] == "F"
    head = shown.block("customer")[0]
    assert {"de": "Kundin seit", "en": "customer since 14"}[shown.language] in head


def test_the_week_is_what_figures_say(shown: Shown, ask: Ask) -> None:
    (block,) = [
        part.splitlines()
        for part in "\n".join(shown.lines).split("\n\n")
        if part.splitlines()[0].endswith("stammkunde figures")
    ]
    missed, first, base, not_counted = block[1:]
    figures = ask.figures()
    by_mail = ask.figures("callback_rate", "--segment", "channel:mail")["callback_rate"]
    rate = figures["callback_rate"]
    assert shown.numbers(missed) == [
        rate["denominator"], rate["numerator"], by_mail["numerator"],
    ]  # fmt: skip
    assert figures["missed_calls"]["value"] == rate["denominator"]
    open_ = [item["open_hours"] for item in ask("todo") if item["what"] == "message"]
    median = round(figures["first_response"]["value"], 1)
    assert shown.numbers(first) == [median, len(open_), round(max(open_))]
    before = ask.figures("active", "--from", "2026-11-15", "--to", "2026-11-16")["active"]
    moves = [figures[code]["value"] for code in ("new", "won_back", "churned")]
    assert shown.numbers(base) == [before["value"], *moves, figures["active"]["value"]]
    assert sum(shown.numbers(not_counted)) == figures["not_counted"]["value"]


def test_the_choice_is_one_of_review(shown: Shown, run: Run) -> None:
    _, *sentence = shown.block("review")
    assert " ".join(sentence) in run(shown.home, "--lang", shown.language, "review").lines


def test_all_was_recorded_on_the_companys_own_day(ask: Ask) -> None:
    read = {
        source["name"]: datetime.fromisoformat(source["last_success"]).astimezone(house.ZONE)
        for source in ask("status")["sources"]
        if source["last_success"]
    }
    assert set(read) >= {"info", "phone", "shop", "addresses"}
    assert {at.replace(second=0, microsecond=0) for at in read.values()} == {house.TODAY}


# ---- what a page wants to show


def test_a_supplier_and_a_private_person_are_no_customers(ask: Ask) -> None:
    kinds = [customer["kind"] for customer in ask("customers", "--limit", "1000")]
    assert {kind: kinds.count(kind) for kind in ("supplier", "private")} == {
        "supplier": 3,
        "private": 1,
    }


def test_one_customer_turns_up_on_many_ways_and_often(run: Run, shown: Shown) -> None:
    found = json.loads(run(shown.home, "customers", "velokurier", "--json").out)
    best = max(found, key=lambda customer: customer["contacts"])
    out = run(shown.home, "contacts", "--customer", best["id"], "--json").out
    channels = {json.loads(line)["channel"] for line in out.splitlines()}
    assert best["contacts"] > 60
    assert channels >= {"mail", "phone", "shop", "directory"}


def test_a_mail_and_a_call_wait_in_quarantine(ask: Ask) -> None:
    assert {source["name"]: source["rejected"] for source in ask("status")["sources"]} == {
        "info": 1, "phone": 1, "shop": 0, "addresses": 0, "hand": 0,
    }  # fmt: skip


def test_half_a_year_has_contacts_every_week(ask: Ask) -> None:
    for channel in ("mail", "phone"):
        weeks = ask(
            "figures", "contacts", "--from", "2026-05-18", "--to", "2026-11-16", "--grain", "week",
            "--segment", f"channel:{channel}",
        )  # fmt: skip
        assert len(weeks) == 26
        assert sum(week["value"] > 2 for week in weeks) >= 24


# ---- the folder


def test_the_folder_is_nobody_elses(shown: Shown) -> None:
    assert stat.S_IMODE(shown.home.stat().st_mode) == 0o700
    assert shown.lines[-1] == f"  rm -r {shown.home}"
    assert shown.lines[-2] == f"  ./run --home {shown.home} status"


def test_a_demo_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("stammkunde.app.demo.remarks.write_down", _full)
    assert main(["--lang", "en", "demo", "--once"]) == 1
    assert "disk is full" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
