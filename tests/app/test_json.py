"""The machine-readable answers: their keys are the public interface, and nothing else is on stdout."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.app.calling import Run

CUSTOMER = {"id", "name", "kind", "identifiers", "contacts", "first_contact", "last_contact", "revenue"}  # fmt: skip
SHEET = CUSTOMER | {
    "attributes", "notes", "preferences", "consents", "affiliations", "merged", "contacts_list",
}  # fmt: skip
CONTACT = {
    "id", "customer_id", "source", "item", "party", "channel", "kind", "direction", "outcome", "occurred_at",
    "recorded_at", "counterpart", "subject", "text", "ours", "attachments", "lines", "duration_s", "money", "thread",
    "order", "assignment",
}  # fmt: skip
READING = {
    "source", "items", "recorded", "duplicates", "ignored", "rejected", "contacts", "amended", "retracted", "sighted",
    "customers_opened", "unassigned", "seconds",
}  # fmt: skip
FIGURE = {"code", "unit", "from", "to", "value", "numerator", "denominator", "n", "note"}
SANDRA = "sandra.keller@bergpost.example"
ORDERS = Path(__file__).parents[1] / "data" / "shop" / "orders-broken.csv"
COLUMNS = tuple(
    word
    for column in (
        "order=Bestellnummer",
        "time=Bestelldatum",
        "quantity=Menge",
        "unit_price=Einzelpreis",
    )
    for word in ("--set", column)
)


def _answer(run: Run, home: Path, *words: str) -> Any:
    """One JSON value on one line, and silence elsewhere."""
    result = run(home, *words, "--json")
    assert (result.status, result.err) == (0, "")
    assert result.out.count("\n") == 1
    return json.loads(result.out)


def _is_time(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() is not None


def test_status(company: Path, run: Run) -> None:
    status = _answer(run, company, "status")
    assert status.keys() == {"log", "sources", "projections"}
    assert status["log"].keys() == {"events", "contacts", "customers"}
    assert [source.keys() for source in status["sources"]] == [
        {
            "name", "connector", "state", "cursor", "last_success", "gaps", "rejected", "since", "why", "next_try",
            "holdings",
        }
    ] * 4  # fmt: skip
    assert {one.keys() == {"name", "position", "lag", "dead_letters"} for one in status["projections"]} == {True}  # fmt: skip
    assert all(_is_time(source["last_success"]) for source in status["sources"])


def test_customers(company: Path, run: Run) -> None:
    found = _answer(run, company, "customers", "keller")
    assert found
    for customer in found:
        assert customer.keys() == CUSTOMER
        assert _is_time(customer["first_contact"])
        for identifier in customer["identifiers"]:
            assert identifier.keys() == {"kind", "value", "class"}
        for sum_ in customer["revenue"]:
            assert sum_.keys() == {"amount", "currency"}
            assert isinstance(sum_["amount"], str)
            assert Decimal(sum_["amount"])


def test_customer(own_company: Path, run: Run) -> None:
    assert run(own_company, "note", SANDRA, "calls after four").status == 0
    sheet = _answer(run, own_company, "customer", SANDRA)
    assert sheet.keys() == SHEET
    assert {one.keys() == CONTACT for one in sheet["contacts_list"]} == {True}
    assert {value.keys() == {"value", "source"} for value in sheet["attributes"].values()} == {True}
    assert [note.keys() for note in sheet["notes"]] == [{"at", "by", "text"}]


def test_contacts_are_one_object_a_line(company: Path, run: Run) -> None:
    result = run(company, "contacts", "--json")
    assert (result.status, result.err) == (0, "")
    contacts = [json.loads(line) for line in result.lines]
    assert len(contacts) > 500
    for contact in contacts:
        assert contact.keys() == CONTACT
        assert _is_time(contact["occurred_at"])
        assert _is_time(contact["recorded_at"])
    money = [contact["money"] for contact in contacts if contact["money"]]
    assert {one.keys() == {"amount", "net", "currency"} for one in money} == {True}
    assert all(isinstance(one["amount"], str) for one in money)
    assigned = [contact["assignment"] for contact in contacts if contact["customer_id"]]
    assert {one.keys() == {"rule", "score", "evidence"} for one in assigned} == {True}
    assert all(c["assignment"] is None for c in contacts if not c["customer_id"])


def test_no_contact_is_no_line(company: Path, run: Run) -> None:
    result = run(company, "contacts", "--channel", "letter", "--json")
    assert (result.status, result.out, result.err) == (0, "", "")


def test_figures(company: Path, run: Run) -> None:
    figures = _answer(run, company, "figures", "--from", "2026-01-01")
    assert len(figures) > 15
    for figure in figures:
        assert figure.keys() == FIGURE
        if figure["code"] == "completeness":  # as of now
            assert (figure["from"], figure["to"]) == (None, None)
        else:
            assert datetime.fromisoformat(figure["to"]) > datetime.fromisoformat(figure["from"])
    (revenue,) = (figure for figure in figures if figure["code"] == "net_revenue")
    assert revenue["unit"] == "CHF"
    assert Decimal(revenue["value"]) > 0
    assert isinstance(revenue["value"], str)


def test_who_is_behind_a_figure(company: Path, run: Run) -> None:
    (figure,) = _answer(run, company, "figures", "missed_calls")
    behind = _answer(run, company, "figures", "missed_calls", "--who")
    assert len(behind) == figure["numerator"] > 0
    for entry in behind:
        assert entry.keys() == {"customer_id", "name", "contact", "kind", "at", "n", "amount", "currency", "day", "source", "key"}  # fmt: skip


def test_todo(company: Path, run: Run) -> None:
    items = _answer(run, company, "todo")
    assert items
    for item in items:
        assert item.keys() == {
            "what", "contact", "customer_id", "name", "counterpart", "subject", "since", "open_hours",
        }  # fmt: skip
        assert _is_time(item["since"])


def test_review(company: Path, run: Run) -> None:
    found = _answer(run, company, "review")
    assert found
    for review in found:
        assert review.keys() == {
            "handle", "name", "identifiers", "waiting", "oldest", "newest", "contact", "candidates",
        }  # fmt: skip
        for candidate in review["candidates"]:
            assert candidate.keys() == {"id", "name", "shared"}


def test_connectors(company: Path, run: Run) -> None:
    found = _answer(run, company, "connectors")
    assert {one["name"] for one in found} >= {"addressbook", "asterisk", "mailbox", "orders-csv"}
    for one in found:
        assert one.keys() == {"name", "settings"}
        for setting in one["settings"]:
            assert setting.keys() == {"name", "type", "required", "default", "doc"}


def test_verify(company: Path, run: Run) -> None:
    verdict = _answer(run, company, "verify")
    assert verdict.keys() == {"events", "transactions", "findings"}
    assert verdict["findings"] == []


def test_import_sync_and_quarantine(home: Path, run: Run) -> None:
    reading = _answer(run, home, "import", "orders-csv", str(ORDERS), *COLUMNS)
    assert reading.keys() == READING
    total = reading["recorded"] + reading["duplicates"] + reading["rejected"]
    assert reading["items"] == total + sum(reading["ignored"].values())
    assert reading["rejected"] > 0
    waiting = _answer(run, home, "quarantine", "list")
    assert len(waiting) == reading["rejected"]
    for entry in waiting:
        assert entry.keys() == {"number", "source", "reason", "reference", "size", "seen_at"}
        assert _is_time(entry["seen_at"])
    for result in _answer(run, home, "quarantine", "retry"):
        assert result.keys() == {"source", "read", "waiting"}
        assert result["waiting"] == reading["rejected"]


def test_sync_answers_a_list(company: Path, run: Run) -> None:
    readings = _answer(run, company, "sync")
    assert [reading["source"] for reading in readings] == ["info", "phone", "shop", "addresses"]
    assert {reading.keys() == READING for reading in readings} == {True}


@pytest.mark.parametrize(
    "command", [("import", "orders-csv", str(ORDERS), *COLUMNS), ("sync",)], ids=["import", "sync"]
)
def test_a_preview(command: tuple[str, ...], company: Path, run: Run) -> None:
    found = _answer(run, company, *command, "--preview")
    for one in [found] if isinstance(found, dict) else found:
        assert one.keys() == {"source", "contacts", "kinds", "counterparts", "ignored", "rejected"}
