"""What imapclient does slowly or wrongly, each by its number in the notes on it, and what we lean on in it."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import Any

import pytest
from imapclient import IMAPClient

from stammkunde.connectors.contract import DictMemory, Reading, read
from stammkunde.connectors.imap.session import Session, opened
from stammkunde.connectors.imap.settings import Settings
from stammkunde.connectors.imap.uids import written
from stammkunde.connectors.imap.wire import Gone, Refused, Wire, dialled
from stammkunde.connectors.interface import UnavailableError
from tests.connectors.imap.accounts import imap
from tests.connectors.imap.dovecot import Dovecot
from tests.connectors.imap.servers import Script, fetched, scripted
from tests.connectors.imap.test_dovecot import numbered


def session_of(port: int, **settings: Any) -> Session:
    return opened(
        Settings(host="127.0.0.1", port=port, user="anna", password="x", tls="none", **settings)  # noqa: S106
    )


def read_script(script: Script, **settings: Any) -> Reading:
    with scripted(script) as port:
        connector = imap(host="127.0.0.1", port=port, tls="none", **settings)
        with closing(connector):
            return read(connector)


def subjects(reading: Reading) -> list[str]:
    return [contact.subject for contact in reading.contacts]


def test_what_we_lean_on_in_imapclient_is_there() -> None:
    """The contract: if a new version breaks it, this fails and not a user's mail."""
    script = Script()
    with scripted(script) as port:
        client = dialled("127.0.0.1", port, None, connect_s=5, read_s=7)
        assert client._imap.debug == 0
        assert client.socket().gettimeout() == 7
        assert client.socket().getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert not client.normalise_times
        assert client.has_capability("IDLE")
        client.plain_login("anna", "x")
        assert client.list_folders() == [((), b"/", "INBOX")]
        wire = Wire(client)
        assert wire.ask("STATUS INBOX (UIDNEXT)")[0].startswith(b"* STATUS")
        wire.close()
        with pytest.raises(OSError):  # noqa: PT011
            wire.ask("NOOP")


def test_what_came_with_the_last_answer_to_imapclient_is_not_lost() -> None:
    script = Script()
    script.answers["LIST"] = b'* LIST () "/" INBOX\r\nTAG OK done\r\n* 3 EXISTS\r\n* 4 EX'
    script.answers["NOOP"] = b"ISTS\r\nTAG OK done\r\n"
    with scripted(script) as port:
        session = session_of(port)
        assert session.wire.ask("NOOP") == [b"* 3 EXISTS\r\n", b"* 4 EXISTS\r\n"]
        session.close()


def test_f1_f2_many_mails_are_asked_for_by_ranges(dovecot: Dovecot) -> None:
    dovecot.drop("INBOX", *numbered(1, 40))
    dovecot.start()
    script = Script()
    script.folder(*numbered(1, 40))
    read_script(script)
    (command,) = [each for each in script.said if each.startswith("UID FETCH")]
    assert command.startswith("UID FETCH 1:40 (BODY.PEEK[]")


def test_f3_bodies_never_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    script = Script()
    script.folder(*numbered(1, 2))
    assert len(read_script(script).contacts) == 2
    assert "example.com" not in caplog.text
    assert "anna" not in caplog.text


def test_f4_a_server_that_goes_is_an_error_and_no_empty_answer() -> None:
    def hang_up(line: socket.socket, tag: bytes) -> None:
        line.shutdown(socket.SHUT_RDWR)

    script = Script()
    script.answers["IDLE"] = hang_up
    with scripted(script) as port:
        session = session_of(port)
        session.wire.send("IDLE")
        with pytest.raises(Gone):
            session.wire.line(5)
        session.close()


def test_f5_half_a_line_is_kept_until_the_rest_comes() -> None:
    halves: list[socket.socket] = []

    def half(line: socket.socket, tag: bytes) -> None:
        line.sendall(b"* 5 EXI")
        halves.append(line)

    script = Script()
    script.answers["IDLE"] = half
    with scripted(script) as port:
        session = session_of(port)
        session.wire.send("IDLE")
        assert session.wire.line(0.05) is None
        assert session.wire.line(0.05) is None
        halves[0].sendall(b"STS\r\n")
        assert session.wire.line(5) == b"* 5 EXISTS\r\n"
        session.close()


def test_f6_a_peer_that_says_nothing_is_given_up() -> None:
    script = Script()
    script.answers["STATUS"] = lambda line, tag: None
    with scripted(script) as port:
        session = session_of(port)
        session.wire._read_s = 0.2
        session.wire._socket.settimeout(0.2)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            session.statuses(session.folders)
        assert time.monotonic() - began < 5
        session.close()


