"""A value in the unit of its figure: exact as in a table, or brief as beside a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from stammkunde.app import writing
from stammkunde.app.web.charts.drawing import Number, is_known

NONE = "–"
_FROM_COMPACT = 1_000_000
_FROM_WHOLE = 10**20
"""Money without cents: decimal arithmetic has 28 digits."""
_FROM_WHOLE_COUNT = 100
_WHOLE_SHARE = Decimal("0.1")


def exact(value: Number | None, unit: str, language: str) -> str:
    """`76.2 %`, `3.1 h`, `CHF 1’234.50`, `1’234`: `unit` is `share`, `hours`, a currency, or whatever is counted."""
    known = _decimal(value)
    if known is None:
        return NONE
    if unit == "share":
        return writing.share(float(known))
    if unit == "hours":
        return f"{writing.number(known, 1, language)} h"
    if not is_currency(unit):
        return writing.number(known, 0 if _is_whole(known) else 1, language)
    if abs(known) >= _FROM_WHOLE:
        return f"{unit} {writing.number(known, 0, language)}"
    return writing.money(known, unit, language)


def brief(value: Number | None, unit: str, language: str, *, is_round: bool = False) -> str:
    """`76 %`, `3.1 h`, `CHF 1’235`, `CHF 2.18 Mio`: as much as one reads off a line. A round `10 h` has no places."""
    known = _decimal(value)
    if known is None:
        return NONE
    if unit == "share":
        return writing.per_cent(float(known), 0 if abs(known) >= _WHOLE_SHARE or not known else 1)
    if abs(known) >= _FROM_COMPACT:
        short = writing.compact(known, language)
    else:
        places = 0 if _has_no_places(known, unit, is_round=is_round) else 1
        short = writing.number(known, places, language)
    if unit == "hours":
        return f"{short} h"
    return f"{unit} {short}" if is_currency(unit) else short


def bounds(unit: str) -> tuple[float | None, float | None]:
    """The least and the greatest value a unit can have: refunds may make money negative, nothing else."""
    if unit == "share":
        return 0, 1
    return (None, None) if is_currency(unit) else (0, None)


def is_currency(unit: str) -> bool:
    """Whether the unit is a code of ISO 4217."""
    return len(unit) == 3 and unit.isascii() and unit.isupper()


def _decimal(value: Number | None) -> Decimal | None:
    """A decimal has no largest value, as floats and their lettering do."""
    return Decimal(value) if is_known(value) else None


def _has_no_places(value: Decimal, unit: str, *, is_round: bool) -> bool:
    if unit == "hours":
        return is_round and _is_whole(value)
    return is_currency(unit) or abs(value) >= _FROM_WHOLE_COUNT or _is_whole(value)


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def total(values: Sequence[Number]) -> Decimal | None:
    """The sum; none of nothing."""
    return sum(map(Decimal, values), Decimal(0)) if values else None
