"""How numbers, money, dates and telephone numbers are written for people, the Swiss way in German and in English."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import phonenumbers

_DAYS = {
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_GROUP = "’"
_MINUS = "−"


def number(value: Decimal | float, places: int = 0) -> str:
    """`1’234.5`: groups of three, a decimal point, a real minus."""
    return f"{value:,.{places}f}".replace(",", _GROUP).replace("-", _MINUS)


def money(amount: Decimal, currency: str) -> str:
    """`CHF 4’312.50`, rounded half to even to two places; only what is shown is rounded."""
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return f"{currency} {number(rounded, 2)}".strip()


def share(value: float) -> str:
    """`84.6 %` with a narrow no-break space."""
    return f"{number(value * 100, 1)}\N{NARROW NO-BREAK SPACE}%"


def day(value: date) -> str:
    """`20.11.2026`."""
    return f"{value:%d.%m.%Y}"


def moment(value: datetime, zone: ZoneInfo, language: str) -> str:
    """`Fr 20.11. 11:52` in the company's own time."""
    local = value.astimezone(zone)
    return f"{_DAYS[language][local.weekday()]} {local:%d.%m.} {local:%H:%M}"


def full_moment(value: datetime, zone: ZoneInfo) -> str:
    """`20.11.2026 11:52` in the company's own time."""
    return f"{value.astimezone(zone):%d.%m.%Y %H:%M}"


def phone(e164: str, country: str) -> str:
    """`052 203 44 10` at home, `+49 30 123456` abroad; anything else stays as it is."""
    if not e164.startswith("+"):
        return e164
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(country) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)


def identifier(kind: str, value: str, country: str) -> str:
    """A number as people write it, any other identifier as it is."""
    return phone(value, country) if kind == "phone" else value


def clipped(text: str, width: int) -> str:
    """The text on one line, in no more than so many columns of a terminal."""
    line = " ".join(text.split())
    if columns(line) <= width:
        return line
    kept = ""
    for letter in line:
        if columns(kept + letter) >= width:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def columns(text: str) -> int:
    """How many columns a terminal needs for a text: wide letters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
