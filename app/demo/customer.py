"""The line above a customer's contacts on the demo's last screen."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import Locale
from stammkunde.projections.answers import Attribute, CustomerSheet
from stammkunde.projections.queries import Filter

WOMEN = frozenset({"f", "frau", "madame", "mme", "signora", "mrs", "ms", "miss"})
MEN = frozenset({"m", "herr", "monsieur", "signor", "mr"})
"""How an address book says it: a vCard's GENDER (RFC 6350 §6.2.7) or a salutation."""

_KEYS = ("gender", "geschlecht", "anrede", "salutation", "title")


class Heading:
    """Since when somebody is a customer, what he ordered and for how much."""

    def __init__(self, home: Home, locale: Locale) -> None:
        """The home's views are up to date."""
        self._home = home
        self._locale = locale

    def line(self, sheet: CustomerSheet, label: int) -> str:
        """`SANDRA KELLER     customer since 14 Mar 2025 · 6 orders · CHF 4,312.50`; the name takes `label` columns."""
        placed = Filter(customer=sheet.id, kind="order_placed")
        times = [contact.occurred_at for contact in self._home.queries.all_contacts(placed)]
        begin = min(times) if times else sheet.first_contact
        zone, code = ZoneInfo(self._home.company.timezone), self._locale.code
        day = writing.day(begin.astimezone(zone).date(), code) if begin else "–"
        parts = [self._since(sheet.attributes, day, has_ordered=bool(times))]
        if times:
            parts.append(self._locale.plural("{n} order", "{n} orders", len(times)))
        parts += [writing.money(sum_.amount, sum_.currency, code) for sum_ in sheet.revenue]
        name = writing.clipped(sheet.name.upper(), label - 1)
        return f"{name:<{label}}{' · '.join(parts)}"

    def _since(self, attributes: Mapping[str, Attribute], day: str, *, has_ordered: bool) -> str:
        text = self._locale.text
        if not has_ordered:
            return text("in contact since {day}", day=day)
        said = {attributes[key].value.rstrip(".").lower() for key in _KEYS if key in attributes}
        if said & WOMEN:
            since = text("customer since {day}|she", day=day)
        elif said & MEN:
            since = text("customer since {day}|he", day=day)
        else:
            since = text("customer since {day}", day=day)
        return since.partition("|")[0]  # English has one word for all three
