"""Reading a connector as the core does: what a batch remembers is committed before the next one is asked for."""

from __future__ import annotations

import re
from itertools import chain

import msgspec

from stammkunde.connectors.interface import Batch, Connector, Rejected
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Item

COMPANY = Company(
    name="Muster Velo AG",
    addresses=("info@muster-velo.example",),
    domains=("muster-velo.example",),
    numbers=("+41521234500",),
)
"""The company that the connectors under test work for."""

_PERSONAL = re.compile(r"@|\d{5,}")


class DictMemory:
    """What the core keeps for a connector: changed only by committing a batch."""

    def __init__(self) -> None:
        """Nothing remembered yet."""
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """The value last remembered under `key`, or None."""
        return self.values.get(key)

    def commit(self, batch: Batch) -> None:
        """Take over what a batch remembers and forgets."""
        for key, value in batch.remember.items():
            if value is None:
                self.values.pop(key, None)
            else:
                self.values[key] = value


class Reading(msgspec.Struct):
    """What one or several calls of `fetch` gave, each batch committed as the core does it."""

    batches: list[Batch]
    cursor: str | None
    memory: DictMemory

    @property
    def contacts(self) -> list[Contact]:
        """All contacts in the order in which they came."""
        return [contact for batch in self.batches for contact in batch.contacts]

    @property
    def rejected(self) -> list[Rejected]:
        """All rejected items in the order in which they came."""
        return [item for batch in self.batches for item in batch.rejected]

    @property
    def ignored(self) -> dict[str, int]:
        """How many items were ignored, by reason."""
        total: dict[str, int] = {}
        for reason, count in chain.from_iterable(b.ignored.items() for b in self.batches):
            total[reason] = total.get(reason, 0) + count
        return total

    @property
    def withdrawn(self) -> list[Item]:
        """All items that concern nobody any more."""
        return [item for batch in self.batches for item in batch.withdrawn]

    @property
    def latest(self) -> dict[tuple[Item, str], Contact]:
        """The last word on each item and party."""
        return {
            (contact.item, contact.party): msgspec.structs.replace(contact, revises=False)
            for contact in self.contacts
        }


def read(connector: Connector, after: Reading | None = None, batches: int | None = None) -> Reading:
    """Fetch everything, or that many `batches` and then stop as if killed, from where `after` left off.

    The result holds the new batches alone; `after` is not changed.
    """
    memory = DictMemory()
    if after is not None:
        memory.values = dict(after.memory.values)
    reading = Reading([], after.cursor if after else None, memory)
    for batch in connector.fetch(reading.cursor, memory):
        if len(reading.batches) == batches:
            break
        memory.commit(batch)
        reading.cursor = batch.cursor if batch.cursor is not None else reading.cursor
        reading.batches.append(batch)
    return reading


def nobody_is_named(*reasons: str) -> bool:
    """Whether sentences that are stored in clear are short and hold no address and no long number."""
    return all(0 < len(each) <= 200 and not _PERSONAL.search(each) for each in reasons)
