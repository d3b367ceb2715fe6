"""A log that is read again from its start because somebody edited it: which rows of the last day it has lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stammkunde.connectors.asterisk.logfile import Place
from stammkunde.connectors.asterisk.rows import Leg

_NAMED = 100
"""Lost rows that are named."""

Mark = tuple[str, str, str, str, int, str]


class Recount:
    """Compares what is read now with what is remembered of the file.

    A truncated log, or a new one under the same name, loses nothing: only a file in which a row of before stands is the
    same one. Rows are written when a call ends, so that a call that began after the first row's had ended can stand
    nowhere else.
    """

    def __init__(self, before: Place, calls: Mapping[str, Sequence[Leg]]) -> None:
        """`calls` are those that are remembered, before anything is read."""
        self._before = before
        self._missed = {
            _mark(leg): _name(key, leg)
            for key, legs in calls.items()
            for leg in legs
            if key == before.first or leg.start >= before.since
        }
        self._known = {_mark(leg) for legs in calls.values() for leg in legs}
        self._is_same = False

    def saw(self, legs: Iterable[Leg]) -> None:
        """Rows that stand there still."""
        if not self._known:
            return
        for leg in legs:
            mark = _mark(leg)
            self._is_same = self._is_same or mark in self._known
            self._missed.pop(mark, None)

    @property
    def gone(self) -> tuple[str, ...]:
        """Rows that were read once and stand there no more, as call and sequence; with those known before."""
        if not self._is_same:
            return ()
        named = dict.fromkeys((*self._before.gone, *self._missed.values()))
        return tuple(named)[:_NAMED]


def _mark(leg: Leg) -> Mark:
    """What tells rows apart, whatever was concluded of their times."""
    return leg.channel, leg.dstchannel, leg.lastapp, leg.end, leg.duration, leg.disposition


def _name(key: str, leg: Leg) -> str:
    name = leg.uniqueid or key
    return f"{name}/{leg.sequence}" if leg.sequence else name
