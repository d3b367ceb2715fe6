"""Web forms that arrive by mail, and the mails our own shop writes."""

from __future__ import annotations

import pytest

from stammkunde.connectors.mail.form import read_form, split_name
from stammkunde.connectors.mail.interpret import Interpretation, interpret
from stammkunde.connectors.mail.message import parse
from stammkunde.core.company import Company
from stammkunde.core.contact import Identifier, Name

US = Company(country="CH", domains=("velo.example",))
SITE = "From: Velo <web@velo.example>\nTo: info@velo.example\nMessage-ID: <1@velo.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
ANNA = "Anna Meier", "anna@k.example"


def read(head: str, body: str = "", *, shop: frozenset[str] = frozenset()) -> Interpretation:
    return interpret(parse(f"{head}\n\n{body}\n".encode()), company=US, shop_senders=shop)


FORMS = {
    "Contact Form 7": (
        f"{SITE}Subject: Velo: Frage\nReply-To: anna@k.example",
        "From: Anna Meier <anna@k.example>\nSubject: Frage\n\nMessage Body:\nIst das Velo noch da?\n\n--\nThis e-mail was sent from a contact form",
        (Name("Anna", "Meier"), ""),
    ),
    "two fields for the name": (
        f"{SITE}Subject: Kontaktformular\nReply-To: Anna Meier <anna@k.example>",
        "Vorname: Anna\nNachname: Meier\nE-Mail: anna@k.example\nTelefon: 052 203 44 10\nFirma: Bau AG\nNachricht: Ist das Velo noch da?",
        (Name("Anna", "Meier", "Bau AG"), "+41522034410"),
    ),
    "without Reply-To": (
        f"{SITE}Subject: Anfrage",
        "Name: Anna Meier\nE-Mail-Adresse: anna@k.example\nNachricht: Ist das Velo noch da?",
        (Name("Anna", "Meier"), ""),
    ),
    "labels above values": (
        f"{SITE}Subject: Neuer Eintrag",
        "Name\n\nAnna Meier\n\nE-Mail\n\nanna@k.example\n\nTelefonnummer\n\n+41 79 123 45 67\n\nNachricht\n\nIst das Velo noch da?",
        (Name("Anna", "Meier"), "+41791234567"),
    ),
    "French": (
        f"{SITE}Subject: Formulaire de contact",
        "Nom : Meier\nPrénom : Anna\nAdresse e-mail : anna@k.example\nTéléphone : 022 310 10 10\nVotre message : Bonjour",
        (Name("Anna", "Meier"), "+41223101010"),
    ),
    "Italian": (
        f"{SITE}Subject: Modulo di contatto",
        "Nome: Anna\nCognome: Meier\nIndirizzo e-mail: anna@k.example\nCellulare: 079 123 45 67\nMessaggio: Buongiorno",
        (Name("Anna", "Meier"), "+41791234567"),
    ),
    "English": (
        f"{SITE}Subject: New enquiry",
        "First Name: Anna\nLast Name: Meier\nEmail: anna@k.example\nPhone: +41 52 203 44 10\nMessage: Hello",
        (Name("Anna", "Meier"), "+41522034410"),
    ),
    "a form service": (
        "From: Formulare <noreply@formulare.example>\nTo: info@velo.example\nReply-To: anna@k.example\nSubject: Neue Nachricht",
        "Name: Anna Meier\nE-Mail: anna@k.example\nNachricht: Ist das Velo noch da?",
        (Name("Anna", "Meier"), ""),
    ),
    "in the visitor's name, from our web server": (
        "Return-Path: <www-data@velo.example>\nFrom: Anna Meier <anna@k.example>\nTo: info@velo.example\nSubject: Frage",
        "Ist das Velo noch da?",
        (None, ""),
    ),
    "without any field": (
        f"{SITE}Subject: Frage\nReply-To: Anna Meier <anna@k.example>",
        "Ist das Velo noch da?",
        (None, ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    head, body, (structured, phone) = FORMS[name]
    (contact,) = read(head, body).contacts
    assert (contact.channel, contact.kind, contact.direction) == ("mail", "form", "in")
    assert contact.party == "anna@k.example"
    assert contact.name == structured
    phones = (Identifier("phone", phone),) if phone else ()
    assert contact.identifiers == (Identifier("mail", "anna@k.example"), *phones)
    assert contact.text
    assert "info@velo.example" in contact.ours


def test_a_form_with_a_number_alone() -> None:
    (contact,) = read(
        f"{SITE}Subject: Rückruf",
        "Name: Anna Meier\nTelefon: 052 203 44 10\nNachricht: Bitte anrufen",
    ).contacts
    assert (contact.kind, contact.party) == ("form", "web@velo.example")
    assert contact.identifiers == (Identifier("phone", "+41522034410"),)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("From: a@velo.example\nTo: b@velo.example\nSubject: Pause", "Kommst du?", "internal"),
        ("From: a@velo.example\nReply-To: c@velo.example\nTo: b@velo.example\nSubject: Pause", "Kommst du?", "internal"),
        ("From: a@velo.example\nReply-To: noreply@k.example\nTo: b@velo.example\nSubject: Pause", "Kommst du?", "internal"),
        ("From: noreply@k.example\nTo: info@velo.example\nSubject: Rechnung", "Ihre Rechnung", "newsletter"),
        ("From: a@velo.example\nTo: anna@k.example\nSubject: Offerte", "Name: Anna\nE-Mail: anna@k.example\nTelefon: 1\nFirma: x", "message"),
    ],
)  # fmt: skip
def test_what_is_no_form(head: str, body: str, expected: str) -> None:
    found = read(head, body)
    assert (found.contacts[0].kind if found.contacts else found.ignored) == expected


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"{SITE}Subject: [Velo]: Neue Bestellung #1043\nX-Mailer: PHPMailer 6.9\nReply-To: anna@k.example", ""),
        (f"{SITE}Subject: [Velo]: Nouvelle commande n°1043\nContent-Type: text/html", "<div id='x' class='woocommerce'>"),
        ("From: shop@velo.example\nTo: anna@k.example\nSubject: Ihre Bestellung bei Velo ist eingegangen\nAuto-Submitted: auto-generated", ""),
        ("From: noreply@velo.example\nTo: anna@k.example\nSubject: Your order #1043 is complete", ""),
        ("From: shop@velo.example\nTo: anna@k.example\nSubject: Bestellbestätigung 1043\nX-WC-Email: yes", ""),
        ("Return-Path: <www-data@velo.example>\nFrom: shop@velo.example\nTo: anna@k.example\nSubject: Ordine 1043 ricevuto", ""),
        ("From: post@mailer.example\nTo: info@velo.example\nSubject: Order #1043", ""),
    ],
)  # fmt: skip
def test_what_our_shop_writes_of_an_order_is_ignored(head: str, body: str) -> None:
    assert read(head, body, shop=frozenset({"mailer.example"})) == Interpretation(
        ignored="shop notification"
    )


