"""Direction, outcome and counterpart by the rules, on calls that our recordings do not hold."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stammkunde.connectors.asterisk.calls import Call, Calls
from stammkunde.connectors.asterisk.rows import Leg
from stammkunde.connectors.asterisk.sides import Rules, Sides
from stammkunde.connectors.asterisk.times import Times
from stammkunde.core.contact import Contact
from stammkunde.core.phones import DialPlan

START = 1795449816


def leg(**changes: Any) -> Leg:
    fields: dict[str, Any] = {
        "channel": "PJSIP/trunk-01", "dstchannel": "PJSIP/101-02", "lastapp": "Dial", "lastdata": "PJSIP/101,20",
        "start": START, "end": "", "offset": 0, "duration": 20, "billsec": 0, "disposition": "NO ANSWER",
        "src": "0791112233", "dst": "+41445551101", "dcontext": "from-trunk", "clid": "", "userfield": "",
        "uniqueid": "1795449816.1", "call": "1795449816.1",
    }  # fmt: skip
    return Leg(**fields | changes)


def told(*legs: Leg, **settings: Any) -> Contact | None:
    rules = {"region": "CH", "plan": DialPlan(), "internal_contexts": ("internal",), **settings}
    calls = Calls(Sides(Rules(**rules)), Times(ZoneInfo("Europe/Zurich")))
    return calls.contact(Call(legs[0].call, START, START + 60, list(legs)))


def answered(**changes: Any) -> Leg:
    return leg(**{"disposition": "ANSWERED", "billsec": 15, **changes})


@pytest.mark.parametrize(
    ("legs", "outcome"),
    [
        ([answered()], "answered"),
        ([answered(lastapp="Queue")], "answered"),
        ([answered(lastapp="Playback", dstchannel="")], "missed"),
        ([answered(lastapp="Hangup")], "missed"),
        ([answered(dstchannel="")], "missed"),
        ([leg()], "missed"),
        ([leg(), answered(lastapp="VoiceMail", dstchannel="")], "voicemail"),
        ([leg(disposition="BUSY"), answered(lastapp="VoiceMail", dstchannel="")], "voicemail"),
        ([leg(disposition="BUSY"), leg()], "busy"),
        ([leg(disposition="FAILED")], "failed"),
        ([leg(lastapp="Queue")], "abandoned"),
        ([leg(lastapp="Queue"), answered(start=START + 9)], "answered"),
    ],
)
def test_the_outcome_follows_from_all_legs(legs: list[Leg], outcome: str) -> None:
    call = told(*legs)
    assert call is not None
    assert call.outcome == outcome


@pytest.mark.parametrize(
    ("changes", "settings", "direction"),
    [
        ({}, {}, "in"),
        ({"channel": "SIP/provider-01"}, {}, "in"),
        ({"channel": "SIP/provider-01", "src": ""}, {}, "in"),
        ({"channel": "PJSIP/101-01", "src": "101", "dst": "102", "dstchannel": "PJSIP/102-02"}, {}, None),
        ({"channel": "PJSIP/anna-01", "src": "101", "dst": "0791112233", "dstchannel": "PJSIP/provider-02"}, {}, "out"),
        ({"channel": "PJSIP/anna-01", "src": "+41445551101", "dcontext": "internal", "dst": "0791112233", "dstchannel": "SIP/provider-02"}, {}, "out"),
        ({"channel": "PJSIP/101-01", "src": "101", "dst": "0791112233", "dstchannel": "", "disposition": "FAILED"}, {}, "out"),
        ({"channel": "PJSIP/101-01", "src": "101", "dst": "0791112233", "dstchannel": "", "lastapp": "Playback"}, {}, None),
        ({"channel": "PJSIP/101-01", "src": "101", "dst": "112", "dstchannel": "PJSIP/provider-02"}, {}, None),
        ({"channel": "PJSIP/sipgate-01"}, {"trunks": ("PJSIP/sipgate*",)}, "in"),
        ({"channel": "PJSIP/sipgate-01"}, {"trunks": ("PJSIP/sipgate",)}, "in"),
        ({"channel": "PJSIP/sipgate-01"}, {"trunks": ("sipgate",)}, "in"),
        ({"channel": "PJSIP/2-01", "dstchannel": "PJSIP/sipgate-02"}, {"trunks": ("*sipgate*",)}, "out"),
        ({"channel": "PJSIP/other-01"}, {"trunks": ("*sipgate*",)}, None),
        ({"channel": "PJSIP/70123-01", "src": "70123", "dstchannel": "PJSIP/70124-02", "dst": "70124"}, {"plan": DialPlan(extensions=r"7\d{4}")}, None),
    ],
)  # fmt: skip
def test_the_first_channel_gives_the_direction(
    changes: dict[str, Any], settings: dict[str, Any], direction: str | None
) -> None:
    call = told(leg(**changes), **settings)
    assert (call.direction if call else None) == direction


def out(**changes: Any) -> Leg:
    return answered(
        **{"channel": "PJSIP/101-01", "src": "101", "dstchannel": "PJSIP/trunk-02", **changes}
    )


@pytest.mark.parametrize(
    ("dst", "lastdata", "plan", "expected"),
    [
        ("0791112233", "PJSIP/0791112233@trunk,30", DialPlan(), "+41791112233"),
        ("00791112233", "PJSIP/0791112233@trunk,30", DialPlan(), "+41791112233"),
        ("00791112233", "", DialPlan(outside_prefix="0"), "+41791112233"),
        ("000491701234567", "SIP/trunk/00491701234567,30", DialPlan(), "+491701234567"),
        ("*31#0791112233", "", DialPlan(), "+41791112233"),
        ("s", "PJSIP/+41791112233@trunk", DialPlan(), "+41791112233"),
    ],
)
def test_whom_we_called(dst: str, lastdata: str, plan: DialPlan, expected: str) -> None:
    call = told(out(dst=dst, lastdata=lastdata), plan=plan)
    assert call is not None
    assert [identifier.value for identifier in call.identifiers] == [expected]
    assert (call.direction, call.ours, call.display) == ("out", ("101",), "")


@pytest.mark.parametrize(
    ("src", "clid", "identifier", "display", "flags", "attributes"),
    [
        ("0791112233", '"Anna Meier" <0791112233>', "+41791112233", "Anna Meier", (), {}),
        ("0791112233", "Anna Meier <0791112233>", "+41791112233", "Anna Meier", (), {}),
        ("0791112233", '"0791112233" <0791112233>', "+41791112233", "", (), {}),
        ("anonymous", '"Anonymous" <anonymous>', None, "", ("withheld",), {}),
        ("", "", None, "", ("withheld",), {}),
        ("117", "", None, "", (), {"number": "117"}),
        ("01781234567", "", None, "", (), {"number": "01781234567"}),
    ],
)
def test_who_called(
    src: str,
    clid: str,
    identifier: str | None,
    display: str,
    flags: tuple[str, ...],
    attributes: dict[str, str],
) -> None:
    call = told(leg(src=src, clid=clid))
    assert call is not None
    assert [each.value for each in call.identifiers] == ([identifier] if identifier else [])
    assert (call.display, call.flags) == (display, flags)
    assert {**call.attributes, **attributes} == call.attributes


def test_the_line_is_what_the_user_field_says() -> None:
    call = told(answered(dst="600", userfield="did:044 555 11 02"))
    assert call is not None
    assert call.ours == ("+41445551102", "101")


def test_a_colleague_asked_before_handing_over_is_no_talk() -> None:
    """Attended transfer: the consultation has a channel of its own, which joins the caller's call."""
    caller = answered(duration=100)
    asked = answered(
        channel="PJSIP/101-05",
        src="101",
        dst="103",
        dstchannel="PJSIP/103-06",
        start=START + 30,
        uniqueid="1795449846.5",
    )
    taken = answered(dst="103", dstchannel="PJSIP/103-06", start=START + 60, billsec=40)
    call = told(caller, asked, taken)
    assert call is not None
    assert (call.duration_s, call.ours) == (55, ("+41445551101", "101", "103"))


def test_a_call_that_failed_on_one_trunk_and_went_through_the_other() -> None:
    call = told(
        out(dst="0791112233", disposition="FAILED", billsec=0),
        out(dst="0791112233", start=START + 2),
    )
    assert call is None or call.outcome == "answered"
    assert call is not None
    assert call.duration_s == 15


@pytest.mark.parametrize("key", ["", "x" * 200, "a\0b", "\u20ac.1"])
def test_an_id_that_is_none_still_makes_a_key(key: str) -> None:
    call = told(leg(call=key, uniqueid=key))
    assert call is not None
    assert call.item.time_ms == 0
    assert call.item.key.isascii()
    assert "\0" not in call.item.key
