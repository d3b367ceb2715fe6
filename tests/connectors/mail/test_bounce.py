"""What could not be delivered: recipients, severity and status from machine-readable reports and from those for people."""

from __future__ import annotations

import pytest

from stammkunde.connectors.mail.bounce import Failure, failures, is_bounce
from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import item_of, parse
from stammkunde.connectors.mail.returned import divided
from stammkunde.connectors.mail.status import code_in, enhanced_code, severity_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier

US = Company(addresses=("info@velo.example",))
DAEMON = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: info@velo.example\n"
ORIGINAL = "Message-ID: <7@velo.example>\nDate: Mon, 2 Nov 2026 09:00:00 +0100\nReferences: <5@k.example>\nFrom: info@velo.example\nTo: anna@k.example\nSubject: Offerte\n\nGuten Tag\n"


def report(
    *groups: str, original: str = ORIGINAL, text: str = "Not delivered.", head: str = DAEMON
) -> bytes:
    blocks = "\n\n".join(("Reporting-MTA: dns; mx.example", *groups))
    return (
        f"{head}Subject: Undelivered Mail Returned to Sender\nMessage-ID: <b@mx.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\n{text}\n\n--b\nContent-Type: message/delivery-status\n\n{blocks}\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
    ).encode()


def failed(raw: bytes) -> list[tuple[str, str, str]]:
    return [(found.recipient, found.severity, found.status) for found in failures(parse(raw))]


def contacts(raw: bytes) -> tuple[Contact, ...]:
    return interpret(parse(raw), company=US).contacts


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1", ("anna@k.example", "hard", "5.1.1")),
        ("Final-Recipient: rfc822;Anna@K.example\nAction: FAILED\nStatus: 5.2.2 (full)", ("anna@k.example", "hard", "5.2.2")),
        ("Final-Recipient: rfc822; <anna@k.example>\nAction: delayed\nStatus: 4.4.1", ("anna@k.example", "soft", "4.4.1")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 4.4.7", ("anna@k.example", "soft", "4.4.7")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: delayed\nStatus: 5.0.0", ("anna@k.example", "soft", "5.0.0")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 no", ("anna@k.example", "hard", "5.7.1")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed\nDiagnostic-Code: smtp; 450\n 4.2.1 later", ("anna@k.example", "soft", "4.2.1")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed\nDiagnostic-Code: smtp; 552 too big", ("anna@k.example", "hard", "552")),
        ("Final-Recipient: rfc822; anna@k.example\nAction: failed", ("anna@k.example", "hard", "")),
        ("Original-Recipient: rfc822; anna@k.example\nFinal-Recipient: rfc822; a.meier@other.example\nAction: failed\nStatus: 5.1.1", ("anna@k.example", "hard", "5.1.1")),
        ("Final-Recipient: utf-8; anna@k.example\nAction: failed\nStatus: 5.6.7", ("anna@k.example", "hard", "5.6.7")),
    ],
)  # fmt: skip
def test_reports_for_machines(group: str, expected: tuple[str, str, str]) -> None:
    assert failed(report(group)) == [expected]


def test_each_recipient_is_a_contact_of_its_own() -> None:
    raw = report(
        "Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <anna@k.example> unknown",
        "Final-Recipient: rfc822; carl@k.example\nAction: delayed\nStatus: 4.4.1",
        "Final-Recipient: rfc822; bea@k.example\nAction: delivered\nStatus: 2.0.0",
        "Final-Recipient: rfc822; info@velo.example\nAction: failed\nStatus: 5.1.1",
        text="anna@k.example and carl@k.example failed",
    )
    anna, carl = contacts(raw)
    assert anna.identifiers == (Identifier("mail", "anna@k.example"),)
    assert (anna.kind, anna.direction, anna.outcome, anna.party) == (
        "bounce",
        "in",
        None,
        "anna@k.example",
    )
    assert anna.attributes == {
        "severity": "hard",
        "status": "5.1.1",
        "failed_recipient": "anna@k.example",
    }
    assert carl.attributes == {
        "severity": "soft",
        "status": "4.4.1",
        "failed_recipient": "carl@k.example",
    }
    assert "carl" not in str(anna)
    assert "anna" not in str(carl)
    assert anna.item == carl.item


def test_a_bounce_is_bound_to_the_mail_that_came_back() -> None:
    (contact,) = contacts(
        report("Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1")
    )
    assert contact.related == item_of(parse(ORIGINAL.encode()))
    assert contact.thread == "5@k.example"


