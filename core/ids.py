"""Ids that never change: the same item always gets the same one. Frozen; golden vectors in the tests guard them.

An id is a UUIDv8 (RFC 9562) of 48 bits of time and 74 bits of a keyed hash, as 32 hex digits. The time in front keeps
inserts in order, and therefore fast.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from stammkunde.core.contact import Item

_TIME = (1 << 48) - 1
_HASH = 0x0FFF3FFFFFFFFFFFFFFF
_MARKS = 0x80008000000000000000
"""Version 8 and variant 2, where RFC 9562 puts them."""

_BROKEN = "surrogatepass"
"""How to encode the lone surrogates that broken mail holds."""


def timed_id(time_ms: int, digest: bytes) -> bytes:
    """16 bytes: milliseconds since 1970 (0 where unknown or earlier), then version, variant and hash."""
    tail = int.from_bytes(digest[:10], "big") & _HASH | _MARKS
    time = time_ms & _TIME if time_ms > 0 else 0
    return (time << 80 | tail).to_bytes(16, "big")


def item_id(mac: Callable[[bytes], bytes], namespace: str, item: Item) -> bytes:
    """The id of an item: its namespace and its natural key."""
    return timed_id(item.time_ms, mac(f"{namespace}\0{item.key}".encode("utf-8", _BROKEN)))


def contact_id(mac: Callable[[bytes], bytes], namespace: str, item: Item, party: str) -> str:
    """The id of a contact: its item, and which counterpart of it."""
    return timed_id(
        item.time_ms, mac(f"{namespace}\0{item.key}\0{party}".encode("utf-8", _BROKEN))
    ).hex()


def both_ids(
    mac: Callable[[bytes], bytes], namespace: str, item: Item, party: str
) -> tuple[bytes, str]:
    """`item_id` and `contact_id` at once, which the door needs of every contact."""
    named = f"{namespace}\0{item.key}".encode("utf-8", _BROKEN)
    told = named + f"\0{party}".encode("utf-8", _BROKEN)
    return timed_id(item.time_ms, mac(named)), timed_id(item.time_ms, mac(told)).hex()


def key_id(mac: Callable[[bytes], bytes], what: str, namespace: str, key: str) -> str:
    """The opaque id of a thread or an order."""
    return mac(f"{what}\0{namespace}\0{key}".encode("utf-8", _BROKEN))[:16].hex()


def random_id() -> str:
    """An id that tells nothing: for handles, customers and identifiers."""
    return os.urandom(16).hex()
