"""Heute: who waits for us, on any channel, and whose contacts nobody knows yet."""

from __future__ import annotations

from litestar import Response, get

from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting

LATE_HOURS = 8
"""Business hours after which a wait is shown as overdue: one working day."""


@get("/today", sync_to_thread=True)
def today(visit: Visiting) -> Response[str]:
    """Missed calls first, then messages, then what is to be assigned."""
    calls = [row for row in visit.todo if row.what == "missed_call"]
    messages = [row for row in visit.todo if row.what == "message"]
    return page(
        visit,
        "today.html",
        calls=calls,
        messages=messages,
        late=LATE_HOURS,
        lead=_lead(visit, len(calls), len(messages)),
    )


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
