"""A commented settings file for a new home."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COUNTRIES = {
    "AT": ("EUR", "Europe/Vienna"),
    "CH": ("CHF", "Europe/Zurich"),
    "DE": ("EUR", "Europe/Berlin"),
    "FR": ("EUR", "Europe/Paris"),
    "IT": ("EUR", "Europe/Rome"),
    "LI": ("CHF", "Europe/Vaduz"),
}
"""Switzerland and its neighbours: currency and time zone."""

_FURTHER = {
    "imap": ('folders = ["inbox", "sent"]             # "*": all but drafts, trash and junk',),
    "asterisk": ('timezone = "UTC"                        # of its clock; default: the company\'s',),
    "woocommerce": ('webhook_secret = { file = "shop.hook" } # of webhooks that it sends to /hooks/shop',),
}  # fmt: skip
_ALL = (
    'every = "5m"                            # how often it is read: 30s, 5m, 2h, 1d',
    'keep = "text"                           # text | subject | facts: what of a message is stored at all',
    'readers = ["clerk", "admin"]            # who may see it; default: everyone who may sign in',
)
"""What a source may have besides what was answered."""

_TEMPLATE = Path(__file__).with_name("example.toml")


def settings_text(
    *,
    name: str = "",
    country: str = "CH",
    canton: str = "",
    addresses: Sequence[str] = (),
    domains: Sequence[str] = (),
    numbers: Sequence[str] = (),
    sources: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The file's text, with a table for each of the `sources`. Currency and time zone are the country's; where it has several, or is not known here, Switzerland's."""
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
        text = text.replace(f"@{key}@", _toml(value))
    return text.replace("@sources@", "".join(map(_table, sources)))


def _table(source: Mapping[str, Any]) -> str:
    """A `[[source]]`, and behind it what else might be set."""
    lines = [f"{key} = {_toml(value)}" for key, value in source.items()]
    further = [f"# {line}" for line in (*_FURTHER.get(source["connector"], ()), *_ALL)]
    return "\n".join(("[[source]]", *lines, *further, "", ""))


def _toml(value: object) -> str:
    """Text, numbers, lists, and tables of text on one line, as where a secret stands."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    # JSON's strings and lists are TOML's too; only DEL, which JSON leaves alone, TOML refuses
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")
