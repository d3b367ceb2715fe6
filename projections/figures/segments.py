"""Segments: parts of what a figure counts, and which of them each figure knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import get_args

import msgspec

from stammkunde.core.contact import KINDS, Channel, Direction
from stammkunde.core.errors import StammkundeError
from stammkunde.projections.figures.definitions import FIGURES

_VALUES: dict[str, Collection[str]] = {
    "channel": get_args(Channel),
    "direction": get_args(Direction),
    "kind": sorted(KINDS),
}


class SegmentError(StammkundeError, ValueError):
    """A segment is none, or not one that a figure knows."""


class Segment(msgspec.Struct, frozen=True):
    """A part of the contacts, as `channel:mail` or `direction:in,channel:phone` says it."""

    channel: str = ""
    direction: str = ""
    kind: str = ""
    currency: str = ""

    @classmethod
    def parse(cls, text: str) -> Segment:
        """Raises `SegmentError` naming what is wrong."""
        values: dict[str, str] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            key, colon, value = (word.strip() for word in part.partition(":"))
            if not colon or not value or key not in cls.__struct_fields__:
                raise SegmentError(
                    "A segment is like channel:mail; known are {known}, not “{part}”.",
                    known=", ".join(cls.__struct_fields__),
                    part=part,
                )
            if key in values:
                raise SegmentError("A segment names {part} once, not twice.", part=key)
            allowed = _VALUES.get(key)
            if allowed and value not in allowed:
                raise SegmentError(
                    "{part} is one of {known}, not “{value}”.",
                    part=key,
                    known=", ".join(allowed),
                    value=value,
                )
            values[key] = value if allowed else value.upper()
        return cls(**values)

    @property
    def parts(self) -> tuple[str, ...]:
        """By what it narrows."""
        return tuple(name for name in self.__struct_fields__ if getattr(self, name))

    def where(self, prefix: str = "") -> tuple[str, list[str]]:
        """A condition, to go behind another one, over columns of `contacts` or `tally`, and its parameters."""
        columns = [name for name in self.parts if name in _VALUES]
        conditions = "".join(f" AND {prefix}{name} = ?" for name in columns)
        return conditions, [getattr(self, name) for name in columns]


EVERYTHING = Segment()


def asked(codes: Sequence[str], segment: Segment) -> tuple[str, ...]:
    """The figures that are named, or, where none is, those that know the segment.

    `SegmentError` where a named one, or none at all, knows it: a number that is not of the part asked for would mislead.
    """
    parts = ", ".join(segment.parts)
    for code in codes:
        if not _knows(code, segment):
            raise _unknown(code, parts)
    found = tuple(codes) or tuple(code for code in FIGURES if _knows(code, segment))
    if not found:
        raise SegmentError("No figure knows {parts} together.", parts=parts)
    return found


def _unknown(code: str, parts: str) -> SegmentError:
    known = ", ".join(FIGURES[code].segments)
    if not known:
        return SegmentError(
            "“{code}” knows no segment, so not {parts} either.", code=code, parts=parts
        )
    return SegmentError(
        "“{code}” knows as segments {known} alone, not {parts}.",
        code=code,
        known=known,
        parts=parts,
    )


def _knows(code: str, segment: Segment) -> bool:
    return set(segment.parts) <= set(FIGURES[code].segments)
