"""The last known state of an order: what its events say so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from stammkunde.connectors.shop.amounts import exact
from stammkunde.connectors.shop.snapshot import Snapshot, Status
from stammkunde.core.contact import Identifier, Money, Name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Given(msgspec.Struct, frozen=True, array_like=True):
    """A refund that was seen: what it gave, whether the shop still shows it, and how often it appeared."""

    amount: Decimal
    net: Decimal | None
    stands: bool = True
    times: int = 1


class Known(msgspec.Struct, frozen=True, array_like=True):
    """The state of one order as the log has it.

    `modified` is the shop's time of the newest snapshot, in microseconds since 1970; `seen` holds the fingerprints of
    all snapshots of that time, since a shop may change an order and leave its time alone (WooCommerce does when a
    refund is deleted). `counts` says how often each milestone that can come again came. Of a draft only that it was
    seen is known: `is_recorded` is False until it becomes an order.
    """

    modified: int
    seen: tuple[bytes, ...]
    content: bytes
    status: Status
    total: Decimal
    net: Decimal | None
    currency: str
    is_paid: bool
    is_shipped: bool
    account: str
    refunds: dict[str, Given]
    counts: dict[str, int]
    identifiers: tuple[Identifier, ...] = ()
    name: Name | None = None
    flags: tuple[str, ...] = ()
    is_recorded: bool = True

    @property
    def is_unaltered(self) -> bool:
        """Whether the order still is what it was when it first came, apart from its progress."""
        return self.counts.keys().isdisjoint(("order_edited", "order_reassigned"))

    @property
    def left(self) -> Money:
        """What remains of the order's value after its refunds, whatever its status."""
        standing = [given for given in self.refunds.values() if given.stands]
        with exact():
            amount = self.total - sum((given.amount for given in standing), Decimal(0))
            net = self.net
            for given in standing:
                net = None if net is None or given.net is None else net - given.net
        return Money(amount, self.currency, net)


def first(known: Known | None, snapshot: Snapshot) -> Known:
    """The state of an order that has just been placed, whatever became of it since; `known` is a draft or nothing."""
    modified = micros(snapshot.modified_at)
    return Known(
        modified=modified,
        seen=known.seen if known and known.modified == modified else (),
        content=snapshot.content,
        status="placed",
        total=snapshot.total,
        net=snapshot.net,
        currency=snapshot.currency,
        is_paid=False,
        is_shipped=False,
        account=snapshot.account,
        refunds={},
        counts={},
    )


def draft(known: Known | None, snapshot: Snapshot) -> Known:
    """The state of what is no order yet; it says nothing of whose it is."""
    state = first(known, snapshot)
    seen = (*state.seen, snapshot.state)
    return msgspec.structs.replace(state, status="draft", seen=seen, is_recorded=False)


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)