def test_f7_a_line_of_more_than_a_megabyte_is_read() -> None:
    script = Script()
    script.answers["UID SEARCH"] = (
        b"* SEARCH "
        + b" ".join(b"%d" % uid for uid in range(1_000_000, 1_300_000, 2))
        + b"\r\nTAG OK done\r\n"
    )
    with scripted(script) as port:
        session = session_of(port)
        found = session.search(10)
        assert (len(found), found[0], found[-1]) == (150_000, (1_000_000,) * 2, (1_299_998,) * 2)
        session.close()


def test_f7_many_mails_are_searched_from_the_last_one_down() -> None:
    script = Script()
    script.answers["UID SEARCH"] = b"* SEARCH 7\r\nTAG OK done\r\n"
    with scripted(script) as port:
        session = session_of(port)
        session.search(120_000, ((5, 9),))
        session.close()
    assert script.said[-3:] == [
        "UID SEARCH 70001:* UID 5:9",
        "UID SEARCH 20001:70000 UID 5:9",
        "UID SEARCH 1:20000 UID 5:9",
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'* LIST (\\HasNoChildren \\sent) "/" "Ausgang"\r\n', "sent"),  # F8: Cyrus writes it small
        (b'* LIST () "." "INBOX.Gesendet"\r\n', "sent"),
        (b'* LIST () "/" "&AMk-l&AOk-ments envoy&AOk-s"\r\n', "sent"),
        (b'* LIST () NIL "Posta inviata"\r\n', "sent"),
        (b'* LIST (\\Junk) "/" "Werbung"\r\n', "junk"),
        (b'* LIST () "/" "Papierkorb"\r\n', "trash"),
        (b'* LIST () "/" "Kunden"\r\n', ""),
    ],
)
def test_f8_special_uses_in_any_case_and_names_of_four_languages(
    answer: bytes, expected: str
) -> None:
    script = Script()
    script.answers["LIST"] = b'* LIST () "/" inbox\r\n' + answer + b"TAG OK done\r\n"
    with scripted(script) as port:
        session = session_of(port)
        assert [folder.use for folder in session.folders] == ["inbox", expected]
        session.close()


def test_f9_nothing_but_literals_is_asked_for() -> None:
    script = Script()
    script.folder(*numbered(1, 3))
    read_script(script)
    asked = " ".join(script.said)
    assert "ENVELOPE" not in asked
    assert "BODYSTRUCTURE" not in asked


def test_f10_the_last_mail_for_a_number_beyond_it_is_none_of_ours() -> None:
    script = Script()
    script.folder(*numbered(1, 2))
    script.answers["STATUS"] = (
        b"* STATUS INBOX (MESSAGES 2 UIDNEXT 9 UIDVALIDITY 7)\r\nTAG OK done\r\n"
    )
    script.answers["UID SEARCH"] = b"* SEARCH 2\r\nTAG OK done\r\n"
    reading = read_script(script)
    assert subjects(reading) == ["Mail 2"]


def test_f12_extensions_that_change_the_answers_are_not_enabled(dovecot: Dovecot) -> None:
    script = Script("IMAP4rev1 ENABLE CONDSTORE QRESYNC UTF8=ACCEPT IDLE AUTH=PLAIN")
    script.folder(*numbered(1, 2))
    read_script(script)
    assert not any(each.startswith(("ENABLE", "SELECT", "STORE")) for each in script.said)
    assert 'STATUS "INBOX" (UIDVALIDITY UIDNEXT MESSAGES HIGHESTMODSEQ)' in script.said


def test_only_reading_commands_are_sent() -> None:
    script = Script("IMAP4rev1 UNSELECT IDLE AUTH=PLAIN")
    script.folder(*numbered(1, 5))
    read_script(script)
    assert {each.partition(" ")[0] for each in script.said} <= {
        "CAPABILITY", "AUTHENTICATE", "LIST", "STATUS", "EXAMINE", "UID", "UNSELECT", "NOOP",
    }  # fmt: skip
    assert all("BODY.PEEK[]" in each for each in script.said if "FETCH" in each)


# ---- servers with habits of their own


def test_mails_of_later_commands_may_come_first() -> None:
    """Dovecot ends pipelined commands together, after all their mails."""
    held: list[bytes] = []

    def together(line: socket.socket, tag: bytes) -> None:
        held.append(tag)
        if len(held) == 3:
            mails = numbered(1, 6)
            line.sendall(b"".join(fetched(n, n, mails[n - 1]) for n in (5, 6, 3, 4, 1, 2)))
            line.sendall(b"".join(each + b" OK done\r\n" for each in held))

    script = Script()
    script.folder(*numbered(1, 6))
    script.answers["UID FETCH"] = together
    assert sorted(subjects(read_script(script, batch=2))) == [f"Mail {n}" for n in range(1, 7)]


