"""What the properties of a vCard say of a person or company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo

from stammkunde.connectors.addressbook.entry import (
    Entry,
    cells,
    day,
    moment,
    put,
    put_address,
    split_name,
)
from stammkunde.connectors.addressbook.vcard import Property, properties
from stammkunde.core.contact import Name

_ADDRESS = ("po box", "address extra", "street", "city", "region", "postcode", "country")
_NAMED = {
    "TITLE": "job title",
    "ROLE": "role",
    "URL": "website",
    "NICKNAME": "nickname",
    "CATEGORIES": "categories",
    "HOBBY": "hobby",
    "INTEREST": "interest",
    "EXPERTISE": "expertise",
    "IMPP": "messenger",
    "RELATED": "related",
    "X-ABRELATEDNAMES": "related",
    "GENDER": "gender",
}
_DAYS = {
    "BDAY": "birthday",
    "ANNIVERSARY": "anniversary",
    "DEATHDATE": "date of death",
    "X-ABDATE": "date",
}
_OF_THE_BOOK = frozenset(
    {
        "BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "SOURCE", "KIND", "MEMBER", "CLASS", "NAME", "PROFILE",
        "SORT-STRING", "MAILER", "AGENT", "CLIENTPIDMAP", "XML", "FBURL", "CALURI", "CALADRURI", "LABEL", "TZ",
        "N", "FN", "ORG", "EMAIL", "TEL", "ADR", "NOTE", "LANG", "X-ABLABEL", "X-ABADR", "X-ABSHOWAS", "X-ABUID",
        "X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-MEMBER", "X-IMAGETYPE", "X-IMAGEHASH", "CREATED",
    }
)  # fmt: skip
"""Properties that have their own place or tell of the book, not of whom the card is about."""
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")


class Group(Exception):  # noqa: N818 (a kind of card, caught where it is read)
    """The card is a list of other cards: it is about nobody."""


def entry_of_card(raw: bytes, encoding: str, zone: tzinfo, reference: str = "") -> Entry:
    """The entry of one card; raises `Broken` if it can't be read and `Group` for a distribution list."""
    found: dict[str, list[Property]] = {}
    for prop in properties(raw, encoding):
        if prop.value.strip(" ;"):
            found.setdefault(prop.name, []).append(prop)
    if _first(found, "KIND", "X-ADDRESSBOOKSERVER-KIND").lower() == "group":
        raise Group
    name, attributes = _name(found)
    labels = {prop.group: _label(prop.text) for prop in found.get("X-ABLABEL", ())}
    for address in _by_preference(found.get("ADR", ())):
        put_address(attributes, dict(zip(_ADDRESS, address.fields, strict=False)))
    for prop in (prop for props in found.values() for prop in props):
        if prop.name not in _OF_THE_BOOK:
            _put(attributes, prop, labels.get(prop.group, "") if prop.group else "")
    return Entry(
        uid=_first(found, "UID").removeprefix("urn:uuid:"),
        name=name,
        display=_first(found, "FN"),
        mails=_values(found.get("EMAIL", ()), "mailto:"),
        phones=_values(found.get("TEL", ()), "tel:"),
        attributes=attributes,
        note="\n\n".join(prop.text for prop in found.get("NOTE", ())),
        language=_first(found, "LANG", "X-LANGUAGE"),
        changed=moment(_first(found, "REV"), zone),
        reference=reference,
    )


def _name(found: dict[str, list[Property]]) -> tuple[Name | None, dict[str, str]]:
    """The structured name, and what of N and ORG has no place in it."""
    attributes: dict[str, str] = {}
    family = given = company = ""
    if "N" in found:
        parts = [" ".join(part.replace(",", " ").split()) for part in found["N"][0].fields]
        family, given, middle, prefix, suffix = (*parts, "", "", "", "", "")[:5]
        given, middle = given or middle, middle if given else ""
        for key, value in (("middle name", middle), ("prefix", prefix), ("suffix", suffix)):
            put(attributes, key, value)
    if "ORG" in found:
        company, *units = found["ORG"][0].fields
        put(attributes, "department", ", ".join(filter(None, units)))
    if given or family or company:
        return Name(given, family, company), attributes
    return split_name(_first(found, "FN")), attributes


def _put(attributes: dict[str, str], prop: Property, label: str) -> None:
    key = _DAYS.get(prop.name) or _NAMED.get(prop.name) or prop.name.lower().removeprefix("x-")
    value = ", ".join(filter(None, prop.items)) if prop.name == "CATEGORIES" else prop.text
    if prop.name in _DAYS:
        value = day(value)
    put(attributes, label or key, value.strip("; "))


def _first(found: dict[str, list[Property]], *names: str) -> str:
    return next((prop.text for name in names for prop in found.get(name, ())), "")


def _values(props: Sequence[Property], scheme: str) -> tuple[str, ...]:
    texts = (prop.text for prop in _by_preference(props))
    return cells(t[len(scheme) :] if t.lower().startswith(scheme) else t for t in texts)


def _by_preference(props: Sequence[Property]) -> list[Property]:
    """The preferred one first: TYPE=pref (RFC 2426), the lowest PREF (RFC 6350); else as they stand."""

    def rank(prop: Property) -> int:
        number = prop.parameters.get("PREF", ("",))[0]
        if number.isdecimal() and len(number) < 4:
            return int(number)
        return 1 if "pref" in prop.types else 101

    return sorted(props, key=rank)


def _label(text: str) -> str:
    found = _APPLE_LABEL.fullmatch(text)
    return (found[1] if found else text).lower()
