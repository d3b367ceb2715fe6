"""A year of a real web shop, against a plain calculation with csv."""

import csv
import lzma
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from stammkunde.projections.figures.periods import Period
from tests.homes import Command

REFERENCE = date(2011, 12, 10)
WHOLE = ("--from", "2010-12-01", "--to", REFERENCE.isoformat())
SETTINGS = {
    "order": "InvoiceNo",
    "quantity": "Quantity",
    "unit_price": "UnitPrice",
    "customer": "CustomerID",
    "time": "InvoiceDate",
    "timezone": "Europe/London",
    "currency": "GBP",
    "cancelled_prefix": "C",
    "article": "StockCode",
    "description": "Description",
}
FILE = "shop/online_retail_uci352.csv.xz"
pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.xdist_group("online_retail")]


class Invoice(NamedTuple):
    number: str
    customer: str
    first: datetime
    total: Decimal


class Plain(NamedTuple):
    """The file by csv and dict alone."""

    invoices: list[Invoice]
    lines: int
    lines_without_customer: int


@pytest.fixture(scope="module")
def plain(real_data: Path) -> Plain:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, datetime] = {}
    customers: dict[str, str] = {}
    lines = without = 0
    with lzma.open(real_data / FILE, "rt", newline="") as file:
        for row in csv.DictReader(file):
            number = row["InvoiceNo"]
            lines += 1
            without += not row["CustomerID"]
            totals[number] += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
            at = datetime.fromisoformat(row["InvoiceDate"])
            first[number] = min(first.get(number, at), at)
            customers[number] = row["CustomerID"]
    invoices = [Invoice(n, customers[n], first[n], totals[n]) for n in totals]
    return Plain(invoices, lines, without)


@pytest.fixture(scope="module")
def home(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    command = Command(tmp_path_factory.mktemp("retail") / "home")
    settings = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    answer = command.ask("import", "orders-csv", str(real_data / FILE), *settings)
    assert (answer["items"], answer["recorded"], answer["rejected"]) == (25_900, 25_900, 0)
    again = command.ask("import", "orders-csv", str(real_data / FILE), *settings)
    assert (again["items"], again["recorded"], again["duplicates"]) == (25_900, 0, 25_900)
    return command


def figure(home: Command, code: str, *period: str) -> dict[str, object]:
    (answer,) = home.ask("figures", code, *(period or WHOLE))
    return dict(answer)


def orders(plain: Plain) -> list[Invoice]:
    return [invoice for invoice in plain.invoices if not invoice.number.startswith("C")]


def test_no_line_is_lost(home: Command, plain: Plain) -> None:
    assert (plain.lines, plain.lines_without_customer) == (541_909, 135_080)
    kept = [
        (len(contact["lines"]), contact["customer_id"] is None)
        for contact in home.lines("contacts")
    ]
    assert sum(lines for lines, _ in kept) == 541_909
    assert sum(lines for lines, nobody in kept if nobody) == 135_080


def test_kinds_and_money_are_exact(home: Command, plain: Plain) -> None:
    contacts = home.lines("contacts")
    kinds = Counter(contact["kind"] for contact in contacts)
    assert kinds == {"order_placed": 22_064, "order_refunded": 3_836}
    assert sum(Decimal(c["money"]["amount"]) for c in contacts) == Decimal("9747747.934")
    assert sum(i.total for i in plain.invoices) == Decimal("9747747.934")
    assert all(c["order"] for c in contacts if c["kind"] == "order_placed")
    assert not any(c["order"] for c in contacts if c["kind"] == "order_refunded")


def test_customers_orders_and_repeat_rate(home: Command, plain: Plain) -> None:
    bought = Counter(invoice.customer for invoice in orders(plain) if invoice.customer)
    assert figure(home, "orders")["value"] == len(orders(plain)) == 22_064
    assert bought.total() == 18_536
    assert figure(home, "customers")["value"] == len(bought) == 4_339
    rate = figure(home, "repeat_rate")
    repeaters = sum(n >= 2 for n in bought.values())
    assert (rate["numerator"], rate["denominator"]) == (repeaters, len(bought)) == (2_845, 4_339)
    everybody = {invoice.customer for invoice in plain.invoices if invoice.customer}
    assert len(everybody) == 4_372
    assert figure(home, "prospect")["value"] == len(everybody) - len(bought)
    assert home.ask("status")["log"]["customers"] == 4_372


def test_revenue_by_month(home: Command, plain: Plain) -> None:
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in plain.invoices:
        expected[f"{invoice.first:%Y-%m}"] += invoice.total
    answers = home.ask("figures", "net_revenue", *WHOLE, "--grain", "month")
    found = {answer["from"][:7]: Decimal(answer["value"]) for answer in answers}
    assert found == expected
    assert found["2010-12"].quantize(Decimal("0.01")) == Decimal("748957.02")
    assert found["2011-11"].quantize(Decimal("0.01")) == Decimal("1461756.25")


def test_the_customer_base_month_by_month(home: Command, plain: Plain) -> None:
    days: dict[str, list[date]] = defaultdict(list)
    for invoice in orders(plain):
        if invoice.customer:
            days[invoice.customer].append(invoice.first.date())
    codes = ("new", "won_back", "churned", "active", "dormant", "lost")
    answers = home.ask("figures", *codes, *WHOLE, "--grain", "month")
    found = {(answer["code"], answer["from"]): answer["value"] for answer in answers}
    opening = 0
    for month in Period(date(2010, 12, 1), REFERENCE).cut("month"):
        last = month.end - timedelta(days=1)
        states = Counter(_state(own, last) for own in days.values())
        start = month.start.isoformat()
        assert [found[code, start] for code in ("active", "dormant", "lost")] == [
            states["active"], states["dormant"], states["lost"]
        ]  # fmt: skip
        assert found["new", start] == sum(
            month.start <= min(own) < month.end for own in days.values()
        )
        closing = opening + found["new", start] + found["won_back", start] - found["churned", start]
        assert closing == states["active"]
        opening = closing


@pytest.mark.parametrize(
    "code",
    ["contacts", "customers", "active", "dormant", "new", "won_back", "churned", "repeat_rate", "orders",
     "net_revenue", "unassigned_rate", "prospect", "completeness"],
)  # fmt: skip
def test_the_list_behind_a_figure_is_as_long_as_its_numerator(home: Command, code: str) -> None:
    behind = home.ask("figures", code, *WHOLE, "--who")
    assert len(behind) == figure(home, code)["numerator"]


def test_the_views_are_what_the_log_says(home: Command) -> None:
    assert home.run("rebuild", "--check")[0] == 0
    assert home.run("verify")[0] == 0


def _state(days: list[date], at: date) -> str:
    past = [day for day in days if day <= at]
    if not past:
        return "none"
    age = (at - max(past)).days
    return "active" if age <= 365 else "dormant" if age <= 730 else "lost"
