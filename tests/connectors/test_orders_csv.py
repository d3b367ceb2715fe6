"""The connector `orders-csv`: orders out of lines, wherever they stand."""

import csv
import lzma
import os
import random
from collections import Counter, defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stammkunde.connectors.contract import COMPANY, FileContract, Reading, read
from stammkunde.connectors.interface import ConnectorError, Context
from stammkunde.connectors.orders_csv import OrdersCsv
from stammkunde.connectors.shop.ledger import OLDER
from stammkunde.core.contact import Contact, Identifier, Line, Name

DATA = Path(__file__).parents[1] / "data" / "shop"
RETAIL = {
    "order": "InvoiceNo", "time": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice",
    "customer": "CustomerID", "article": "StockCode", "description": "Description", "country": "Country",
    "currency": "GBP", "cancelled_prefix": "C", "timezone": "Europe/London",
}  # fmt: skip
SMALL = {"order": "no", "time": "at", "line_total": "sum"}


def connector(path: Path, **settings: Any) -> OrdersCsv:
    table = {"path": [str(path)], **settings}
    context = Context(source="shop", company=COMPANY)
    return OrdersCsv(msgspec.convert(table, OrdersCsv.Settings, strict=False), context)


def reading(path: Path, text: str | bytes, **settings: Any) -> Reading:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(connector(path, **settings))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


class TestOrdersCsv(FileContract):
    kind = OrdersCsv
    sample = DATA / "orders.csv"
    broken = DATA / "orders-broken.csv"
    foreign = (DATA / "woocommerce" / "orders.json", DATA / "README.md")
    settings = {"cancelled_prefix": "G"}  # noqa: RUF012 (a ClassVar of the contract)


def test_an_order_is_one_item_with_all_its_lines() -> None:
    first, second, third, refund, last = read(
        connector(DATA / "orders.csv", cancelled_prefix="G")
    ).contacts
    assert first.item.key == "1001\norder_placed\n"
    assert (first.kind, first.direction, first.order) == ("order_placed", "in", "1001")
    assert first.occurred_at.isoformat() == "2026-03-02T09:15:00+01:00"
    assert first.money is not None
    assert (first.money.amount, first.money.currency) == (Decimal("1369.90"), "CHF")
    assert first.identifiers == (
        Identifier("shop", "shop:K7"),
        Identifier("mail", "anna@kunde.example"),
        Identifier("phone", "+41445550101"),
    )
    assert first.name == Name("Anna", "Beispiel")
    assert first.lines == (
        Line("V-1", Decimal(1), Decimal("1290.00"), "Velo"),
        Line("S-2", Decimal(2), Decimal("39.95"), "Schloss, gross"),
    )
    assert first.attributes == {"country": "CH"}
    assert (second.identifiers, second.name) == ((), None)
    assert (third.name, third.money and third.money.amount) == (
        Name("Beat", "Muster"),
        Decimal("1190.999"),
    )
    assert third.money is not None
    assert third.money.currency == "EUR"
    assert (refund.kind, refund.direction, refund.order) == ("order_refunded", None, "")
    assert refund.money is not None
    assert refund.money.amount == Decimal("-39.95")
    assert refund.occurred_at.isoformat() == "2026-03-09T17:30:00+01:00"
    assert last.occurred_at.isoformat() == "2026-03-29T02:30:00+01:00", (
        "an hour that the clocks skip"
    )


def test_without_a_prefix_nothing_is_a_refund() -> None:
    contacts = read(connector(DATA / "orders.csv")).contacts
    assert {contact.kind for contact in contacts} == {"order_placed"}


def test_an_order_with_a_line_that_cannot_be_read_is_rejected_as_a_whole() -> None:
    found = read(connector(DATA / "orders-broken.csv"))
    assert [contact.order for contact in found.contacts] == ["2001"]
    lines = {item.reason: item.raw.decode().splitlines()[1:] for item in found.rejected}
    assert [(reason[:23], len(raw)) for reason, raw in lines.items()] == [
        ("The row names no order.", 1),
        ("The quantity is not a n", 2),
        ("The row is not as wide ", 1),
        ("The time can't be read;", 1),
        ("A quote was left open, ", 1),
    ]
    references = [item.reference.rpartition("orders-broken.csv:")[2] for item in found.rejected]
    assert references == ["8", "3", "5", "7", "9"]


def test_a_row_that_is_torn_spoils_its_order_alone(file: Path) -> None:
    found = reading(file, "no,at,sum\n1,2026-01-01,5\n1,2026-01-01,6,7\n2,2026-01-01,8\n", **SMALL)
    assert [contact.order for contact in found.contacts] == ["2"]
    assert [item.raw for item in found.rejected] == [
        b"no,at,sum\r\n1,2026-01-01,5\n1,2026-01-01,6,7\n"
    ]


