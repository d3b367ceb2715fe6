"""What a person decides at the command line, and that the views know it at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app.calling import Run

SANDRA, ANNA = "sandra.keller@bergpost.example", "Anna Frei"
FREI = "052 214 77 31"


def _sheet(run: Run, home: Path, ref: str) -> Any:
    result = run(home, "customer", ref, "--json")
    assert result.status == 0, result.err
    return json.loads(result.out)


def _done(run: Run, home: Path, *words: str) -> list[str]:
    result = run(home, *words)
    assert (result.status, result.err) == (0, "")
    assert result.lines[-1] == "Done."
    return result.lines


def _id(run: Run, home: Path, *name: str) -> str:
    (found,) = json.loads(run(home, "customers", *name, "--json").out)
    return str(found["id"])


def test_a_letter_written_down_by_hand(own_company: Path, run: Run) -> None:
    words = ("--customer", SANDRA, "--text", "Cancels", "--at", "2026-11-18T14:30")
    contact = _done(run, own_company, "record", "letter", *words)[0]
    (shown,) = (c for c in _sheet(run, own_company, SANDRA)["contacts_list"] if c["id"] == contact)
    assert shown["occurred_at"] == "2026-11-18T14:30:00+01:00"
    assert (shown["channel"], shown["direction"], shown["text"]) == ("letter", "in", "Cancels")
    assert shown["assignment"]["rule"] == "person"


def test_attributes_role_and_notes(own_company: Path, run: Run) -> None:
    _done(run, own_company, "describe", SANDRA, "size=M", "role=supplier", "hobby=")
    _done(run, own_company, "note", SANDRA, "calls after four")
    sheet = _sheet(run, own_company, SANDRA)
    assert sheet["attributes"]["size"] == {"value": "M", "source": "person"}
    assert sheet["kind"] == "supplier"
    assert [note["text"] for note in sheet["notes"]] == ["calls after four"]
    shown = run(own_company, "--lang", "de", "customer", SANDRA).out
    assert "size: M" in shown
    assert "Lieferant" in shown
    assert "calls after four" in shown


def test_an_identifier_given_and_taken(own_company: Path, run: Run) -> None:
    _done(run, own_company, "link", SANDRA, "079 555 99 98")
    assert _sheet(run, own_company, "079 555 99 98")["id"] == _sheet(run, own_company, SANDRA)["id"]
    _done(run, own_company, "unlink", SANDRA, "079 555 99 98")
    assert run(own_company, "customer", "079 555 99 98").status == 1


def test_a_contact_is_assigned_by_the_line_that_review_prints(own_company: Path, run: Run) -> None:
    lines = run(own_company, "review").lines
    line = next(line for line in lines if ANNA in line and "stammkunde assign" in line)
    words = line.partition("#")[0].split()[1:]
    _done(run, own_company, *words)
    (shown,) = (
        contact
        for contact in _sheet(run, own_company, words[2])["contacts_list"]
        if contact["id"].startswith(words[1])
    )
    assert shown["assignment"]["rule"] == "person"
    _done(run, own_company, "assign", words[1], "nobody")
    assert words[1] not in run(own_company, "customer", words[2], "--json").out


def test_two_who_are_one_and_two_again(own_company: Path, run: Run) -> None:
    anna, peter = _id(run, own_company, "anna", "frei"), _id(run, own_company, "peter", "frei")
    _done(run, own_company, "merge", anna, peter, "--reason", "she told us")
    one = _sheet(run, own_company, peter)
    assert one["id"] == _sheet(run, own_company, anna)["id"]
    assert {anna, peter} <= {one["id"], *one["merged"]}
    _done(run, own_company, "unmerge", anna, peter)
    assert _sheet(run, own_company, anna)["id"] != _sheet(run, own_company, peter)["id"]
    _done(run, own_company, "distinct", anna, peter, "--reason", "siblings")


@pytest.mark.parametrize("class_", ["shared", "blocked", "exclusive"])
def test_an_identifier_classified(class_: str, own_company: Path, run: Run) -> None:
    _done(run, own_company, "classify", "079 555 44 10", class_)
    known = _sheet(run, own_company, SANDRA)["identifiers"]
    assert {
        "kind": "phone",
        "value": "+41795554410",
        "class": class_,
    } in known or class_ != "exclusive"


def test_after_decisions_log_and_views_are_whole(own_company: Path, run: Run) -> None:
    _done(run, own_company, "describe", SANDRA, "size=M")
    assert run(own_company, "verify").status == 0
    assert run(own_company, "rebuild", "--check").status == 0
    assert run(own_company, "rebuild").out.startswith("Rebuilt from 3,")
