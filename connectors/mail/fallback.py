"""The standard library's reading of mails whose structure is broken or unusual: slow, and the reference."""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as StandardMessage
from email.policy import compat32

from stammkunde.connectors.mail.part import Part, leaf_of

_LARGEST = 1024 * 1024
_MOST_LINES = 20_000
_MOST_NESTED = 60
"""It takes some µs a line and a frame a level: above these a hostile mail would take seconds or the whole stack."""


def standard_parts(raw: bytes, most: int, deepest: int) -> tuple[tuple[Part, ...], str] | None:
    """At `most` leaves down to `deepest` levels, and a flag; or None where the mail is too large or too nested to be given to the standard library."""
    if len(raw) > _LARGEST or raw.count(b"\n") + raw.count(b"\r") > _MOST_LINES:
        return None
    lower = raw.lower()
    if lower.count(b"multipart/") + lower.count(b"message/") > _MOST_NESTED:
        return None
    try:
        return _leaves(message_from_bytes(raw, policy=compat32), most, deepest)
    except (
        MessageError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
    ):
        return None  # each has been raised by the parser for some mail (python/cpython issues)


def _leaves(message: StandardMessage, most: int, deepest: int) -> tuple[tuple[Part, ...], str]:
    parts: list[Part] = []
    broken = False
    pending = [(message, 0)]
    while pending:
        entity, depth = pending.pop()
        broken = broken or bool(entity.defects)
        if entity.get_content_maintype() == "multipart" and entity.is_multipart():
            if depth >= deepest:
                return (), "too_deep"
            pending.extend((inner, depth + 1) for inner in reversed(_inner(entity)))
            continue
        if len(parts) >= most:
            return (), "too_many_parts"
        parts.append(_part(entity))
    return tuple(parts), "broken_mime" if broken else ""


def _inner(entity: StandardMessage) -> list[StandardMessage]:
    payload = entity.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, StandardMessage)]
        if isinstance(payload, list)
        else []
    )


def _part(entity: StandardMessage) -> Part:
    kind = entity.get_content_type()
    if kind.startswith("multipart/"):  # without a boundary its body is one text
        kind = "text/plain"
    content = _content(entity)
    keep = kind.startswith(("text/", "message/"))
    return leaf_of(_fields(entity), kind, content if keep else b"", len(content))


def _content(entity: StandardMessage) -> bytes:
    if entity.is_multipart():  # message/rfc822, or the blocks of message/delivery-status
        return b"\n".join(inner.as_bytes() for inner in _inner(entity))
    payload = entity.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _fields(entity: StandardMessage) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in entity.raw_items():
        text = str(value).encode("utf-8", "surrogateescape").decode("latin-1")
        text = " ".join(line.strip(" \t\r") for line in text.split("\n"))
        fields.setdefault(name.lower(), []).append(text.strip())
    return fields
