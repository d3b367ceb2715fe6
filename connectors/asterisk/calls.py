"""The legs of one call, told as a contact: by its shape, and the numbers and times of its legs.

The rules were checked against calls that we made on Asterisk 22.10.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from stammkunde.connectors.asterisk.rows import Leg, epoch
from stammkunde.connectors.asterisk.shape import Role, Shape, shape_of
from stammkunde.connectors.asterisk.sides import Sides, keep
from stammkunde.connectors.asterisk.times import AMBIGUOUS, EXACT, SHIFTED, Times, moment
from stammkunde.core.contact import Contact, Item

_DOUBTS = {EXACT: (), AMBIGUOUS: ("ambiguous_time",), SHIFTED: ("time_shifted",)}
_LONGEST_KEY = 150


class Call(msgspec.Struct, array_like=True, gc=False):
    """The legs of one call, in the order in which they were read.

    `first` and `last` bound it in seconds since 1970, as its legs have them; `chain` joins rows that have no id.
    `told` says that the core may know it, `changed` that legs came since, `due` that it has to be told (again).
    """

    key: str
    first: int
    last: int
    legs: list[Leg]
    chain: str = ""
    told: bool = False
    changed: bool = True
    due: bool = True

    @property
    def item(self) -> Item:
        """Its identity: Asterisk's id as it stands, as long as that is an id, with the second that it begins with."""
        key = self.key
        if not (len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
            key = hashlib.blake2b(key.encode(errors="replace"), digest_size=16).hexdigest()
        return Item(key, (epoch(key) or 0) * 1000)


class Calls:
    """Interprets the calls of one telephone system."""

    def __init__(self, sides: Sides, times: Times) -> None:
        """`times` gives the offset of local times."""
        self._sides = sides
        self._times = times
        self._shapes: dict[tuple[Role, ...], Shape | None] = {}

    def contact(self, call: Call) -> Contact | None:
        """The call as a contact, or None where both ends are ours."""
        sides = self._sides
        legs = call.legs
        if len(legs) > 1 and not _are_in_order(legs):
            legs = self._in_order(call)
        first = legs[0]
        if len(legs) == 1:
            shape = self._shape((sides.role(first),))
        else:
            shape = self._shape(tuple(map(sides.role, legs)))
        if shape is None:
            return None
        if shape.direction == "in":
            party = sides.caller(first)
            ours = (sides.line(first), *shape.ours)
            if ours[0] in shape.ours:
                ours = tuple(dict.fromkeys(ours))
        else:
            party = sides.called(legs[shape.party])
            ours = shape.ours
        attributes = _attributes(shape, legs)
        if shape.away is not None:
            attributes["forwarded_to"] = sides.target(legs[shape.away])
        if party.number:
            attributes["number"] = party.number
        talked = 0
        for at in shape.heard:
            talked += legs[at].billsec
        item = call.item
        start, offset, doubt = self._began(first, item)
        return Contact(
            item=item,
            channel="phone",
            kind="call",
            occurred_at=moment(start, offset),
            direction=shape.direction,
            outcome=shape.outcome,
            identifiers=party.identifiers,
            display=party.display,
            duration_s=talked,
            ours=ours,
            attributes=attributes,
            flags=shape.flags + party.flags + _DOUBTS[doubt],
            reference=item.key,
        )

    def _shape(self, roles: tuple[Role, ...]) -> Shape | None:
        try:
            return self._shapes[roles]
        except KeyError:
            shape = shape_of(roles)
            keep(self._shapes, roles, shape)
            return shape

    # ---- times

    def _began(self, first: Leg, item: Item) -> tuple[int, int, int]:
        """Start in UTC, its offset, and how sure it is."""
        start, offset = first.start, first.offset
        if offset is not None:
            return start, offset, first.doubt
        of_item = first.uniqueid == item.key or not first.uniqueid
        second = item.time_ms // 1000 if of_item else epoch(first.uniqueid)
        offset, doubt = self._times.of_channel(start, second)
        return start - offset, offset, doubt

    def _in_order(self, call: Call) -> list[Leg]:
        """The legs in order of time; each once, also where two sources of one system write their times differently."""
        legs = sorted(call.legs, key=_by_time)
        local = [leg for leg in legs if leg.offset is None]
        if len(local) in (0, len(legs)):
            return legs
        _, offset, doubt = self._began(local[0], call.item)
        kept: dict[tuple[str, str, str, int], Leg] = {}
        for leg in legs:
            settled = leg if leg.offset is not None else _in_utc(leg, offset, doubt)
            kept[leg.channel, leg.dstchannel, leg.lastapp, settled.start] = settled
        return sorted(kept.values(), key=_by_time)


def _by_time(leg: Leg) -> tuple[int, int, str, int, str, str, str, str, str]:
    """An order that does not depend on that of reading; `sequence` grows, but begins at 0 with every restart."""
    return (
        leg.start, len(leg.sequence), leg.sequence, leg.duration, leg.channel, leg.dstchannel, leg.lastapp, leg.disposition,
        leg.dst,
    )  # fmt: skip


def _in_utc(leg: Leg, offset: int, doubt: int) -> Leg:
    return msgspec.structs.replace(
        leg,
        start=leg.start - offset,
        offset=offset,
        doubt=doubt,
    )


def _are_in_order(legs: Sequence[Leg]) -> bool:
    """Whether they need no sorting: the rows of one channel, all in local time, mostly stand as they happened."""
    before = legs[0]
    for leg in legs[1:]:
        if before.start > leg.start or before.offset is not None:
            return False
        if before.start == leg.start and not _is_later(leg.sequence, before.sequence):
            return False
        before = leg
    return before.offset is None


def _is_later(sequence: str, other: str) -> bool:
    return len(sequence) > len(other) or (len(sequence) == len(other) and sequence > other)


def _attributes(shape: Shape, legs: Sequence[Leg]) -> dict[str, str]:
    """How long it rang in seconds, and in which queue it waited.

    A queue's legs are answered before anybody talks, so that in an answered one nobody knows how long it rang.
    """
    found: dict[str, str] = {}
    start = legs[0].start
    if shape.queue is not None:
        found["queue"] = legs[shape.queue].lastdata.partition(",")[0]
    if shape.taken is not None:
        leg = legs[shape.taken]
        rang = leg.start + leg.duration - leg.billsec - start if leg.lastapp != "Queue" else -1
    elif shape.voicemail is not None:
        rang = legs[shape.voicemail].start - start
    else:
        rang = max([leg.start + leg.duration for leg in legs]) - start
    if rang >= 0:
        found["ring_s"] = str(rang)
    return found
