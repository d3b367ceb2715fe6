"""One written row, of any legal shape, as a leg of a call.

`cdr-csv/Master.csv` (Asterisk's cdr/cdr_csv.c) has 16 columns, then what is switched on of uniqueid, userfield, and
together peeraccount, linkedid, sequence. `cdr_custom` writes JSON lines or columns in an order of one's own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, NoReturn, TypeAlias

import msgspec

from stammkunde.connectors.asterisk.times import Times
from stammkunde.core.errors import Message

MASTER = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
)  # fmt: skip
"""The columns of `Master.csv` with all options on."""

ADVISED = (
    "start", "answer", "end", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
    "duration", "billsec", "disposition", "amaflags", "accountcode", "peeraccount", "uniqueid", "linkedid", "sequence",
    "userfield",
)  # fmt: skip
"""The columns that we advise for `cdr_custom`, start as `%FT%T%z`; recognised without the setting `columns`."""

REQUIRED = frozenset({"src", "dst", "channel", "dstchannel", "lastapp", "start", "disposition"})
"""Without these no call can be told."""

ANSWERED, NO_ANSWER, BUSY, FAILED = "ANSWERED", "NO ANSWER", "BUSY", "FAILED"
_DISPOSITIONS = {
    ANSWERED: ANSWERED, NO_ANSWER: NO_ANSWER, BUSY: BUSY, FAILED: FAILED, "CONGESTION": FAILED, "CANCEL": NO_ANSWER,
}  # fmt: skip
_UNIQUEID = re.compile(r"(?:[\w-]+-)?\d{9,11}\.\d+")
_EPOCH = re.compile(r"(?:^|-)(\d{9,11})\.\d+$", re.ASCII)
_ADVISED_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}")
_LONGEST = 31 * 24 * 3600
_COMMON = 7200
_NAMES = "|".join(MASTER)
_FIELD = re.compile(rf'[{{,]\s*"({_NAMES})"\s*:\s*')


class BadRowError(Message, ValueError):
    """The row can't be read; the message is the reason, without anything of its content."""


class Leg(msgspec.Struct, array_like=True, gc=False):
    """One row. `start` is in seconds since 1970, in UTC, or on the local clock where `offset` is None; `end` as written.

    Asterisk truncates `duration`, from start to end, and `billsec`, from answer to end, to whole seconds.
    `call` is the id of its call, empty where the row has none; `sequence` is empty where unknown. `doubt` is one of
    `times.EXACT`, `AMBIGUOUS`, `SHIFTED`.
    """

    channel: str
    dstchannel: str
    lastapp: str
    lastdata: str
    start: int
    end: str
    offset: int | None
    duration: int
    billsec: int
    disposition: str
    src: str
    dst: str
    dcontext: str
    clid: str
    userfield: str
    uniqueid: str
    call: str
    sequence: str = ""
    doubt: int = 0


Fields: TypeAlias = Sequence[Any]
_Arrange: TypeAlias = Callable[[Fields], Fields]


class Rows:
    """Makes legs of rows; `columns` is empty for `Master.csv`."""

    def __init__(self, times: Times, columns: Sequence[str] = ()) -> None:
        """`columns` names the column at each place; a name not in `MASTER` marks one that is not read."""
        self._times = times
        self._columns = columns
        self._own = _arranged(columns) if columns else None
        self._advised = _arranged(ADVISED)
        self._numbers = _Numbers()

    def text(self, line: str) -> Leg:
        """The leg in a line of either shape; `BadRowError` where there is none."""
        if line.startswith("{"):
            return self._leg(_json(line))
        try:
            rows = list(csv.reader([line]))
        except csv.Error:
            raise BadRowError("the quotes of the row do not match") from None
        if len(rows) != 1:
            raise BadRowError("the row is not one line of columns")
        return self.columns(rows[0])

    def columns(self, row: Sequence[str]) -> Leg:
        """The leg in the columns of a row."""
        if self._own is not None:
            if len(row) != len(self._columns):
                raise BadRowError("the row has another number of columns than the setting says")
            return self._leg(self._own(row))
        if len(row) == len(ADVISED) and _ADVISED_START.fullmatch(row[0]):
            return self._leg(self._advised(row))
        return self._leg(_master(row))

    def plain(self, rows: Iterable[Sequence[str]]) -> list[Leg]:
        """The legs of rows of `Master.csv`, quickly, if all are well: else ValueError or LookupError.

        It gives the same as `columns` row by row, at a third of the time.
        """
        if self._own is not None:
            raise LookupError
        (
            _, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, _, end, duration, billsec,
            disposition, _, uniqueid, userfield, _, linkedid, sequence,
        ) = _transposed(rows)  # fmt: skip
        if not all(channel):
            raise LookupError
        hours, seconds, number = self._times.hours, self._times.seconds, self._numbers.__getitem__
        legs = map(
            Leg,
            channel,
            dstchannel,
            lastapp,
            lastdata,
            [hours[text[:14]] + seconds[text[14:]] for text in start],
            end,
            repeat(None),
            map(number, duration),
            map(number, billsec),
            map(_DISPOSITIONS.__getitem__, disposition),
            src,
            dst,
            dcontext,
            clid,
            userfield,
            uniqueid,
            linkedid
            if all(linkedid)
            else [a or b for a, b in zip(linkedid, uniqueid, strict=True)],
            sequence,
        )
        return list(legs)

    def _leg(self, fields: Fields) -> Leg:
        (
            _, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, _, end, duration, billsec,
            disposition, _, uniqueid, userfield, _, linkedid, sequence,
        ) = fields  # fmt: skip
        known = _DISPOSITIONS.get(disposition)
        if known is None:
            raise BadRowError("the disposition is none that Asterisk writes")
        lasted, talked = self._numbers[duration], self._numbers[billsec]
        try:
            began, offset = self._times.read(start)
        except (ValueError, OverflowError):
            raise BadRowError("a time of the row can't be read") from None
        return Leg(
            channel or _nothing(), dstchannel, lastapp, lastdata, began, str(end), offset, lasted, talked,
             known, src, dst, dcontext, clid, userfield, uniqueid, linkedid or uniqueid, str(sequence),
        )  # fmt: skip


