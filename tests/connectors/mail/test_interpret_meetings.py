"""Invitations and answers to them (RFC 5546), as meeting, automatic reply or message."""

from __future__ import annotations

import pytest

from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import parse
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact

US = Company(domains=("velo.example",))
IN = "From: Anna Meier <anna@k.example>\nTo: info@velo.example\n"
OUT = "From: info@velo.example\nTo: anna@k.example, carl@k.example\n"
EVENT = (
    "UID:42@k.example\nDTSTAMP:20261103T090000Z\nDTSTART;TZID=Europe/Zurich:20261110T140000\nDTEND;TZID=Europe/Zurich:20261110T150000\n"
    "SUMMARY:Probefahrt\nLOCATION:Winterthur\nORGANIZER;CN=Anna Meier:mailto:anna@k.example\nATTENDEE;PARTSTAT={partstat};CN=Velo:mailto:info@velo.example"
)


def calendar(
    method: str, *, partstat: str = "NEEDS-ACTION", more: str = "", event: str = EVENT
) -> str:
    lines = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\nMETHOD:{method}\nBEGIN:VEVENT\n{event.format(partstat=partstat)}\n{more}END:VEVENT\nEND:VCALENDAR\n"
    return lines.replace("\n", "\r\n")


def read(head: str, content: str, *, text: str = "Probefahrt") -> tuple[Contact, ...]:
    raw = (
        f"{head}Subject: Probefahrt\nMessage-ID: <1@k.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
        f"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{text}\n\n--b\nContent-Type: text/calendar; charset=utf-8\n\n{content}\n--b--\n"
    )
    return interpret(parse(raw.encode()), company=US).contacts


@pytest.mark.parametrize(
    ("head", "content", "kind", "direction", "method"),
    [
        (IN, calendar("REQUEST"), "meeting", "in", "request"),
        (IN, calendar("CANCEL", more="STATUS:CANCELLED\n"), "meeting", "in", "cancel"),
        (IN, calendar("COUNTER"), "meeting", "in", "counter"),
        (IN, calendar("ADD"), "meeting", "in", "add"),
        (IN, calendar("REPLY", partstat="ACCEPTED"), "auto_reply", "in", "reply"),
        (IN, calendar("REPLY", partstat="DECLINED"), "auto_reply", "in", "reply"),
        (IN, calendar("REPLY", partstat="TENTATIVE", more="COMMENT:Geht es auch um drei?\n"), "message", "in", "reply"),
        (IN, calendar("REFRESH"), "auto_reply", "in", "refresh"),
        (OUT, calendar("REQUEST"), "meeting", "out", "request"),
        (OUT, calendar("REPLY", partstat="ACCEPTED"), "auto_reply", "out", "reply"),
        (IN, calendar("PUBLISH"), "message", "in", ""),
        (IN, calendar("REQUEST").replace("METHOD:REQUEST\r\n", ""), "message", "in", ""),
    ],
)  # fmt: skip
def test_calendar_mail(head: str, content: str, kind: str, direction: str, method: str) -> None:
    found = read(head, content)
    assert {
        (contact.kind, contact.direction, contact.attributes.get("method", "")) for contact in found
    } == {(kind, direction, method)}
    assert [contact.party for contact in found] == (
        ["anna@k.example"] if direction == "in" else ["anna@k.example", "carl@k.example"]
    )


def test_an_invitation_says_what_and_when() -> None:
    (contact,) = read(IN, calendar("REQUEST"))
    assert contact.attributes == {
        "method": "request",
        "uid": "42@k.example",
        "starts": "2026-11-10T14:00:00+01:00",
        "ends": "2026-11-10T15:00:00+01:00",
        "place": "Winterthur",
    }
    assert contact.text == "Probefahrt"


def test_an_answer_says_yes_or_no() -> None:
    (contact,) = read(IN, calendar("REPLY", partstat="ACCEPTED"))
    assert contact.attributes["partstat"] == "accepted"


def test_a_comment_is_the_text_of_an_answer_without_one() -> None:
    (contact,) = read(
        IN, calendar("REPLY", partstat="DECLINED", more="COMMENT:Bin krank\n"), text=""
    )
    assert (contact.kind, contact.text) == ("message", "Bin krank")


def test_a_calendar_service_writes_for_somebody() -> None:
    head = "From: notifications@calendar.example\nTo: info@velo.example\n"
    (contact,) = read(head, calendar("REQUEST"))
    assert (contact.kind, contact.party, contact.display) == (
        "meeting",
        "anna@k.example",
        "Anna Meier",
    )


def test_whole_days_are_dates() -> None:
    event = EVENT.replace(";TZID=Europe/Zurich:20261110T140000", ";VALUE=DATE:20261110")
    (contact,) = read(IN, calendar("REQUEST", event=event))
    assert contact.attributes["starts"] == "2026-11-10"


@pytest.mark.parametrize("content", ["METHOD:REQUEST\n", "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTART:yesterday\n", "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"])  # fmt: skip
def test_a_broken_calendar_is_an_invitation_all_the_same(content: str) -> None:
    (contact,) = read(IN, content)
    assert (contact.kind, contact.attributes) == ("meeting", {"method": "request"})
