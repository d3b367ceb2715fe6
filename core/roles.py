"""Which customers are private: of these nothing is kept of what is said. Read from the log itself, under its lock."""

from __future__ import annotations

import sqlite3

from stammkunde.core.assignment import Evidence
from stammkunde.core.codec import Codec

_SAID = (
    "SELECT rowid, originator_id, topic, state FROM stored_events"
    " WHERE topic = 'customer.described' AND rowid > ? ORDER BY rowid"
)


class Roles:
    """The last word on each customer's role, with the position at which it was said.

    A word is kept under the id it was said of; of a customer that was merged the latest word of all his ids holds, as in
    the views, and unmerging gives each its own back.
    """

    def __init__(self, codec: Codec) -> None:
        """Nothing is read before it is asked for."""
        self._codec = codec
        self._said: dict[str, tuple[int, str]] = {}
        self._position = 0
        self._outdated = True

    def outdate(self) -> None:
        """Say that a role may have been told since the last look."""
        self._outdated = True

    def private(self, cursor: sqlite3.Cursor, evidence: Evidence) -> frozenset[str]:
        """The living customers who are private, by a cursor of the log's transaction."""
        if self._outdated:
            self._follow(cursor)
        named = [one for one, (_, role) in self._said.items() if role == "private"]
        return frozenset(
            living for living in map(evidence.living, named) if self._is_private(living, evidence)
        )

    def _is_private(self, living: str, evidence: Evidence) -> bool:
        said = [self._said[one] for one in evidence.family(living) if one in self._said]
        return max(said)[1] == "private"

    def _follow(self, cursor: sqlite3.Cursor) -> None:
        for position, customer, topic, state in cursor.execute(_SAID, (self._position,)):
            role = self._codec.open_part(topic, state).role
            if role is not None:
                self._said[customer] = position, role
            self._position = position
        self._outdated = False
