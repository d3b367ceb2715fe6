"""The last known states of one system's orders, and the door through which snapshots become contacts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from stammkunde.connectors.interface import Memory
from stammkunde.connectors.shop.differences import (
    Milestone,
    differences,
    opening,
    refunded,
    removed,
)
from stammkunde.connectors.shop.known import EPOCH, Known, draft, micros
from stammkunde.connectors.shop.snapshot import Refund, Snapshot
from stammkunde.core.contact import Contact, Identifier, Item, Name

BETWEEN = "\n"
"""Stands between the parts of an order's item key: number, milestone, content. Frozen."""

CART = "a cart or draft, not an order yet"
NOTHING_NEW = "nothing new in this snapshot"
OLDER = "an older snapshot than the one known"
REFUND_WAITS = "a refund kept until its order is read"
REFUND_KNOWN = "a refund that is known"


class Outcome(msgspec.Struct, frozen=True):
    """What became of a snapshot: contacts, or else the reason for which it is ignored."""

    contacts: tuple[Contact, ...] = ()
    ignored: str = ""


class _Whose(msgspec.Struct, frozen=True):
    """What all milestones of an order have in common."""

    id: str
    order: str
    identifiers: tuple[Identifier, ...]
    name: Name | None
    flags: tuple[str, ...]
    reference: str

    @classmethod
    def of(cls, snapshot: Snapshot, *, is_past: bool) -> _Whose:
        """What lies in the past when it is first read is marked: nothing may react to it."""
        return cls(
            snapshot.id,
            snapshot.order,
            snapshot.identifiers,
            snapshot.name,
            (*snapshot.flags, "backfill") if is_past else snapshot.flags,
            snapshot.reference,
        )


