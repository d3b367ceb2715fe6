"""Why a contact is whose it is, in sentences: what matches, by which rule, how surely."""

from __future__ import annotations

from typing import Protocol

import msgspec

from stammkunde.app import writing
from stammkunde.app.web.visit import Visit
from stammkunde.projections.answers import Assignment, Contact, Identifier


class Shown(Protocol):
    """An identifier, of whichever struct."""

    @property
    def kind(self) -> str:
        """`mail`, `phone` or `shop`."""

    @property
    def value(self) -> str:
        """In its normal form."""


class Why(msgspec.Struct, frozen=True):
    """`sentence` says what decided, `rule` by which rule and how surely."""

    sentence: str
    rule: str


def why(visit: Visit, contact: Contact) -> Why | None:
    """The reason in words; None while the contact is nobody's. Evidence of a hidden source is not named."""
    found = contact.assignment
    if found is None:
        return None
    evidence = () if contact.source in visit.hidden else found.evidence
    return Why(_sentence(visit, found.rule, evidence), rule(visit, found))


def rule(visit: Visit, found: Assignment) -> str:
    """`Rule “mail”, score 1.00`."""
    return visit.text(
        "Rule “{rule}”, score {score}.",
        rule=visit.locale.word(found.rule),
        score=visit.locale.number(found.score, 2),
    )


def identifier(visit: Visit, one: Shown) -> str:
    """An identifier as people write it; of a shop's account the number alone."""
    value = one.value.rpartition(":")[2] if one.kind == "shop" else one.value
    return writing.identifier(one.kind, value, visit.home.company.country)


def kind_of(visit: Visit, kind: str) -> str:
    """What an identifier of this kind is called."""
    text = visit.text
    words = {
        "mail": text("Mail address"),
        "phone": text("Phone number"),
        "shop": text("Shop account"),
    }
    return words.get(kind, kind)


def _sentence(visit: Visit, by: str, evidence: tuple[Identifier, ...]) -> str:
    text = visit.text
    if by == "person":
        return text("Somebody decided so by hand.")
    if by == "thread":
        return text("It belongs to a conversation with this customer.")
    what = ", ".join(f"{kind_of(visit, one.kind)} {identifier(visit, one)}" for one in evidence)
    if not what:
        return text("The way the counterpart shows himself belongs to this customer.")
    if by == "name":
        return text("{what}: this and the name fit this customer.", what=what)
    return text("{what}: this belongs to this customer.", what=what)
