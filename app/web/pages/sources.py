"""Quellen: how each source fares, what of it could not be read, and how far the views follow the log."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from markupsafe import Markup

from stammkunde.app import writing
from stammkunde.app.daemon.dropped import NAME as INBOX
from stammkunde.app.quarantined import Waiting, retry, waiting
from stammkunde.app.readers import restricted
from stammkunde.app.web.api import hiding
from stammkunde.app.web.charts.days import Days, days, days_table
from stammkunde.app.web.charts.drawing import Chart
from stammkunde.app.web.completeness import held, troubles
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.core.decisions import HAND
from stammkunde.core.quarantine import Quarantine
from stammkunde.projections.answers import SourceStatus
from stammkunde.projections.status import Arrivals

SPAN = 30
"""Days in a strip."""
PAGE = 25
DEAD_LETTERS = 20
"""As many are shown; the others have their number."""
_LAST = 2**53
"""No number of an item is greater; SQLite has none beyond 2⁶³."""
_FIRST_BYTES, _FIRST_LINES = 4096, 40

State = Literal[
    "reads", "silent", "never", "imported", "hand", "unavailable", "credentials", "broken"
]
_ILL: tuple[State, ...] = ("unavailable", "credentials", "broken")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A source of the settings file, or one that the log knows; `command` reads it, where it is to be read.

    `readers` are the roles for which alone it is, in words; where it `is_gone` from the file those that it last had there.
    """

    name: str
    anchor: str
    connector: str
    state: State
    last: datetime | None
    contacts: int
    waiting: int
    strip: Days
    command: str
    readers: str
    is_gone: bool

    @property
    def picture(self) -> Markup:
        """The strip, drawn."""
        return days(self.strip)


class Item(msgspec.Struct, frozen=True):
    """An item in quarantine with its reason in the visitor's language; of a hidden source it is not said, nor the reference."""

    entry: Waiting
    reason: str


class Again(msgspec.Struct, frozen=True):
    """Which items are to be read again: one by its number, else those of a source, else all."""

    number: int = 0
    source: str = ""


@get("/sources", sync_to_thread=True)
def sources(
    visit: Visiting, source: FromQuery[str] = "", after: FromQuery[int] = 0
) -> Response[str]:
    """All sources; of the quarantine a page, of one `source` if asked for."""
    today = visit.now.date()
    dates = [today - timedelta(days=back) for back in reversed(range(SPAN))]
    rows = _rows(visit, dates)
    after = min(max(after, 0), _LAST)
    items = _items(visit, source, after)
    total = sum(row.waiting for row in rows if source in ("", row.name))
    dead = (
        visit.home.dead_letters() if any(p.dead_letters for p in visit.status.projections) else []
    )
    return page(
        visit,
        "sources.html",
        rows=rows,
        lead=_lead(visit, rows),
        troubles=troubles(visit, visit.status.sources),
        held=held(visit, visit.status.sources),
        due=[row for row in rows if row.command],
        table=_table(visit, rows, dates),
        source=source,
        items=items[:PAGE],
        total=total,
        after=after,
        more=items[PAGE - 1].entry.number if len(items) > PAGE else 0,
        views=visit.status.projections,
        dead=dead[:DEAD_LETTERS],
    )


@get("/sources/quarantine/{number:int}", sync_to_thread=True)
def quarantined(visit: Visiting, number: FromPath[int]) -> Response[str]:
    """One item with the beginning of its bytes, as text."""
    entry = next(iter(waiting(visit.home, after=min(number, _LAST) - 1, limit=1)), None)
    if entry is None or entry.number != number:
        raise NotFoundException
    if entry.source in visit.hidden:
        raise PermissionDeniedException
    raw = Quarantine(visit.home.log).item(number).raw
    text, is_all = beginning(raw)
    reason = visit.locale.reason(entry.reason)
    return page(visit, "quarantined.html", entry=entry, reason=reason, text=text, is_all=is_all)


@post("/sources/retry", sync_to_thread=True)
def read_again(visit: Visiting, data: URLEncodedBody[Again]) -> Redirect:
    """Read items again; what still can't be read stays with its reason."""
    results = retry(visit.home, data.source, {}, number=min(data.number, _LAST))
    still = any(result.waiting for result in results)
    return Redirect(f"/sources?done={'waits' if still else 'read'}#quarantine", status_code=303)


def beginning(raw: bytes) -> tuple[str, bool]:
    """The first lines of anything as text, and whether that is all; what steers a terminal or turns letters round is not shown."""
    lines = raw[:_FIRST_BYTES].decode("utf-8", "replace").splitlines()
    shown = "\n".join(lines[:_FIRST_LINES])
    plain = "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in shown)
    return plain, len(raw) <= _FIRST_BYTES and len(lines) <= _FIRST_LINES


def _items(visit: Visit, source: str, after: int) -> list[Item]:
    found = waiting(visit.home, source, after=after, limit=PAGE + 1)
    shown = [hiding.waiting(visit, entry) for entry in found]
    return [Item(entry, visit.locale.reason(entry.reason)) for entry in shown]


