"""Columns by settings: times, encodings, values, currencies, and headings that speak for themselves."""

from pathlib import Path

import pytest

from stammkunde.connectors.contract import read
from stammkunde.connectors.interface import ConnectorError
from stammkunde.connectors.orders_csv import OrdersCsv
from stammkunde.core.contact import Name
from tests.connectors.orders_csv.samples import SMALL, connector, reading


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"order": "nummer"}, "order: .* has no column “nummer”"),
        ({"order": "no"}, "time: "),
        ({"order": "no", "time": "at"}, "line_total: "),
        ({"order": "no", "time": "at", "quantity": "sum"}, "line_total: "),
        ({**SMALL, "customer": "kunde"}, "customer: "),
        ({**SMALL, "currency": "Franken"}, "currency: "),
        ({**SMALL, "timezone": "Europe/Nowhere"}, "timezone: "),
        ({**SMALL, "encoding": "utf-9"}, "encoding: "),
        ({**SMALL, "delimiter": "::"}, "delimiter: "),
        ({**SMALL, "decimal": "'"}, "decimal: "),
        ({}, "order: "),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(file: Path, settings: dict[str, str], message: str) -> None:
    file.write_text("no,at,sum\n1,2026-01-01,5\n")
    with pytest.raises(ConnectorError, match=message):
        connector(file, **settings).check()
    with pytest.raises(ConnectorError, match=message):
        read(connector(file, **settings))


@pytest.mark.parametrize(
    ("text", "settings", "time", "offset"),
    [
        ("2026-07-01 12:00:00", {}, "2026-07-01T12:00:00", "+02:00"),
        ("2026-07-01T10:00:00Z", {}, "2026-07-01T10:00:00", "+00:00"),
        ("2026-07-01", {"timezone": "UTC"}, "2026-07-01T00:00:00", "+00:00"),
        ("1.7.2026 12:00", {}, "2026-07-01T12:00:00", "+02:00"),
        ("07/01/2026 12:00 PM", {"time_format": "%m/%d/%Y %I:%M %p"}, "2026-07-01T12:00:00", "+02:00"),
        ("2026-10-25 02:30:00", {}, "2026-10-25T02:30:00", "+02:00"),
        ("07/01/2026", {}, None, None),
        ("0001-01-01", {}, None, None),
        ("9999-12-31 23:59:59", {}, None, None),
        ("31.2.2026", {}, None, None),
        ("", {}, None, None),
    ],
)  # fmt: skip
def test_times_are_read_in_their_zone(
    file: Path, text: str, settings: dict[str, str], time: str | None, offset: str | None
) -> None:
    found = reading(file, f"no;at;sum\n1;{text};5\n", **SMALL, **settings)
    times = [contact.occurred_at.isoformat() for contact in found.contacts]
    assert times == ([f"{time}{offset}"] if time else [])
    assert len(found.rejected) == (0 if time else 1)


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        ("no,at,sum,name\n1,2026-01-01,5,Zoë Käser\n".encode(), {}),
        ("\ufeffno;at;sum;name\r\n1;2026-01-01;5;Zoë Käser\r\n".encode(), {}),
        ("no\tat\tsum\tname\n1\t2026-01-01\t5\tZoë Käser".encode("cp1252"), {}),
        ("no,at,sum,name\n1,2026-01-01,5,Zoë Käser\n".encode("utf-16"), {}),
        ("sep=|\nno|at|sum|name\n1|2026-01-01|5|Zoë Käser\n".encode(), {}),
        ("no,at,sum,name\n1,2026-01-01,5,Zoë Käser\n".encode("mac-roman"), {"encoding": "mac-roman"}),
        ("NO ;At;SUM;Name\n1;2026-01-01;5;Zoë Käser\n".encode(), {"delimiter": ";"}),
    ],
)  # fmt: skip
def test_encoding_and_delimiter_are_found_out(
    file: Path, content: bytes, settings: dict[str, str]
) -> None:
    (contact,) = reading(file, content, name="name", **SMALL, **settings).contacts
    assert contact.name == Name("Zoë", "Käser")


@pytest.mark.parametrize(
    ("header", "row", "settings", "amount", "lines"),
    [
        ("no,at,sum", "1,2026-01-01,9.99", {}, "9.99", [("1", "9.99")]),
        ("no,at,sum,n", "1,2026-01-01,9.99,3", {"quantity": "n"}, "9.99", [("3", "3.33")]),
        ("no,at,sum,n,p", "1,2026-01-01,9.00,3,3.33", {"quantity": "n", "unit_price": "p"}, "9.00", [("3", "3.33")]),
    ],
)  # fmt: skip
def test_the_value_of_a_line_is_as_given(
    file: Path,
    header: str,
    row: str,
    settings: dict[str, str],
    amount: str,
    lines: list[tuple[str, str]],
) -> None:
    (contact,) = reading(file, f"{header}\n{row}\n", **SMALL, **settings).contacts
    assert contact.money is not None
    assert str(contact.money.amount) == amount
    assert [(str(line.quantity), str(line.price)) for line in contact.lines] == lines


@pytest.mark.parametrize(
    ("codes", "reason"), [(("CHF", "EUR"), "several"), (("Fr.", "Fr."), "code")]
)
def test_an_order_has_one_currency(file: Path, codes: tuple[str, str], reason: str) -> None:
    rows = "".join(f"1,2026-01-01,5,{code}\n" for code in codes)
    (rejected,) = reading(file, f"no,at,sum,cur\n{rows}", currency="cur", **SMALL).rejected
    assert reason in rejected.reason


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", True),
        ("Bestellnummer;Bestelldatum;Menge;Einzelpreis", True),
        ("N° commande;Date commande;Total ligne", True),
        ("Order ID,Order date,Total", False),
        ("Vorname;Nachname;E-Mail;Telefon", False),
        ("Date,Amount,Currency", False),
    ],
)
def test_only_clear_headings_are_recognised(file: Path, header: str, *, ours: bool) -> None:
    file.write_text(header + "\n")
    assert OrdersCsv.recognises(file) is ours
