"""`ringing`: calls as they come, each with the customer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import JSON
from stammkunde.app.output import json_line
from stammkunde.app.ringing import Line, Ringing, Switchboard
from stammkunde.app.sentences import caller_sentence
from stammkunde.app.web.follower import Follower
from stammkunde.core.errors import SettingError
from stammkunde.core.events import IdentifierClass
from stammkunde.projections.callers import Known

_TICK_S = 0.5


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a call as `--json` has it; `customers` are some of the `n` who use the number."""

    source: str
    key: str
    state: Literal["ringing", "answered", "ended"]
    direction: Literal["in", "out"]
    number: str
    line: str
    name: str
    at: datetime
    customers: tuple[Known, ...]
    n: int
    class_: IdentifierClass | None = msgspec.field(name="class")
    last_contact: datetime | None


@click.command("ringing")
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@JSON
@click.pass_obj
def ringing_command(session: Session, sources: tuple[str, ...], as_json: bool) -> None:
    """Calls as they ring, are answered and end, each with the customer, until Ctrl-C. Nothing is stored.

    \b
    stammkunde ringing
    stammkunde ringing phone --json
    """
    with contextlib.suppress(KeyboardInterrupt):  # nothing is cut off: none of it was to be kept
        _print(session, sources, as_json=as_json)


def _print(session: Session, sources: tuple[str, ...], *, as_json: bool) -> None:
    with (
        opened(session.home) as home,
        Follower(home),
        _switchboard(home, sources, session) as board,
    ):
        zone = ZoneInfo(home.company.timezone)
        for ringing in _heard(board):
            if as_json:
                json_line(_printed(ringing, zone))
            else:
                click.echo(_line(ringing, home, session, zone))


def _switchboard(home: Home, sources: tuple[str, ...], session: Session) -> Switchboard:
    """That a connection is gone, or there, goes to stderr."""
    locale = session.locale

    def stands(source: str, line: Line) -> None:
        said = locale.say(line.why) if line.why else locale.text("tells of calls.")
        click.echo(f"{source}: {said}", err=True)

    return Switchboard(home, sources, stands)


def _heard(board: Switchboard) -> Iterator[Ringing]:
    """What comes, until interrupted."""
    with board.subscribe() as listener:
        while True:
            if ringing := listener.next(_TICK_S):
                yield ringing
            elif board.is_idle:
                raise SettingError(
                    "No source here tells of calls: give one of connector “asterisk” its ami_host, ami_user and ami_secret."
                )


def _line(ringing: Ringing, home: Home, session: Session, zone: ZoneInfo) -> str:
    call, locale = ringing.call, session.locale
    words = {
        "ringing": locale.text("calls") if call.direction == "in" else locale.text("is called"),
        "answered": locale.text("answered"),
        "ended": locale.text("ended"),
    }
    parts = [f"{call.at.astimezone(zone):%H:%M:%S}", words[call.state]]
    parts.append(writing.phone(call.number, home.company.country) or locale.text("withheld"))
    parts.append(caller_sentence(ringing.caller, call, locale))
    if call.state == "ringing" and ringing.caller.contacts:
        last = ringing.caller.contacts[0].occurred_at
        parts.append(locale.text("last contact {at}", at=writing.moment(last, zone, locale.code)))
    return "  ".join(part for part in parts if part)


def _printed(ringing: Ringing, zone: ZoneInfo) -> Printed:
    call, caller = ringing.call, ringing.caller
    return Printed(
        source=ringing.source,
        key=call.key,
        state=call.state,
        direction=call.direction,
        number=call.number,
        line=call.line,
        name=call.name,
        at=call.at.astimezone(zone),
        customers=caller.customers,
        n=caller.n,
        class_=caller.class_,
        last_contact=caller.contacts[0].occurred_at if caller.contacts else None,
    )
