"""What the legs of one call come to: its direction, outcome, counterpart and duration.

The rules were checked against calls that we made on Asterisk 22.10.1. "ANSWERED" alone does not say that people
talked: a voicemail's leg has it too, and the legs of a queue have talk seconds although the caller gave up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from stammkunde.connectors.asterisk.rows import ANSWERED, BUSY, FAILED, Leg, epoch
from stammkunde.connectors.asterisk.sides import Sides
from stammkunde.connectors.asterisk.times import AMBIGUOUS, EXACT, SHIFTED, Times, moment
from stammkunde.core.contact import Contact, Direction, Item, Outcome

_TALKING = frozenset({"Dial", "Queue", "AppDial", "Pickup", "Bridge"})
_VOICEMAIL = frozenset({"VoiceMail", "Voicemail", "MinivmRecord"})
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

    def contact(self, call: Call) -> Contact | None:
        """The call as a contact, or None where both ends are ours.

        The first channel gives the direction: a call from outside stays one that came in, also when it is sent on to
        a mobile. Only legs that the counterpart hears count as talk, not one in which a colleague is asked first.
        """
        legs = call.legs if len(call.legs) == 1 else self._in_order(call)
        first = legs[0]
        sides = self._sides
        outcome, answering = _outcome(legs)
        attributes = _waiting(legs, outcome, answering)
        flags: tuple[str, ...] = ()
        direction: Direction
        if sides.comes_in(first):
            direction = "in"
            party = sides.caller(first)
            heard = [leg for leg in answering if leg is first or sides.comes_in(leg)]
            away = [leg for leg in answering or legs if sides.goes_on(leg)]
            ours = self._taken(first, answering, away)
            if away:
                attributes["forwarded_to"] = sides.target(away[0])
                flags = ("answered_external",) if answering else ()
        else:
            direction = "out"
            outward = [leg for leg in legs if sides.goes_out(leg)]
            if not outward:
                return None
            party = sides.called(outward[0])
            heard = [leg for leg in outward if leg in answering]
            ours = (sides.device(first.channel).name,)
        item = call.item
        start, offset, doubt = self._began(first, item)
        return Contact(
            item=item,
            channel="phone",
            kind="call",
            occurred_at=moment(start, offset),
            direction=direction,
            outcome=outcome,
            identifiers=party.identifiers,
            display=party.display,
            duration_s=sum([leg.billsec for leg in heard]) if heard else 0,
            ours=ours,
            attributes=attributes | party.attributes if party.attributes else attributes,
            flags=flags + party.flags + _DOUBTS[doubt],
            reference=item.key,
        )

    def _taken(self, first: Leg, answering: list[Leg], away: list[Leg]) -> tuple[str, ...]:
        """Our side of a call from outside: the line, then who of us answered, in order."""
        line = self._sides.line(first)
        if not answering:
            return (line,)
        names = [self._sides.device(leg.dstchannel).name for leg in answering if leg not in away]
        return tuple(dict.fromkeys((line, *names)))

    # ---- times

    def _began(self, first: Leg, item: Item) -> tuple[int, int, int]:
        """Start in UTC, its offset, and how sure it is."""
        start, offset = first.start, first.offset
        if offset is not None:
            return start, offset, first.doubt
        of_item = first.uniqueid in ("", item.key)
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


def _outcome(legs: Sequence[Leg]) -> tuple[Outcome, list[Leg]]:
    """How the call ended, and the legs in which people talked."""
    answering = [
        leg
        for leg in legs
        if leg.disposition == ANSWERED and leg.dstchannel and leg.lastapp in _TALKING
    ]
    if answering:
        return "answered", answering
    apps = {leg.lastapp for leg in legs}
    dispositions = {leg.disposition for leg in legs}
    if not apps.isdisjoint(_VOICEMAIL):
        return "voicemail", answering
    if BUSY in dispositions:
        return "busy", answering
    if FAILED in dispositions:
        return "failed", answering
    return ("abandoned" if "Queue" in apps else "missed"), answering


def _waiting(legs: Sequence[Leg], outcome: Outcome, answering: Sequence[Leg]) -> dict[str, str]:
    """How long it rang in seconds, and in which queue it waited.

    A queue's legs are answered before anybody talks, so that in an answered one nobody knows how long it rang.
    """
    found: dict[str, str] = {}
    start = legs[0].start
    for leg in legs:
        if leg.lastapp == "Queue":
            found["queue"] = leg.lastdata.partition(",")[0]
            break
    if answering:
        leg = answering[0]
        rang = leg.start + leg.duration - leg.billsec - start if leg.lastapp != "Queue" else -1
    elif outcome == "voicemail":
        rang = next(leg.start for leg in legs if leg.lastapp in _VOICEMAIL) - start
    else:
        rang = max([leg.start + leg.duration for leg in legs]) - start
    if rang >= 0:
        found["ring_s"] = str(rang)
    return found
