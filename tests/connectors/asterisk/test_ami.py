"""Calls as they ring: a recorded session played from loopback, whole and cut off, and telephone systems that misbehave."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.connectors.asterisk import Asterisk, Settings, ami
from stammkunde.connectors.asterisk.ami import Reader
from stammkunde.connectors.asterisk.ringing import Ringing
from stammkunde.connectors.asterisk.sides import Rules, Sides
from stammkunde.connectors.contract import COMPANY
from stammkunde.connectors.interface import (
    Call,
    ConnectorError,
    Context,
    CredentialsError,
    UnavailableError,
)
from stammkunde.core.phones import DialPlan
from tests.connectors.asterisk.telephone_system import (
    GREETING,
    SECRET,
    Exchange,
    Played,
    TelephoneSystem,
    event,
    fields_of,
    recorded,
)

EVENTS = recorded()
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)

TOLD = [
    ("1795449816.0", "+41791112233", "Max Muster", "ringing answered ended"),
    ("1795449820.3", "", "", "ringing ended"),  # withheld, taken by the voicemail
    ("1795449828.7", "+41445556677", "", "ringing ended"),  # busy
    ("1795449831.11", "+4915112345678", "", "ringing answered ended"),
    ("1795449834.18", "+41315550000", "Büro Bern", "ringing answered ended"),  # a queue
    ("1795449841.25", "+4232301111", "", "ringing ended"),  # gave up in the queue
    ("1795449844.32", "+41431234567", "", "ringing ended"),
    ("1795449847.35", "+491701234567", "", "ringing answered ended"),  # we call
    ("1795449855.41", "+41612345678", "", "ringing answered ended"),  # sent on to a mobile
    ("1795449862.46", "+41791112244", "", "ringing answered ended"),  # transferred
    ("1795449868.51", "+41445556678", 'Quote "Q" Comma, GmbH', "ringing answered ended"),
]
"""What the twelve calls come to: the one between two of ours is not told."""


def connector(port: int, **options: Any) -> Asterisk:
    given: dict[str, Any] = {
        "ami_host": "127.0.0.1",
        "ami_user": "stammkunde",
        "ami_secret": SECRET,
    }
    given |= {"outside_prefix": "0", **options}
    return Asterisk(
        Settings(ami_port=port, path=("Master.csv",), **given),
        Context(source="phones", company=COMPANY),
    )


def told(calls: Sequence[Call]) -> list[tuple[str, str, str, str]]:
    """Each call with its states in order."""
    keys = dict.fromkeys(call.key for call in calls)
    found = []
    for key in keys:
        own = [call for call in calls if call.key == key]
        found.append((key, own[-1].number, own[-1].name, " ".join(call.state for call in own)))
    return found


class Listening:
    """Calls `ringing` again and again without a pause, as often as the connection is cut off, until the last call ended."""

    def __init__(self, log: Asterisk, last: str = TOLD[-1][0]) -> None:
        self.calls: list[Call] = []
        self.errors: list[ConnectorError] = []
        self._log, self._last, self._ended = log, last, threading.Event()

    def run(self) -> None:
        timer = threading.Timer(20, self._ended.set)
        timer.start()
        while not self._ended.is_set():
            try:
                self._log.ringing(self._tell, self._ended)
            except UnavailableError as error:
                self.errors.append(error)
        timer.cancel()

    def _tell(self, call: Call) -> None:
        self.calls.append(call)
        if (call.key, call.state) == (self._last, "ended"):
            self._ended.set()


def ringing() -> Ringing:
    plan = DialPlan(outside_prefix="0")
    return Ringing(Sides(Rules("CH", plan, (), ("internal",))), lambda: NOW)


def test_the_recorded_calls_are_told_as_the_log_has_them() -> None:
    board = ringing()
    calls = [call for each in EVENTS for call in board.heard(fields_of(each))]
    assert told(calls) == TOLD
    first = calls[0]
    assert (first.direction, first.line) == ("in", "+41445551101")
    assert [call.direction for call in calls if call.key == "1795449847.35"] == ["out"] * 3


def test_over_the_wire_it_is_the_same() -> None:
    with TelephoneSystem([Played(EVENTS)]) as system:
        listening = Listening(connector(system.port))
        listening.run()
    assert told(listening.calls) == TOLD
    assert [each["Action"] for each in system.asked][:2] == ["Login", "Filter"]
    assert system.asked[0]["Events"] == "call"


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=40))
def test_however_the_network_cuts_it_the_messages_are_the_same(cuts: list[int]) -> None:
    data = (GREETING + b"".join(EVENTS))[:20_000]
    whole, cut = Reader(), Reader()
    places = sorted({0, len(data), *cuts})
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert [m for piece in pieces for m in cut.feed(piece)] == whole.feed(data)


def test_byte_by_byte_it_is_the_same() -> None:
    data = (GREETING + b"".join(EVENTS))[:10_000]
    whole, cut = Reader(), Reader()
    assert [m for at in range(len(data)) for m in cut.feed(data[at : at + 1])] == whole.feed(data)


ENDS = list(accumulate(map(len, EVENTS)))
CUTS = sorted(
    {*range(0, ENDS[-1], 3989), *ENDS[100:1200:41], *(end - 1 for end in ENDS[90:1200:67])}
)


def test_cut_anywhere_nothing_is_lost_and_nothing_told_twice() -> None:
    """At two hundred places, in a message and between two; it goes on where it was cut, with a list of what there is."""
    for cut in CUTS:
        at = sum(end <= cut for end in ENDS)
        exchange = Exchange()
        for each in EVENTS[:at]:
            exchange.take(each)
        sessions = [Played(EVENTS, cut), Played(EVENTS[at:], None, exchange.listed)]
        with TelephoneSystem(sessions) as system:
            listening = Listening(connector(system.port))
            listening.run()
        assert told(listening.calls) == TOLD, cut
        assert len(listening.errors) <= 1, cut  # the last cuts come after the last call


@pytest.mark.parametrize("away", [5, 40, 200])
def test_who_was_away_hears_what_goes_on_and_what_ended_meanwhile(away: int) -> None:
    """Of a call that is told, each state comes once and it ends; only one that began and ended meanwhile is not told."""
    for at in range(20, len(EVENTS) - away, 37):
        exchange, after = Exchange(), [fields_of(each) for each in EVENTS[at + away :]]
        for each in EVENTS[: at + away]:
            exchange.take(each)
        board = ringing()
        calls = [call for each in EVENTS[:at] for call in board.heard(fields_of(each))]
        there = {call.key for call in calls} | exchange.channels.keys()
        there |= {each["Uniqueid"] for each in after if each["Event"] == "Newchannel"}
        calls += board.now(_listing(board, exchange))
        calls += [call for each in after for call in board.heard(each)]
        found = {key: states for key, _, _, states in told(calls)}
        assert set(found.values()) <= {"ringing answered ended", "ringing ended"}
        assert [key for key, *_ in TOLD if key in there] == sorted(found)


def _listing(board: Ringing, exchange: Exchange) -> Any:
    there = board.asked()
    for each in exchange.listed:
        there.heard({"ActionID": "CoreShowChannels", "Event": "CoreShowChannel", **fields_of(each)})
    return there


CHANNEL = {
    "Channel": "PJSIP/trunk-00000000", "ChannelState": "4", "CallerIDNum": "0791112233", "CallerIDName": "Max Muster",
    "Context": "from-trunk", "Exten": "+41445551101", "Uniqueid": "1795449816.0", "Linkedid": "1795449816.0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("in", "+41791112233", "Max Muster", "+41445551101")),
        ({"CallerIDNum": "anonymous", "CallerIDName": "Anonymous"}, ("in", "", "", "+41445551101")),
        ({"CallerIDNum": "<unknown>", "CallerIDName": "<unknown>"}, ("in", "", "", "+41445551101")),
        ({"Exten": "s"}, ("in", "+41791112233", "Max Muster", "")),
        ({"CallerIDName": "\x1b[2JMax\u202e"}, ("in", "+41791112233", "[2JMax", "+41445551101")),
        ({"ChannelState": "0"}, None),  # we call it, a program of the telephone system does
        ({"ChannelState": "5"}, None),
        ({"Linkedid": "1795449000.1"}, None),  # a further channel of another call
        ({"Channel": "PJSIP/101-00000000", "CallerIDNum": "101", "Exten": "103"}, None),
    ],
)  # fmt: skip
def test_what_a_new_channel_is(changes: dict[str, str], expected: tuple[str, ...] | None) -> None:
    calls = ringing().heard({"Event": "Newchannel", **CHANNEL, **changes})
    assert [(call.direction, call.number, call.name, call.line) for call in calls] == (
        [expected] if expected else []
    )


def test_a_number_that_is_known_only_later_is_told_once_more() -> None:
    board = ringing()
    board.heard({"Event": "Newchannel", **CHANNEL, "CallerIDNum": "<unknown>", "CallerIDName": ""})
    changed = {"Event": "NewCallerid", **CHANNEL}
    assert [call.number for call in board.heard(changed)] == ["+41791112233"]
    assert board.heard(changed) == []


def test_a_telephone_system_that_gives_no_list_leaves_no_call_behind() -> None:
    """Its user may not ask for channels: what was known when the connection broke is over, as far as anybody knows."""
    rings = event("Newchannel", **CHANNEL)
    with TelephoneSystem([Played([rings], len(rings)), Played((), None, None)]) as system:
        listening = Listening(connector(system.port), "1795449816.0")
        listening.run()
    assert [call.state for call in listening.calls] == ["ringing", "ended"]


def test_what_happens_while_the_list_comes_is_newer_than_the_list() -> None:
    board = ringing()
    there = board.asked()
    listed = {"ActionID": "CoreShowChannels", "Event": "CoreShowChannel", **CHANNEL}
    there.heard(listed)
    there.heard({"Event": "Hangup", **CHANNEL})
    began = {**CHANNEL, "Uniqueid": "1795449900.9", "Linkedid": "1795449900.9"}
    calls = board.heard({"Event": "Newchannel", **began})
    assert [call.state for call in calls] == ["ringing"]
    assert board.now(there) == []


# ---- telephone systems that refuse, fall silent, or are none


def refused(kind: type[ConnectorError], port: int) -> None:
    with pytest.raises(kind) as error:
        connector(port).ringing(lambda _: None, threading.Event())
    assert type(error.value) is kind
    assert SECRET not in str(error.value)


def test_a_wrong_secret_is_refused() -> None:
    with TelephoneSystem([], secret="another") as system:  # noqa: S106
        refused(CredentialsError, system.port)


def test_nobody_there_is_unavailable() -> None:
    with TelephoneSystem([]) as system:
        port = system.port
    refused(UnavailableError, port)


def test_something_else_that_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.connectors.asterisk.telephone_system.GREETING", b"SSH-2.0\r\n")
    with TelephoneSystem([]) as system:
        refused(UnavailableError, system.port)


def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "QUIET_S", 0.0)
    monkeypatch.setattr(ami, "ANSWER_S", 0.2)
    monkeypatch.setattr(ami, "_TICK_S", 0.05)
    with TelephoneSystem([], answers_ping=False) as system:
        refused(UnavailableError, system.port)
    assert system.asked[-1]["Action"] == "Ping"


def test_one_that_answers_a_ping_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "QUIET_S", 0.0)
    monkeypatch.setattr(ami, "_TICK_S", 0.02)
    ended = threading.Event()
    with TelephoneSystem([]) as system:
        log = connector(system.port)
        thread = threading.Thread(target=log.ringing, args=(lambda _: None, ended))
        thread.start()
        for _ in range(200):
            if sum(each["Action"] == "Ping" for each in list(system.asked)) > 2:
                break
            thread.join(0.02)
        assert thread.is_alive()
        ended.set()
        thread.join(2)
        assert not thread.is_alive()
    assert sum(each["Action"] == "Ping" for each in system.asked) > 2


def test_endless_garbage_is_no_message() -> None:
    reader = Reader()
    reader.feed(GREETING)
    reader.feed(b"x" * ami.MESSAGE_BYTES)
    with pytest.raises(UnavailableError):
        reader.feed(b"x")


def test_a_name_of_an_old_system_is_read() -> None:
    (message,) = Reader().feed(GREETING + b"Event: X\r\nCallerIDName: B\xfcro\r\n\r\n")
    assert message["CallerIDName"] == "Büro"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"ami_host": "192.0.2.1"}, "ami_tls"),
        ({"ami_host": "pbx.example"}, "ami_tls"),
        ({"ami_secret": ""}, "ami_secret"),
        ({"ami_host": "pbx.example", "ami_tls": True, "ami_ca_file": "/nowhere.pem"}, "ami_ca_file"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_named(
    tmp_path: Path, options: dict[str, Any], named: str
) -> None:
    log = tmp_path / "Master.csv"
    log.touch()
    with pytest.raises(ConnectorError, match=named):
        connector(5038, **options).check()


def test_without_a_host_nobody_is_asked() -> None:
    connector(1, ami_host="").ringing(lambda _: None, threading.Event())


# ---- encrypted


def certificate(folder: Path, days: int = 1) -> Path:
    """One for 127.0.0.1 that signs itself, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pbx.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{days}.pem"
    file.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return file


