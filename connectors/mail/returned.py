"""The original that a bounce, receipt or complaint brings back, wholly or by its header."""

from __future__ import annotations

import re

from stammkunde.connectors.mail import sentences
from stammkunde.connectors.mail.message import Message, item_of, parse
from stammkunde.core.contact import Item

_EMBEDDED = frozenset(
    {"message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global"}
)
_HEADER_LINE = re.compile(
    r"^([ \t>]{0,20})[A-Za-z][\w-]*:[ \t]*\S.*\n(?:\1[ \t]+\S.*\n){0,30}\1[A-Za-z][\w-]*:",
    re.MULTILINE,
)
_LONGEST = 64 * 1024
"""Characters of a report that are searched; what follows is the returned mail."""


def divided(text: str) -> tuple[str, str]:
    """A report's text: what it says for people, and from where the returned mail begins."""
    match = sentences.RETURNED.search(text, 0, _LONGEST)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def original_of(message: Message) -> Message | None:
    """The returned mail, read from its part or from the text below the report; None where nothing came back."""
    for part in message.parts:
        if part.type in _EMBEDDED and part.content.strip():
            return parse(part.content.lstrip())
    _, below = divided(message.text)
    match = _HEADER_LINE.search(below, 0, _LONGEST)
    if match is None:
        return None
    prefix = match[1]
    lines = below[match.start() :].split("\n")
    plain = "\n".join(line.removeprefix(prefix) for line in lines) if prefix else "\n".join(lines)
    return parse(plain.encode())


def item_of_original(original: Message | None) -> Item | None:
    """The original's natural key, where the header that came back holds what it is made of (Message-ID and Date).

    Without both, the key is made of the whole mail's opening, which does not come back unchanged.
    """
    if original is None or not original.header("message-id") or not original.raw_date:
        return None
    return item_of(original)
