"""Who we are: what tells our own side from a customer's."""

from __future__ import annotations

import msgspec


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[company]` table of the settings.

    `addresses`, `domains` and `numbers` are our own and never a customer; `never` holds addresses and domains of which
    nothing is stored. `country` (ISO 3166) is the region for phone numbers, with `canton` also for holidays.
    `hours` maps days (`mo-fr`, `sa`) to opening hours (`08:00-12:00, 13:30-18:00`).
    """

    name: str = ""
    country: str = "CH"
    canton: str = ""
    timezone: str = "Europe/Zurich"
    currency: str = "CHF"
    languages: tuple[str, ...] = ("de",)
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    hours: dict[str, str] = msgspec.field(
        default_factory=lambda: {"mo-fr": "08:00-12:00, 13:30-18:00"}
    )

    def owns(self, address: str) -> bool:
        """Whether a mail address (lower case) is ours, by itself or by its domain."""
        return address in self.addresses or address.rpartition("@")[2] in self.domains
