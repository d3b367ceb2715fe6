"""What an identifier is by its pattern alone, and which one of several counts most."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from stammkunde.core.assignment.decisions import IdentifierClass
from stammkunde.core.contact import Identifier

PRIORITY = {"shop": 0, "mail": 1, "phone": 2}
"""A shop's account is one person's more surely than an address, an address more surely than a number."""

_NOBODY = re.compile(
    r"""
    (.*[-_.+])?
    (no[-_.]?reply | do[-_.]?not[-_.]?reply | nicht[-_.]?antworten | keine[-_.]?antwort
     | ne[-_.]?pas[-_.]?repondre | non[-_.]?rispondere | mailer[-_.]?daemon | bounces?)
    ([-_.+=].*)?
    | postmaster
    """,
    re.VERBOSE,
)
_RELAY = re.compile(r"(.*\.)?(marketplace\.amazon|members\.ebay)\.[a-z.]+")
_NO_ACCOUNT = frozenset({"", "0", "-1"})
"""What shops write for a guest."""


@lru_cache(maxsize=1 << 15)
def pattern_class(identifier: Identifier) -> IdentifierClass | None:
    """Blocked where nobody stands behind it, shared for the relays of marketplaces, else None."""
    if identifier.kind == "mail":
        local, _, domain = identifier.value.rpartition("@")
        if _NOBODY.fullmatch(local):
            return "blocked"
        return "shared" if _RELAY.fullmatch(domain) else None
    if identifier.kind == "shop" and identifier.value.rpartition(":")[2] in _NO_ACCOUNT:
        return "blocked"
    return None


def usable(identifiers: Iterable[Identifier]) -> frozenset[Identifier]:
    """Those that can tell who somebody is."""
    return frozenset([one for one in identifiers if pattern_class(one) != "blocked"])


def best(identifiers: Collection[Identifier]) -> Identifier:
    """The one that counts where no name says that several belong to one party."""
    if len(identifiers) == 1:
        return next(iter(identifiers))
    return min(identifiers, key=lambda one: (PRIORITY[one.kind], one.value))
