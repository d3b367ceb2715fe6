"""How long names, subjects, identifiers and attributes may be: what is longer is cut, and kept whole beside it.

So a list, a search index and a screen never meet a name of a megabyte, and nothing is lost. Texts have no limit.
"""

from __future__ import annotations

import msgspec

from stammkunde.core.contact import Contact, Identifier, Name

SUBJECT = 998
"""Characters of a subject: what a line of a mail may hold (RFC 5322 §2.1.1)."""
NAME = 200
"""Characters of a given name, a family name, a company and a display name, each."""
KEY, VALUE = 100, 4000
"""Characters of an attribute's key and of its value."""
IDENTIFIER = {"mail": 254, "phone": 16, "shop": 254}
"""Characters of an identifier: an address fits a path of 256 with its brackets (RFC 5321 §4.5.3.1.3); a number is a plus
sign and 15 digits (E.164). A shop's account has our own limit."""
CUT = "cut"
"""The flag of a contact of which something was cut."""

Uncut = tuple[tuple[str, str], ...]
"""What was too long, whole: the field's name (`subject`, `family`, `attribute KEY`, `mail` …) and its value."""


def fits(identifier: Identifier) -> bool:
    """Whether an identifier is as short as its standard wants it."""
    return len(identifier.value) <= IDENTIFIER[identifier.kind]


def is_overlong(contact: Contact) -> bool:
    """Whether anything of a contact is longer than its limit; asked for each, so it is plain and quick."""
    for identifier in contact.identifiers:
        if len(identifier.value) > IDENTIFIER[identifier.kind]:
            return True
    if len(contact.subject) > SUBJECT or len(contact.display) > NAME:
        return True
    name = contact.name
    if name is not None and max(len(name.given), len(name.family), len(name.company)) > NAME:
        return True
    return bool(contact.attributes) and any(
        len(key) > KEY or len(value) > VALUE for key, value in contact.attributes.items()
    )


def fitted(contact: Contact) -> tuple[Contact, Uncut]:
    """A contact within the limits, with its flag, and what was cut.

    An identifier is never cut, since it would be somebody else's: one that is too long is taken out.
    """
    uncut: list[tuple[str, str]] = []

    def cut(what: str, value: str, limit: int) -> str:
        if len(value) > limit:
            uncut.append((what, value))
        return value[:limit]

    name = contact.name
    short = msgspec.structs.replace(
        contact,
        subject=cut("subject", contact.subject, SUBJECT),
        display=cut("display", contact.display, NAME),
        name=name
        and Name(
            cut("given", name.given, NAME),
            cut("family", name.family, NAME),
            cut("company", name.company, NAME),
        ),
        attributes={key[:KEY]: value[:VALUE] for key, value in contact.attributes.items()},
        identifiers=tuple(one for one in contact.identifiers if fits(one)),
        flags=(*contact.flags, CUT),
    )
    uncut += [
        (f"attribute {key}", value)
        for key, value in contact.attributes.items()
        if len(key) > KEY or len(value) > VALUE
    ]
    uncut += [(one.kind, one.value) for one in contact.identifiers if not fits(one)]
    return short, tuple(uncut)
