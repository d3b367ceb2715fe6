"""What happened to an order between its last known state and a snapshot, as milestones with their money.

The table of kinds stands in `core.contact`; the rule for money: the sum over an order's milestones is what the shop
shows today, that is its total less its refunds, or nothing for an order that was cancelled, failed or removed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from stammkunde.connectors.shop.amounts import exact
from stammkunde.connectors.shop.known import Given, Known, first, micros
from stammkunde.connectors.shop.snapshot import Refund, Snapshot
from stammkunde.core.contact import Line, Money

_ENDS = {
    "cancelled": "order_cancelled",
    "failed": "order_failed",
    "removed": "order_removed",
    "draft": "order_removed",
}
"""An order that becomes a draft again is none any more: the shop counts it no longer."""


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """One step in an order's life; `content` tells it from others of its kind and order, for ever."""

    kind: str
    content: str
    at: datetime
    money: Money | None = None
    text: str = ""
    lines: tuple[Line, ...] = ()
    attributes: dict[str, str] = {}


def opening(snapshot: Snapshot) -> Milestone:
    """The milestone by which an order appears; it comes once, so that its order alone is its key."""
    return Milestone(
        kind=snapshot.opens,
        content="",
        at=snapshot.placed_at,
        money=Money(snapshot.total, snapshot.currency, snapshot.net),
        text=snapshot.text,
        lines=snapshot.lines,
        attributes=snapshot.attributes,
    )


def differences(known: Known | None, snapshot: Snapshot) -> tuple[list[Milestone], Known]:
    """The milestones that lead from what is known to what the shop shows, in order, and the state after them."""
    if known is None or not known.is_recorded:
        progress = _Progress(first(known, snapshot), snapshot)
        progress.milestones.append(opening(snapshot))
    else:
        progress = _Progress(known, snapshot)
    progress.compare()
    return progress.milestones, progress.after()


def refunded(known: Known, refund: Refund, at: datetime) -> tuple[Milestone, Known]:
    """A refund that comes alone, without a snapshot of its order."""
    money, given = _give(known, refund)
    state = msgspec.structs.replace(
        known,
        refunds={**known.refunds, refund.id: given},
        modified=max(known.modified, micros(at)),
        seen=known.seen if micros(at) <= known.modified else (),
    )
    return _refund_milestone(refund, given, money, at), state


def removed(known: Known, at: datetime) -> tuple[Milestone, Known]:
    """An order that its shop has no longer: nothing shows it, so its end has no time but that at which it was noticed."""
    number = known.counts.get("order_removed", 0) + 1
    money = (
        _minus(known.left)
        if known.status == "placed"
        else Money(Decimal(0), known.currency, Decimal(0))
    )
    state = msgspec.structs.replace(
        known,
        status="removed",
        counts={**known.counts, "order_removed": number},
        modified=max(known.modified, micros(at)),
        seen=(),
    )
    return Milestone(kind="order_removed", content=str(number), at=at, money=money), state