class _Numbers(dict[Any, int]):
    """Whole seconds by how they are written; `BadRowError` for what is none."""

    def __missing__(self, value: Any) -> int:
        """Read it; common ones are kept."""
        try:
            number = int(value or 0)
        except (TypeError, ValueError, OverflowError):
            raise BadRowError("a number of the row can't be read") from None
        if not 0 <= number <= _LONGEST:
            raise BadRowError("a number of the row is out of range")
        if number < _COMMON and isinstance(value, str) and len(value) < 5:
            self[value] = number
        return number


def _nothing() -> NoReturn:
    raise BadRowError("the row names no channel")


def is_same(leg: Leg, other: Leg) -> bool:
    """Whether two rows tell of the same leg, however wide each is; `sequence` begins at 0 with every restart."""
    return (
        leg.start == other.start
        and leg.dstchannel == other.dstchannel
        and leg.duration == other.duration
        and leg.lastapp == other.lastapp
        and leg.channel == other.channel
        and leg.disposition == other.disposition
    )


def epoch(call: str) -> int | None:
    """The second of a call's or channel's id, in UTC; None where it holds none."""
    second, dot, _ = call.partition(".")
    if dot and len(second) == 10 and second.isascii() and second.isdecimal():
        return int(second)
    found = _EPOCH.search(call)
    return int(found[1]) if found else None


def _master(row: Sequence[str]) -> Fields:
    """All 21 columns of a row of `Master.csv`; those that are switched off are empty."""
    width = len(row)
    if width == 21:
        return row
    if not 16 <= width <= 21:
        raise BadRowError("the row has not 16 to 21 columns")
    head, rest = row[:16], row[16:]
    new, old = (rest[-3:], rest[:-3]) if width >= 19 else (("", "", ""), rest)
    if len(old) == 1:
        old = (old[0], "") if _UNIQUEID.fullmatch(old[0]) else ("", old[0])
    return (*head, *(old or ("", "")), *new)


def _transposed(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """All 21 columns of rows of `Master.csv`; what is done to a whole column at once costs least."""
    rows = list(rows)
    try:
        columns = list(zip(*rows, strict=True))
    except ValueError:
        columns = []
    return columns if len(columns) == 21 else list(zip(*map(_master, rows), strict=True))


def _arranged(columns: Sequence[str]) -> _Arrange:
    """Puts the columns of a row into the order of `MASTER`."""
    places = [columns.index(name) if name in columns else len(columns) for name in MASTER]
    pick = itemgetter(*places)
    return lambda row: pick((*row, ""))


def _json(line: str) -> Fields:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        found = _mended(line)
    if not isinstance(found, dict) or not found.keys() >= REQUIRED:
        raise BadRowError("the line is no JSON object with the fields of a call")
    fields = [found.get(name, "") for name in MASTER]
    texts = (fields[at] for at in (*range(1, 9), 14, 16, 17, 19))
    if not all(map(isinstance, texts, repeat(str))):
        raise BadRowError("a field of the JSON object is not text")
    if not all(isinstance(fields[at], str | int | float) for at in (12, 13)):
        raise BadRowError("a number of the row can't be read")
    return fields


def _mended(line: str) -> dict[str, Any]:
    r"""The fields of a line that is no JSON because Asterisk escapes a quote in a caller's name twice (seen in 22.10.1).

    Such a name has `\\\\"` for `\"`; the fields' own names tell where each value ends.
    """
    line = line.rstrip()
    if not line.endswith("}"):
        return {}
    line = line[:-1]
    starts = list(_FIELD.finditer(line))
    ends = [found.start() for found in starts[1:]] + [len(line)]
    fields: dict[str, Any] = {}
    for found, end in zip(starts, ends, strict=False):
        value = line[found.end() : end].strip()
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = re.sub(r'\\+(["/])', r"\1", value[1:-1])
        fields[found[1]] = value
    return fields
