"""Waiting for what the server announces of the inbox: IDLE (RFC 2177) where it can, a NOOP now and then where not."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Event
from time import monotonic

from stammkunde.connectors.imap.folders import Folder
from stammkunde.connectors.imap.session import Session
from stammkunde.connectors.imap.wire import Gone, Wire

_NEWS = re.compile(rb"\* \d+ (?:EXISTS|EXPUNGE)", re.IGNORECASE)
_STEP_S = 1.0
"""Seconds between two looks at whether to end."""

QUIET_S = 300.0
"""Seconds without a word after which the server has to show that it is still there: far less than the 29 minutes after which
it may hang up (RFC 2177), and than the few for which routers remember a connection."""


def wait(
    session: Session,
    inbox: Folder,
    poke: Callable[[], None],
    ended: Event,
    *,
    poll_s: float,
    quiet_s: float = QUIET_S,
) -> None:
    """Call `poke` for each change of the inbox until `ended`. Raises `OSError` and `Refused` where the connection is gone."""
    session.examine(inbox)
    poke()  # what came before it was opened
    if not session.idles:
        _poll(session.wire, poke, ended, poll_s)
        return
    while not ended.is_set():
        _idle(session.wire, poke, ended, quiet_s)


def _idle(wire: Wire, poke: Callable[[], None], ended: Event, quiet_s: float) -> None:
    """One IDLE, until it was quiet for long; its end proves that the server lives, or raises within the read timeout."""
    tag = wire.send("IDLE")
    if not _accepted(wire, tag, poke):
        return
    heard = monotonic()
    while not ended.is_set() and monotonic() - heard < quiet_s:
        line = wire.line(min(_STEP_S, quiet_s))
        if line is None:
            continue
        heard = monotonic()
        if line.startswith(tag + b" "):
            return  # ended by the server: some do so after minutes
        _heed(line, poke)
    wire.write(b"DONE\r\n")
    if ended.is_set():
        return  # nobody waits for the answer any more
    for parts in wire.answers(tag):
        _heed(parts[0], poke)


def _accepted(wire: Wire, tag: bytes, poke: Callable[[], None]) -> bool:
    """Wait for the server's `+`; False where the command ended at once."""
    for parts in wire.answers(tag):
        if parts[0].startswith(b"+"):
            return True
        _heed(parts[0], poke)
    return False


def _heed(line: bytes, poke: Callable[[], None]) -> None:
    if line[:6].upper() == b"* BYE ":
        raise Gone(line[6:].decode("utf-8", "replace").strip())
    if _NEWS.match(line):
        poke()


def _poll(wire: Wire, poke: Callable[[], None], ended: Event, poll_s: float) -> None:
    while not ended.is_set():
        began = monotonic()
        while monotonic() - began < poll_s:
            if ended.wait(min(_STEP_S, poll_s)):
                return
        for line in wire.ask("NOOP"):
            _heed(line, poke)
