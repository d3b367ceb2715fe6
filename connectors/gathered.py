"""What a reading found since its last batch: for connectors of which each item is by itself."""

from __future__ import annotations

from collections import Counter

from stammkunde.connectors.interface import Batch, Rejected
from stammkunde.core.contact import Contact


class Gathered:
    """Contacts, rejected and ignored items, until there are enough of them for a batch."""

    def __init__(self, size: int) -> None:
        """`size` is the number of contacts and rejected items in a batch."""
        self._size = size
        self._clear()

    def _clear(self) -> None:
        self._contacts: list[Contact] = []
        self._rejected: list[Rejected] = []
        self._ignored: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether it is time for a batch."""
        return len(self._contacts) + len(self._rejected) >= self._size

    def take(self, found: Contact | Rejected | str) -> None:
        """Add what became of one item; text is the reason why it is ignored."""
        if isinstance(found, Contact):
            self._contacts.append(found)
        elif isinstance(found, Rejected):
            self._rejected.append(found)
        else:
            self._ignored[found] += 1

    def batch(self, cursor: str | None) -> Batch:
        """All of it, to be committed; what comes next starts afresh."""
        batch = Batch(
            contacts=tuple(self._contacts),
            cursor=cursor,
            rejected=tuple(self._rejected),
            ignored=dict(self._ignored),
        )
        self._clear()
        return batch
