"""Exact amounts: what a shop writes as a number, and sums and prices of it that are never rounded on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from decimal import Context, Decimal, Inexact, localcontext
from functools import lru_cache

_LONGEST = 40
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[, '’\u00a0\u202f][0-9]{3})+(?:\.[0-9]*)?")
_GROUPS = re.compile(r"[, '’\u00a0\u202f]")
_SWAPPED = str.maketrans(",.", ".,")
_PRICE = Decimal("1E-8")


@lru_cache(maxsize=8192)
def amount(text: str, decimal: str = ".") -> Decimal | None:
    """The number in a text with that decimal mark, or None where it is none.

    Thousands may be grouped, by threes. No exponents, no currency signs, no infinity.
    """
    text = text.strip()
    if decimal == ",":
        text = text.translate(_SWAPPED)
    if len(text) > _LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    return Decimal(_GROUPS.sub("", text)) if _GROUPED.fullmatch(text) else None


def is_sane(value: Decimal) -> bool:
    """Whether a number is finite and so short that sums and products of it stay exact."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= _LONGEST and value.adjusted() <= _LONGEST


def exact() -> AbstractContextManager[Context]:
    """Arithmetic in which sums and products of sane amounts are never rounded; Python's default keeps 28 digits."""
    return localcontext(prec=400)


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    with exact():
        return sum(values, Decimal(0))


def unit_price(value: Decimal, quantity: Decimal) -> Decimal:
    """What one piece of a line costs: exact where it can be, else to eight places; the line's own value for none."""
    if not quantity:
        return value
    with exact() as context:
        context.clear_flags()
        price = value / quantity
        is_exact = not context.flags[Inexact]
        return plain(price) if is_exact else price.quantize(_PRICE)


@lru_cache(maxsize=8192)
def plain(value: Decimal) -> Decimal:
    """The same number without needless zeros and without an exponent: `1.50` and `1.5` become one, `1E+2` is `100`."""
    with exact():
        value = value.normalize() + 0
        return value if value != value.to_integral_value() else value.quantize(Decimal(1))
