"""What an IMAP server answers, read from its bytes: pure functions over one line, or over one response with literals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from stammkunde.connectors.imap.uids import Range, Ranges, parsed, union

LITERAL = re.compile(rb"\{(\d+)\}\r?\n\Z")
"""At the end of a line: so many bytes follow, then the rest of the response (RFC 3501 §4.3)."""

_UID = re.compile(rb"(?<![A-Z-])UID (\d+)", re.IGNORECASE)
_FETCH = re.compile(rb"\* \d+ FETCH ", re.IGNORECASE)
_BODY = re.compile(rb'BODY\[\](?:<\d+>)? (?:"((?:[^"\\]|\\.)*)"|(NIL))', re.IGNORECASE)
_LABELS = re.compile(rb"X-GM-LABELS \(", re.IGNORECASE)
_LABEL = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s()"]+)')
_ESCAPED = re.compile(rb"\\(.)")
_STATUS = re.compile(rb"([A-Z]+) (\d+)", re.IGNORECASE)
_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d+)\]", re.IGNORECASE)
_EXISTS = re.compile(rb"\* (\d+) EXISTS", re.IGNORECASE)
_SET = re.compile(rb"(?<![A-Z(])ALL ([\d:,]+)", re.IGNORECASE)
_BACKOFF = re.compile(r"backoff time:? *(\d+)", re.IGNORECASE)
_MOST_PAUSE_MS = 3_600_000


class Fetched(NamedTuple):
    """One mail as it came; `labels` are Gmail's, empty elsewhere."""

    uid: int
    raw: bytes
    labels: tuple[str, ...]


class State(NamedTuple):
    """What a server says of a folder; `uidnext` and `modseq` are 0 where it does not say."""

    validity: int
    uidnext: int
    messages: int
    modseq: int = 0


def fetched(parts: list[bytes]) -> Fetched | None:
    """A `FETCH` response as lines and literals in turn; None for one without UID or body, which the server sent unasked.

    A UID may stand before or behind the body; an empty body may be `""` or `NIL` (RFC 3501 §7.4.2).
    """
    lines, literals = parts[::2], parts[1::2]
    if not _FETCH.match(lines[0]):
        return None
    uid = next((found for line in lines if (found := _UID.search(line))), None)
    if uid is None:
        return None
    labels: list[str] = []
    body: bytes | None = None
    for line, literal in zip(lines, [*literals, None], strict=True):
        is_body = re.search(rb"BODY\[\](?:<\d+>)? \{\d+\}\r?\n\Z", line, re.IGNORECASE)
        if literal is not None and is_body:
            body = literal
        elif literal is not None:
            labels.append(literal.decode("utf-8", "replace"))
        elif body is None and (quoted := _BODY.search(line)):
            body = _ESCAPED.sub(rb"\1", quoted[1] or b"")
        labels.extend(_labels(line))
    return None if body is None else Fetched(int(uid[1]), body, tuple(labels))


def _labels(line: bytes) -> list[str]:
    start = _LABELS.search(line)
    if not start:
        return []
    found: list[str] = []
    at = start.end()
    while match := _LABEL.match(line, at):
        found.append(_ESCAPED.sub(rb"\1", match[1] or match[2]).decode("utf-8", "replace"))
        at = match.end()
        if line[at : at + 1] != b" ":
            break
        at += 1
    return found


def searched(lines: Iterable[bytes]) -> Ranges:
    """The UIDs of a `SEARCH` or `ESEARCH` answer (RFC 4731); a blank too many does no harm (Yahoo sends one)."""
    found: list[Range] = []
    for line in lines:
        upper = line[:10].upper()
        if upper.startswith(b"* SEARCH"):
            numbers = line[8:].partition(b"(")[0]
            found.extend((uid, uid) for uid in map(int, numbers.split()))
        elif upper.startswith(b"* ESEARCH") and (match := _SET.search(line)):
            found.extend(parsed(match[1].decode()))
    return union(found)


def status_of(line: bytes) -> State | None:
    """A `STATUS` answer whose folder name was cut off or stands before its last parenthesis."""
    if not line.upper().startswith(b"* STATUS "):
        return None
    return _state(_STATUS.findall(line.rpartition(b"(")[2]))


def examined(lines: Iterable[bytes]) -> State:
    """What came with an `EXAMINE`."""
    found: list[tuple[bytes, bytes]] = []
    for line in lines:
        if exists := _EXISTS.match(line):
            found.append((b"MESSAGES", exists[1]))
        found.extend(_CODE.findall(line))
    return _state(found)


def _state(found: Iterable[tuple[bytes, bytes]]) -> State:
    values = {name.upper(): int(value) for name, value in found}
    return State(
        values.get(b"UIDVALIDITY", 0),
        values.get(b"UIDNEXT", 0),
        values.get(b"MESSAGES", 0),
        values.get(b"HIGHESTMODSEQ", 0),
    )


def pause_s(text: str) -> float:
    """For how many seconds Microsoft 365 wants to be left alone: “… Backoff Time: 4283 ms”; 0 where it does not say."""
    match = _BACKOFF.search(text)
    return min(int(match[1]), _MOST_PAUSE_MS) / 1000 if match else 0.0
