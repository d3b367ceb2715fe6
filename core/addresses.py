"""Mail addresses in the one form in which they are compared: lower case, the domain in its ASCII (IDNA) form."""

from __future__ import annotations

import re
from functools import lru_cache

import idna

_SHAPE = re.compile(r"^[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,253}$")


@lru_cache(maxsize=65536)
def mail_address(raw: str) -> str | None:
    """The normal form of an address, or None where it is none.

    A shape check, not a proof: real mail holds addresses that no RFC allows, and they still tell people apart.
    The local part is folded too (RFC 5321 would let it be case-sensitive; no server of note is).
    """
    address = raw.strip().strip("<>").lower()
    if address.isascii():
        return address if _SHAPE.match(address) else None
    local, at, domain = address.rpartition("@")
    if not at:
        return None
    try:
        domain = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    address = f"{local}@{domain}"
    return address if _SHAPE.match(address) else None
