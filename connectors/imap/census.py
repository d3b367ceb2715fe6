"""What each folder holds against what was read of it, number by number."""

from __future__ import annotations

from collections.abc import Iterator

from stammkunde.connectors.imap.folders import Folder
from stammkunde.connectors.imap.progress import Ledger
from stammkunde.connectors.imap.responses import State
from stammkunde.connectors.imap.session import Session
from stammkunde.connectors.imap.uids import Ranges, minus, shown, size
from stammkunde.connectors.interface import Holding


class Census:
    """Counts folders, and remembers the answer for as long as the server says that nothing changed."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._known: dict[str, tuple[State, str | None, Holding, Ranges]] = {}

    def holdings(
        self, session: Session, folders: list[Folder], cursor: str | None, ledger: Ledger
    ) -> Iterator[tuple[Folder, Holding, Ranges]]:
        """Each folder with its holding, and the UIDs that are held and were not read."""
        for folder, state in zip(folders, session.statuses(folders), strict=True):
            known = self._known.get(folder.name)
            # without UIDNEXT a mail that came and one that went could not be told from no change
            if not known or known[3] or known[:2] != (state, cursor) or not state.uidnext:
                known = (state, cursor, *_counted(session, folder, ledger))
                self._known[folder.name] = known
            yield folder, known[2], known[3]
        session.rest(folders[0])


def _counted(session: Session, folder: Folder, ledger: Ledger) -> tuple[Holding, Ranges]:
    state = session.examine(folder)
    held = session.search(state.messages) if state.messages else ()
    read = ledger.read(folder.name, state.validity)
    missing, gone = minus(held, read), minus(read, held)
    holding = Holding(
        part=folder.name,
        held=size(held),
        read=size(held) - size(missing),
        missing=shown(missing),
        gone=shown(gone),
    )
    return holding, missing
