"""Lists for people and for spreadsheets: what is in them, aligned and harmless."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stammkunde.app.output import Column, csv_rows, table
from tests.app.calling import Run

SANDRA = "sandra.keller@bergpost.example"


def _rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        ("customers", {"id", "name", "kind", "identifiers", "contacts", "revenue"}),
        ("contacts", {"id", "customer_id", "channel", "kind", "occurred_at", "amount", "currency", "rule"}),
        (f"customer {SANDRA}", {"id", "customer_id", "channel", "kind", "rule"}),
        ("figures", {"code", "unit", "from", "to", "value", "numerator", "denominator", "n", "note"}),
        ("figures missed_calls --who", {"customer_id", "name", "contact", "at"}),
        ("todo", {"what", "contact", "customer_id", "name", "since", "open_hours"}),
        ("review", {"contact", "name", "identifiers", "waiting", "candidates"}),
        ("connectors", {"connector", "name", "type", "default", "doc"}),
    ],
)  # fmt: skip
def test_each_list_is_a_csv_table(command: str, columns: set[str], company: Path, run: Run) -> None:
    result = run(company, *command.split(), "--csv")
    assert (result.status, result.err) == (0, "")
    rows = _rows(result.out)
    assert rows
    assert columns <= rows[0].keys()
    assert all(None not in row and None not in row.values() for row in rows)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("+41 52", "'+41 52"),
        ("-anna", "'-anna"),
        ("\tx", "'\tx"),
        ("+41522034410", "+41522034410"),
        ("-12.5", "-12.5"),
        ("Anna, Peter", "Anna, Peter"),
        (None, ""),
        (-3, "-3"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
    ],
)
def test_no_cell_is_a_formula(
    cell: object, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    csv_rows(("a", "b"), [(cell, "")])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[1] == [written, ""]


def test_a_csv_line_ends_the_unix_way(capsys: pytest.CaptureFixture[str]) -> None:
    csv_rows(("a",), [("x\r\ny",)])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out, newline=""))) == [["a"], ["x\r\ny"]]


def test_columns_are_aligned_whatever_is_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("Who", 6), Column("N", 5, is_number=True), Column("About"))
    table(
        columns, [("漢字漢字", "12", "a\nb"), ("Anna Maria", "1’234’567", ""), ("  in", "1", "x")]
    )
    assert capsys.readouterr().out.splitlines() == [
        "Who         N  About",
        "漢字…      12  a b",
        "Anna…   1’23…",
        "  in        1  x",
    ]


def test_the_why_of_a_customers_contacts(company: Path, run: Run) -> None:
    result = run(company, "customer", "052 203 44 10", "--why", "--limit", "2")
    assert "by identifier: 052 203 44 10 · score 1.00" in result.out
    assert "Perhaps more: stammkunde contacts --customer" in result.out


def test_a_customer_is_found_by_the_id_that_lists_show(company: Path, run: Run) -> None:
    short = run(company, "customers", "sandra", "keller").lines[1][:8]
    assert run(company, "customer", short).lines[0].startswith("Sandra Keller")


def test_figures_break_contacts_down_and_close_the_balance(company: Path, run: Run) -> None:
    lines = run(company, "figures").lines
    number = {line[:28].strip(): line[28:44].strip() for line in lines if line}
    channels = [line for line in lines if line.startswith("  ") and "●" in line]
    assert sum(int(line[28:44]) for line in channels) == int(number["Contacts"])
    balance = next(line for line in lines if " churned = " in line)
    assert balance.endswith(f" = {number['Active customers']}")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("customers", "Nobody is found."),
        ("contacts", "No contact is found."),
        ("todo", "Nobody waits for you."),
        ("review", "Nothing waits."),
        ("quarantine list", "Nothing waits in quarantine."),
        ("quarantine retry", "Nothing waits in quarantine."),
        ("status", "Nothing was read yet: stammkunde import FILES"),
        ("figures new --who", "Nobody is behind it."),
        ("verify", "The log is what was recorded."),
    ],
)
def test_an_empty_home_says_what_that_means(command: str, words: str, home: Path, run: Run) -> None:
    result = run(home, *command.split())
    assert (result.status, result.err) == (0, "")
    assert words in result.out