class Ledger:
    """The states as the memory has them, with what this reading changed until it is committed.

    A snapshot that is older than the known state, by the shop's own time, is ignored; so is one of the same time that
    was seen before. What the shop itself shows now is newer than all that was seen, whatever time it bears: an edit may
    leave the time alone, and a backup that was put back turns it back. A snapshot that shows nothing new gives the
    order's opening milestone again, which the core counts as a duplicate, as long as that would be the same as ever.
    """

    def __init__(self, memory: Memory) -> None:
        """Nothing is read before it is asked for."""
        self._memory = memory
        self._changed: dict[str, bytes | None] = {}

    def observe(
        self, snapshot: Snapshot, *, is_current: bool = False, is_news: bool = False
    ) -> Outcome:
        """Take in what the shop shows of an order.

        `is_current` says that the shop itself was asked just now, `is_news` that what comes up for the first time has
        just happened and is nothing from long ago.
        """
        known = self._known(snapshot.id)
        if known is not None and not is_current:
            modified = micros(snapshot.modified_at)
            if modified < known.modified:
                return Outcome(ignored=OLDER)
            if modified == known.modified and snapshot.state in known.seen:
                return _same(known, snapshot)
        is_first = known is None or not known.is_recorded
        if is_first and snapshot.status == "draft":
            self._put(f"order {snapshot.id}", msgspec.json.encode(draft(known, snapshot)))
            return Outcome(ignored=CART)
        snapshot = self._with_waiting(snapshot, is_current=is_current)
        milestones, after = differences(known, snapshot)
        if after != known:
            self._put(f"order {snapshot.id}", msgspec.json.encode(after))
        if not milestones:
            return _same(after, snapshot)
        whose = _Whose.of(snapshot, is_past=is_first and not is_news)
        return Outcome(tuple(_contact(milestone, whose) for milestone in milestones))

    def lacks(self, snapshot: Snapshot) -> bool:
        """Whether the order shows a refund of which its own record was not read yet: only that says when it was made."""
        if not snapshot.refunds:
            return False
        known = self._known(snapshot.id)
        given = known.refunds if known else {}
        return any(refund.id not in given for refund in snapshot.refunds)

    def removed(self, order: str, at: datetime, reference: str = "") -> Outcome:
        """Take in that the shop has an order no longer; `at` is when that was noticed."""
        known = self._known(order)
        if known is None or not known.is_recorded or known.status == "removed":
            return Outcome(ignored=NOTHING_NEW)
        milestone, after = removed(known, at)
        self._put(f"order {order}", msgspec.json.encode(after))
        whose = _Whose(order, order, known.identifiers, known.name, known.flags, reference)
        return Outcome((_contact(milestone, whose),))

    def refund(self, order: str, refund: Refund, reference: str = "") -> Outcome:
        """Take in a refund that comes without its order.

        It names neither currency nor customer: so one of an unknown order waits for it, and one of an order whose
        known state is newer was either part of that state or withdrawn before it.
        """
        known = self._known(order)
        if known is None or not known.is_recorded:
            waiting = {one.id: one for one in self._waiting(order)}
            if waiting.get(refund.id) == refund:
                return Outcome(ignored=REFUND_KNOWN)
            waiting[refund.id] = refund
            self._put(f"refunds {order}", msgspec.json.encode(list(waiting.values())))
            return Outcome(ignored=REFUND_WAITS)
        if refund.id in known.refunds:
            return Outcome(ignored=REFUND_KNOWN)
        if refund.at is None or micros(refund.at) < known.modified:
            return Outcome(ignored=OLDER)
        milestone, after = refunded(known, refund, refund.at)
        self._put(f"order {order}", msgspec.json.encode(after))
        whose = _Whose(order, order, known.identifiers, known.name, known.flags, reference)
        return Outcome((_contact(milestone, whose),))

    @property
    def is_changed(self) -> bool:
        """Whether there is something to remember with the next batch."""
        return bool(self._changed)

    def drain(self) -> dict[str, bytes | None]:
        """What to remember with the batch that is about to be committed."""
        changed, self._changed = self._changed, {}
        return changed

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key of the connector's own."""
        return self._changed[key] if key in self._changed else self._memory.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Remember something under a key of the connector's own; not `order …` nor `refunds …`."""
        self._put(key, value)

    def _known(self, order: str) -> Known | None:
        saved = self.get(f"order {order}")
        return msgspec.json.decode(saved, type=Known) if saved else None

    def _waiting(self, order: str) -> list[Refund]:
        saved = self.get(f"refunds {order}")
        return msgspec.json.decode(saved, type=list[Refund]) if saved else []

    def _put(self, key: str, value: bytes | None) -> None:
        self._changed[key] = value

    def _with_waiting(self, snapshot: Snapshot, *, is_current: bool) -> Snapshot:
        """The snapshot with what its refunds' own records said before; those made after it are added.

        What the shop shows now has none that were made after it.
        """
        if is_current and not snapshot.refunds:
            return snapshot
        waiting = {refund.id: refund for refund in self._waiting(snapshot.id)}
        if not waiting:
            return snapshot
        self._put(f"refunds {snapshot.id}", None)
        modified = snapshot.modified_at
        shown = [merged(refund, waiting.pop(refund.id, refund)) for refund in snapshot.refunds]
        if is_current:
            return msgspec.structs.replace(snapshot, refunds=tuple(shown))
        later = [r for r in waiting.values() if (r.at or EPOCH) >= modified]
        times = [refund.at or EPOCH for refund in later]
        return msgspec.structs.replace(
            snapshot, refunds=(*shown, *later), modified_at=max([modified, *times])
        )


def _same(known: Known, snapshot: Snapshot) -> Outcome:
    """The opening milestone once more, if there was one and it still is what it was."""
    if not known.is_recorded:
        return Outcome(ignored=CART)
    is_same = (known.content, known.account) == (snapshot.content, snapshot.account)
    if not (is_same and known.is_unaltered):
        return Outcome(ignored=NOTHING_NEW)
    return Outcome((_contact(opening(snapshot), _Whose.of(snapshot, is_past=True)),))


def merged(shown: Refund, own: Refund) -> Refund:
    """A refund as its order shows it (id and amount) and as its own record does (all the rest)."""
    return Refund(
        id=shown.id,
        amount=shown.amount,
        net=shown.net if own.net is None else own.net,
        at=own.at,
        reason=own.reason or shown.reason,
        lines=own.lines,
    )


def _contact(milestone: Milestone, whose: _Whose) -> Contact:
    return Contact(
        item=Item(BETWEEN.join((whose.id, milestone.kind, milestone.content))),
        channel="shop",
        kind=milestone.kind,
        occurred_at=milestone.at,
        direction="in" if milestone.kind == "order_placed" else None,
        identifiers=whose.identifiers,
        name=whose.name,
        money=milestone.money,
        order=whose.order,
        text=milestone.text,
        lines=milestone.lines,
        attributes=milestone.attributes,
        flags=whose.flags,
        reference=whose.reference,
    )
