"""Money in the views: exact integers in millionths, which every database can add up."""

from __future__ import annotations

from decimal import Decimal

_CENTS = Decimal("0.01")


def to_micro(amount: Decimal | None) -> int | None:
    """An amount in millionths; what is smaller is rounded half to even (the log keeps it exactly)."""
    return None if amount is None else int((amount * 1_000_000).to_integral_value())


def from_micro(micro: int) -> Decimal:
    """The amount, with two decimals at least and no needless zero."""
    amount = Decimal(micro).scaleb(-6).normalize()
    exponent = amount.as_tuple().exponent
    return amount.quantize(_CENTS) if isinstance(exponent, int) and exponent > -2 else amount
