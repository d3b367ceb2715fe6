"""Web forms that arrive by mail: who filled one in, from Reply-To and from the fields in the text."""

from __future__ import annotations

import re

import msgspec

from stammkunde.connectors.mail.addresses import usable
from stammkunde.core.contact import Name
from stammkunde.core.phones import e164


class Form(msgspec.Struct, frozen=True):
    """What a form says of its sender; `fields` counts the fields that were recognised."""

    mail: str = ""
    phone: str = ""
    name: Name | None = None
    display: str = ""
    fields: int = 0


_LABELS = {
    "mail": "e-mail|email|mail|e-mail-adresse|email-adresse|mailadresse|emailadresse|your email|your e-mail|email address|e-mail address|"
    "ihre e-mail|ihre e-mail-adresse|deine e-mail|deine e-mail-adresse|courriel|adresse e-mail|adresse email|adresse mail|adresse électronique|"
    "votre e-mail|votre email|votre adresse e-mail|indirizzo e-mail|indirizzo email|posta elettronica|la tua email|la sua e-mail",
    "given": "vorname|first name|firstname|given name|prénom|prenom",
    "family": "nachname|familienname|last name|lastname|surname|family name|nom de famille|cognome",
    "name": "name|ihr name|dein name|vollständiger name|vor- und nachname|name, vorname|your name|full name|votre nom|nom et prénom|"
    "nom complet|nome e cognome|il tuo nome|nome completo|kontaktperson|ansprechpartner|contact person",
    "nom": "nom",
    "nome": "nome",
    "company": "firma|unternehmen|firmenname|company|company name|organisation|organization|entreprise|société|azienda|ditta|società",
    "phone": "telefon|telefonnummer|tel|tel.-nr|telefon-nr|mobile|mobil|mobiltelefon|handy|handynummer|natel|phone|phone number|telephone|"
    "your phone|ihre telefonnummer|rückrufnummer|téléphone|telephone|numéro de téléphone|portable|n° de téléphone|telefono|"
    "numero di telefono|cellulare|mobile number",
    "from": "von|from|de|da",
    "other": "nachricht|ihre nachricht|mitteilung|bemerkung|bemerkungen|kommentar|anliegen|betreff|message|your message|message body|comment|"
    "comments|subject|enquiry|inquiry|sujet|objet|votre message|commentaire|messaggio|il tuo messaggio|oggetto|richiesta|anrede|"
    "civilité|titolo|adresse|strasse|plz|ort|plz/ort|address|city|zip|rue|npa|localité|via|cap|città|land|country|pays|paese|datum|date",
}  # fmt: skip
_ROLE = {label: role for role, labels in _LABELS.items() for label in labels.split("|")}
_LINE = re.compile(r"^[\s*•>-]{0,6}([^\W\d_][^\n:=]{1,32}?)\s?\*?\s?(?::|=|\||\t)[ \t*]*(.*)$")
_NAMED_ADDRESS = re.compile(r"^(.{0,100}?)\s*<([^<>\s]+@[^<>\s]+)>")
_MOST_LINES = 200
_FEW = 2
_PARTICLES = frozenset(
    {
        "von",
        "van",
        "de",
        "di",
        "da",
        "del",
        "della",
        "der",
        "den",
        "la",
        "le",
        "du",
        "zu",
        "zur",
        "ter",
        "al",
        "el",
    }
)


def read_form(text: str, region: str) -> Form:
    """The fields of a form's mail; `region` (ISO 3166) is where national telephone numbers belong.

    A label stands before its value on one line, or alone on the line above it (as WordPress' WPForms and Gravity
    Forms write it).
    """
    values: dict[str, str] = {}
    for role, value in _fields(text):
        values.setdefault(role, value)
    display, mail = _named(values.get("from", ""))
    mail = usable(values.get("mail", "")) or mail
    name = _name(values)
    whole = values.get("name", "") or display
    if name is None and whole:
        name = split_name(whole)
    if name is None:
        name = Name(company=values["company"]) if values.get("company") else None
    elif values.get("company"):
        name = msgspec.structs.replace(name, company=values["company"])
    return Form(
        mail,
        e164(values.get("phone", ""), region) or "",
        name,
        whole or str(name or ""),
        len(values),
    )


def is_form(form: Form) -> bool:
    """Whether enough fields stand in a text to call it a form: an address, and two others at the least."""
    return bool(form.mail or form.phone) and form.fields > _FEW


def _fields(text: str) -> list[tuple[str, str]]:
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    found: list[tuple[str, str]] = []
    for index, line in enumerate(lines):
        match = _LINE.match(line)
        if match:
            label, value = match[1], match[2]
        else:
            label, value = line, ""
        role = _ROLE.get(label.strip(" *:\t").lower())
        if role is None:
            continue
        value = value.strip() or next(
            (other.strip() for other in lines[index + 1 : index + 3] if other.strip()), ""
        )
        if value and _ROLE.get(value.strip(" *:").lower()) is None:
            found.append((role, value))
    return found


def _named(value: str) -> tuple[str, str]:
    match = _NAMED_ADDRESS.match(value)
    return (match[1].strip('" '), usable(match[2])) if match else ("", "")


def _name(values: dict[str, str]) -> Name | None:
    """A name given in two fields; `Nom` and `Nome` mean the whole name where they stand alone."""
    given = values.get("given", "")
    family = values.get("family", "")
    if given and not family:
        family = values.get("nom", "") or values.get("name", "")
    elif family and not given:
        given = values.get("nome", "")
    elif not given:
        whole = values.get("nom", "") or values.get("nome", "")
        return split_name(whole) if whole else None
    return Name(given, family) if given or family else None


def split_name(whole: str) -> Name | None:
    """A name written in one field: `Anna von Arx`, `von Arx, Anna`; None where it is one word or a sentence."""
    family, comma, given = whole.partition(",")
    if comma and given.strip() and len(whole.split()) <= 5:
        return Name(given.strip(), family.strip())
    words = whole.split()
    if not 2 <= len(words) <= 5 or any(
        character.isdigit() or character == "@" for character in whole
    ):
        return None
    at = next(
        (index for index, word in enumerate(words) if index and word.lower() in _PARTICLES),
        len(words) - 1,
    )
    return Name(" ".join(words[:at]), " ".join(words[at:]))
