"""Who is on which side: own addresses, the direction of a mail, and its counterparts."""

from __future__ import annotations

import pytest

from stammkunde.connectors.mail.folder import role_of
from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import parse
from stammkunde.connectors.mail.sides import Sides, is_own, sides_of
from stammkunde.core.company import Company

US = Company(addresses=("velo@gmx.example",), domains=("velo.example",))


def sides(head: str, *, sent: bool = False) -> Sides:
    return sides_of(parse(f"{head}\n\nx\n".encode()), US, sent=sent)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("velo@gmx.example", True),
        ("velo+shop@gmx.example", True),
        ("info@velo.example", True),
        ("info@sub.velo.example", True),
        ("anna@gmx.example", False),
        ("velo@gmx.example.evil.example", False),
        ("", False),
    ],
)
def test_own_addresses(address: str, own: bool) -> None:
    assert is_own(US, address) is own


@pytest.mark.parametrize(
    ("head", "direction", "others", "ours"),
    [
        ("From: anna@k.example\nTo: info@velo.example", "in", "anna@k.example", "info@velo.example"),
        ("From: anna@k.example\nTo: info@velo.example, carl@k.example", "in", "anna@k.example", "info@velo.example"),
        ("From: anna@k.example\nTo: liste@k.example\nDelivered-To: info@velo.example", "in", "anna@k.example", "info@velo.example"),
        ("From: anna@k.example\nTo: liste@k.example\nDelivered-To: liste@k.example", "in", "anna@k.example", ""),
        ("From: info@velo.example\nTo: anna@k.example\nCc: carl@k.example", "out", "anna@k.example carl@k.example", "info@velo.example"),
        ("From: info@velo.example\nTo: Anna@K.example, anna@k.example", "out", "anna@k.example", "info@velo.example"),
        ("From: velo@gmx.example\nTo: anna@k.example\nCc: info@velo.example", "out", "anna@k.example", "velo@gmx.example info@velo.example"),
        ("From: info@velo.example\nTo: anna@k.example, noreply@shop.example", "out", "anna@k.example", "info@velo.example"),
        ("From: info@velo.example\nTo: liste@k.example\nReceived: from a by b; x\nList-Id: <l.k.example>", "out", "liste@k.example", "info@velo.example"),
        ("From: <>\nReply-To: anna@k.example\nTo: info@velo.example", "in", "anna@k.example", "info@velo.example"),
        ("From: Anna\nReturn-Path: <anna@k.example>\nTo: info@velo.example", "in", "anna@k.example", "info@velo.example"),
    ],
)  # fmt: skip
def test_direction_and_counterparts(head: str, direction: str, others: str, ours: str) -> None:
    found = sides(head)
    assert found.direction == direction
    assert [other.address for other in found.counterparts] == others.split()
    assert list(found.ours) == ours.split()
    assert not found.ignored


@pytest.mark.parametrize(
    ("head", "sent", "reason"),
    [
        ("From: a@velo.example\nTo: b@velo.example", False, "internal"),
        ("From: a@velo.example\nTo: b@velo.example\nBcc: anna@k.example", False, "internal"),
        ("From: a@velo.example\nTo: undisclosed-recipients:;", True, "no counterpart"),
        ("From: a@velo.example\nTo: noreply@shop.example", True, "no counterpart"),
        ("From: a@velo.example\nTo: a@velo.example\nAuthentication-Results: mx; dmarc=fail", False, "spoofed sender"),
        ("From: a@velo.example\nTo: a@velo.example\nAuthentication-Results: mx; dmarc=fail", True, "internal"),
    ],
)  # fmt: skip
def test_mail_without_a_counterpart_is_ignored(head: str, sent: bool, reason: str) -> None:
    assert sides(head, sent=sent).ignored == reason


def test_bcc_counts_in_sent_mail_alone() -> None:
    head = "From: info@velo.example\nTo: anna@k.example\nBcc: bea@k.example"
    assert [found.address for found in sides(head, sent=True).counterparts] == [
        "anna@k.example",
        "bea@k.example",
    ]
    assert [found.address for found in sides(head).counterparts] == ["anna@k.example"]


def test_what_lies_in_sent_mail_is_ours_whoever_we_are() -> None:
    found = sides("From: alt@firma.example\nTo: anna@k.example", sent=True)
    assert (found.direction, found.ours) == ("out", ("alt@firma.example",))


def test_our_name_on_a_strangers_mail_is_marked() -> None:
    found = sides(
        "From: info@velo.example\nTo: anna@k.example\nAuthentication-Results: mx.velo.example; dmarc=fail"
    )
    assert found.flags == ("unverified",)


def test_more_than_ten_recipients_are_a_campaign() -> None:
    ten = ", ".join(f"k{number}@k.example" for number in range(10))
    assert sides(f"From: info@velo.example\nTo: {ten}").flags == ()
    found = sides(f"From: info@velo.example\nTo: {ten}, k10@k.example")
    assert (found.flags, len(found.counterparts)) == (("campaign",), 11)


@pytest.mark.parametrize(
    ("folder", "role"),
    [
        ("Sent", "sent"), ("INBOX.Sent", "sent"), ("[Gmail]/Sent Mail", "sent"), ("\\sent", "sent"), ("Gesendete Objekte", "sent"),
        ("Éléments envoyés", "sent"), ("Posta inviata", "sent"), ("INBOX", ""), ("Kunden/Resent", ""), ("", ""),
        ("Spamverdacht", "junk"), ("spam-1", ""),
    ],
)  # fmt: skip
def test_roles_of_folders(folder: str, role: str) -> None:
    assert role_of(folder) == role


def test_a_contact_names_its_own_counterpart_alone() -> None:
    """So that each person can be erased alone."""
    raw = "Message-ID: <1@velo.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nFrom: info@velo.example\nTo: Anna <anna@k.example>\nCc: Carl <carl@k.example>\nSubject: Offerte\n\nGuten Tag\n"
    contacts = interpret(parse(raw.encode()), company=US).contacts
    assert {contact.party: contact.display for contact in contacts} == {
        "anna@k.example": "Anna",
        "carl@k.example": "Carl",
    }
    assert "carl" not in str(contacts[0]).lower()
    assert "anna" not in str(contacts[1]).lower()
    assert contacts[0].item == contacts[1].item
