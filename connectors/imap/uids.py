"""Sets of UIDs as ranges: what of a folder was read, which gaps are left, and how a server writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""First and last UID, both included."""

Ranges: TypeAlias = tuple[Range, ...]
"""Sorted, apart from each other by at least one UID."""


def ranges_of(uids: Iterable[int]) -> Ranges:
    """The fewest ranges that hold just these UIDs."""
    return union((uid, uid) for uid in uids)


def union(ranges: Iterable[Range]) -> Ranges:
    """All of them, neighbours joined."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            if last > joined[-1][1]:
                joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)


def minus(ranges: Iterable[Range], others: Sequence[Range]) -> Ranges:
    """What is in the first and in none of the second; both sorted."""
    left: list[Range] = []
    at = 0
    for first, last in ranges:
        low = first
        while at < len(others) and others[at][0] <= last:
            taken_first, taken_last = others[at]
            if low < taken_first:
                left.append((low, taken_first - 1))
            low = max(low, taken_last + 1)
            if taken_last > last:
                break  # it may take from the next range, too
            at += 1
        if low <= last:
            left.append((low, last))
    return tuple(left)


def size(ranges: Iterable[Range]) -> int:
    """How many UIDs."""
    return sum(last - first + 1 for first, last in ranges)


def written(ranges: Iterable[Range]) -> str:
    """As IMAP writes a sequence set (RFC 3501 §9): `3,17:203`; empty for none."""
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)


def parsed(text: str) -> Ranges:
    """From a sequence set; servers may write a range backwards. Raises `ValueError`."""
    found: list[Range] = []
    for part in filter(None, text.split(",")):
        first, colon, last = part.partition(":")
        low, high = int(first), int(last) if colon else int(first)
        found.append((min(low, high), max(low, high)))
    return union(found)


def shown(ranges: Iterable[Range]) -> tuple[str, ...]:
    """As people read them: `("17", "203–207")`."""
    return tuple(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
