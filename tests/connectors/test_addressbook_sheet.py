"""Address lists: what headings mean, and what a row says of a person."""

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import msgspec
import pytest

from stammkunde.connectors.addressbook import Addressbook
from stammkunde.connectors.addressbook.entry import Entry
from stammkunde.connectors.addressbook.headings import Field, Role, roles_of
from stammkunde.connectors.addressbook.sheet import Sheet, entry_of_row
from stammkunde.connectors.contract import COMPANY, read
from stammkunde.connectors.interface import Context
from stammkunde.core.contact import Contact, Name

DATA = Path(__file__).parent.parent / "data" / "addressbook"


def contacts(file: str, **settings: object) -> list[Contact]:
    table = {"path": [str(DATA / file)], **settings}
    connector = Addressbook(
        msgspec.convert(table, Addressbook.Settings), Context(source="book", company=COMPANY)
    )
    return read(connector).contacts


def entry(cells: Mapping[str, str]) -> Entry:
    headings = tuple(cells)
    return entry_of_row(Sheet(headings, roles_of(headings, {})), [*cells.values()], UTC)


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("Vorname|First Name|Given Name|Prénom|given_name", "given"),
        ("Nachname|Last Name|Surname|Cognome|Nom de famille", "family"),
        ("Firma|Company|Organization Name|Organization 1 - Name|Société|Azienda|Ragione sociale", "company"),
        ("Anzeigename|Display Name|Name|Nom complet", "name"),
        ("Kundennr.|Kunden-Nr|Kontakt-Nr.|ID|Customer ID|No client", "id"),
        ("E-Mail|E-Mail-Adresse|E-Mail 2: Adresse|E-mail 1 - Value|Primary Email|mail|Courriel", "mail"),
        ("Adresse de messagerie|Posta elettronica|Indirizzo di posta elettronica|E-Mail geschäftlich", "mail"),
        ("Telefon|Telefon (privat)|Tel. G|Natel|Mobil-Tel.-Nr.|Handy|Phone 1 - Value|Fax geschäftlich", "phone"),
        ("Téléphone (bureau)|Tél. mobile|Portable|Télécopie|Cellulare|Telefono|Business Phone", "phone"),
        ("Bemerkungen|Notizen|Notes|Remarques|Osservazioni", "note"),
        ("Sprache|Langue|Lingua|Language", "language"),
        ("Geburtstag|Birthday|Date de naissance|Data di nascita", "birthday"),
        ("Kategorien|Labels|Group Membership", "categories"),
        ("Strasse|Straße privat|Rue (bureau)|Home Street 2|Address 1 - Street|PLZ|NPA|CAP|Ort|Weiterer Ort", "address"),
        ("E-Mail-Typ|E-mail 1 - Label|Phone 2 - Type|E-Mail: Angezeigter Name|Priorität|Type de messagerie", "nothing"),
        ("Hobbys|Titre|Anrede|Telefon Assistent|Newsletter per E-Mail|Phonetic First Name|Automobile", "attribute"),
        ("Kontaktperson 1 Vorname|Passatempo|Benutzer 1|", "attribute"),
    ],
)  # fmt: skip
def test_headings_in_four_languages(headings: str, field: Field) -> None:
    roles = {heading: roles_of(["x", heading], {})[1].field for heading in headings.split("|")}
    assert roles == dict.fromkeys(roles, field)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Name|Vorname", ["family", "given"]),
        ("Nom|Prénom", ["family", "given"]),
        ("Nome|Cognome", ["given", "family"]),
        ("Name|Telefon", ["name", "phone"]),
        ("Name|Given Name|Family Name", ["name", "given", "family"]),
        ("Name 1|Name 2", ["name1", "name2"]),
        ("Nr.|Name", ["id", "name"]),
        ("Name|Nr.", ["name", "attribute"]),
        ("Birth Year|Birth Month|Birth Day", ["birth year", "birth month", "birth day"]),
        ("Geburtsjahr|Name", ["attribute", "name"]),
    ],
)
def test_headings_depend_on_each_other(headings: str, fields: list[str]) -> None:
    assert [role.field for role in roles_of(headings.split("|"), {})] == fields


def test_the_settings_go_before_what_is_guessed() -> None:
    roles = roles_of(
        ["Name", "Kontakt", "E-Mail", "Zweitmail"], {"Kontakt": "name", "Zweitmail": "mail"}
    )
    assert [role.field for role in roles] == ["attribute", "name", "attribute", "mail"]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Ort geschäftlich", Role("address", "city", "work")),
        ("Code postal (domicile)", Role("address", "postcode", "home")),
        ("Weitere Straße 2", Role("address", "street", "other")),
        ("Address 2 - Postal Code", Role("address", "postcode", "2")),
        ("Land/Region privat", Role("address", "country", "home")),
        ("Home Address 2", Role("address", "street", "home")),
    ],
)
def test_parts_of_addresses_belong_together(heading: str, role: Role) -> None:
    assert roles_of(["x", heading], {})[1] == role


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (
            {"Vorname": "Anna", "Nachname": "Meier", "Firma": "Bau AG"},
            Name("Anna", "Meier", "Bau AG"),
        ),
        ({"Name": "Anna Meier"}, Name("Anna", "Meier")),
        ({"Vorname": "", "Nachname": "", "Anzeigename": "Anna Meier"}, Name("Anna", "Meier")),
        (
            {"Kontaktart": "Firma", "Name 1": "Alpsteig", "Name 2": "Sport"},
            Name(company="Alpsteig Sport"),
        ),
        ({"Kontaktart": "Privat", "Name 1": "Manser", "Name 2": "Sepp"}, Name("Sepp", "Manser")),
        ({"Name 1": "Manser", "Name 2": "Sepp"}, Name("Sepp", "Manser")),
        ({"Name 1": "Alpsteig GmbH", "Name 2": "Sport"}, Name(company="Alpsteig GmbH Sport")),
        ({"Name 1": "Alpsteig", "Name 2": ""}, Name(company="Alpsteig")),
        ({"Vorname": "", "E-Mail": "a@b.example"}, None),
    ],
)
def test_names(cells: dict[str, str], name: Name | None) -> None:
    assert entry(cells).name == name


