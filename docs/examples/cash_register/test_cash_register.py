"""The contract of every connector, kept by the cash register."""

from pathlib import Path

from cash_register import CashRegister

from stammkunde.connectors.contract import FileContract

HERE = Path(__file__).parent


class TestCashRegister(FileContract):
    """`sample.csv` is read without a flaw; in `broken.csv` some receipts can't be read."""

    kind = CashRegister
    sample = HERE / "sample.csv"
    broken = HERE / "broken.csv"
