"""Why a contact is whose it is, in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import Locale
from stammkunde.projections.answers import Contact
from stammkunde.projections.origins import Origin
from stammkunde.projections.queries import Queries

_BY_RULE = ("person", "thread")
"""Rules that say all; the others rest on identifiers."""


def reason(contact: Contact, home: Home, locale: Locale, queries: Queries | None = None) -> str:
    """`number from order 1043`: what vouches for the first identifier of the evidence that something vouches for.

    Where nothing but the contact itself does, the identifier alone; empty while the contact is nobody's.
    `queries` are those of a visitor, who may not hear of each witness.
    """
    found = contact.assignment
    if found is None or contact.customer_id is None:
        return ""
    if found.rule in _BY_RULE:
        return locale.word(found.rule)
    witnesses = (queries or home.queries).origins(contact.customer_id, found.evidence)
    for identifier in found.evidence:
        origin = witnesses.get(identifier)
        if origin and origin.contact != contact.id:
            return _sentence(identifier.kind, origin, home, locale)
    shown = (
        writing.identifier(one.kind, one.value, home.company.country) for one in found.evidence
    )
    return locale.text("by {identifier}", identifier=next(shown, "–"))


def _sentence(kind: str, origin: Origin, home: Home, locale: Locale) -> str:
    text = locale.text
    what = {"phone": text("number"), "mail": text("address")}.get(kind, text("account"))
    if origin.kind == "entry":
        return text("{what} in the address book", what=what)
    if origin.kind == "link":
        return text("{what} linked by hand", what=what)
    if origin.kind == "order_placed":
        return text("{what} from order {order}", what=what, order=origin.order)
    day = (
        writing.day(origin.at.astimezone(ZoneInfo(home.company.timezone)).date(), locale.code)
        if origin.at
        else "–"
    )
    sentences = {
        "form": text("{what} from a form of {day}", what=what, day=day),
        "message": text("{what} from our mail of {day}", what=what, day=day),
    }
    return sentences.get(origin.kind) or text("{what} from a talk on {day}", what=what, day=day)