def _rows(visit: Visit, dates: Sequence[date]) -> list[Row]:
    """Those of the settings file in its order, then what was imported beside it, then what people wrote down."""
    known = {one.name: one for one in visit.status.sources}
    brought = {one.source: one for one in visit.queries.arrivals(dates[0])}
    configured = {one.name: one.connector for one in visit.home.settings.sources}
    others = {name: one.connector for name, one in known.items() if name not in configured}
    by_hand = others.pop(HAND.name, None)
    others.pop(INBOX, None)  # no source: what waits in it stands below
    names = {**configured, **others, **({HAND.name: by_hand} if by_hand else {})}
    silent = {one.name for one in visit.stale}
    rows = []
    for at, (name, connector) in enumerate(names.items()):
        status = known.get(name)
        if name in configured:
            state: State = _state(status, is_silent=name in silent)
        else:
            state = "hand" if name == HAND.name else "imported"
        rows.append(_row(visit, at, name, connector, state, status, brought.get(name), dates))
    return rows


def _state(status: SourceStatus | None, *, is_silent: bool) -> State:
    for ill in _ILL:
        if status is not None and status.state == ill:
            return ill
    if status is None or status.last_success is None:
        return "never"
    return "silent" if is_silent else "reads"


def _row(
    visit: Visit,
    at: int,
    name: str,
    connector: str,
    state: State,
    status: SourceStatus | None,
    brought: Arrivals | None,
    dates: Sequence[date],
) -> Row:
    last = status.last_success if status else None
    shown = visit.text("Written down by hand") if state == "hand" else name
    contacts = _contacts(brought, dates, _until(visit, state, last))
    return Row(
        name=shown,
        anchor=quote(name),
        connector="" if state == "hand" else connector,
        state=state,
        last=last,
        contacts=brought.contacts if brought else 0,
        waiting=status.rejected if status else 0,
        strip=Days(
            anchor=f"strip{at}",
            title=visit.text("{source}: the last {n} days", source=shown, n=SPAN),
            desc=_described(visit, contacts),
            contacts=contacts,
        ),
        readers=", ".join(map(visit.locale.word, restricted(visit.home).get(name, ()))),
        is_gone=state == "imported",
        command=f"stammkunde sync {shlex.quote(name)}" if state in ("silent", "never") else "",
    )


def _until(visit: Visit, state: State, last: datetime | None) -> date | None:
    """The last day of which something can be known; None: it never was read. What nobody reads regularly has no gaps."""
    if state in ("imported", "hand"):
        return visit.now.date()
    return last.astimezone(visit.zone).date() if last else None


def _contacts(
    brought: Arrivals | None, dates: Sequence[date], until: date | None
) -> tuple[int | None, ...]:
    found = brought.days if brought else {}
    return tuple(
        found.get(day, 0) if day in found or (until is not None and day <= until) else None
        for day in dates
    )


def _described(visit: Visit, contacts: Sequence[int | None]) -> str:
    plural = visit.locale.plural
    with_some = sum(1 for n in contacts if n)
    unread = contacts.count(None)
    said = [plural("Contacts on {n} day.", "Contacts on {n} days.", with_some)]
    if unread:
        said.append(plural("{n} day was not read.", "{n} days were not read.", unread))
    return " ".join(said)


def _table(visit: Visit, rows: Sequence[Row], dates: Sequence[date]) -> Markup:
    named = Chart(
        anchor="strips",
        title=visit.text("Contacts by day and source"),
        desc=visit.text("The last {n} days", n=SPAN),
    )
    return days_table(named, dates, [(row.name, row.strip) for row in rows], visit.locale)


def _lead(visit: Visit, rows: Sequence[Row]) -> str:
    text, plural = visit.text, visit.locale.plural
    expected = [row for row in rows if row.state in ("reads", "silent", "never", *_ILL)]
    if not rows:
        return text("No source is connected yet.")
    if not expected:
        return text("No source is read regularly; what is here was brought by hand.")
    good = sum(row.state == "reads" for row in expected)
    if good == len(expected):
        return plural("The source delivers.", "All {n} sources deliver.", good)
    silent = [row for row in expected if row.state == "silent"]
    ill = [row for row in expected if row.state in _ILL]
    never = len(expected) - good - len(silent) - len(ill)
    said = [text("{n} of {all} sources deliver.", n=good, all=len(expected))]
    if len(silent) == 1 and silent[0].last:
        day = writing.day(silent[0].last.astimezone(visit.zone).date(), visit.locale.code)
        said.append(text("“{source}” is silent since {day}.", source=silent[0].name, day=day))
    elif silent:
        said.append(plural("{n} is silent.", "{n} are silent.", len(silent)))
    if len(ill) == 1:
        said.append(text("“{source}” can't be read.", source=ill[0].name))
    elif ill:
        said.append(plural("{n} can't be read.", "{n} can't be read.", len(ill)))
    if never:
        said.append(plural("{n} was never read.", "{n} were never read.", never))
    return " ".join(said)
