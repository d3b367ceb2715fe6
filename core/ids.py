"""Ids that never change: the same item always gets the same one. Frozen; golden vectors in the tests guard them.

An id is a UUIDv8 (RFC 9562) of 48 bits of time and 74 bits of a keyed hash, as 32 hex digits. The time in front keeps
inserts in order, and therefore fast.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from stammkunde.core.contact import Item

_TIME = (1 << 48) - 1


def timed_id(time_ms: int, digest: bytes) -> bytes:
    """16 bytes: milliseconds since 1970 (0 where unknown or earlier), then version, variant and hash."""
    return b"%b%c%c%c%b" % (
        (max(time_ms, 0) & _TIME).to_bytes(6, "big"),
        0x80 | digest[0] & 0x0F,
        digest[1],
        0x80 | digest[2] & 0x3F,
        digest[3:10],
    )


def item_id(mac: Callable[[bytes], bytes], namespace: str, item: Item) -> bytes:
    """The id of an item: its namespace and its natural key."""
    return timed_id(item.time_ms, mac(f"{namespace}\0{item.key}".encode(errors="surrogatepass")))


def contact_id(mac: Callable[[bytes], bytes], namespace: str, item: Item, party: str) -> str:
    """The id of a contact: its item, and which counterpart of it."""
    message = f"{namespace}\0{item.key}\0{party}".encode(errors="surrogatepass")
    return timed_id(item.time_ms, mac(message)).hex()


def key_id(mac: Callable[[bytes], bytes], what: str, namespace: str, key: str) -> str:
    """The opaque id of a thread or an order."""
    return mac(f"{what}\0{namespace}\0{key}".encode(errors="surrogatepass"))[:16].hex()


def random_id() -> str:
    """An id that tells nothing: for handles, customers and identifiers."""
    return os.urandom(16).hex()
