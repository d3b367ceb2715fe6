"""The connector `orders-csv` as a whole: orders out of lines, wherever they stand."""

import lzma
import random
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from stammkunde.connectors.contract import FileContract, read
from stammkunde.connectors.interface import ConnectorError
from stammkunde.connectors.orders_csv import OrdersCsv
from stammkunde.core.contact import Identifier, Line, Name
from tests.connectors.orders_csv.samples import DATA, SMALL, connector, reading


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
        ("A value is not a number", 2),
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


def test_a_folder_is_read_and_recognised_as_its_files_are(tmp_path: Path) -> None:
    for name, number in (("b.csv", 1), ("a.csv", 2)):
        (tmp_path / name).write_text(f"Order no,Order date,Line total\n{number},2026-01-01,5\n")
    assert OrdersCsv.recognises(tmp_path)
    assert [contact.order for contact in read(connector(tmp_path)).contacts] == ["2", "1"]
    (tmp_path / "c.csv").write_text("Vorname,Nachname\n")
    assert not OrdersCsv.recognises(tmp_path)
