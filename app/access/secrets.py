"""Secrets that we hand out: 256 random bits for the bearer, a SHA-256 for us.

A plain hash is enough where nothing can be guessed; only passwords need a slow one.
"""

from __future__ import annotations

import hashlib
from secrets import token_urlsafe

_BYTES = 32


def made(prefix: str = "") -> tuple[str, bytes]:
    """A new secret of 43 letters, digits, `-` and `_` behind the prefix, and its digest, which alone is stored."""
    secret = prefix + token_urlsafe(_BYTES)
    return secret, digest(secret)


def digest(secret: str) -> bytes:
    """The 32 bytes by which a secret is found again; whatever a stranger sends has one."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
