"""Mails out of a folder: asked for in batches, several commands on their way at once, one mail in memory at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from stammkunde.connectors.imap.responses import Fetched, fetched
from stammkunde.connectors.imap.session import Session, is_passing
from stammkunde.connectors.imap.uids import ranges_of, written
from stammkunde.connectors.imap.wire import Refused
from stammkunde.connectors.mail.message import MAX_SIZE


class Withheld(NamedTuple):
    """A mail that the server lists and does not hand out."""

    uid: int


class Done(NamedTuple):
    """All mails of a command came; `uids` are those that it asked for."""

    uids: tuple[int, ...]


class Pipeline:
    """Fetches from the open folder; what is not there any more just does not come."""

    def __init__(self, session: Session, depth: int) -> None:
        """`depth` commands are on their way at the most."""
        self._session = session
        self._depth = depth
        self._sent: deque[tuple[bytes, tuple[int, ...]]] = deque()
        self._asked: set[int] = set()
        self._refused: deque[tuple[int, ...]] = deque()
        # one byte more than is read of a mail tells that it is too large
        labels = "X-GM-LABELS " if session.gmail else ""
        self._items = f"({labels}BODY.PEEK[]<0.{MAX_SIZE + 1}>)"

    @property
    def wants(self) -> bool:
        """Whether another command may be sent."""
        return len(self._sent) < self._depth and not self._refused

    @property
    def waits(self) -> bool:
        """Whether mails are to come that were asked for."""
        return bool(self._sent or self._refused)

    def ask(self, uids: tuple[int, ...]) -> None:
        """Send a command."""
        self._asked.update(uids)
        self._sent.append((self._send(uids), uids))

    def next(self) -> Iterator[Fetched | Withheld | Done]:
        """What comes until the oldest command is done, then `Done` with its UIDs.

        Among it may be mails of later commands: Dovecot ends several at once, after all their mails. Some servers refuse a whole command for one bad mail: once nothing is on its way any more, each of its mails is
        asked for by itself.
        """
        if not self._sent:
            uids = self._refused.popleft()
            for uid in sorted(self._asked.intersection(uids), reverse=True):
                yield from self._single(uid)
            yield self._done(uids)
            return
        tag, uids = self._sent.popleft()
        try:
            yield from self._mails(tag)
        except Refused as error:
            if is_passing(error.text):
                raise
            self._refused.append(uids)
            return
        yield self._done(uids)

    def _done(self, uids: tuple[int, ...]) -> Done:
        self._asked.difference_update(uids)
        return Done(uids)

    def _single(self, uid: int) -> Iterator[Fetched | Withheld]:
        try:
            yield from self._mails(self._send((uid,)))
        except Refused as error:
            if is_passing(error.text):
                raise
            yield Withheld(uid)

    def _mails(self, tag: bytes) -> Iterator[Fetched]:
        """The mails that were asked for; others, as the last one for numbers beyond it, are none of ours."""
        for parts in self._session.wire.answers(tag):
            if len(parts) > 1 or b"BODY[" in parts[0]:
                mail = fetched(parts)
                if mail is not None and mail.uid in self._asked:
                    self._asked.discard(mail.uid)
                    yield mail

    def _send(self, uids: tuple[int, ...]) -> bytes:
        return self._session.wire.send(f"UID FETCH {written(ranges_of(uids))} {self._items}")
