"""Numbers as files write them, and arithmetic that never rounds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.shop.amounts import amount, is_sane, plain, total, unit_price


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("12.50", ".", "12.50"),
        (" -3 ", ".", "-3"),
        (".5", ".", "0.5"),
        ("1,234,567.891", ".", "1234567.891"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("1 234.50", ".", "1234.50"),
        ("12,50", ",", "12.50"),
        ("1.234,50", ",", "1234.50"),
        ("1.234", ",", "1234"),
        ("1,5", ".", None),
        ("2.55", ",", None),
        ("1,23,456", ".", None),
        ("1e3", ".", None),
        ("NaN", ".", None),
        ("Infinity", ".", None),
        ("1_000", ".", None),
        ("٣", ".", None),
        ("CHF 5", ".", None),
        ("", ".", None),
        ("9" * 41, ".", None),
    ],
)
def test_a_number_is_read_or_refused(text: str, mark: str, expected: str | None) -> None:
    assert amount(text, mark) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("value", "sane"),
    [("12.50", True), ("0E-20", True), ("1E+99", False), ("1E-99", False), ("NaN", False), ("Infinity", False)],
)  # fmt: skip
def test_only_numbers_that_can_be_are_sane(value: str, sane: bool) -> None:
    assert is_sane(Decimal(value)) is sane


def test_a_sum_is_not_rounded_to_the_usual_28_digits() -> None:
    small, large = Decimal("0.0000000001"), Decimal(10) ** 30
    assert total([large, small, -large]) == small


@pytest.mark.parametrize(
    ("value", "quantity", "price"),
    [("43.05", "3", "14.35"), ("1169.10", "10", "116.91"), ("10", "3", "3.33333333"), ("5", "0", "5"),
     ("-43.05", "-3", "14.35"), ("100", "1", "100")],
)  # fmt: skip
def test_a_price_is_exact_where_it_can_be(value: str, quantity: str, price: str) -> None:
    assert str(unit_price(Decimal(value), Decimal(quantity))) == price


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(0, 5))
def test_the_plain_form_is_the_same_number_whatever_its_zeros(value: Decimal, zeros: int) -> None:
    longer = Decimal(f"{value:f}" + "0" * zeros) if "." in f"{value:f}" else value
    assert plain(value) == value
    assert str(plain(longer)) == str(plain(value))
    assert "E" not in str(plain(value)) or abs(value) < Decimal("0.001")
