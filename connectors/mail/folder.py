"""What the folder of a mail says of it: whether we sent it, or a filter put it aside."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["sent", "junk", ""]

_SENT = frozenset(
    {
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "outbox",
        "gesendet", "gesendete", "gesendete objekte", "gesendete elemente", "gesendete nachrichten", "versendet",
        "envoyés", "envoyes", "éléments envoyés", "messages envoyés", "courrier envoyé", "objets envoyés",
        "inviati", "posta inviata", "elementi inviati", "messaggi inviati", "inviata",
    }
)  # fmt: skip
_JUNK = frozenset(
    {
        "junk", "junk e-mail", "junk email", "junk-e-mail", "junk mail", "spam", "spamverdacht", "bulk mail", "bulk",
        "unerwünscht", "unerwünschte werbung", "werbung",
        "indésirables", "courrier indésirable", "courriels indésirables", "pourriel",
        "posta indesiderata", "indesiderata",
    }
)  # fmt: skip
_SEPARATOR = re.compile(r"[/.\\]")


@lru_cache(maxsize=512)
def role_of(folder: str) -> Role:
    """The role of a folder by its path or its special-use attribute (RFC 6154), as mail programs name it in de, fr, it, en.

    Case does not matter: Cyrus sends `\\sent`, Dovecot `\\Sent`.
    """
    names = {name.strip().lower() for name in _SEPARATOR.split(folder)}
    if names & _SENT:
        return "sent"
    return "junk" if names & _JUNK else ""
