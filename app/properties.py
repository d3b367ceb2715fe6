"""How one says the properties that address books give under fixed names; any other keeps the name somebody gave it."""

from __future__ import annotations

from stammkunde.app.locale import Locale

TEXTS: dict[str, str] = {
    "name": "called",
    "street": "street",
    "house number": "house number",
    "po box": "PO box",
    "postcode": "postcode",
    "city": "city",
    "region": "region",
    "country": "country",
    "birthday": "birthday",
    "gender": "gender",
    "hobby": "hobby",
    "language": "language",
    "categories": "groups",
    "note": "remark",
    "title": "title",
    "job title": "job title",
    "department": "department",
    "website": "web site",
    "nickname": "nickname",
    "interest": "interest",
    "expertise": "expertise",
    "messenger": "messenger",
    "related": "related",
    "anniversary": "anniversary",
    "date of death": "date of death",
    "address extra": "address line",
}
"""Stored name → what is shown."""


def said(key: str, locale: Locale) -> str:
    """The property's name in the visitor's language."""
    return locale.text(TEXTS[key]) if key in TEXTS else key
