"""A commented settings file for a new home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("example.toml")


def settings_text(
    *,
    name: str = "",
    country: str = "CH",
    timezone: str = "Europe/Zurich",
    currency: str = "CHF",
    addresses: Sequence[str] = (),
    domains: Sequence[str] = (),
) -> str:
    """The file's text; JSON's strings and lists are TOML's too."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    for key, value in {
        "name": json.dumps(name, ensure_ascii=False)[1:-1],
        "country": country,
        "timezone": timezone,
        "currency": currency,
        "addresses": json.dumps(list(addresses), ensure_ascii=False),
        "domains": json.dumps(list(domains), ensure_ascii=False),
    }.items():
        text = text.replace(f"@{key}@", value)
    return text
