"""What the headings of address lists mean, in German, French, Italian and English.

The words are those of exports from Outlook, Google, Thunderbird and bexio, and of lists kept by hand in Excel.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

Field: TypeAlias = Literal[
    "id", "given", "family", "company", "name", "name1", "name2", "type", "mail", "phone", "note", "language",
    "changed", "birthday", "birth year", "birth month", "birth day", "categories", "address", "label", "value",
    "attribute", "nothing",
]  # fmt: skip

_WORDS: Mapping[Field, str] = {
    "id": "id uid kundennr kundennummer kundenid kontaktnr kontaktnummer kontaktid adressnr adressnummer customerid"
    " customernumber contactid clientid numeroclient noclient numerodeclient idcliente numerocliente codicecliente",
    "given": "vorname vornamen firstname givenname forename prenom",
    "family": "nachname familienname zuname lastname familyname surname nomdefamille cognome",
    "company": "firma firmenname unternehmen organisation company companyname organization organizationname"
    " organization1name societe entreprise raisonsociale azienda ditta societa ragionesociale",
    "name": "name nom nome anzeigename vollername vollstandigername displayname fullname fileas nomcomplet"
    " nomaffiche nomecompleto nomevisualizzato",
    "type": "kontaktart contacttype typedecontact tipodicontatto",
    "note": "notiz notizen bemerkung bemerkungen kommentar kommentare note notes remark remarks comment comments"
    " remarque remarques commentaire commentaires osservazioni annotazioni commenti",
    "language": "sprache korrespondenzsprache language langue lingua",
    "changed": "geandert geandertam letzteanderung aktualisiertam modified lastmodified updated updatedat modifiele"
    " dernieremodification modificatoil ultimamodifica",
    "birthday": "geburtstag geburtsdatum birthday birthdate dateofbirth datedenaissance datadinascita compleanno",
    "birth year": "birthyear geburtsjahr",
    "birth month": "birthmonth geburtsmonat",
    "categories": "kategorie kategorien gruppe gruppen category categories labels groupmembership categoriedecontact"
    " categorie categorien groupes gruppi",
    "nothing": "typedemessagerie priority prioritat priorite priorita sensitivity vertraulichkeit criteredediffusion private privat"
    " prive",
}  # fmt: skip
_PLACES: Mapping[str, str] = {
    "street": "strasse str adresse anschrift street address streetaddress rue via indirizzo",
    "house number": "hausnummer hausnr housenumber",
    "po box": "postfach pobox addresspobox casepostale boitepostale casellapostale",
    "postcode": "plz postleitzahl zip zipcode postalcode postcode npa codepostal cap",
    "city": "ort stadt wohnort city town locality ville localite citta localita",
    "region": "kanton bundesland region bundeslandkanton canton state province depregion cantone provincia",
    "country": "land landregion country countryregion pays paysregion paese",
}
_FIELDS: Mapping[str, Field] = {
    word: field for field, words in _WORDS.items() for word in words.split()
}
_PARTS = {word: part for part, words in _PLACES.items() for word in words.split()}
_KINDS = {
    word: kind
    for kind, words in {
        "work": "geschaftlich geschaft dienstlich business work bureau professionnel ufficio lavoro",
        "home": "privat private privater home domicile prive abitazione casa",
        "other": "weitere weiterer weiteres weiterese weiteresr other autre altro altra",
    }.items()
    for word in words.split()
}
_MAIL = re.compile(r"email|mailadresse|courriel|adressede(?:messagerie|courrier)|postaelettronica")
_PHONE = re.compile(
    r"telefon|telephon|phone|^(?:tel|fon|fixe|mobil|handy|natel|fax|pager|cell|portable|festnetz|telecopie)"
)
_TECHNICAL = frozenset(
    {
        "typ", "type", "label", "tipo", "format", "formatted", "anzeigename", "angezeigter", "display", "displayname",
        "complet", "visualizzato",
    }
)  # fmt: skip
"""Words that make of a mail or phone column one that says how it is shown."""
_ABOUT = frozenset(
    {
        "name", "nom", "nome", "newsletter", "opt", "optin", "assistent", "assistentin", "assistant", "assistante",
        "assistente", "phonetic", "yomi",
    }
)  # fmt: skip
"""Words that make of a mail or phone column another thing: a consent, or somebody else's number."""


