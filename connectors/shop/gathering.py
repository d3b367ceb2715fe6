"""What a reading found since its last batch."""

from __future__ import annotations

from collections import Counter

from stammkunde.connectors.interface import Batch, Memory, Rejected
from stammkunde.connectors.shop.book import Book
from stammkunde.connectors.shop.ledger import Ledger, Outcome
from stammkunde.core.contact import Contact, Item


class Gathering:
    """Contacts, rejected and ignored items and changed states, until they are full enough for a batch."""

    def __init__(self, memory: Memory, size: int) -> None:
        """`size` is the number of contacts, or rejected items, in a batch."""
        self.ledger = Ledger(memory)
        self.book = Book(self.ledger)
        self._size = size
        self._clear()

    def _clear(self) -> None:
        self._contacts: list[Contact] = []
        self._items: set[Item] = set()
        self._rejected: list[Rejected] = []
        self._ignored: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether it is time for a batch."""
        return len(self._contacts) >= self._size or len(self._rejected) >= self._size

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found since the last batch, nor anything changed that is remembered."""
        return not (self._contacts or self._rejected or self._ignored or self.ledger.is_changed)

    def holds(self, item: Item) -> bool:
        """Whether the item stands in this batch already: another version of it must go into the next one.

        Ask before the version is taken into the ledger, whose changes go out with the batch.
        """
        return item in self._items

    def take(self, found: Outcome | Rejected) -> None:
        """Add what became of one record of the source."""
        if isinstance(found, Rejected):
            self._rejected.append(found)
            return
        self._contacts += found.contacts
        self._items.update(contact.item for contact in found.contacts)
        if found.ignored:
            self._ignored[found.ignored] += 1

    def batch(self, cursor: str | None, progress: float | None = None) -> Batch:
        """All of it, to be committed; what comes next starts afresh."""
        self.book.flush()
        batch = Batch(
            contacts=tuple(self._contacts),
            cursor=cursor,
            rejected=tuple(self._rejected),
            ignored=dict(self._ignored),
            remember=self.ledger.drain(),
            progress=progress,
        )
        self._clear()
        return batch