@pytest.mark.parametrize(
    ("before", "after", "settings"),
    [
        ("zwei", "2", {}),
        ("2,5", "2,5", {"decimal": ","}),
        ("31/12/2026", "31/12/2026", {"time_format": "%d/%m/%Y"}),
    ],
)
def test_what_was_rejected_is_read_after_a_mend(
    file: Path, before: str, after: str, settings: dict[str, str]
) -> None:
    date, total = (before, "3") if "/" in before else ("2026-01-01", before)
    (rejected,) = reading(file, f"no;at;sum\n1;{date};{total}\n1;{date};3\n", **SMALL).rejected
    mended = msgspec.structs.replace(
        rejected, raw=rejected.raw.replace(before.encode(), after.encode())
    )
    memory = read(connector(file, **SMALL)).memory
    batch = connector(file, **{**SMALL, **settings}).retry(mended, memory)
    (contact,) = batch.contacts
    assert len(contact.lines) == 2
    assert [*batch.remember] == ["order 1"]
    assert (batch.cursor, batch.rejected) == (None, ())


def test_lines_may_stand_anywhere(file: Path) -> None:
    rows = [f"{n % 40},2026-01-{n % 28 + 1:02},{n}.5\n" for n in range(2000)]
    whole = reading(
        file, "no,at,sum\n" + "".join(sorted(rows, key=lambda row: int(row.split(",")[0]))), **SMALL
    )
    sums = {contact.order: contact.money and contact.money.amount for contact in whole.contacts}
    shuffled = rows.copy()
    random.Random(3).shuffle(shuffled)
    found = reading(file, "no,at,sum\n" + "".join(shuffled), **SMALL).contacts
    assert {contact.order: contact.money and contact.money.amount for contact in found} == sums
    assert sum(len(contact.lines) for contact in found) == 2000
    firsts = list(dict.fromkeys(row.split(",")[0] for row in shuffled))
    assert [contact.order for contact in found] == firsts
    for contact in found:
        time = next(row.split(",")[1] for row in shuffled if row.startswith(f"{contact.order},"))
        assert contact.occurred_at.date().isoformat() == time


# ---- later exports

A = "no,at,sum,who\n1,2026-01-01,5,K1\n2,2026-01-02,7.25,K2\n"
B = "no,at,sum,who\n1,2026-01-01,5,K1\n2,2026-01-02,6.25,K2\n3,2026-01-03,1,K2\n"
C = "no,at,sum,who\n2,2026-01-02,6.25,K9\n"


def export(path: Path, text: str, written: int, after: Reading | None = None) -> Reading:
    """A file of that time, read by an import: from its beginning, with what was remembered."""
    path.write_text(text)
    os.utime(path, (written, written))
    if after:
        after = Reading([], None, after.memory)
    return read(connector(path, customer="who", **SMALL), after)


def kinds(found: Reading) -> list[tuple[str, str]]:
    return [(contact.item.key.split("\n")[0], contact.kind) for contact in found.contacts]


def test_a_later_export_with_other_lines_is_an_edited_order(file: Path) -> None:
    first = export(file, A, 1_770_000_000)
    second = export(file, B, 1_780_000_000, first)
    assert kinds(second) == [("1", "order_placed"), ("2", "order_edited"), ("3", "order_placed")]
    edited = second.contacts[1]
    assert edited.money is not None
    assert edited.money.amount == Decimal("-1.00")
    assert edited.occurred_at.timestamp() == 1_780_000_000
    assert edited.order == "2"
    assert second.contacts[0] == first.contacts[0], "the same facts: a duplicate"
    third = export(file, C, 1_790_000_000, second)
    assert kinds(third) == [("2", "order_edited"), ("2", "order_reassigned")]
    assert {c.identifiers for c in third.contacts} == {(Identifier("shop", "shop:K9"),)}


def test_an_older_export_changes_nothing(file: Path) -> None:
    later = export(file, B, 1_780_000_000)
    older = export(file, A, 1_770_000_000, later)
    assert kinds(older) == []
    assert older.ignored == {OLDER: 2}
    assert kinds(export(file, B, 1_780_000_000, older)) == [(n, "order_placed") for n in "123"]


def test_an_order_may_change_back(file: Path) -> None:
    state = None
    found: dict[str, Contact] = {}
    for written, text in enumerate((A, B, A, B), 1_770_000_000):
        state = export(file, text, written, state)
        for contact in state.contacts:
            found.setdefault(contact.item.key, contact)
    assert sum(c.money.amount for c in found.values() if c.money and c.order == "2") == Decimal(
        "6.25"
    )
    assert sum(c.kind == "order_edited" for c in found.values()) == 3


