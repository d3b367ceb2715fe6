"""From a mail to its contacts: times, threads, receipts, complaints, and what is not kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import item_of, parse
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier

US = Company(domains=("velo.example",))
HEAD = "From: Anna Meier <anna@k.example>\nTo: info@velo.example\nSubject: Offerte\n"
ORIGINAL = "Message-ID: <7@velo.example>\nDate: Mon, 2 Nov 2026 09:00:00 +0100\nFrom: info@velo.example\nTo: anna@k.example\nSubject: Offerte\n"


def one(raw: str, *, folder: str = "") -> Contact:
    (contact,) = interpret(parse(raw.encode()), company=US, folder=folder).contacts
    return contact


def test_an_ordinary_mail() -> None:
    raw = (
        f"{HEAD}Message-ID: <2@k.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nIn-Reply-To: <1@velo.example>\nReferences: <0@velo.example> <1@velo.example>\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nVielen Dank, das ist gut so.\n\n> Wir haben es bestellt.\n\n"
        "--b\nContent-Type: application/pdf; name=plan.pdf\n\nxyz\n--b--\n"
    )
    contact = one(raw)
    assert contact.item == item_of(parse(raw.encode()))
    assert (contact.channel, contact.kind, contact.direction) == ("mail", "message", "in")
    assert (contact.party, contact.display) == ("anna@k.example", "Anna Meier")
    assert contact.identifiers == (Identifier("mail", "anna@k.example"),)
    assert contact.name is None
    assert contact.occurred_at == datetime(2026, 11, 3, 10, tzinfo=timezone(timedelta(hours=1)))
    assert (contact.subject, contact.text, contact.language) == (
        "Offerte",
        "Vielen Dank, das ist gut so.",
        "de",
    )
    assert contact.thread == "0@velo.example"
    assert contact.ours == ("info@velo.example",)
    assert [attachment.name for attachment in contact.attachments] == ["plan.pdf"]


@pytest.mark.parametrize(
    ("head", "moment", "flags"),
    [
        ("Date: Tue, 3 Nov 2026 10:00:00 -0500\n", datetime(2026, 11, 3, 10, tzinfo=timezone(timedelta(hours=-5))), ()),
        ("Date: Tue, 3 Nov 2026 10:00:00\n", datetime(2026, 11, 3, 10, tzinfo=UTC), ()),
        ("Received: from a by b; Tue, 3 Nov 2026 10:00:00 +0000\nReceived: x; Mon, 2 Nov 2026 10:00:00 +0000\n", datetime(2026, 11, 3, 10, tzinfo=UTC), ()),
        ("Date: gestern\nReceived: from a by b; Tue, 3 Nov 2026 10:00:00 +0000\n", datetime(2026, 11, 3, 10, tzinfo=UTC), ()),
        ("Date: gestern\nReceived: from a by b\n", datetime(1970, 1, 1, tzinfo=UTC), ("no_date",)),
        ("", datetime(1970, 1, 1, tzinfo=UTC), ("no_date",)),
    ],
)  # fmt: skip
def test_when_a_mail_was_written(head: str, moment: datetime, flags: tuple[str, ...]) -> None:
    contact = one(f"{HEAD}{head}\nGuten Tag\n")
    assert contact.occurred_at == moment
    assert contact.occurred_at.utcoffset() == moment.utcoffset()
    assert contact.flags == flags


def test_of_spam_no_content_is_kept() -> None:
    contact = one(f"{HEAD}X-Spam-Flag: YES\nReferences: <0@k.example>\n\nKaufen Sie jetzt!\n")
    assert (contact.kind, contact.party) == ("spam", "anna@k.example")
    assert (contact.text, contact.display, contact.thread, contact.language) == ("", "", "", "")
    assert not contact.attachments
    assert not contact.attributes


def test_an_encrypted_mail_is_a_message_without_text() -> None:
    contact = one(
        f"{HEAD}Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n"
    )
    assert (contact.kind, contact.text) == ("message", "")
    assert "encrypted" in contact.flags


@pytest.mark.parametrize(
    "raw",
    [
        "From: Anna\nTo: info@velo.example\n\nGuten Tag\n",
        "Return-Path: <>\nFrom: <>\nSubject: failure notice\n\nNot delivered.\n",
        "From: Anna\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nx\n--b--\n",
        "From: Anna\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nx\n--b--\n",
    ],
)
def test_a_mail_that_names_nobody_is_ignored(raw: str) -> None:
    found = interpret(parse(raw.encode()), company=US)
    assert (found.contacts, found.ignored) == ((), "no counterpart")


def test_a_bounce_of_nobody_is_a_contact_of_the_server() -> None:
    contact = one(
        "Return-Path: <>\nFrom: mailer-daemon@mx.example\nSubject: failure notice\n\nNot delivered.\n"
    )
    assert (contact.kind, contact.party, contact.identifiers) == (
        "bounce",
        "mailer-daemon@mx.example",
        (),
    )


@pytest.mark.parametrize(
    ("head", "kind", "flags"),
    [
        ("", "message", ()),
        ("List-Unsubscribe: <https://velo.example/u>\n", "newsletter", ("campaign",)),
        ("List-Id: <l.k.example>\n", "newsletter", ()),
        ("Auto-Submitted: auto-generated\n", "newsletter", ()),
        ("Auto-Submitted: auto-replied\n", "auto_reply", ()),
        ("X-Spam-Flag: YES\n", "message", ()),
    ],
)
def test_our_own_mail(head: str, kind: str, flags: tuple[str, ...]) -> None:
    contact = one(
        f"From: info@velo.example\nTo: anna@k.example\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nSubject: x\n{head}\nGuten Tag\n"
    )
    assert (contact.direction, contact.kind, contact.flags) == ("out", kind, flags)


def receipt(fields: str, *, head: str = "", original: str = ORIGINAL) -> str:
    return (
        f"{HEAD}{head}Message-ID: <9@k.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nGelesen.\n\n"
        f"--b\nContent-Type: message/disposition-notification\n\nReporting-UA: k.example; Mail\n{fields}\n\n--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
    )


FINAL = "Final-Recipient: rfc822; anna@k.example\nOriginal-Message-ID: <7@velo.example>\n"


@pytest.mark.parametrize(
    ("raw", "disposition", "thread", "bound"),
    [
        (receipt(f"{FINAL}Disposition: manual-action/MDN-sent-manually; displayed"), "displayed", "7@velo.example", True),
        (receipt(f"{FINAL}Disposition: automatic-action/MDN-sent-automatically; deleted"), "deleted", "7@velo.example", True),
        (receipt(f"{FINAL}Disposition: automatic-action/MDN-sent-automatically; processed/error"), "processed", "7@velo.example", True),
        (receipt(f"{FINAL}Disposition: manual-action/MDN-sent-manually;\n displayed"), "displayed", "7@velo.example", True),
        (receipt(f"{FINAL}Disposition: manual-action/MDN-sent-manually; displayed", original=""), "displayed", "7@velo.example", False),
        (receipt(f"{FINAL}Disposition: x; displayed", head="References: <0@velo.example> <7@velo.example>\n"), "displayed", "0@velo.example", True),
        (receipt(f"{FINAL}Disposition: x; displayed", head="Auto-Submitted: auto-replied\nReturn-Path: <>\n"), "displayed", "7@velo.example", True),
        (receipt("Final-Recipient: rfc822; anna@k.example\nDisposition: x; displayed"), "displayed", "9@k.example", True),
        (receipt(""), None, "9@k.example", True),
        (receipt(f"{FINAL}Disposition: x; displayed").replace("report-type=disposition-notification; ", ""), "displayed", "7@velo.example", True),
    ],
)  # fmt: skip
def test_read_receipts(raw: str, disposition: str | None, thread: str, bound: bool) -> None:
    contact = one(raw)
    assert (contact.kind, contact.direction, contact.party) == (
        "read_receipt",
        "in",
        "anna@k.example",
    )
    assert contact.attributes.get("disposition") == disposition
    assert contact.thread == thread
    assert contact.related == (item_of(parse(ORIGINAL.encode())) if bound else None)
    assert contact.text == ""


def test_a_receipt_of_ours_goes_out() -> None:
    raw = receipt(f"{FINAL}Disposition: x; displayed").replace(
        HEAD, "From: info@velo.example\nTo: anna@k.example\n"
    )
    contact = one(raw)
    assert (contact.kind, contact.direction, contact.party) == (
        "read_receipt",
        "out",
        "anna@k.example",
    )


def complaint(fields: str, original: str = ORIGINAL) -> str:
    return (
        "From: fbl@provider.example\nTo: info@velo.example\nSubject: FW: Offerte\nMessage-ID: <9@p.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nAn abuse report.\n\n"
        f"--b\nContent-Type: message/feedback-report\n\n{fields}\n\n--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
    )


@pytest.mark.parametrize(
    ("raw", "party", "feedback"),
    [
        (complaint("Feedback-Type: abuse\nOriginal-Rcpt-To: <bea@k.example>"), "bea@k.example", "abuse"),
        (complaint("Feedback-Type: abuse"), "anna@k.example", "abuse"),
        (complaint("Feedback-Type: auth-failure", "Subject: x\n"), "fbl@provider.example", "auth-failure"),
        (complaint("Feedback-Type: abuse", ORIGINAL.replace("To: anna", "To: info@velo.example, anna")), "fbl@provider.example", "abuse"),
        ('From: no-reply@sns.example\nTo: info@velo.example\n\n{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"anna@k.example"}]}}\n', "anna@k.example", "abuse"),
        (f"From: staff@p.example\nTo: info@velo.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: anna@k.example\n{ORIGINAL}\n--b--\n", "anna@k.example", "abuse"),
    ],
)  # fmt: skip
def test_complaints(raw: str, party: str, feedback: str) -> None:
    contact = one(raw)
    assert (contact.kind, contact.direction, contact.party) == ("feedback_report", "in", party)
    assert contact.attributes == {"feedback": feedback}
    assert contact.text == ""
