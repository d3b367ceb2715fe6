"""What each source says it holds against what the log has of it, and why a source can't be read: for the page Quellen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from stammkunde.app.daemon.dropped import NAME as INBOX
from stammkunde.app.web.visit import Visit
from stammkunde.core.standing import Standing, standings
from stammkunde.projections.answers import SourceStatus

NAMED = 40
"""As many gaps are named; the others have their number."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a source; `gaps` are sentences that name numbers, or none to whom the source is not for."""

    source: str
    part: str
    held: int
    read: int
    gaps: tuple[str, ...]
    count: int


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A source that can't be read: why, in the visitor's language, since when, and when it is tried again."""

    source: str
    state: str
    why: str
    since: datetime | None
    next_try: datetime | None


def held(visit: Visit, sources: Sequence[SourceStatus]) -> list[Held]:
    """All parts of all sources that say what they hold."""
    return [
        Held(
            source=source.name,
            part="" if source.name in visit.hidden else each.part,
            held=each.held,
            read=each.read,
            gaps=() if source.name in visit.hidden else _gaps(visit, each.missing, each.gone),
            count=each.gaps,
        )
        for source in sources
        for each in source.holdings
    ]


def troubles(visit: Visit, sources: Sequence[SourceStatus]) -> list[Trouble]:
    """The sources of the settings file that can't be read now, and the drop folder where a file waits in it."""
    configured = {INBOX, *(source.name for source in visit.home.settings.sources)}
    known = standings(visit.home.log)
    return [
        Trouble(
            source=source.name,
            state=source.state,
            why=_said(visit, known.get(source.name, Standing())),
            since=source.since,
            next_try=source.next_try,
        )
        for source in sources
        if source.name in configured and source.state not in ("new", "ok")
    ]


def _said(visit: Visit, standing: Standing) -> str:
    return visit.locale.say(standing.why) if standing.why is not None else ""


def _gaps(visit: Visit, missing: Sequence[str], gone: Sequence[str]) -> tuple[str, ...]:
    said = []
    if missing:
        said.append(visit.text("not read yet: {numbers}", numbers=_named(missing)))
    if gone:
        said.append(visit.text("no longer there: {numbers}", numbers=_named(gone)))
    return tuple(said)


def _named(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