def test_a_bounce_with_headers_alone_is_bound_as_well() -> None:
    raw = report(
        "Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1",
        original=ORIGINAL.partition("\n\n")[0],
    )
    (contact,) = contacts(raw.replace(b"message/rfc822", b"text/rfc822-headers"))
    assert contact.related == item_of(parse(ORIGINAL.encode()))


def test_an_original_without_date_can_not_be_named() -> None:
    raw = report(
        "Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1",
        original="Message-ID: <7@velo.example>\n\nx",
    )
    (contact,) = contacts(raw)
    assert contact.related is None
    assert contact.thread == "7@velo.example"


def test_a_forwarded_address_is_noted_beside_the_one_we_wrote_to() -> None:
    group = "Original-Recipient: rfc822; anna@k.example\nFinal-Recipient: rfc822; a.meier@other.example\nAction: failed\nStatus: 5.1.1"
    (contact,) = contacts(report(group))
    assert contact.identifiers == (Identifier("mail", "anna@k.example"),)
    assert contact.attributes["failed_recipient"] == "a.meier@other.example"


def test_delivered_without_a_fault_is_a_receipt() -> None:
    (contact,) = contacts(
        report("Final-Recipient: rfc822; anna@k.example\nAction: relayed\nStatus: 2.0.0")
    )
    assert (contact.kind, contact.party, contact.attributes) == (
        "read_receipt",
        "anna@k.example",
        {"disposition": "delivered"},
    )
    assert contact.related == item_of(parse(ORIGINAL.encode()))


TEXTS = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nThis is a permanent error; I've given up.\n\n"
        "<anna@k.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 <anna@k.example>... User Unknown\n\n"
        "<bea@k.example>:\n192.0.2.1 failed.\nRemote host said: 450 4.2.0 later\n\n--- Below this line is a copy of the message.\n\n" + ORIGINAL,
        [("anna@k.example", "hard", "5.1.1"), ("bea@k.example", "soft", "4.2.0")],
    ),
    "exim": (
        "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        "  anna@k.example\n    host mx.k.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<anna@k.example>:\n    550 no such user\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n" + ORIGINAL,
        [("anna@k.example", "hard", "550")],
    ),
    "delay": (
        "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     anna@k.example\n\nMessage will be retried for 2 more day(s)\n\n"
        "----- Original message -----\n" + ORIGINAL,
        [("anna@k.example", "soft", "")],
    ),
    "exchange": (
        "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tOfferte\n\nThe following recipient(s) could not be reached:\n\n"
        "      anna@k.example on 03.11.2026 10:00\n            Recipient Not Found\n",
        [("anna@k.example", "hard", "")],
    ),
    "sendmail": (
        "   ----- The following addresses had permanent fatal errors -----\n<anna@k.example>\n    (reason: 552 5.2.2 mailbox full)\n\n"
        "   ----- Transcript of session follows -----\n552 5.2.2 <anna@k.example>... mailbox full\n",
        [("anna@k.example", "hard", "5.2.2")],
    ),
    "full": ("Unable to deliver to <anna@k.example>:\nThis account is over quota.\n", [("anna@k.example", "soft", "")]),
    "expired": ("<anna@k.example>:\nCould not deliver for the last 432000 seconds. Giving up.\n", [("anna@k.example", "soft", "")]),
    "german": ("Ihre Nachricht konnte nicht zugestellt werden an:\n\n  anna@k.example\n\nPostfach ist voll\n", [("anna@k.example", "soft", "")]),
    "french": ("Votre message n'a pas pu être remis à:\n\n  anna@k.example\n\nAdresse inconnue\n", [("anna@k.example", "hard", "")]),
    "italian": ("Impossibile recapitare il messaggio a:\n\n  anna@k.example\n\nerrore temporaneo\n", [("anna@k.example", "soft", "")]),
    "original alone": ("Message could not be delivered.\n\nOriginal Message:\n" + ORIGINAL, [("anna@k.example", "hard", "")]),
    "nobody": ("Message could not be delivered.\n", [("", "hard", "")]),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_reports_for_people(name: str) -> None:
    text, expected = TEXTS[name]
    raw = f"{DAEMON}Subject: failure notice\n\n{text}".encode()
    assert is_bounce(parse(raw))
    assert failed(raw) == expected


def test_recipients_named_in_the_header() -> None:
    raw = f"{DAEMON}Subject: x\nX-Failed-Recipients: anna@k.example,\n bea@k.example\n\nbea@k.example\n  450 later\nanna@k.example\n  550 5.1.1 no\n".encode()
    assert failed(raw) == [("bea@k.example", "soft", "450"), ("anna@k.example", "hard", "5.1.1")]


