"""Heute: who waits for us, on any channel, and whose contacts nobody knows yet."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from stammkunde.app.web.api import hiding
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting

PAGE = 100
"""Who waits, on one page."""
FIRST = 5
"""Counterparts to be assigned that are shown."""

LATE_HOURS = 8
"""Business hours after which a wait is shown as overdue: one working day."""


@get("/today", sync_to_thread=True)
def today(visit: Visiting, after: FromQuery[str] = "") -> Response[str]:
    """Missed calls first, then messages, then what is to be assigned; of a hidden source the facts alone.

    `after` is the contact of the last one on the page before.
    """
    found = visit.queries.todo(visit.now, limit=PAGE + 1, after=after)
    rows = [hiding.todo(visit, row) for row in found[:PAGE]]
    calls = [row for row in rows if row.what == "missed_call"]
    messages = [row for row in rows if row.what == "message"]
    reviews = [] if after else visit.queries.review(limit=FIRST)
    first = [hiding.review(visit, one) for one in reviews]
    seen = [*(row.contact for row in rows), *(one.contact for one in first)]
    n_calls, n_messages = _due(visit, "missed_call"), _due(visit, "message")
    return page(
        visit,
        "today.html",
        calls=calls,
        messages=messages,
        first=first,
        hidden={contact for contact in seen if hiding.is_hidden(visit, contact)},
        late=LATE_HOURS,
        after=after,
        more=rows[-1].contact if len(found) > PAGE else "",
        n_calls=n_calls,
        n_messages=n_messages,
        lead=_lead(visit, n_calls, n_messages),
    )


def _due(visit: Visit, what: str) -> int:
    return visit.due[what].n if what in visit.due else 0


def _lead(visit: Visit, calls: int, messages: int) -> str:
    plural = visit.locale.plural
    if calls:
        first = plural(
            "First {n} caller without a call back.", "First {n} callers without a call back.", calls
        )
        return f"{plural('{n} task.', '{n} tasks.', calls + messages)} {first}"
    if messages:
        return plural("{n} message without an answer.", "{n} messages without an answer.", messages)
    return visit.text("Nothing is open.")