class Role(msgspec.Struct, frozen=True):
    """What a column holds: the field, the part of an address, and which address or pair it belongs to."""

    field: Field
    part: str = ""
    group: str = ""


def roles_of(headings: Sequence[str], chosen: Mapping[str, Field]) -> tuple[Role, ...]:
    """The role of each column; `chosen` maps headings that the settings name to their field."""
    roles = [
        Role(chosen[heading.strip()]) if heading.strip() in chosen else _role(heading)
        for heading in headings
    ]
    # a field that the settings name is that column and no other
    roles = [
        Role("attribute")
        if role.field in chosen.values() and heading.strip() not in chosen
        else role
        for heading, role in zip(headings, roles, strict=True)
    ]
    if headings and not chosen and words(headings[0]) in (["nr"], ["no"]):
        roles[0] = Role("id")
    return tuple(_settle(roles, [_joined(heading) for heading in headings]))


def words(heading: str) -> list[str]:
    """Its words in lower case without accents: `E-Mail: Adresse` is e, mail, adresse."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _joined(heading: str) -> str:
    return "".join(words(heading))


def _role(heading: str) -> Role:
    parts = words(heading)
    joined = "".join(parts)
    if joined in ("name1", "name2"):
        return Role("name1" if joined == "name1" else "name2")
    if len(parts) > 2 and parts[-2].isdecimal() and parts[-1] in ("label", "type", "value"):
        return _of_a_pair("".join(parts[:-1]), parts[-1])
    if joined in _FIELDS:
        return Role(_FIELDS[joined])
    reach: Field | None = (
        "mail"
        if joined == "mail" or _MAIL.search(joined)
        else "phone"
        if any(map(_PHONE.search, parts))
        else None
    )
    if reach and _TECHNICAL.intersection(parts):
        return Role("nothing")
    if reach and not _ABOUT.intersection(parts):
        return Role(reach)
    return _place(parts)


def _of_a_pair(group: str, last: str) -> Role:
    """Google's `Phone 1 - Label` and `Phone 1 - Value`, and the same for everything else."""
    known: Field | None = (
        "mail" if _MAIL.search(group) else "phone" if group.startswith("phone") else None
    )
    if last == "value":
        return Role(known or "value", group=group)
    return Role("nothing" if known or group.startswith("address") else "label", group=group)


def _place(parts: Sequence[str]) -> Role:
    """`Ort geschäftlich`, `Home Street 2`, `Address 1 - Postal Code`; a plain attribute for anything else."""
    kind = next((_KINDS[word] for word in parts if word in _KINDS), "")
    bare = [word for word in parts if word not in _KINDS]
    if len(bare) > 2 and bare[0] in ("address", "adresse") and bare[1].isdecimal():
        if bare[2] == "formatted":
            return Role("nothing")
        kind, bare = bare[1], bare[2:]
    part = _PARTS.get("".join(word for word in bare if not word.isdecimal()))
    return Role("address", part, kind) if part else Role("attribute")


def _settle(roles: Sequence[Role], joined: Sequence[str]) -> list[Role]:
    """Fields whose meaning depends on the other columns: `Name` beside `Vorname` is the family name."""
    fields = {role.field for role in roles}
    split_birth = {"birth year", "birth month"} <= fields
    settled: list[Role] = []
    for role, heading in zip(roles, joined, strict=True):
        field: Field = role.field
        if field == "name" and heading == "nome" and "family" in fields:
            field = "given"
        elif (
            field == "name"
            and heading in ("name", "nom")
            and "given" in fields
            and "family" not in fields
        ):
            field = "family"
        elif field == "birthday" and split_birth:
            field = "birth day"
        elif field in ("birth year", "birth month") and not split_birth:
            field = "attribute"
        settled.append(Role(field, role.part, role.group))
    return settled
