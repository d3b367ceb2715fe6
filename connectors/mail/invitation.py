"""Calendar mail (iTIP, RFC 5546, in the form of RFC 6047): what is asked or answered, by whom, for when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, TypeAlias

import msgspec

from stammkunde.connectors.mail.addresses import Address, usable
from stammkunde.connectors.mail.message import Message

Method: TypeAlias = Literal[
    "request", "cancel", "reply", "counter", "declinecounter", "add", "refresh"
]

_METHOD = re.compile(
    rb"^METHOD[^:\r\n]*:[ \t]*(REQUEST|CANCEL|REPLY|COUNTER|DECLINECOUNTER|ADD|REFRESH)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_COMPONENTS = frozenset({"VEVENT", "VTODO"})
_LONGEST = 300


class Invitation(msgspec.Struct, frozen=True):
    """One iTIP message; times are ISO 8601 as the calendar gives them, `partstat` in lower case (`accepted` …).

    `comment` is what a person added. `PUBLISH` and a calendar without a method are attachments, not invitations.
    """

    method: str
    uid: str = ""
    starts: str = ""
    ends: str = ""
    place: str = ""
    summary: str = ""
    organizer: Address = Address("", "")
    attendees: tuple[Address, ...] = ()
    partstat: str = ""
    comment: str = ""

    @property
    def is_answer(self) -> bool:
        """Whether a calendar program answered or asked again and nobody wrote: no contact in the figures."""
        return self.method in ("reply", "refresh") and not self.comment


def invitation_of(message: Message) -> Invitation | None:
    """The invitation that a mail carries, or None; one whose calendar can't be read has its method alone."""
    for part in message.parts:
        if part.type in _TYPES:
            match = _METHOD.search(part.content)
            if match:
                return _read(part.text, match[1].decode().lower())
    return None


def _read(text: str, method: str) -> Invitation:
    # Imported here: it takes a tenth of a second, and one mail in a hundred is an invitation.
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(text)
        found = next((item for item in calendar.walk() if item.name in _COMPONENTS), None)
        return Invitation(method) if found is None else _event(found, method)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Invitation(method)


def _event(event: Any, method: str) -> Invitation:
    attendees = _listed(event.get("attendee"))
    return Invitation(
        method=method,
        uid=_text(event.get("uid")),
        starts=_time(event.get("dtstart")),
        ends=_time(event.get("dtend")),
        place=_text(event.get("location")),
        summary=_text(event.get("summary")),
        organizer=_address(event.get("organizer")),
        attendees=tuple(_address(attendee) for attendee in attendees),
        partstat=next((_parameter(attendee, "PARTSTAT").lower() for attendee in attendees), "")
        if method == "reply"
        else "",
        comment="\n".join(_text(comment) for comment in _listed(event.get("comment"))).strip(),
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())[:_LONGEST]


def _time(value: Any) -> str:
    moment = getattr(value, "dt", None)
    return moment.isoformat() if isinstance(moment, date) else ""


def _parameter(value: Any, name: str) -> str:
    parameters = getattr(value, "params", {})
    return _text(parameters.get(name))


def _address(value: Any) -> Address:
    return (
        Address("", "") if value is None else Address(_parameter(value, "CN"), usable(str(value)))
    )


def addresses_of(invitation: Invitation) -> Iterable[Address]:
    """The other side as the calendar names it: who answers in a reply, else who invites."""
    return (
        invitation.attendees
        if invitation.method in ("reply", "counter", "refresh")
        else (invitation.organizer,)
    )