def test_original_in_the_text_is_found() -> None:
    raw = f"{DAEMON}Subject: failure notice\n\n<anna@k.example>:\nunknown\n\n--- Below this line is a copy of the message.\n\n{ORIGINAL}".encode()
    assert contacts(raw)[0].related == item_of(parse(ORIGINAL.encode()))
    quoted = ORIGINAL.replace("\n", "\n> ")
    raw = f"{DAEMON}Subject: failure notice\n\n<anna@k.example>:\nunknown\n\n-- original message --\n> {quoted}".encode()
    assert contacts(raw)[0].related == item_of(parse(ORIGINAL.encode()))


def test_notifications_of_amazon_ses() -> None:
    body = '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"anna@k.example","status":"5.1.1"}]}}'
    raw = f"From: no-reply@sns.example\nTo: info@velo.example\nSubject: Notification\n\n{body}\n".encode()
    assert is_bounce(parse(raw))
    assert failed(raw) == [("anna@k.example", "hard", "5.1.1")]
    assert failed(raw.replace(b"Permanent", b"Transient")) == [("anna@k.example", "soft", "5.1.1")]


def test_list_servers_that_refuse() -> None:
    raw = b"From: velo-admin@liste.example\nTo: info@velo.example\nSubject: Post\n\nYou are not a member of this mailing list <velo@liste.example>.\n"
    assert is_bounce(parse(raw))
    assert failed(raw) == [("velo@liste.example", "hard", "")]


@pytest.mark.parametrize(
    "head",
    [
        "From: anna@k.example\nSubject: Fwd: Undelivered Mail Returned to Sender",
        "From: anna@k.example\nSubject: failure notice",
        "From: postmaster@k.example\nSubject: Neue Adresse",
        "Return-Path: <>\nFrom: anna@k.example\nSubject: Automatische Antwort: Offerte",
        "From: velo-admin@liste.example\nSubject: Willkommen",
    ],
)
def test_what_is_no_bounce(head: str) -> None:
    assert not is_bounce(
        parse(f"{head}\nTo: info@velo.example\n\nGuten Tag\n\n> delivery failed\n".encode())
    )


@pytest.mark.parametrize(
    ("text", "enhanced", "code"),
    [
        ("550 5.1.1 unknown", "5.1.1", "5.1.1"),
        ("(#4.4.1)", "4.4.1", "4.4.1"),
        ("550-5.7.26 DMARC", "5.7.26", "5.7.26"),
        ("250 2.0.0 ok, then 5.3.0", "5.3.0", "5.3.0"),
        ("host 192.5.2.1 port 587 after 450 hours", "", "450"),
        ("MTA v4.6.1 of 5.4.3.2 sends 432000 seconds", "", ""),
        ("ERROR_CODE :421, busy", "", "421"),
        ("540 kB in 5 days", "", "540"),
        ("", "", ""),
    ],
)
def test_codes_in_texts(text: str, enhanced: str, code: str) -> None:
    assert (enhanced_code(text), code_in(text)) == (enhanced, code)


@pytest.mark.parametrize(
    ("code", "words", "severity"),
    [
        ("5.2.2", "mailbox full", "hard"),
        ("4.1.1", "unknown user", "soft"),
        ("421", "", "soft"),
        ("", "quota exceeded for unknown reasons", "soft"),
        ("", "user unknown, timed out", "hard"),
        ("", "connection timed out", "soft"),
        ("", "", "hard"),
    ],
)
def test_a_code_decides_before_words(code: str, words: str, severity: str) -> None:
    assert severity_of(code, words) == severity


def test_a_report_ends_where_the_returned_mail_begins() -> None:
    assert divided("Sorry.\n--- Below this line is a copy of the message.\nTo: x")[0] == "Sorry.\n"
    assert (
        divided("Sorry.\n-------server message\n550 no\n-------original message\nTo: x")[0]
        == "Sorry.\n-------server message\n550 no\n"
    )
    assert divided("Sorry.") == ("Sorry.", "")


def test_the_reason_is_kept_with_the_failure() -> None:
    (found,) = failures(
        parse(
            report(
                "Final-Recipient: rfc822; anna@k.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 gone"
            )
        )
    )
    assert found == Failure("anna@k.example", "hard", "5.1.1", "smtp; 550 5.1.1 gone")
