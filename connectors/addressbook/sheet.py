"""What a row of an address list says of a person or company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from stammkunde.connectors.addressbook.entry import (
    Entry,
    cells,
    day,
    has_legal_form,
    moment,
    plain,
    put,
    put_address,
    split_name,
)
from stammkunde.connectors.addressbook.headings import Field, Role, words
from stammkunde.core.contact import Name

_SEVERAL = re.compile(r"\s*:::\s*|\s*[;\n]\s*")
"""Google writes several values of one label in one cell."""
_NO_DATE = re.compile(r"0+[./-]0+[./-]0+")
"""What Outlook writes for a day that is not given."""
_MAILS = re.compile(r"\s*:::\s*|[\s;,]+")
_COMPANY = frozenset(
    {
        "firma", "unternehmen", "organisation", "company", "business", "societe", "entreprise", "azienda", "ditta",
        "societa",
    }
)  # fmt: skip
_ORDER = re.compile(
    r"order|bestell|invoice|rechnungs?n|quantity|menge|preis|price|betrag|amount|total|commande|facturen|ordine"
)


class Sheet(msgspec.Struct, frozen=True):
    """A list's headings with the role of each column."""

    headings: tuple[str, ...]
    roles: tuple[Role, ...]

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that it has a column for."""
        return frozenset(role.field for role in self.roles)

    @property
    def names_somebody(self) -> bool:
        """Whether any column holds a name, an address or a number."""
        return not self.fields.isdisjoint(
            ("given", "family", "company", "name", "name1", "mail", "phone")
        )

    @property
    def is_address_list(self) -> bool:
        """Whether it looks like nothing but a list of addresses: names, ways to reach them, and no orders."""
        named = self.fields & {"given", "family", "company", "name", "name1"}
        reached = self.fields & {"mail", "phone"}
        orders = any(_ORDER.search("".join(words(heading))) for heading in self.headings)
        return bool(named and reached) and not orders


class _Row(msgspec.Struct):
    """A row's cells by what they hold."""

    texts: dict[Field, list[str]] = {}
    mails: list[str] = []
    phones: list[str] = []
    places: dict[str, dict[str, str]] = {}
    pairs: dict[str, list[str]] = {}
    attributes: dict[str, str] = {}


def entry_of_row(sheet: Sheet, row: Sequence[str], zone: tzinfo, reference: str = "") -> Entry:
    """The entry of one row that is as wide as the headings."""
    found = _Row()
    for heading, role, cell in zip(sheet.headings, sheet.roles, map(_cell, row), strict=True):
        if cell:
            _take(found, heading.strip(), role, cell)
    attributes = found.attributes
    for place in found.places.values():
        put_address(attributes, _with_number(place))
    for label, value in found.pairs.values():
        put(attributes, label.lstrip("* "), value)
    put(attributes, "birthday", _birthday(found))
    name, display = _name(found)
    return Entry(
        uid=_text(found, "id"),
        name=name,
        display=display,
        mails=cells(found.mails),
        phones=cells(found.phones),
        attributes=attributes,
        note="\n\n".join(found.texts.get("note", ())),
        language=_text(found, "language"),
        changed=moment(_text(found, "changed"), zone),
        reference=reference,
    )


def _cell(cell: str) -> str:
    cell = plain(cell).strip()
    return "" if _NO_DATE.fullmatch(cell) else cell


def _take(found: _Row, heading: str, role: Role, cell: str) -> None:
    match role.field:
        case "mail" if "@" in cell:
            found.mails += [part for part in _MAILS.split(cell) if "@" in part]
        case "phone" if sum(c.isdigit() for c in cell) > 2:
            found.phones += _SEVERAL.split(cell)
        case "address":
            place = found.places.setdefault(role.group, {})
            place[role.part] = f"{place[role.part]}, {cell}" if role.part in place else cell
        case "label" | "value":
            pair = found.pairs.setdefault(role.group, [role.group, ""])
            pair[role.field == "value"] = cell
        case "categories":
            groups = (group for group in _SEVERAL.split(cell) if not group.startswith("*"))
            put(found.attributes, "categories", ", ".join(groups))
        case "mail" | "phone" | "attribute":
            put(found.attributes, heading, cell)
        case "nothing":
            pass
        case _:
            found.texts.setdefault(role.field, []).append(cell)


def _text(found: _Row, field: Field) -> str:
    return next(iter(found.texts.get(field, ())), "")


def _name(found: _Row) -> tuple[Name | None, str]:
    """The structured name and the one that the book shows."""
    given, family, company = (_text(found, f) for f in ("given", "family", "company"))
    first, second = _text(found, "name1"), _text(found, "name2")
    if first and _is_company(found, first, second):
        company = company or f"{first} {second}".strip()
    elif first:
        given, family = given or second, family or first
    shown = _text(found, "name")
    if given or family or company:
        return Name(given, family, company), shown
    return split_name(shown), shown


def _is_company(found: _Row, first: str, second: str) -> bool:
    """Whether bexio's `Name 1` and `Name 2` are a company's name, or a family name and a given one."""
    if kind := _text(found, "type"):
        return not _COMPANY.isdisjoint(words(kind))
    return not second or has_legal_form(first)


def _birthday(found: _Row) -> str:
    year, month, number = (_text(found, f) for f in ("birth year", "birth month", "birth day"))
    if month and number:
        return day(f"{number}.{month}.{year}") if year else day(f"--{month:0>2}-{number:0>2}")
    return day(_text(found, "birthday"))


def _with_number(place: dict[str, str]) -> dict[str, str]:
    number = place.pop("house number", "")
    if number:
        place["street"] = f"{place.get('street', '')} {number}".strip()
    return place