@pytest.mark.parametrize(
    "head",
    [
        "From: info@velo.example\nTo: anna@k.example\nSubject: Re: Bestellung 1043\nX-Mailer: PHPMailer 6",
        "From: info@velo.example\nTo: anna@k.example\nSubject: Ihre Bestellung 1043\nUser-Agent: Mozilla Thunderbird",
        "From: info@velo.example\nTo: anna@k.example\nSubject: Bestellung 1043\nIn-Reply-To: <1@k.example>\nX-Mailer: PHPMailer 6",
        "From: anna@k.example\nTo: info@velo.example\nSubject: Bestellung 1043\nX-Mailer: PHPMailer 6",
        "From: info@velo.example\nTo: anna@k.example\nSubject: Offerte\nX-Mailer: PHPMailer 6",
    ],
)
def test_what_a_person_writes_of_an_order_is_a_message(head: str) -> None:
    assert [contact.kind for contact in read(head, "Guten Tag").contacts] == ["message"]


@pytest.mark.parametrize(
    ("whole", "name"),
    [
        ("Anna Meier", Name("Anna", "Meier")),
        ("Anna Maria Meier", Name("Anna Maria", "Meier")),
        ("Anna von Arx", Name("Anna", "von Arx")),
        ("Luca De Carli", Name("Luca", "De Carli")),
        ("Meier, Anna", Name("Anna", "Meier")),
        ("Anna", None),
        ("", None),
        ("anna@k.example", None),
        ("Ich hätte gerne eine Offerte", None),
    ],
)
def test_names_in_one_field(whole: str, name: Name | None) -> None:
    found = split_name(whole)
    assert found == name or (name is None and found is not None and len(whole.split()) == 5)


def test_labels_are_no_values() -> None:
    found = read_form("Name:\nE-Mail:\nanna@k.example\nTelefon:\nNachricht: x", "CH")
    assert (found.mail, found.name, found.phone) == ("anna@k.example", None, "")
