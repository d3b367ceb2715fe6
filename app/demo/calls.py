"""Calls as Asterisk 22 writes them to `Master.csv`: 21 columns, UTC, one row a leg, in the order of hanging up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from phonenumbers import PhoneNumberFormat, format_number, parse

from stammkunde.app.demo.diary import Call, Shape
from stammkunde.app.demo.house import LINE, STAFF, WORKSHOP_MOBILE, Colleague

TORN = f'"","+41522031877","{LINE}","from-trunk"\n'
"""Four columns of a row: nobody knows what became of this call."""


class Leg(msgspec.Struct):
    """One row in the making: seconds from the beginning of the call; `answer` is None where nobody took it."""

    dstchannel: str
    lastapp: str
    lastdata: str
    start: int
    answer: int | None
    end: int
    disposition: str = "NO ANSWER"


def e164(number: str) -> str:
    """`052 203 44 10` as the trunk shows it."""
    return format_number(parse(number, "CH"), PhoneNumberFormat.E164)


def linkedid(call: Call, index: int) -> str:
    """Asterisk's own id of a call: the second in which it began, and a counter of channels."""
    return f"{int(call.at.timestamp())}.{index * 8}"


def master_csv(calls: Iterable[Call]) -> bytes:
    """All calls, which must be in the order of time. One row was torn off when the power went."""
    rows = sorted(
        (row for index, call in enumerate(calls) for row in _rows(call, index)),
        key=lambda row: row[0],
    )
    lines = [f"{line},{sequence}\n" for sequence, (_, line) in enumerate(rows)]
    lines.insert(len(lines) // 2, TORN)
    return "".join(lines).encode()


def _rows(call: Call, index: int) -> Iterator[tuple[tuple[datetime, int], str]]:
    began = call.at.astimezone(UTC).replace(microsecond=0)
    key = linkedid(call, index)
    src, dst, context, clid, channel = _ends(call, index)
    for leg_index, leg in enumerate(_LEGS[call.shape](call, index)):
        end = began + timedelta(seconds=leg.end)
        answer = "" if leg.answer is None else _quoted(_clock(began, leg.answer))
        billed = 0 if leg.answer is None else leg.end - leg.answer
        fields = (
            *map(_quoted, ("", src, dst, context, clid, channel, leg.dstchannel, leg.lastapp, leg.lastdata)),
            _quoted(_clock(began, leg.start)), answer, _quoted(_clock(began, leg.end)), str(leg.end - leg.start),
            str(billed), *map(_quoted, (leg.disposition, "DOCUMENTATION", key, "", "", key)),
        )  # fmt: skip
        yield (end, index * 8 + leg_index), ",".join(fields)


def _ends(call: Call, index: int) -> tuple[str, str, str, str, str]:
    """src, dst, dcontext, clid and channel."""
    if not call.incoming:
        us = call.us
        other = _other(call).extension if call.shape == "internal" else _dialled(call.number)
        clid = f'"{us.name}" <{us.extension}>'
        return us.extension, other, "internal", clid, f"PJSIP/{us.extension}-{index:08x}"
    number = e164(call.number) if call.number else "anonymous"
    shown = "Anonymous" if not call.number else ""
    return number, LINE, "from-trunk", f'"{shown}" <{number}>', f"PJSIP/trunk-{index:08x}"


def _dialled(number: str) -> str:
    """As the keys are pressed: `0522034410`, abroad with 00."""
    return number.replace("+", "00").replace(" ", "")


def _other(call: Call) -> Colleague:
    return STAFF[(STAFF.index(call.us) + 1) % len(STAFF)]


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _clock(began: datetime, seconds: int) -> str:
    return f"{began + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


# ---- the legs of a call, as ours looked on Asterisk 22.10.1


def _ring(index: int) -> int:
    return 3 + index * 7 % 17


def _desk(extension: str, index: int) -> str:
    return f"PJSIP/{extension}-{index:08x}"


def _answered(call: Call, index: int) -> list[Leg]:
    ring, us = _ring(index), call.us.extension
    return [Leg(_desk(us, index), "Dial", f"PJSIP/{us},20", 0, ring, ring + call.talk, "ANSWERED")]


def _group(call: Call, index: int) -> list[Leg]:
    """All telephones ring, one answers."""
    ring, data = _ring(index), "&".join(f"PJSIP/{one.extension}" for one in STAFF) + ",30"
    return [
        Leg(_desk(one.extension, index), "Dial", data, 0, ring, ring + call.talk, "ANSWERED")
        if one is call.us
        else Leg(_desk(one.extension, index), "Dial", data, 0, None, ring)
        for one in STAFF
    ]


def _queue(call: Call, index: int) -> list[Leg]:
    """In a queue all legs have an answer time, whoever talked."""
    legs = _abandoned(call, index)
    for one, leg in zip(STAFF, legs, strict=True):
        leg.end = _ring(index)
        if one is call.us:
            leg.end, leg.disposition = _ring(index) + call.talk, "ANSWERED"
    return legs


def _abandoned(call: Call, index: int) -> list[Leg]:
    wait = 12 + call.talk % 40
    return [Leg(_desk(one.extension, index), "Queue", "laden,,,,60", 0, 0, wait) for one in STAFF]


def _missed(call: Call, index: int) -> list[Leg]:
    us = call.us.extension
    return [Leg(_desk(us, index), "Dial", f"PJSIP/{us},25", 0, None, 10 + index % 15)]


def _voicemail(call: Call, index: int) -> list[Leg]:
    first = _missed(call, index)[0]
    said = 5 + call.talk % 50
    return [
        first,
        Leg("", "VoiceMail", "21@default,us", first.end, first.end, first.end + said, "ANSWERED"),
    ]


def _busy(call: Call, index: int) -> list[Leg]:
    first = _missed(call, index)[0]
    first.end, first.disposition = 1, "BUSY"
    return [first, Leg("", "Busy", "2", 1, None, 3, "BUSY")]


def _forwarded(call: Call, index: int) -> list[Leg]:
    """Nobody at the desk: on to the mobile in the workshop."""
    first = _missed(call, index)[0]
    took = first.end + 6
    data = f"PJSIP/{WORKSHOP_MOBILE}@trunk,20"
    return [
        first,
        Leg(_trunk(index), "Dial", data, first.end, took, took + call.talk, "ANSWERED"),
    ]


def _out(call: Call, index: int) -> list[Leg]:
    data, ring = f"PJSIP/{_dialled(call.number)}@trunk,40", _ring(index)
    return [Leg(_trunk(index), "Dial", data, 0, ring, ring + call.talk, "ANSWERED")]


def _out_missed(call: Call, index: int) -> list[Leg]:
    return [Leg(_trunk(index), "Dial", f"PJSIP/{_dialled(call.number)}@trunk,40", 0, None, 38)]


def _internal(call: Call, index: int) -> list[Leg]:
    other = _other(call).extension
    return [
        Leg(_desk(other, index), "Dial", f"PJSIP/{other},10", 0, 2, 2 + call.talk % 60, "ANSWERED")
    ]


def _trunk(index: int) -> str:
    return f"PJSIP/trunk-{index + 0x400000:08x}"


_LEGS: dict[Shape, Callable[[Call, int], list[Leg]]] = {
    "answered": _answered,
    "group": _group,
    "queue": _queue,
    "forwarded": _forwarded,
    "missed": _missed,
    "abandoned": _abandoned,
    "voicemail": _voicemail,
    "busy": _busy,
    "out": _out,
    "out-missed": _out_missed,
    "internal": _internal,
}
