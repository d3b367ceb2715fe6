"""Names: which folder of the mail program a mail lay in, and which files are none of its mails."""

from __future__ import annotations

import re
from collections.abc import Sequence

_INSIDE_MAILDIR = frozenset({"cur", "new", "tmp"})
_SUFFIX = re.compile(r"\.(?:mbox|mbx|sbd|mbs|imapmbox)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_INDEX = re.compile(
    r"(?:\.(?:msf|dat|index|cache|log|lock|plist|emlxpart|html?)|^(?:dovecot.*|maildirfolder|maildirsize|"
    r"subscriptions|courier.*|cyrus\..*|uidlist|thumbs\.db))$",
    re.IGNORECASE,
)


def folder_name(parts: Sequence[str]) -> str:
    """The folder's own name from the names of the directories and mbox file that lead to a mail; empty if unknown.

    Maildir++ writes `.INBOX.Sent`; IMAP servers write names in modified UTF-7 (RFC 3501 §5.1.3), `Entw&APw-rfe`.
    """
    for part in reversed(parts):
        name = _SUFFIX.sub("", part)
        if name in _INSIDE_MAILDIR or name.lower() == "mbox" or not name.strip("./"):
            continue
        if name.startswith("."):
            name = name.rpartition(".")[2]
        return _SHIFTED.sub(_unshifted, name)
    return ""


def _unshifted(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    try:
        return f"+{match[1].replace(',', '/')}-".encode("ascii").decode("utf-7")
    except UnicodeDecodeError:
        return match[0]


def is_hidden(path: str) -> bool:
    """Whether a file is the system's or a mail program's own (`.DS_Store`, `._1.eml`, `Inbox.msf`) and no mail.

    Directories may begin with a dot: Maildir's do.
    """
    name = path.rpartition("/")[2]
    return name.startswith(".") or "__MACOSX/" in path or _INDEX.search(name) is not None
