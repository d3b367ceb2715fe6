"""The cursor of a shop that is read live: how far each part of the reading got."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec


class Audit(msgspec.Struct, frozen=True, array_like=True):
    """A reconciliation on its way: the first day it looks at, its next page, and the last order it has compared."""

    low: int
    page: int = 1
    above: int = -1


class Position(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Times are in seconds since 1970 UTC, days of nights and years as `2026-11-23` in the company's zone.

    `modified` is the shop's time up to which all orders were read; `bound` the one behind which a walk that is on its
    way goes on, `page` and `total` where it is within a crowded second. `window` counts the orders of the
    overlap, where they are more than a page. `is_complete` says that everything there was
    has been read once. `listing` is the next page of which list of people, `review` the latest one that was read, and
    `mismatch` the two numbers of orders that could not be brought to agree.
    """

    modified: int = 0
    bound: int | None = None
    page: int = 0
    total: int = 0
    window: int = 0
    is_complete: bool = False
    audit: Audit | None = None
    night: str = ""
    year: str = ""
    listing: tuple[int, int] | None = None
    review: int = 0
    mismatch: tuple[int, int] = (0, 0)

    @classmethod
    def parse(cls, cursor: str | None) -> Position:
        """From a cursor's text; one of files that were read before is no use here, and reading begins anew."""
        try:
            return cls() if cursor is None else msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError:
            return cls()

    @property
    def cursor(self) -> str:
        """The text to save."""
        return msgspec.json.encode(self).decode()


def moment(second: int) -> datetime:
    """A number of seconds as a time."""
    return datetime.fromtimestamp(second, UTC)