class _Progress:
    """The state as it moves from milestone to milestone."""

    def __init__(self, known: Known, snapshot: Snapshot) -> None:
        self.known = known
        self.snapshot = snapshot
        self.milestones: list[Milestone] = []

    def compare(self) -> None:
        """An order revives before it is edited and ends after it, so that each step's money is that of a living one."""
        known, snapshot = self.known, self.snapshot
        if not self._is_alive and snapshot.status == "placed":
            self._move(status="placed")
            self._again("order_restored", self.known.left)
        if (snapshot.content, snapshot.total, snapshot.currency) != (
            known.content,
            known.total,
            known.currency,
        ):
            self._edit()
        self._withdraw()
        for refund in snapshot.refunds:
            if not self._stands(refund):
                self._refund(refund)
        if snapshot.account != known.account:
            self._move(account=snapshot.account)
            self._again("order_reassigned", None)
        self._pass_on()
        if snapshot.status not in ("placed", known.status):
            money = _minus(self.known.left) if self._is_alive else self._nothing
            self._move(status=snapshot.status)
            self._again(_ENDS[snapshot.status], money)

    def after(self) -> Known:
        """The state with which the next snapshot will be compared."""
        snapshot = self.snapshot
        modified = max(micros(snapshot.modified_at), self.known.modified)
        seen = self.known.seen if modified == self.known.modified else ()
        return msgspec.structs.replace(
            self.known,
            modified=modified,
            seen=seen if snapshot.state in seen else (*seen, snapshot.state),
            identifiers=snapshot.identifiers,
            name=snapshot.name,
            flags=snapshot.flags,
        )

    @property
    def _is_alive(self) -> bool:
        return self.known.status == "placed"

    @property
    def _nothing(self) -> Money:
        """The money of a change to an order that has no value now."""
        return Money(Decimal(0), self.known.currency, Decimal(0))

    def _move(self, **changes: object) -> None:
        self.known = msgspec.structs.replace(self.known, **changes)

    def _again(self, kind: str, money: Money | None) -> None:
        """A milestone that may come again: it is told apart by how often it came."""
        number = self._count(kind)
        at = self.snapshot.modified_at
        self.milestones.append(Milestone(kind=kind, content=str(number), at=at, money=money))

    def _count(self, kind: str) -> int:
        number = self.known.counts.get(kind, 0) + 1
        self._move(counts={**self.known.counts, kind: number})
        return number

    def _edit(self) -> None:
        snapshot, before = self.snapshot, self.known.left
        self._move(
            content=snapshot.content,
            total=snapshot.total,
            net=snapshot.net,
            currency=snapshot.currency,
        )
        now = self.known.left
        if not self._is_alive:
            changes = [self._nothing]
        elif now.currency == before.currency:
            changes = [_difference(now, before)]
        else:
            # never a sum over currencies: the value leaves in the one and comes in the other
            changes = [_minus(before), now]
        for money in changes:
            number = self._count("order_edited")
            milestone = msgspec.structs.replace(
                opening(snapshot),
                kind="order_edited",
                content=f"{number} {snapshot.content.hex()}",
                at=snapshot.modified_at,
                money=money,
            )
            self.milestones.append(milestone)

    def _stands(self, refund: Refund) -> bool:
        given = self.known.refunds.get(refund.id)
        return given is not None and given.stands and given.amount == refund.amount

    def _withdraw(self) -> None:
        shown = {refund.id: refund.amount for refund in self.snapshot.refunds}
        for key, given in self.known.refunds.items():
            if given.stands and shown.get(key) != given.amount:
                money = Money(given.amount, self.known.currency, given.net)
                gone = msgspec.structs.replace(given, stands=False)
                self._move(refunds={**self.known.refunds, key: gone})
                self.milestones.append(
                    Milestone(
                        kind="refund_withdrawn",
                        content=_nth(key, given.times),
                        at=self.snapshot.modified_at,
                        money=money if self._is_alive else self._nothing,
                    )
                )

    def _refund(self, refund: Refund) -> None:
        money, given = _give(self.known, refund)
        self._move(refunds={**self.known.refunds, refund.id: given})
        at = refund.at or self.snapshot.modified_at
        self.milestones.append(_refund_milestone(refund, given, money, at))

    def _pass_on(self) -> None:
        snapshot = self.snapshot
        if snapshot.paid_at and not self.known.is_paid:
            self._move(is_paid=True)
            how = {"payment": snapshot.payment} if snapshot.payment else {}
            paid = Milestone(kind="order_paid", content="", at=snapshot.paid_at, attributes=how)
            self.milestones.append(paid)
        if snapshot.shipped_at and not self.known.is_shipped:
            self._move(is_shipped=True)
            shipped = Milestone(kind="order_shipped", content="", at=snapshot.shipped_at)
            self.milestones.append(shipped)


def _give(known: Known, refund: Refund) -> tuple[Money, Given]:
    """The signed money of a refund, and what is to be remembered of it.

    A refund of all that is left is also one of all its net value, whether the shop says so or not (a full refund in
    WooCommerce names no tax).
    """
    left, net = known.left, refund.net
    if net is None and refund.amount == left.amount:
        net = left.net
    before = known.refunds.get(refund.id)
    given = Given(refund.amount, net, times=before.times + 1 if before else 1)
    if known.status != "placed":
        return Money(Decimal(0), known.currency, Decimal(0)), given
    return _minus(Money(refund.amount, known.currency, net)), given


def _refund_milestone(refund: Refund, given: Given, money: Money, at: datetime) -> Milestone:
    return Milestone(
        kind="order_refunded",
        content=_nth(refund.id, given.times),
        at=at,
        money=money,
        text=refund.reason,
        lines=refund.lines,
    )


def _nth(key: str, times: int) -> str:
    return key if times == 1 else f"{key} {times}"


def _minus(money: Money) -> Money:
    """The same taken away; without the negative zero that a plain minus would give."""
    with exact():
        net = None if money.net is None else 0 - money.net
        return Money(0 - money.amount, money.currency, net)


def _difference(new: Money, old: Money) -> Money:
    with exact():
        net = None if new.net is None or old.net is None else new.net - old.net
        return Money(new.amount - old.amount, new.currency, net)
