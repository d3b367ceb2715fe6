"""Who we are: what tells our own side from a customer's."""

from __future__ import annotations

from functools import lru_cache

import msgspec


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[company]` table of the settings.

    `addresses`, `domains` and `numbers` are our own and never a customer; `never` holds addresses and domains of which
    nothing is stored. A domain stands for its subdomains too: what hangs below ours (`mail.`, `shop.`) is run by us or
    for us, and a department that shares a domain with strangers names its own subdomain. `country` (ISO 3166) is the region for phone numbers, with `canton` also for holidays.
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
        return address in self.addresses or is_within(address, self.domains)

    def shuns(self, address: str) -> bool:
        """Whether nothing may be stored of whoever has a mail address (lower case)."""
        return address in self.never or is_within(address, self.never)


def is_within(address: str, domains: tuple[str, ...]) -> bool:
    """Whether an address is at one of these domains or at a subdomain of one."""
    return address.endswith(_endings(domains))


@lru_cache(maxsize=16)
def _endings(domains: tuple[str, ...]) -> tuple[str, ...]:
    """What an address ends in then; kept, since every contact asks."""
    return tuple(f"{sign}{one}" for one in domains for sign in "@.")
