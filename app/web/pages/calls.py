"""Wer ruft an: the calls that go on, each with the customer and what was last between us; told as they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.exceptions import TooManyRequestsException
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from stammkunde.app import writing
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.ringing import Line, Ringing, Switchboard
from stammkunde.app.sentences import caller_sentence
from stammkunde.app.web import timeline
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.signing_in import COOKIE
from stammkunde.app.web.streams import Streams
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.projections.callers import Caller, Known

BEAT_S = 20.0
"""How often a stream on which nothing happens says so, lest a proxy cut it, and asks whether its visitor is still let in."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it is shown; of a source that is hidden from the visitor only that it rings.

    `said` is the sentence that is read out, `note` where to write one down.
    """

    state: str
    direction: str
    at: datetime
    who: str
    customer: str
    others: tuple[Known, ...]
    number: str
    tel: str
    line: str
    network_name: str
    is_shared: bool
    is_hidden: bool
    days: tuple[timeline.Day, ...]
    said: str
    note: str


@get("/calls", sync_to_thread=True)
def calls(request: Request[Any, Any, Any], visit: Visiting) -> Response[str]:
    """The page, or the calls alone."""
    board: Switchboard | None = request.app.state.switchboard
    rows = [_row(visit, ringing) for ringing in board.now] if board else []
    values: dict[str, Any] = {
        "rows": rows,
        "broken": _broken(visit, board),
        "is_heard": _is_heard(board),
    }
    if wants_part(request):
        return part(visit, "calls.html", "now", is_part=True, **values)
    return page(visit, "calls.html", is_part=False, **values)


@get("/calls/stream")
async def stream(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """`change` whenever a call begins, is answered or ends. It says no more: what may be seen, the page says."""
    streams: Streams = request.app.state.streams
    user = str(request.user.number)
    if streams.is_full(user):
        raise TooManyRequestsException
    return ServerSentEvent(_changes(request, streams, user))


async def _changes(
    request: Request[Any, Any, Any], streams: Streams, user: str
) -> AsyncIterator[ServerSentEventMessage]:
    board: Switchboard | None = request.app.state.switchboard
    loop = asyncio.get_running_loop()
    with streams.seat(user) as bell:
        if board is None:
            return
        with board.subscribe() as listener:
            listener.wakes(lambda: loop.call_soon_threadsafe(bell.set))
            yield ServerSentEventMessage(event="change", data="")
            while not streams.ended:
                bell.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), BEAT_S)
                if streams.ended or not await sync_to_thread(_is_let_in, request):
                    return
                if bell.is_set():
                    while listener.next(0):
                        pass
                    yield ServerSentEventMessage(event="change", data="")
                else:
                    yield ServerSentEventMessage(comment="")


def _is_let_in(request: Request[Any, Any, Any]) -> bool:
    accounts: Accounts = request.app.state.accounts
    session = accounts.session(request.cookies.get(COOKIE, ""))
    return session is not None and session.may("read")


def _is_heard(board: Switchboard | None) -> bool:
    return board is not None and not board.is_idle


def _broken(visit: Visit, board: Switchboard | None) -> list[tuple[str, Line, str]]:
    """Sources whose calls nobody hears now, and why."""
    lines = board.lines if board else {}
    return [
        (source, line, visit.locale.say(line.why))
        for source, line in lines.items()
        if line.why is not None
    ]


def _row(visit: Visit, ringing: Ringing) -> Row:
    call, caller = ringing.call, _caller(visit, ringing)
    known = caller.customers
    only = known[0] if caller.n == 1 else None
    is_hidden = ringing.source in visit.hidden
    number = writing.phone(call.number, visit.home.company.country)
    named = caller_sentence(caller, call, visit.locale)
    who = named if only or (known and caller.n > 1) else number or visit.text("Number withheld")
    if is_hidden:
        who = visit.text("Not for your role")
    said = visit.text("{who} calls.", who=who)
    if call.direction == "out":
        said = visit.text("{who} is called.", who=who)
    return Row(
        state=call.state,
        direction=call.direction,
        at=call.at,
        who=who,
        customer=only.id if only and not is_hidden else "",
        others=known if not only and not is_hidden else (),
        number="" if is_hidden else number,
        tel="" if is_hidden else call.number,
        line=writing.phone(call.line, visit.home.company.country),
        network_name="" if is_hidden or only else call.name,
        is_shared=caller.class_ == "shared" or caller.n > 1,
        is_hidden=is_hidden,
        days=() if is_hidden else timeline.days(visit, caller.contacts),
        said=said,
        note="" if is_hidden else _note(only, call.number),
    )


def _caller(visit: Visit, ringing: Ringing) -> Caller:
    """Who it is was looked up once for everybody; for a role that may not hear some sources, again."""
    if visit.hidden and ringing.call.number:
        return visit.queries.caller(ringing.call.number)
    return ringing.caller


def _note(customer: Known | None, number: str) -> str:
    about = {"customer": customer.id} if customer else {"who": number}
    return f"/record?{urlencode({'kind': 'note', **about})}"
