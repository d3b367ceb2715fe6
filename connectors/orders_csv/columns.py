"""Which column of an order list holds what: as the settings say, or as the usual headings tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import msgspec

from stammkunde.connectors.interface import ConnectorError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "orders-csv"`; most of them name a column by its heading.

    `path`: files (also `.xz`, `.gz`), or folders of which all `.csv` files are read. `order`: the column of the order's
    number; without it all columns are known by their usual headings, with it only those named here. `time`: the column
    of the order's time. `time_format`: as in Python's strptime; by default ISO 8601 or `31.12.2026 17:05`. `timezone`:
    where those times are; by default the company's. `line_total`: the column of a line's value. `quantity`: the column
    of a line's number of pieces. `unit_price`: the column of a piece's price; quantity and price stand for a total that
    has no column. `decimal`: the decimal mark of all numbers. `currency`: a code such as CHF, or the column that holds
    it; by default the company's. `cancelled_prefix`: how the number of an invoice begins that is a refund. `customer`:
    the column of the customer's number. `mail`: the column of his mail address. `phone`: the column of his telephone
    number. `name`: the column of his name. `country`: the column of his country. `article`: the column of a line's
    article number. `description`: the column of an article's name. `delimiter`: a single letter; found out by default.
    `encoding`: such as cp1252; found out by default.
    """

    path: tuple[str, ...] = ()
    order: str = ""
    time: str = ""
    time_format: str = ""
    timezone: str = ""
    line_total: str = ""
    quantity: str = ""
    unit_price: str = ""
    decimal: str = "."
    currency: str = ""
    cancelled_prefix: str = ""
    customer: str = ""
    mail: str = ""
    phone: str = ""
    name: str = ""
    country: str = ""
    article: str = ""
    description: str = ""
    delimiter: str = ""
    encoding: str = ""


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The place of each column in a row; -1 where there is none."""

    order: int
    time: int
    line_total: int = -1
    quantity: int = -1
    unit_price: int = -1
    currency: int = -1
    customer: int = -1
    mail: int = -1
    phone: int = -1
    name: int = -1
    country: int = -1
    article: int = -1
    description: int = -1


_USUAL: Mapping[str, str] = {
    "order": "order orderid orderno ordernr ordernumber invoice invoiceid invoiceno invoicenr invoicenumber bestellnr"
    " bestellnummer auftragsnr auftragsnummer rechnungsnr rechnungsnummer belegnr belegnummer ncommande nocommande"
    " numerodecommande nfacture nofacture numerodefacture numeroordine numerofattura",
    "time": "orderdate ordertime ordereddate invoicedate datetime timestamp bestelldatum auftragsdatum rechnungsdatum"
    " belegdatum datecommande datedecommande datefacture datadellordine dataordine datafattura",
    "line_total": "linetotal lineamount positionstotal zeilentotal zeilenbetrag positionsbetrag totalligne totaleriga",
    "quantity": "quantity qty menge anzahl stuckzahl quantite quantita",
    "unit_price": "unitprice price itemprice einzelpreis stuckpreis preis prixunitaire prixunite prezzounitario",
    "currency": "currency currencycode wahrung wahrungscode devise monnaie valuta",
    "customer": "customerid customerno customernr customernumber clientid kundennr kundennummer kundenid noclient"
    " numeroclient idclient idcliente numerocliente codicecliente",
    "mail": "email mail emailaddress mailadresse emailadresse customeremail courriel adresseemail indirizzoemail",
    "phone": "phone phonenumber telephone telefon telefonnummer tel mobile telefono",
    "name": "name customername kundenname nomclient nomduclient nomecliente",
    "country": "country countrycode land landercode pays paese",
    "article": "sku stockcode article articleno articlenumber itemno productid artikel artikelnr artikelnummer"
    " noarticle numeroarticle articolo codicearticolo",
    "description": "description productname itemname articlename bezeichnung beschreibung artikelbezeichnung"
    " artikelname designation descrizione",
}  # fmt: skip
_WORDS = {field: frozenset(words.split()) for field, words in _USUAL.items()}


def columns_of(header: Sequence[str], settings: Settings, path: str) -> Columns:
    """The columns of a file; raises `ConnectorError` naming the setting for one that is not there or missing."""
    headings = [_word(heading) for heading in header]
    is_mapped = bool(settings.order)
    places: dict[str, int] = {}
    for field in _USUAL:
        named: str = getattr(settings, field)
        if not named and not is_mapped:
            places[field] = _usual(field, headings)
        elif _word(named) in headings:
            places[field] = headings.index(_word(named))
        elif named and not (field == "currency" and _is_code(named)):
            raise ConnectorError(
                "{field}: {path} has no column “{named}”; give the heading of a column that it has.",
                field=field,
                path=path,
                named=named,
            )
    return _complete(places, path)


def is_guessable(header: Sequence[str]) -> bool:
    """Whether the headings alone say which columns hold order, time and value."""
    headings = [_word(heading) for heading in header]
    order, time, line_total, quantity, unit_price = (
        _usual(field, headings) >= 0
        for field in ("order", "time", "line_total", "quantity", "unit_price")
    )
    return order and time and (line_total or (quantity and unit_price))


def _complete(places: dict[str, int], path: str) -> Columns:
    for field in ("order", "time"):
        if places.get(field, -1) < 0:
            raise ConnectorError(
                "{field}: which column of {path} holds it is not known; name it by its heading, as {field} = “…”.",
                field=field,
                path=path,
            )
    has_price = min(places.get("quantity", -1), places.get("unit_price", -1)) >= 0
    if places.get("line_total", -1) < 0 and not has_price:
        raise ConnectorError(
            "line_total: which columns of {path} hold the value of a line is not known; name line_total, or quantity and unit_price, by their headings.",
            path=path,
        )
    return Columns(**places)


def _usual(field: str, headings: Sequence[str]) -> int:
    return next((at for at, heading in enumerate(headings) if heading in _WORDS[field]), -1)


def _word(heading: str) -> str:
    """A heading without case, accents, blanks and punctuation."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _is_code(currency: str) -> bool:
    return len(currency) == 3 and currency.isascii() and currency.isupper()
