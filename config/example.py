"""A commented settings file for a new home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

COUNTRIES = {
    "AT": ("EUR", "Europe/Vienna"),
    "CH": ("CHF", "Europe/Zurich"),
    "DE": ("EUR", "Europe/Berlin"),
    "FR": ("EUR", "Europe/Paris"),
    "IT": ("EUR", "Europe/Rome"),
    "LI": ("CHF", "Europe/Vaduz"),
}
"""Switzerland and its neighbours: currency and time zone."""

_TEMPLATE = Path(__file__).with_name("example.toml")


def settings_text(
    *,
    name: str = "",
    country: str = "CH",
    canton: str = "",
    addresses: Sequence[str] = (),
    domains: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> str:
    """The file's text. Currency and time zone are the country's; where it has several, or is not known here, Switzerland's."""
    currency, timezone = COUNTRIES.get(country, COUNTRIES["CH"])
    text = _TEMPLATE.read_text(encoding="utf-8")
    for key, value in {
        "name": name,
        "country": country,
        "canton": canton,
        "timezone": timezone,
        "currency": currency,
        "addresses": list(addresses),
        "domains": list(domains),
        "numbers": list(numbers),
    }.items():
        # JSON's strings and lists are TOML's too; only DEL, which JSON leaves alone, TOML refuses
        text = text.replace(f"@{key}@", json.dumps(value, ensure_ascii=False).replace("\x7f", ""))
    return text
