"""What kind of mail a message is taken for, sign by sign; and what a person writes and must not be taken for a machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.connectors.mail.interpret import interpret
from stammkunde.connectors.mail.message import parse
from stammkunde.core.company import Company

US = Company(addresses=("info@velo.example",), domains=("velo.example",))
ANNA = "From: Anna Meier <anna@kunde.example>\nTo: info@velo.example\n"


def kind(head: str, body: str = "Guten Tag", *, sender: str = ANNA, folder: str = "") -> str:
    raw = f"{sender}Message-ID: <1@kunde.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n{head}\n\n{body}\n"
    found = interpret(parse(raw.encode()), company=US, folder=folder)
    return found.contacts[0].kind if found.contacts else f"ignored: {found.ignored}"


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Offerte\nAuto-Submitted: auto-replied",
        "Subject: Offerte\nAuto-Submitted: auto-replied (vacation); owner-email=anna@kunde.example",
        "Subject: Offerte\nX-Autoreply: yes",
        "Subject: Offerte\nX-Autorespond: ferien",
        "Subject: Offerte\nPrecedence: auto_reply",
        "Subject: Automatische Antwort: Offerte",
        "Subject: Abwesenheitsnotiz: Offerte",
        "Subject: Automatic reply: Offerte",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Offre?=",
        "Subject: Risposta automatica: offerta",
        "Subject: Out of Office AutoReply: Offerte",
        "Subject: Away until Monday\nPrecedence: bulk",
        "Subject: Nicht im Büro\nX-Auto-Response-Suppress: All",
        "Subject: Re: Offerte\nReturn-Path: <>\nIn-Reply-To: <9@velo.example>",
        "Subject: Abwesend\nAuto-Submitted: auto-generated",
    ],
)
def test_programs_replies(head: str) -> None:
    assert kind(head) == "auto_reply"


@pytest.mark.parametrize(
    "text",
    [
        "This is an automated response to your message. I am back on Monday.",
        "Dies ist eine automatische Antwort. Ich bin ab Montag wieder da.",
        "Ceci est une réponse automatique. Je suis absente.",
        "Questa è una risposta automatica. Sono in ferie.",
    ],
)
def test_programs_replies_by_their_text_alone(text: str) -> None:
    assert kind("Subject: Re: Offerte", text) == "auto_reply"


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (
            "Subject: Abwesenheit nächste Woche",
            "Ich bin nächste Woche abwesend, bitte nicht anrufen.",
        ),
        ("Subject: Ferien", "Ich bin bis am 12. in den Ferien. Kann ich das Velo danach holen?"),
        ("Subject: Out of office", "I am out of the office on Friday, can we meet on Thursday?"),
        ("Subject: Re: Automatische Antwort: Offerte", "Danke, dann bis Montag."),
        ("Subject: AW: Abwesenheitsnotiz", "Alles klar."),
        ("Subject: Offerte\nX-MS-Exchange-Inbox-Rules-Loop: anna@kunde.example", "Was kostet das?"),
        ("Subject: Offerte\nX-Auto-Response-Suppress: All", "Was kostet das?"),
        ("Subject: Offerte\nAuto-Submitted: no", "Was kostet das?"),
        ("Subject: Re: Offerte", "Danke!\n\n> Dies ist eine automatische Antwort. Wir melden uns."),
        (
            "Subject: Abmelden",
            "Bitte melden Sie mich vom Newsletter ab.\n\nAnna Meier\nwww.kunde.example",
        ),
        ("Subject: Unsubscribe", "Please unsubscribe me, thank you."),
        (
            "Subject: WO BLEIBT MEINE BESTELLUNG!!!",
            "ICH WARTE SEIT WOCHEN!!! DAS IST NICHT IN ORDNUNG!!!!",
        ),
        (
            "Subject: Gratis!",
            "Habe ich das $ 100 Angebot richtig verstanden? Click here steht da nur.",
        ),
        (
            "Subject: Unzustellbar",
            "Meine letzte Mail kam als unzustellbar zurück. Ist die Adresse falsch?",
        ),
        ("Subject: Dringend! Rechnung Nr.10432\nContent-Type: text/html", "Click here steht da!"),
        (
            "Subject: Dringend! (Auftrag-2026-10432)\nContent-Type: text/html",
            "Click here steht da!",
        ),
        (
            "Subject: Danke!\nContent-Type: text/html",
            "Click here steht da! Neu: Rechtsschutzversicherungsgesellschaft",
        ),
        ("Subject: Frage\nX-MS-Exchange-Organization-SCL: ²", "Was kostet das?"),
        ("Subject: Kündigung\nPrecedence: normal", "Hiermit kündige ich."),
    ],
)
def test_a_person_is_no_machine(head: str, text: str) -> None:
    assert kind(head, text) == "message"


@pytest.mark.parametrize(
    "path",
    [
        "bounces+SRS=Xy12=AB@firma.example",
        "SRS0=Xy12=AB=kunde.example=anna@forwarder.example",
        "prvs=1234567890=anna@kunde.example",
        "anna@kunde.example",
        "hans.list@kunde.example",
        "it-admin@kunde.example",
    ],
)
def test_what_somebody_forwarded_is_no_mailing(path: str) -> None:
    """Servers rewrite the envelope sender (SRS, BATV), and people's names may look like a list's."""
    sender = (
        "From: 079123456@kunde.example\nTo: info@velo.example\n"
        if "=" in path
        else f"From: {path}\nTo: info@velo.example\n"
    )
    assert kind(f"Return-Path: <{path}>\nSubject: Frage", sender=sender) == "message"


def test_a_persons_signature_is_no_form() -> None:
    text = (
        "Guten Tag\n\nName: Anna\nE-Mail: anna@kunde.example\nTelefon: 052 203 44 10\nFirma: Bau AG"
    )
    assert kind("Subject: Frage", text) == "message"


@pytest.mark.parametrize("sender", ["postmaster@kunde.example", "mailing.meier@kunde.example", "botta@kunde.example", "update.ag@kunde.example"])  # fmt: skip
def test_a_persons_address_may_look_like_a_machines(sender: str) -> None:
    assert kind("Subject: Frage", sender=f"From: {sender}\nTo: info@velo.example\n") == "message"


@pytest.mark.parametrize(
    "head",
    [
        "List-Id: Velofreunde <velo.liste.example>",
        "List-Unsubscribe: <mailto:weg@liste.example>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Post: <mailto:velo@liste.example>",
        "Mailing-List: contact velo-help@liste.example; run by ezmlm",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "Sender: owner-velo@liste.example",
        "Return-Path: <velo-bounces+info=velo.example@liste.example>",
        "Auto-Submitted: auto-generated",
        "Return-Path: <www-data@web.kunde.example>",
        "Errors-To: news@kunde.example\nReturn-Path: <b-123456@mta.kunde.example>",
    ],
)
def test_lists_and_mailings_by_their_header(head: str) -> None:
    assert kind(f"Subject: Neues\n{head}") == "newsletter"


@pytest.mark.parametrize(
    "text",
    [
        "You are receiving this email because you signed up.",
        "Viel Neues.\nTo unsubscribe, go to https://kunde.example/u",
        "Sie erhalten diesen Newsletter, weil Sie Kunde sind.",
        "Newsletter abbestellen: https://kunde.example/u",
        "Vous recevez cet e-mail car vous êtes client.",
        "Pour vous désabonner, cliquez ici.",
        "Ricevi questa email perché sei iscritto.",
        "Per disiscriverti clicca qui.",
    ],
)
def test_newsletters_by_their_text(text: str) -> None:
    assert kind("Subject: Neues", text) == "newsletter"
    assert kind("Subject: Re: Neues\nIn-Reply-To: <9@velo.example>", f"Danke.\n{text}") == "message"


@pytest.mark.parametrize("link", ["<a href='https://k.example/unsubscribe?x=1'>hier</a>", '<a href="https://k.example/z"><font size=1>Abmelden</font></a>'])  # fmt: skip
def test_newsletters_by_a_link_in_their_html(link: str) -> None:
    assert kind("Subject: Neues\nContent-Type: text/html", f"<p>Viel</p>{link}") == "newsletter"


@pytest.mark.parametrize("sender", ["noreply", "no-reply", "newsletter", "rssfeeds", "notifications", "ne-pas-repondre", "bugzilla-daemon", "velo-news-letter"])  # fmt: skip
def test_programs_as_senders(sender: str) -> None:
    assert (
        kind("Subject: Neues", sender=f"From: {sender}@kunde.example\nTo: info@velo.example\n")
        == "newsletter"
    )


@pytest.mark.parametrize(
    "head",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9.1 required=5.0",
        "X-Spam: Yes",
        "X-Kunde-MailScanner-SpamCheck: spam, SpamAssassin (score=8)",
        "X-MS-Exchange-Organization-SCL: 6",
    ],
)
def test_spam_by_a_filters_mark(head: str) -> None:
    assert kind(f"Subject: Angebot\n{head}") == "spam"


@pytest.mark.parametrize(
    "head",
    [
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=1.0",
        "X-Spam: Not detected",
        "X-MailScanner-SpamCheck: not spam, SpamAssassin (score=1)",
        "X-MS-Exchange-Organization-SCL: 1",
        "X-Spam-Level: ***",
    ],
)
def test_no_spam_by_a_filters_mark(head: str) -> None:
    assert kind(f"Subject: Angebot\n{head}") == "message"


@pytest.mark.parametrize("folder", ["Junk", "INBOX.Spam", "[Gmail]/Spam", "Junk-E-Mail", "Courrier indésirable", "Posta indesiderata", "\\Junk"])  # fmt: skip
def test_spam_by_its_folder(folder: str) -> None:
    assert kind("Subject: Angebot", folder=folder) == "spam"
    assert kind("Subject: Automatische Antwort: x", folder=folder) == "auto_reply"


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("Subject: re: savings!\nDate: Mon, 26 Aug 2002 06:30:21 -1900", "Buy now"),
        (
            "Subject: re: savings\nMessage-ID: <0000414141bc$0000145a$00000b41@x.example>",
            "Order now",
        ),
        ("Subject: Toner for less!          DTQAWN", "To be removed from our list, write back."),
        ("Subject: Win $1000", "Click here: http://81.2.3.4/win\nto be removed, click"),
        (
            "Subject: Hi!\nCc: barb@a.example, bart@b.example, bas@c.example, batsy@d.example, bax@e.example",
            "absolutely free",
        ),
    ],
)
def test_spam_by_its_structure(head: str, text: str) -> None:
    raw = f"{ANNA}{head}\n" + ("" if "Date:" in head else "Date: Tue, 3 Nov 2026 10:00:00 +0100\n")
    raw += ("" if "Message-ID:" in head else "Message-ID: <1@k.example>\n") + f"\n{text}\n"
    found = interpret(parse(raw.encode()), company=US)
    assert [contact.kind for contact in found.contacts] == ["spam"]


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Familienfest!\nCc: keller.anna@a.example, keller.beat@b.example, keller.carl@c.example, keller.dora@d.example, keller.eva@e.example",
        "Subject: Router geht nicht!\nContent-Type: text/html",
    ],
)
def test_families_and_home_networks_are_no_spam(head: str) -> None:
    assert kind(head, "Siehe http://192.168.1.1/ bitte! Absolutely free, click here") == "message"


def test_one_odd_sign_is_no_spam() -> None:
    """A clock set to an impossible zone, or a mail program's odd id, happens to honest people."""
    raw = f"{ANNA}Message-ID: <1@k.example>\nDate: Mon, 2 Nov 2026 06:30:21 -1900\nSubject: Offerte\n\nGuten Tag\n"
    assert [found.kind for found in interpret(parse(raw.encode()), company=US).contacts] == [
        "message"
    ]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.sampled_from([b"", ANNA.encode(), b"Return-Path: <>\nFrom: <>\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"]), st.sampled_from(["", "Sent", "Junk"]))  # fmt: skip
def test_never_raises_and_always_decides(raw: bytes, head: bytes, folder: str) -> None:
    found = interpret(parse(head + raw), company=US, folder=folder)
    assert bool(found.contacts) != bool(found.ignored)


def test_hostile_texts_cost_no_more_than_long_ones() -> None:
    """Each of these made a pattern quadratic while it was being written; the test's own time limit is generous."""
    for filling in (
        "-" * 60_000,
        " " * 60_000,
        "a" * 60_000,
        "<a " * 20_000,
        "x: y\n" * 12_000,
        "-- message\n" * 6000,
    ):
        for head in (
            "",
            "Return-Path: <>\nSubject: Undelivered Mail\n",
            "Content-Type: text/html\n",
            "Auto-Submitted: auto-generated\n",
        ):
            raw = f"{ANNA}{head}\n{filling}\n"
            assert interpret(parse(raw.encode()), company=US).contacts
        assert interpret(
            parse(f"{ANNA}Subject: {filling[:50_000]}x\n\nx\n".encode()), company=US
        ).contacts
