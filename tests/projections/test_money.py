"""Money is added up exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.projections.money import from_micro, to_micro


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0.00"),
        ("4312.5", "4312.50"),
        ("1000", "1000.00"),
        ("-0.1", "-0.10"),
        ("0.333", "0.333"),
        ("9747747.934", "9747747.934"),
        ("0.000001", "0.000001"),
        ("0.0000005", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_an_amount_comes_out_with_two_decimals_at_least(amount: str, shown: str) -> None:
    micro = to_micro(Decimal(amount))
    assert micro is not None
    assert str(from_micro(micro)) == shown


@given(st.lists(st.decimals(-1_000_000, 1_000_000, places=6)))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    micros = [to_micro(amount) for amount in amounts]
    assert from_micro(sum(micro for micro in micros if micro is not None)) == sum(amounts)


def test_no_amount_stays_none() -> None:
    assert to_micro(None) is None
