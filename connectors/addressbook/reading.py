"""What becomes of the entries of a reading: which are new, changed, known, older than what is known, or gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TypeAlias

from msgspec.structs import replace

from stammkunde.connectors.addressbook.entry import NO_TIME, digest_of
from stammkunde.connectors.addressbook.ledger import Ledger, Version, gone
from stammkunde.connectors.interface import Batch, Rejected
from stammkunde.core.contact import Contact, Item

Found: TypeAlias = Contact | Rejected | str
"""What a place in a file gives: an entry, one that can't be read, or the reason why it is passed over."""


class Reading:
    """Gathers batches of at most `size` entries."""

    def __init__(self, ledger: Ledger, zone: tzinfo, size: int) -> None:
        """`zone` is that of times that a file or book gives without one."""
        self._ledger = ledger
        self._zone = zone
        self._size = size
        self._written = 0
        self._is_known = False
        self._variants: dict[str, list[bytes]] = {}
        self._present: set[str] = set()
        self._is_whole = True
        self._clear()

    def _clear(self) -> None:
        self._contacts: list[Contact] = []
        self._rejected: list[Rejected] = []
        self._ignored: Counter[str] = Counter()
        self._withdrawn: list[Item] = []
        self._digests: dict[str, bytes] = {}

    def begin(self, written: int, *, is_known: bool) -> None:
        """The next file, written at this time (ns since 1970); of a known one only what is in it counts."""
        self._written = written
        self._is_known = is_known
        self._variants = {}

    def take(self, found: Found, cursor: str) -> Iterator[Batch]:
        """Take one more; yields the batch before it where that is full, or has another version of the entry."""
        is_full = len(self._contacts) + len(self._rejected) >= self._size
        if not isinstance(found, Contact):
            if is_full:
                yield self.batch(cursor)
            self._pass_over(found)
            return
        digest = digest_of(found)
        key = self._key(found.item.key, digest)
        if is_full or self._digests.get(key, digest) != digest:
            yield self.batch(cursor)
        self._digests[key] = digest
        self._present.add(key)
        judged = self._judged(found, key, digest)
        if isinstance(judged, str):
            self._pass_over(judged)
        elif not self._is_known:
            self._contacts.append(judged)

    def _pass_over(self, found: Rejected | str) -> None:
        if isinstance(found, Rejected):
            self._is_whole = False
            if not self._is_known:
                self._rejected.append(found)
        elif not self._is_known:
            self._ignored[found] += 1

    def _judged(self, contact: Contact, key: str, digest: bytes) -> Contact | str:
        """The entry with its own key and time, and whether it is a revision; or why it is passed over."""
        changed = (contact.occurred_at - NO_TIME) // timedelta(microseconds=1) * 1000
        version = Version(digest, changed, self._written)
        known = self._ledger.get(key)
        if known is not None and known.digest == digest:
            version = known
        elif known is None or version.is_newer_than(known):
            if not self._is_known:
                self._ledger.put(key, version)
        else:
            return "older version"
        return replace(
            contact,
            item=Item(key),
            occurred_at=self._at(version),
            revises=known is not None and known.digest != digest,
        )

    def _key(self, key: str, digest: bytes) -> str:
        """The second entry of one file with the same key, but other content, is an item of its own."""
        variants = self._variants.setdefault(key, [])
        if digest not in variants:
            variants.append(digest)
        number = variants.index(digest) + 1
        return key if number == 1 else f"{key} #{number}"

    def _at(self, version: Version) -> datetime:
        at = NO_TIME + timedelta(microseconds=(version.changed or version.written) // 1000)
        return at.astimezone(self._zone)

    def withdraw(self) -> None:
        """Withdraw what earlier readings had and this one does not; nothing if a part of the book can't be read."""
        if not self._is_whole or not self._present:
            return
        for key in self._ledger.known():
            known = self._ledger.get(key)
            if known and not known.is_gone and key not in self._present:
                self._ledger.put(key, gone(self._written))
                self._withdrawn.append(Item(key))

    def batch(self, cursor: str) -> Batch:
        """What has been taken since the last batch."""
        batch = Batch(
            contacts=tuple(self._contacts),
            cursor=cursor,
            rejected=tuple(self._rejected),
            ignored=dict(self._ignored),
            remember=self._ledger.drain(),
            withdrawn=tuple(self._withdrawn),
        )
        self._clear()
        return batch