@pytest.mark.parametrize(
    ("cells", "mails", "phones", "attributes"),
    [
        ({"E-Mail": "a@b.example, c@d.example;e@f.example"},
         ("a@b.example", "c@d.example", "e@f.example"), (), {}),
        ({"E-Mail": "Anna Meier <a@b.example>"}, ("<a@b.example>",), (), {}),
        ({"E-Mail": "keine"}, (), (), {"E-Mail": "keine"}),
        ({"Phone 1 - Value": "079 555 00 00 ::: 044 555 00 00"}, (), ("079 555 00 00", "044 555 00 00"), {}),
        ({"Telefon": "auf Anfrage"}, (), (), {"Telefon": "auf Anfrage"}),
        ({"Custom Field 1 - Label": "Hobby", "Custom Field 1 - Value": "Segeln"}, (), (), {"Hobby": "Segeln"}),
        ({"Titre": "Mme", "Titre ": "Directrice"}, (), (), {"Titre": "Mme", "Titre 2": "Directrice"}),
        ({"Labels": "* myContacts ::: Kunden ::: Velo"}, (), (), {"categories": "Kunden, Velo"}),
        ({"Strasse": "Weg", "Hausnummer": "7", "PLZ": "3000"}, (), (), {"street": "Weg 7", "postcode": "3000"}),
        ({"Birth Year": "1990", "Birth Month": "2", "Birth Day": "7"}, (), (), {"birthday": "1990-02-07"}),
        ({"Birth Year": "", "Birth Month": "2", "Birth Day": "7"}, (), (), {"birthday": "--02-07"}),
        ({"Jahrestag": "0.0.00", "Geburtstag": "00.00.0000"}, (), (), {}),
        ({"Vorlieben": "Öl\r\nKette"}, (), (), {"Vorlieben": "Öl\nKette"}),
    ],
)  # fmt: skip
def test_cells(
    cells: dict[str, str],
    mails: tuple[str, ...],
    phones: tuple[str, ...],
    attributes: dict[str, str],
) -> None:
    found = entry(cells)
    assert (found.mails, found.phones, found.attributes) == (mails, phones, attributes)


def test_a_semicolon_list_from_a_swiss_excel() -> None:
    kaethi, rene, malerei, hans = contacts("excel-ch.csv")
    assert kaethi.item.key == "1001"
    assert [i.value for i in kaethi.identifiers] == [
        "kaethi@braendli.example", "+41445552020", "+41795552021",
    ]  # fmt: skip
    assert kaethi.attributes == {
        "Anrede": "Frau",
        "Hobbys": "Wandern, Velotouren",
        "Vorlieben": "Öle ohne Duft; kein Anruf über Mittag",
        "street": "Dorfstr. 3",
        "postcode": "8610",
        "city": "Uster",
        "birthday": "1962-07-03",
    }
    assert (str(rene.name), rene.language, rene.text) == (
        "René Rochat", "fr", "Client depuis 1998\nPaie toujours comptant",
    )  # fmt: skip
    assert malerei.name == Name(company="Malerei Zürcher")
    assert len([i for i in malerei.identifiers if i.kind == "mail"]) == 2
    assert (str(hans.name), hans.identifiers) == ("Hans-Peter Frei", ())


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("google.csv", [
            ("Vreni Schär", ["vreni@schaer.example", "v.schaer@firma.example", "+41795555050", "+41315555051"]),
            ("Bau AG", ["info@bau.example", "+41315556060"]),
            ("None", ["nur.mail@adresse.example"]),
        ]),
        ("outlook-de.csv", [
            ("Andreas Wyß, Holzbau Wyß AG", ["a.wyss@holzbau.example", "+41335557071", "+41335557070", "+41795557072"]),
            ("Nora Iten", ["nora@iten.example", "+41415558080"]),
        ]),
        ("outlook-fr.csv", [
            ("Amélie Favre, Vélos Favre Sàrl", ["amelie@favre.example", "+41325559090", "+41795559091"]),
        ]),
        ("bexio.csv", [
            ("Alpsteig GmbH Sport", ["info@alpsteig.example", "+41715551010"]),
            ("Sepp Manser", ["sepp@manser.example", "+41795551011"]),
        ]),
        ("thunderbird.csv", [
            ("Petra Kuhn", ["petra@kuhn.example", "p.kuhn@privat.example", "+41445551111", "+41795551112"]),
        ]),
        ("rubrica-it.csv", [
            ("Gianni Rossi", ["gianni@rossi.example", "+41915551213", "+41795551214"]),
        ]),
    ],
)  # fmt: skip
def test_exports(name: str, people: list[tuple[str, list[str]]]) -> None:
    found = [(str(c.name), [i.value for i in c.identifiers]) for c in contacts(name)]
    assert found == people


def test_mapped_columns() -> None:
    (first, *_) = contacts(
        "excel-ch.csv", id="", name="Vorlieben", mail="E-Mail", phone=["Natel"], note="Hobbys"
    )
    assert [i.value for i in first.identifiers] == ["kaethi@braendli.example", "+41795552021"]
    assert first.text == "Wandern, Velotouren"
    assert first.attributes["Telefon"] == "044 555 20 20"
