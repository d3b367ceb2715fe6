"""What the shop calls us with: a hint to look at one order or account now, and no more.

Its body is never the source of an event. It is signed over the raw bytes, but neither dated nor numbered (the delivery's
id repeats for different bodies), so a delivery may be replayed at will: it must do no harm.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from itertools import count
from threading import Lock
from typing import Literal, TypeAlias

import msgspec

from stammkunde.connectors.interface import Hook, Reply

What: TypeAlias = Literal["order", "customer"]
Hint: TypeAlias = tuple[What, int]

MOST = 10_000
"""Hints that wait; what comes on top of them, polling and the next reconciliation find."""
_PING = re.compile(rb"webhook_id=[0-9]{1,18}")
_TOPIC = re.compile(r"(order|customer)\.[a-z_]+")


class _Body(msgspec.Struct, frozen=True):
    id: int


_BODY = msgspec.json.Decoder(_Body)


def signature(secret: str, body: bytes) -> str:
    """What stands in `X-WC-Webhook-Signature`: HMAC-SHA256 over the raw body, in base 64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Hints:
    """The hints that wait for the next reading; filled by one thread and taken by another."""

    def __init__(self) -> None:
        """None yet."""
        self._lock = Lock()
        self._waiting: dict[Hint, int] = {}
        self._numbers = count(1)

    def add(self, hint: Hint) -> None:
        """Look at this; one that waits already is told again, in case it is being looked at right now."""
        with self._lock:
            if hint in self._waiting or len(self._waiting) < MOST:
                self._waiting[hint] = next(self._numbers)

    def waiting(self) -> dict[Hint, int]:
        """All that wait, each with the number by which `done` knows it."""
        with self._lock:
            return dict(self._waiting)

    def done(self, looked_at: Iterable[tuple[Hint, int]]) -> None:
        """What was seen of these is committed; those that came again meanwhile stay."""
        with self._lock:
            for hint, number in looked_at:
                if self._waiting.get(hint) == number:
                    del self._waiting[hint]


def answer(hook: Hook, secret: str, hints: Hints) -> Reply:
    """What a delivery is answered.

    The shop gives up a hook after six answers in a row that are none of 2xx, so what is understood is always one. The
    first delivery of a new hook, and of one that failed, is an unsigned `webhook_id=N`: it asks only whether we are there.
    """
    if not secret:
        return Reply(status=404)
    if _PING.fullmatch(hook.body.strip()):
        return Reply()
    given = hook.headers.get("x-wc-webhook-signature", "")
    if not hmac.compare_digest(signature(secret, hook.body).encode(), given.encode()):
        return Reply(status=401)
    topic = _TOPIC.fullmatch(hook.headers.get("x-wc-webhook-topic", ""))
    if not topic:
        return Reply()
    try:
        number = _BODY.decode(hook.body).id
    except msgspec.MsgspecError:
        # signed by the shop all the same: it does so with the error into which it ran when it made the body
        return Reply(status=422)
    hints.add(("order" if topic[1] == "order" else "customer", number))
    return Reply(wakes=True)
