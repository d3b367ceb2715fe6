"""How numbers, money, dates and telephone numbers are written for people: the Swiss way, or the English way where asked."""

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
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_GROUP = {"de": "’", "en": ","}
_MINUS = "−"


def number(value: Decimal | float, places: int = 0, language: str = "de") -> str:
    """`1’234.5`, `1,234.5`: groups of three, a decimal point, a real minus."""
    return f"{value:,.{places}f}".replace(",", _GROUP[language]).replace("-", _MINUS)


def money(amount: Decimal, currency: str, language: str = "de") -> str:
    """`CHF 4’312.50`, rounded half to even to two places; only what is shown is rounded."""
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return f"{currency} {number(rounded, 2, language)}".strip()


def share(value: float) -> str:
    """`84.6 %` with a narrow no-break space."""
    return f"{number(value * 100, 1)}\N{NARROW NO-BREAK SPACE}%"


def day(value: date, language: str = "de") -> str:
    """`20.11.2026`, `20 Nov 2026`."""
    return f"{value:%d.%m.%Y}" if language == "de" else f"{_short_date(value)} {value.year}"


def moment(value: datetime, zone: ZoneInfo, language: str) -> str:
    """`Fr 20.11. 11:52`, `Fri 20 Nov 11:52` in the company's own time."""
    local = value.astimezone(zone)
    date_ = f"{local:%d.%m.}" if language == "de" else _short_date(local)
    return f"{weekday(local.weekday(), language)} {date_} {local:%H:%M}"


def _short_date(value: date) -> str:
    return f"{value.day:02} {_MONTHS[value.month - 1]}"


def full_moment(value: datetime, zone: ZoneInfo, language: str = "de") -> str:
    """`20.11.2026 11:52`, `20 Nov 2026 11:52` in the company's own time."""
    local = value.astimezone(zone)
    return f"{day(local, language)} {local:%H:%M}"


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


def capital(word: str) -> str:
    """A word as it begins a line."""
    return word[:1].upper() + word[1:]


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


def excerpt(text: str, length: int) -> str:
    """The beginning of a text on one line, cut behind a word where there is one near the end."""
    line = " ".join(text[: length * 4].split())
    if len(line) <= length:
        return line
    return f"{line[:length].rsplit(' ', 1)[0] if ' ' in line[length // 2 : length] else line[:length]}…"


def columns(text: str) -> int:
    """How many columns a terminal needs for a text: wide letters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def long_day(value: date, language: str) -> str:
    """`Montag, 23. November 2026` or `Monday, 23 November 2026`."""
    from babel.dates import format_date

    pattern = "EEEE, d. MMMM y" if language == "de" else "EEEE, d MMMM y"
    return format_date(value, pattern, locale=language)


def per_cent(value: float, places: int) -> str:
    """`76 %`: a share of 1 with so many places."""
    return f"{number(value * 100, places)}\N{NARROW NO-BREAK SPACE}%"


def signed(value: Decimal | float, language: str = "de") -> str:
    """`+214`, `−237`, `0`."""
    written = number(value, language=language)
    return f"+{written}" if value > 0 else written


def compact(value: Decimal | float, language: str) -> str:
    """`2.18 Mio`, `2.18M`: three digits and the word for millions and more; past words by powers of ten."""
    if not -(10**15) < value < 10**15:
        return f"{Decimal(value):.1e}".replace("-", _MINUS)
    from babel.numbers import format_compact_decimal

    swiss = "de_CH" if language == "de" else language
    short = format_compact_decimal(value, locale=swiss, fraction_digits=2)
    return short.rstrip(".").replace("-", _MINUS)


def month(value: date, language: str) -> str:
    """`Sept.`, `Sep`: as one abbreviates it."""
    from babel.dates import format_date

    return format_date(value, "MMM", locale=language)


def weekday(number_of_day: int, language: str) -> str:
    """`Mo` for 0."""
    return _DAYS[language][number_of_day]
