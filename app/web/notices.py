"""What a page says after an action, by the code in its address: the text itself never comes from there."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "saved": "Saved.",
    "noted": "The note is saved.",
    "linked": "Linked to this customer.",
    "unlinked": "The link is taken back.",
    "merged": "The two are one customer now. The merge can be taken back here.",
    "unmerged": "They are two customers again.",
    "distinct": "The two are kept apart for good.",
    "assigned": "The contact is assigned.",
    "nobody": "The contact is nobody's now.",
    "recorded": "The contact is recorded.",
    "password": "Your password is changed. All other devices are signed out.",
    "added": "The user may sign in now.",
    "revoked": "The token is good no longer.",
    "read": "Read again: nothing of it waits any more.",
    "waits": "Read again. What still can't be read stays in quarantine.",
}
"""Code → sentence."""


def sentence(code: str) -> str:
    """The English sentence, to be translated where it is shown; empty for an unknown code."""
    return TEXTS.get(code, "")