def test_a_server_that_refuses_one_mail_among_many_gives_the_others() -> None:
    mails = numbered(1, 9)

    def choosy(line: socket.socket, tag: bytes) -> None:
        asked = script.said[-1].split()[2]
        first, _, last = asked.partition(":")
        uids = range(int(first), int(last or first) + 1)
        if 5 in uids:
            line.sendall(tag + b" NO this one is broken\r\n")
            return
        line.sendall(b"".join(fetched(uid, uid, mails[uid - 1]) for uid in uids))
        line.sendall(tag + b" OK done\r\n")

    script = Script()
    script.folder(*mails)
    script.answers["UID FETCH"] = choosy
    reading = read_script(script, batch=3)
    assert sorted(subjects(reading)) == [f"Mail {n}" for n in range(1, 10) if n != 5]
    (rejected,) = reading.rejected
    assert rejected.reference == "INBOX;UIDVALIDITY=7;UID=5"


def test_a_server_that_asks_for_patience_in_the_middle_rejects_nothing() -> None:
    script = Script()
    script.folder(*numbered(1, 3))
    script.answers["UID FETCH"] = b"TAG NO [LIMIT] too many requests, try again\r\n"
    with pytest.raises(UnavailableError):
        read_script(script)


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (BODY[]<0> {LEN}\r\nMAIL UID 1)\r\n",
        b"* 1 FETCH (UID 1 BODY[] {LEN}\r\nMAIL)\r\n",
        b"* 1 fetch (uid 1 body[]<0> {LEN}\r\nMAIL)\r\n",
        b"* 1 FETCH (FLAGS (\\Recent) UID 1 BODY[] {LEN}\r\nMAIL)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n",
    ],
)
def test_a_mail_is_found_however_its_answer_is_written(answer: bytes) -> None:
    mail = numbered(1, 1)[0].replace(b"\n", b"\r\n")
    script = Script()
    script.folder(mail)
    script.answers["UID FETCH"] = (
        answer.replace(b"LEN", b"%d" % len(mail)).replace(b"MAIL", mail, 1) + b"TAG OK done\r\n"
    )
    assert subjects(read_script(script)) == ["Mail 1"]


def test_an_empty_mail_is_rejected_and_passed_over() -> None:
    script = Script()
    script.folder(b"")
    script.answers["UID FETCH"] = b'* 1 FETCH (UID 1 BODY[]<0> "")\r\nTAG OK done\r\n'
    assert len(read_script(script).rejected) == 1


def test_a_server_without_uidnext_is_read_by_its_uids() -> None:
    script = Script()
    script.folder(*numbered(1, 3))
    script.answers["STATUS"] = b"* STATUS INBOX (MESSAGES 3 UIDVALIDITY 7)\r\nTAG OK done\r\n"
    script.answers["EXAMINE"] = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK done\r\n"
    with (
        scripted(script) as port,
        closing(imap(host="127.0.0.1", port=port, tls="none")) as connector,
    ):
        first = read(connector)
        assert len(first.contacts) == 3
        assert read(connector, first).contacts == []
        script.answers["UID SEARCH"] = b"* SEARCH 4\r\nTAG OK done\r\n"
        script.answers["UID FETCH"] = fetched(4, 4, numbered(4, 4)[0]) + b"TAG OK done\r\n"
        assert subjects(read(connector, first)) == ["Mail 4"]


def test_gmails_labels_say_what_was_sent_and_what_is_private() -> None:
    script = Script("IMAP4rev1 IDLE AUTH=PLAIN X-GM-EXT-1")
    script.folder(*numbered(1, 2))
    script.answers["LIST"] = (
        b'* LIST () "/" INBOX\r\n* LIST (\\All) "/" "[Gmail]/Alle Nachrichten"\r\n'
        b'* LIST (\\Sent) "/" "[Gmail]/Gesendet"\r\nTAG OK done\r\n'
    )
    mails = [mail.replace(b"\n", b"\r\n") for mail in numbered(1, 2)]
    script.answers["UID FETCH"] = (
        b"".join(
            b'* %d FETCH (X-GM-LABELS ("\\\\Inbox" "%s") UID %d BODY[]<0> {%d}\r\n%s)\r\n'
            % (number, label, number, len(mail), mail)
            for number, label, mail in zip((1, 2), (b"Kunden", b"Privat"), mails, strict=True)
        )
        + b"TAG OK done\r\n"
    )
    reading = read_script(script, private_folders=["privat"])
    assert subjects(reading) == ["Mail 1"]
    assert reading.ignored == {"marked private": 1}
    assert [each for each in script.said if each.startswith("EXAMINE")] == [
        'EXAMINE "[Gmail]/Alle Nachrichten"'
    ]


def test_a_refusal_keeps_what_the_server_said_out_of_its_own_words() -> None:
    assert str(Refused("anna@example.com")) == "refused"


def test_the_library_still_forces_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as it does not, the line that undoes it may go."""
    with scripted(Script()) as port:
        client = IMAPClient("127.0.0.1", port, ssl=False)
        assert client._imap.debug == 5
        client.shutdown()


def test_thousands_of_numbers_fit_on_a_line() -> None:
    assert len(written(((1, 20_000),))) < 20
    assert DictMemory().get("x") is None