# ---- settings


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


def test_a_compressed_file_that_was_cut_spoils_its_last_order_only(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv.xz"
    rows = "".join(f"{n // 3},2026-01-01,{n}.25\n" for n in range(30_000))
    packed = lzma.compress(f"no,at,sum\n{rows}".encode())
    path.write_bytes(packed[: len(packed) // 2])
    found = read(connector(path, **SMALL))
    assert found.contacts
    assert len(found.rejected) == 1
    assert all(len(contact.lines) == 3 for contact in found.contacts)
    path.write_bytes(b"not packed at all")
    with pytest.raises(ConnectorError, match="unpacked"):
        connector(path, **SMALL).check()


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


def test_a_folder_is_read_and_recognised_as_its_files_are(tmp_path: Path) -> None:
    for name, number in (("b.csv", 1), ("a.csv", 2)):
        (tmp_path / name).write_text(f"Order no,Order date,Line total\n{number},2026-01-01,5\n")
    assert OrdersCsv.recognises(tmp_path)
    assert [contact.order for contact in read(connector(tmp_path)).contacts] == ["2", "1"]
    (tmp_path / "c.csv").write_text("Vorname,Nachname\n")
    assert not OrdersCsv.recognises(tmp_path)


# ---- UCI Online Retail


def plainly(lines: list[dict[str, str]]) -> dict[str, tuple[Decimal, str, str, int]]:
    """Per invoice its sum, first time, customer and number of lines."""
    found: dict[str, tuple[Decimal, str, str, int]] = {}
    for row in lines:
        before, time, customer, count = found.get(
            row["InvoiceNo"], (Decimal(0), row["InvoiceDate"], row["CustomerID"], 0)
        )
        value = before + int(row["Quantity"]) * Decimal(row["UnitPrice"])
        found[row["InvoiceNo"]] = value, time, customer, count + 1
    return found


def as_read(contacts: list[Contact]) -> dict[str, tuple[Decimal, str, str, int]]:
    return {
        contact.item.key.split("\n")[0]: (
            contact.money.amount if contact.money else Decimal(0),
            contact.occurred_at.strftime("%Y-%m-%d %H:%M:%S"),
            contact.identifiers[0].value.removeprefix("shop:") if contact.identifiers else "",
            len(contact.lines),
        )
        for contact in contacts
    }


def test_a_cut_of_online_retail_is_read_as_a_plain_calculation_has_it() -> None:
    path = DATA / "online-retail-cut.csv"
    found = read(connector(path, **RETAIL))
    assert as_read(found.contacts) == plainly(list(csv.DictReader(StringIO(path.read_text()))))
    assert len(found.contacts) == 11
    again = read(connector(path, **RETAIL), Reading([], None, found.memory))
    assert again.contacts == found.contacts, "all duplicates"


@pytest.mark.data
def test_online_retail_is_read_as_a_plain_calculation_has_it(real_data: Path) -> None:
    path = real_data / "shop" / "online_retail_uci352.csv.xz"
    with lzma.open(path, "rt", encoding="utf-8", newline="") as text:
        expected = plainly(list(csv.DictReader(text)))
    found = read(connector(path, **RETAIL))
    assert as_read(found.contacts) == expected
    assert (found.rejected, found.ignored) == ([], {})
    _assert_figures_of_the_year(found.contacts)


def _assert_figures_of_the_year(contacts: list[Contact]) -> None:
    kinds = Counter(contact.kind for contact in contacts)
    assert kinds == {"order_placed": 22_064, "order_refunded": 3_836}
    assert sum(len(contact.lines) for contact in contacts) == 541_909
    anonymous = [contact for contact in contacts if not contact.identifiers]
    assert sum(len(contact.lines) for contact in anonymous) == 135_080
    assert all(not contact.order for contact in contacts if contact.kind == "order_refunded")
    customers: dict[str, set[Identifier]] = defaultdict(set)
    months: dict[str, Decimal] = defaultdict(Decimal)
    for contact in contacts:
        customers[contact.kind].update(contact.identifiers)
        if contact.money:
            months[contact.occurred_at.strftime("%Y-%m")] += contact.money.amount
    assert len(customers["order_placed"]) == 4_339
    assert len(customers["order_placed"] | customers["order_refunded"]) == 4_372
    assert sum(months.values()) == Decimal("9747747.934")
    assert months["2010-12"] == Decimal("748957.02")
    assert months["2011-11"] == Decimal("1461756.25")
