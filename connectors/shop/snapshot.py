"""What a shop shows of one order at one moment, in the terms that all shops share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Literal, TypeAlias

import msgspec

from stammkunde.connectors.shop.amounts import plain
from stammkunde.core.contact import Identifier, Line, Name

Status: TypeAlias = Literal["draft", "placed", "cancelled", "failed", "removed"]

_ENCODER = msgspec.msgpack.Encoder(decimal_format="string")


class Refund(msgspec.Struct, frozen=True, array_like=True):
    """Money given back, by the shop's own id of it; `amount` and `net` are positive, `at` None where not known."""

    id: str
    amount: Decimal
    net: Decimal | None = None
    at: datetime | None = None
    reason: str = ""
    lines: tuple[Line, ...] = ()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One order as its shop shows it.

    `id` is the shop's own key of it and never changes. `status` is `placed` for every order that counts, whether paid
    or not. `modified_at` is the shop's own time of this state: of two snapshots the one with the earlier time is the
    older. `total` includes tax, `net` excludes it; neither is lowered by refunds. `account` is the customer's number in
    the shop; his identifiers include it. `content` is a fingerprint of the fields that matter for the business, as raw
    as they come: no status, no times, no refunds, nothing technical. `opens` is the milestone by which the order
    appears; an invoice that is a refund itself opens with it, and has no `order`.
    """

    id: str
    modified_at: datetime
    placed_at: datetime
    total: Decimal
    currency: str
    content: bytes
    net: Decimal | None = None
    status: Status = "placed"
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()
    account: str = ""
    identifiers: tuple[Identifier, ...] = ()
    name: Name | None = None
    lines: tuple[Line, ...] = ()
    text: str = ""
    attributes: dict[str, str] = {}
    payment: str = ""
    flags: tuple[str, ...] = ()
    reference: str = ""
    order: str = ""
    opens: Literal["order_placed", "order_refunded"] = "order_placed"

    @property
    def state(self) -> bytes:
        """A fingerprint of all that is compared: two snapshots that share it differ in nothing that matters."""
        return fingerprint(
            [self.content, plain(self.total), self.currency, self.status, self.account],
            sorted((refund.id, plain(refund.amount)) for refund in self.refunds),
            [self.paid_at is not None, self.shipped_at is not None],
        )


def fingerprint(*parts: object) -> bytes:
    """Ten bytes that tell one content from another; times count by their instant, numbers as they are written.

    Give numbers in their `plain` form where a shop that writes `1.50` instead of `1.5` has changed nothing.
    """
    return blake2b(_ENCODER.encode(parts), digest_size=10).digest()
