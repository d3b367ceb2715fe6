"""UCI Online Retail, whole and in a cut, against a plain calculation."""

import csv
import lzma
from collections import Counter, defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from stammkunde.connectors.contract import Reading, read
from stammkunde.core.contact import Contact, Identifier
from tests.connectors.orders_csv.samples import DATA, connector

RETAIL = {
    "order": "InvoiceNo", "time": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice",
    "customer": "CustomerID", "article": "StockCode", "description": "Description", "country": "Country",
    "currency": "GBP", "cancelled_prefix": "C", "timezone": "Europe/London",
}  # fmt: skip


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