def encrypted(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_an_encrypted_connection_tells_the_same(tmp_path: Path) -> None:
    file = certificate(tmp_path)
    with TelephoneSystem([Played(EVENTS)], context=encrypted(file)) as system:
        listening = Listening(connector(system.port, ami_tls=True, ami_ca_file=str(file)))
        listening.run()
    assert told(listening.calls) == TOLD


@pytest.mark.parametrize("case", ["unknown authority", "expired", "not encrypted"])
def test_a_certificate_that_cannot_be_trusted_is_refused(tmp_path: Path, case: str) -> None:
    """Nothing was sent then, least of all the secret."""
    file = certificate(tmp_path, -2 if case == "expired" else 1)
    authority = "" if case == "unknown authority" else str(file)
    context = None if case == "not encrypted" else encrypted(file)
    kind = UnavailableError if case == "not encrypted" else ConnectorError
    with TelephoneSystem([], context=context) as system:
        log = connector(system.port, ami_tls=True, ami_ca_file=authority)
        with pytest.raises(ConnectorError, match="ami_tls") as error:
            log.ringing(lambda _: None, threading.Event())
    assert type(error.value) is kind
    assert system.asked == []


def test_the_secret_is_in_no_repr() -> None:
    log = connector(5038)
    assert SECRET not in repr(log._settings)
    assert SECRET not in repr(log._access())
