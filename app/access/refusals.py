"""What accounts refuse, each with its sentence: English here, other languages in the catalogue."""

from __future__ import annotations

from stammkunde.core.errors import StammkundeError

TEXTS = {
    "wrong": "Name or password is wrong.",
    "wait": "Too many attempts. Wait {span}, then try again.",
    "short": "The password has {has} characters. It needs {more} more.",
    "long": "The password is too long: {most} bytes at most.",
    "differ": "The two passwords are not the same.",
    "name": "A name is one line of 1 to {most} characters.",
    "taken": "There is a user of that name already.",
    "unknown": "There is no user of that name.",
    "last": "This is the last admin. Make somebody else admin first.",
    "link": "This link was used already, or it has expired.",
    "scopes": "A token can't do more than its owner, and it needs a scope.",
    "number": "There is no such token, or it was revoked already.",
}
"""Reason → sentence; `{…}` are the error's `values`. No sentence names anybody, so each may stand in a log."""


class AccessError(StammkundeError):
    """Something was refused. `reason` is a key of `TEXTS`; `locale.say` tells it in the reader's language."""

    def __init__(self, reason: str, **values: object) -> None:
        """`values` fill the sentence; those of `wait` have `seconds` too, as an HTTP response names them."""
        super().__init__(TEXTS[reason], **values)
        self.reason = reason
