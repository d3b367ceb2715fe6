"""Money in the views: exact integers in millionths, which every database can add up."""

from __future__ import annotations

from decimal import Decimal

_CENTS = Decimal("0.01")
_MOST = 2**63 - 1


def to_micro(amount: Decimal | None) -> int | None:
    """An amount in millionths; what is smaller is rounded half to even (the log keeps it exactly).

    Raises `OverflowError` above 9.2 · 10^12: a column holds 64 bits.
    """
    if amount is None:
        return None
    micro = int((amount * 1_000_000).to_integral_value())
    if abs(micro) > _MOST:
        raise OverflowError("more money than a column holds")
    return micro


def from_micro(micro: int) -> Decimal:
    """The amount, with two decimals at least and no needless zero."""
    amount = Decimal(micro).scaleb(-6).normalize()
    exponent = amount.as_tuple().exponent
    return amount.quantize(_CENTS) if isinstance(exponent, int) and exponent > -2 else amount
