"""Which folders are read: special uses in any case and, where a server does not name them, names in de, fr, it and en."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from imapclient import imap_utf7

from stammkunde.connectors.interface import ConnectorError
from stammkunde.connectors.mail.folder import role_of

_USES = ("sent", "junk", "trash", "drafts", "all")
_NAMES = {
    "trash": {
        "trash", "deleted items", "deleted messages", "bin", "papierkorb", "gelöschte objekte", "gelöschte elemente",
        "corbeille", "éléments supprimés", "messages supprimés", "cestino", "posta eliminata", "elementi eliminati",
    },
    "drafts": {"drafts", "draft", "entwürfe", "brouillons", "bozze"},
}  # fmt: skip
_NOT_READ = {"junk", "trash", "drafts", "all"}
"""What `*` leaves out: no contacts, or all of them a second time."""


class Folder(NamedTuple):
    """A folder of the server; `use` is its special use in small letters, `inbox` for that, else empty."""

    name: str
    use: str
    private: bool = False

    @property
    def quoted(self) -> str:
        """As a command has it: modified UTF-7 (RFC 3501 §5.1.3) in quotes."""
        name = str(imap_utf7.encode(self.name), "ascii")
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'

    @property
    def meaning(self) -> str:
        """What interpretation is told: the use where it matters, else the name."""
        return f"\\{self.use}" if self.use in ("sent", "junk") else self.name


def listed(answers: Iterable[tuple[Sequence[bytes], bytes | None, str]]) -> list[Folder]:
    """The folders that can be opened, from flags, separator and name of each as `LIST` gives them (RFC 6154)."""
    found: list[Folder] = []
    for flags, separator, name in answers:
        lower = {flag.decode("ascii", "replace").strip("\\").lower() for flag in flags}
        if not lower & {"noselect", "nonexistent"}:
            found.append(Folder(str(name), _use(lower, separator, str(name))))
    return found


def _use(flags: set[str], separator: bytes | None, name: str) -> str:
    if name.upper() == "INBOX":
        return "inbox"
    special = next((use for use in _USES if use in flags), "")
    if special:
        return special
    own = name.rpartition(separator.decode("ascii", "replace"))[2] if separator else name
    return next((use for use, names in _NAMES.items() if own.lower() in names), role_of(own))


def chosen(
    there: Sequence[Folder], wanted: Sequence[str], private: Sequence[str], *, gmail: bool = False
) -> list[Folder]:
    """The folders to read, in the order in which the settings name them; `ConnectorError` names one that is missing.

    Nothing wanted: at Gmail “All Mail”, where each mail lies once whatever its labels; elsewhere inbox and sent mail.
    """
    if not wanted:
        everything = [folder for folder in there if folder.use == "all"]
        if gmail and everything:
            wanted = [everything[0].name]
        else:
            wanted = ["inbox", *(["sent"] if any(each.use == "sent" for each in there) else [])]
    hidden = {name.lower() for name in private}
    found = {folder.name: folder for name in wanted for folder in _named(there, name)}
    return [
        folder._replace(private=folder.name.lower() in hidden or folder.use in hidden - {""})
        for folder in found.values()
    ]


def _named(there: Sequence[Folder], name: str) -> list[Folder]:
    if name == "*":
        return [folder for folder in there if folder.use not in _NOT_READ]
    exact = [folder for folder in there if folder.name == name]
    lower = name.lower()
    found = (
        exact
        or [folder for folder in there if folder.name.lower() == lower]
        or [folder for folder in there if folder.use and folder.use == lower]
    )
    if found:
        return found
    names = {folder.name.lower(): folder.name for folder in there}
    near = difflib.get_close_matches(lower, names, n=1, cutoff=0)
    if not near:
        raise ConnectorError("folders: the server shows no folder at all to this user.")
    raise ConnectorError(
        "folders: there is no “{name}” on the server; the nearest is “{near}”.",
        name=name,
        near=names[near[0]],
    )
