"""Who waited for us, and how long: missed calls until somebody called back, messages until somebody answered.

An answer counts on any channel: a missed call may be answered by mail, a mail by telephone. Waiting is business time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

MISSED = frozenset({"missed", "abandoned", "voicemail", "busy", "rejected", "failed"})
"""Outcomes of an inbound call in which nobody of us talked."""

ONE_CONCERN_MS = 30 * 60_000
"""Several missed calls within half an hour are one concern."""

ASKS = frozenset({"message", "form", "chat", "complaint", "letter"})
"""Kinds of inbound contacts that want an answer."""

What: TypeAlias = Literal["missed_call", "message"]


class Touch(NamedTuple):
    """One contact of a customer as service sees it; `at` in ms since 1970 UTC."""

    contact: str
    at: int
    kind: str
    channel: str
    direction: str
    outcome: str


class Wait(NamedTuple):
    """Somebody waited: since when, for what, and which contact of ours (or his own next call) ended it."""

    contact: str
    what: What
    since: int
    until: int | None = None
    answer: str = ""
    answer_channel: str = ""
    by_himself: bool = False


def waits(touches: Iterable[Touch]) -> Iterator[Wait]:
    """All waits of one customer, given his contacts in the order of time.

    A wait begins with a missed call, or with the first message since we last turned to him; further ones while he waits
    belong to the same concern (messages), or to the same within half an hour (calls). It ends with our next call,
    message, letter or visit, or, for a call, when he got through himself.
    """
    waiting: list[Wait] = []
    last_call_at = 0
    for touch in touches:
        if _ends_waiting(touch):
            for wait in waiting:
                yield wait._replace(
                    until=touch.at,
                    answer=touch.contact,
                    answer_channel=touch.channel,
                    by_himself=touch.direction == "in",
                )
            waiting = []
        elif touch.direction == "in" and touch.kind == "call":
            if not _has(waiting, "missed_call") or touch.at - last_call_at > ONE_CONCERN_MS:
                waiting.append(Wait(touch.contact, "missed_call", touch.at))
            last_call_at = touch.at
        elif touch.direction == "in" and touch.kind in ASKS and not _has(waiting, "message"):
            waiting.append(Wait(touch.contact, "message", touch.at))
    yield from waiting


def _has(waiting: list[Wait], what: What) -> bool:
    return any(wait.what == what for wait in waiting)


def _ends_waiting(touch: Touch) -> bool:
    """We turned to him, even in vain; or he got through himself, or stood before us."""
    if touch.direction == "out":
        return touch.kind in ("call", "message", "meeting", "letter", "visit", "chat")
    if touch.direction == "in":
        return touch.kind == "visit" or (touch.kind == "call" and touch.outcome not in MISSED)
    return False
