"""The calls of the last day: legs that come late still find their call, in this reading or the next one."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from stammkunde.connectors.asterisk.calls import Call
from stammkunde.connectors.asterisk.rows import Leg, is_same
from stammkunde.connectors.asterisk.times import Order, Times

DAY = 24 * 3600
"""How long a call waits for more legs, in seconds of the log's own time."""

_SETTLED = 15 * 60
_SETTLING = 5_000
_LEGS = 10_000
"""Legs between two days at the most: then the day ends early."""

_OF_ONE = 2_000
"""Legs of one call: a queue that rings ten people again and again for half an hour stays below."""

_ROWS = 10_000


class _Remembered(msgspec.Struct, array_like=True):
    """What is kept between two readings."""

    calls: list[Call]
    order: Order
    rows: dict[str, int]


class Window:
    """Calls by key, of today and of the day before; a day is one of the log's own time, and has a limit of legs.

    After `add`, what it `pushed_out` is to be told; at the end the calls that are still `due`. So within one reading a
    call is told once when it has settled, and once more if further legs came later.
    """

    def __init__(self, times: Times, remembered: bytes | None = None) -> None:
        """Takes up what `remember` gave; something else is taken for nothing."""
        self._times = times
        self._today: dict[str, Call | bytes] = {}
        self._yesterday: dict[str, Call | bytes] = {}
        self._again: dict[str, Call] = {}
        self._settling: deque[Call] = deque()
        self._chains: dict[str, str] = {}
        self._chain = ""
        self._legs = 0
        self._began = self._now = 0
        self._order = Order()
        self._rows: dict[str, int] = {}
        if remembered is not None:
            self._take_up(remembered)

    def _take_up(self, remembered: bytes) -> None:
        try:
            kept = msgspec.msgpack.decode(remembered, type=_Remembered)
        except msgspec.MsgspecError:
            return
        self._order, self._rows = kept.order, kept.rows
        for call in kept.calls:
            self._yesterday[call.key] = call
            if call.chain:
                self._chains[call.chain] = call.key
            if call.due:
                self._await(call)

    def file_begins(self) -> None:
        """Another file is read from its start: equal rows in it are those of the last one."""
        self._order = Order()
        self._rows = {}

    def add(self, legs: Sequence[Leg]) -> None:
        """Take in legs, in the order in which they were read."""
        today, yesterday, settle = self._today, self._yesterday, self._settling.append
        for leg in legs:
            key = leg.call or self._key_of(leg)
            call = today.get(key)
            if call is None:
                call = yesterday.pop(key, None)
                if call is None:
                    start = leg.start
                    call = Call(
                        key, start, start + leg.duration, [leg], "" if leg.call else self._chain
                    )
                    today[key] = call
                    settle(call)
                    continue
                today[key] = call
            if isinstance(call, bytes):
                call = today[key] = _unpacked(call)
            self._further(call, leg)
        if legs:
            self._now = legs[-1].start + legs[-1].duration
            self._legs += len(legs)

    def _further(self, call: Call, leg: Leg) -> None:
        """A further leg, or one that is known."""
        known = call.legs
        for other in known:
            if leg.dstchannel == other.dstchannel and is_same(leg, other):
                break
        else:
            if len(known) < _OF_ONE:
                known.append(leg)
                call.changed = True
                last = leg.start + leg.duration
                if last > call.last:
                    call.last = last
        if not call.due:
            call.due = True
            self._await(call)

    def _await(self, call: Call) -> None:
        """It is told when it has settled; if it was told already, after all that may still come."""
        if call.told and call.changed:
            self._again[call.key] = call
        else:
            self._settling.append(call)

    # ---- rows without an id

    def _key_of(self, leg: Leg) -> str:
        """The call of a row that has no id.

        The rows of one channel are written together; each begins before the one before it ends. The key comes from
        the content of the first, and where equal rows stand in one file, from which of them it is. Its time is the
        start in the first pass of a doubtful hour, whatever the order of the rows says.
        """
        identity = leg.start
        if leg.offset is None:
            identity -= self._times.offsets(leg.start)[0]
            leg.offset, leg.doubt = self._times.in_order(
                leg.start, self._end(leg), leg.duration, self._order
            )
            leg.start -= leg.offset
        nth = self._nth(leg)
        self._chain = chain = f"{leg.channel}\0{leg.src}\0{nth}"
        key = self._chains.get(chain, "")
        call = self._today.get(key) or self._yesterday.get(key)
        if not isinstance(call, Call) or not call.first <= leg.start <= call.last:
            key = f"{identity}.{_digest(leg.channel, leg.src, leg.dst)}.{nth}"
            self._chains[chain] = key
        return key

    def _end(self, leg: Leg) -> int:
        try:
            return self._times.local(leg.end)
        except ValueError:
            return leg.start + leg.duration

    def _nth(self, leg: Leg) -> int:
        """How many equal rows stood before this one in its file."""
        row = _digest(*map(str, msgspec.structs.astuple(leg)))
        count = self._rows.pop(row, -1) + 1
        self._rows[row] = count
        if len(self._rows) > _ROWS:
            del self._rows[next(iter(self._rows))]
        return count

    def legs(self) -> dict[str, list[Leg]]:
        """The legs of all calls that are remembered, by the call's key."""
        kept = {**self._yesterday, **self._today}
        return {
            key: list((_unpacked(call) if isinstance(call, bytes) else call).legs)
            for key, call in kept.items()
        }

    # ---- what is to be told

    def pushed_out(self) -> list[Call]:
        """Calls that are to be told now: they have settled, or no further leg is waited for."""
        settling, told = self._settling, []
        settled = self._now - _SETTLED
        while settling and (settling[0].last < settled or len(settling) > _SETTLING):
            told.append(settling.popleft())
        self._began = self._began or self._now
        if self._legs > _LEGS or abs(self._now - self._began) > DAY:
            told += self._day_ends()
        return told

    def put_away(self, calls: Iterable[Call]) -> None:
        """Keep calls that were told as bytes.

        Hardly any gets a further leg, and the many small objects of a day's legs would not fit the processor's cache.
        Those without an id stay as they are, since further rows are found by their times.
        """
        today, yesterday = self._today, self._yesterday
        for call in calls:
            if not call.chain:
                key = call.key
                if key in today:
                    today[key] = _packed(call)
                elif key in yesterday:
                    yesterday[key] = _packed(call)

    def _day_ends(self) -> list[Call]:
        """Calls of the day before are forgotten, and told if that was still to be done."""
        gone, self._yesterday, self._today = self._yesterday, self._today, {}
        self._legs, self._began = 0, self._now
        self._chains = {
            call.chain: key
            for key, call in self._yesterday.items()
            if isinstance(call, Call) and call.chain
        }
        late = [call for call in self.due() if call.key in gone]
        self._settling = deque(call for call in self._settling if call.key not in gone)
        self._again = {key: call for key, call in self._again.items() if key not in gone}
        return late

    def due(self) -> list[Call]:
        """The calls that are still to be told."""
        return [*self._settling, *self._again.values()]

    def all_told(self) -> None:
        """None is due any more."""
        self._settling.clear()
        self._again.clear()

    def remember(self) -> bytes:
        """The calls of the last day, to be taken up by the next reading."""
        horizon = self._now - DAY
        kept = [*self._yesterday.values(), *self._today.values()]
        calls = [_unpacked(call) if isinstance(call, bytes) else call for call in kept]
        calls = [call for call in calls if call.last >= horizon or call.due]
        return msgspec.msgpack.encode(_Remembered(calls, self._order, self._rows))


_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(Call).decode


def _digest(*parts: str) -> str:
    content = "\0".join(parts).encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=12).hexdigest()
