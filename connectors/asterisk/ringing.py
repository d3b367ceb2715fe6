"""Calls as they happen: what the manager interface says of channels, told as calls by the rules of the call log.

A call is known by its first channel, as in the log. Told is what a person at the telephone needs: that it rings, that
somebody talks, that it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event
from typing import Literal

import msgspec

from stammkunde.connectors.asterisk.ami import Access, Ami, AmiMessage
from stammkunde.connectors.asterisk.rows import NO_ANSWER, Leg
from stammkunde.connectors.asterisk.sides import Sides
from stammkunde.connectors.interface import Call

Direction = Literal["in", "out"]

_BEGINS = ("Newchannel", "NewCallerid", "DialBegin")
_WANTED = (*_BEGINS, "BridgeEnter", "Hangup")
_CHANNELS = "CoreShowChannels"
_CALLED = ("0", "5")
"""States of a channel that we call: down, ringing. One that comes in has the state 4, “Ring”, until it is answered."""

_NOBODY = "<unknown>"


class _There:
    """The channels there are when we begin to listen, gathered from a list that comes one message each.

    Events come in between: what they said of a channel is newer than the list.
    """

    def __init__(self, before: frozenset[str]) -> None:
        """`before`: the calls that were known."""
        self.before = before
        self.channels: dict[str, AmiMessage] = {}
        self.is_whole = False
        self._gone: set[str] = set()

    def heard(self, message: AmiMessage) -> None:
        """One message; a refusal to give the list ends it, so that no call is shown for ever."""
        event = message.get("Event")
        if event == "Hangup":
            self._gone.add(message.get("Uniqueid", ""))
        elif message.get("ActionID") == _CHANNELS:
            if event == "CoreShowChannel":
                self.channels[message.get("Uniqueid", "")] = message
            ended = event == "CoreShowChannelsComplete" or message.get("Response") == "Error"
            self.is_whole = self.is_whole or ended

    def firsts(self) -> Iterator[AmiMessage]:
        """The first channel of each call, with the channel that it called."""
        for key, channel in self.channels.items():
            if key in self._gone or channel.get("Linkedid") != key:
                continue
            others = [
                other.get("Channel", "")
                for other in self.channels.values()
                if other.get("Linkedid") == key and other is not channel
            ]
            called = {"DestChannel": others[0]} if others else {}
            yield {**channel, **called, "DialString": channel.get("ApplicationData", "")}


class Ringing:
    """The calls of one telephone system that are going on; kept when a connection breaks, so that none is told twice."""

    def __init__(
        self, sides: Sides, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`sides` has the rules of the call log."""
        self._sides = sides
        self._clock = clock
        self._calls: dict[str, Call] = {}

    def follow(self, access: Access, tell: Callable[[Call], None], ended: Event) -> None:
        """Tell of calls until `ended`; what went on or ended while nobody listened is told first.

        Raises what `Ami` raises.
        """
        with Ami(access, ended) as ami:
            for name in _WANTED:
                ami.send("Filter", Operation="Add", Filter=f"Event: {name}")
            ami.send(_CHANNELS)
            there = self.asked()
            for message in ami.messages():
                told = self.heard(message)
                if not there.is_whole:
                    there.heard(message)
                    told += self.now(there) if there.is_whole else []
                for call in told:
                    tell(call)

    def asked(self) -> _There:
        """The list of channels that is asked for now."""
        return _There(frozenset(self._calls))

    def now(self, there: _There) -> list[Call]:
        """What all channels there are change: calls that ended while nobody listened, and calls that began."""
        told = []
        for key in there.before - there.channels.keys():
            told += self._ends({"Uniqueid": key})
        for channel in there.firsts():
            told += self._begins(channel)
            if channel.get("BridgeId"):
                told += self._talks(channel)
        return told

    def heard(self, message: AmiMessage) -> list[Call]:
        """What an event changes: nothing, or one call."""
        event = message.get("Event")
        if event in _BEGINS:
            return self._begins(message)
        if event == "BridgeEnter":
            return self._talks(message)
        if event == "Hangup":
            return self._ends(message)
        return []

    def _begins(self, message: AmiMessage) -> list[Call]:
        """A call that is new, or whose number is known only now."""
        key = message.get("Linkedid", "")
        if not key or message.get("Uniqueid") != key:  # a further channel of a call
            return []
        if (
            message.get("ChannelState") in _CALLED
        ):  # one that a program lets us call, not a caller's
            return []
        before = self._calls.get(key)
        call = self._call(key, message)
        if call is None or (before and (before.state != "ringing" or _same(before, call))):
            return []
        self._calls[key] = call
        return [call]

    def _talks(self, message: AmiMessage) -> list[Call]:
        # by its first channel: colleagues who ask each other about a call stand in a bridge that is linked to it
        call = self._calls.get(message.get("Uniqueid", ""))
        if call is None or call.state != "ringing":
            return []
        answered = self._calls[call.key] = self._told(call, "answered")
        return [answered]

    def _ends(self, message: AmiMessage) -> list[Call]:
        call = self._calls.pop(message.get("Uniqueid", ""), None)
        return [self._told(call, "ended")] if call else []

    def _told(self, call: Call, state: Literal["answered", "ended"]) -> Call:
        return msgspec.structs.replace(call, state=state, at=self._clock())

    def _call(self, key: str, message: AmiMessage) -> Call | None:
        """The call by its first channel, or None where it is none with the outside, or not one yet."""
        sides, leg = self._sides, _leg(message)
        role = sides.role(leg)
        direction: Direction
        if role.comes_in:
            direction, party, line = "in", sides.caller(leg), sides.line(leg)
        elif role.goes_out and leg.dstchannel:
            direction, party, line = "out", sides.called(leg), ""
        else:
            return None
        number = party.identifiers[0].value if party.identifiers else ""
        return Call(
            key=key,
            state="ringing",
            direction=direction,
            number=number,
            at=self._clock(),
            line=line if any(map(str.isdigit, line)) else "",
            name=_plain(party.display),
        )


def _leg(message: AmiMessage) -> Leg:
    """A channel as the row that the call log will have of it, as far as that is known while it rings."""
    number, name = _said(message, "CallerIDNum"), _said(message, "CallerIDName")
    to = message.get("DestChannel", "")
    return Leg(
        channel=message.get("Channel", ""),
        dstchannel=to,
        lastapp="Dial" if to else "",
        lastdata=message.get("DialString", ""),
        start=0,
        end="",
        offset=None,
        duration=0,
        billsec=0,
        disposition=NO_ANSWER,
        src=number,
        dst=message.get("Exten", ""),
        dcontext=message.get("Context", ""),
        clid=f'"{name}" <{number}>' if name else number,
        userfield="",
        uniqueid=message.get("Uniqueid", ""),
        call=message.get("Linkedid", ""),
    )


def _said(message: AmiMessage, key: str) -> str:
    value = message.get(key, "")
    return "" if value == _NOBODY else value


def _same(call: Call, other: Call) -> bool:
    return (call.number, call.name) == (other.number, other.name)


def _plain(name: str) -> str:
    """Whoever calls chooses this name: no control characters reach a terminal, no reversed text a page."""
    return "".join(each for each in name if each.isprintable())[:80]
