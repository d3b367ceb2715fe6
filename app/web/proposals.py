"""Customers whose an open contact may be: what speaks for each of them and what against, in sentences without points."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

from stammkunde.app import writing
from stammkunde.app.web import evidence
from stammkunde.app.web.answering import Case, say
from stammkunde.app.web.foresight import foreseen
from stammkunde.app.web.visit import Visit
from stammkunde.core.contact import Name
from stammkunde.core.names import compatible, fold, party_of
from stammkunde.projections.answers import Contact, CustomerSheet

MOST = 3
"""As many as there are keys for."""

_LOOKED_AT = 6
_SOON = timedelta(days=14)
_LONG = timedelta(days=365)
_TELLING = 3
"""Letters that a name needs to be looked for in a text."""
_WORD = re.compile(r"[^\W_]+")


class Fact(msgspec.Struct, frozen=True):
    """One thing that speaks for a customer, or against; `weight` orders the proposals and is not shown."""

    is_for: bool
    sentence: str
    weight: int = 1


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A customer; `foreseen` says what else the answer that it is he would move."""

    id: str
    name: str
    kind: str
    ways: str
    facts: tuple[Fact, ...]
    foreseen: str


def proposals(visit: Visit, about: Case) -> tuple[Proposal, ...]:
    """The likeliest first. What a contact of a hidden source says is no fact."""
    known = _known(visit, about)
    found = [(visit.queries.customer(one, limit=1), facts) for one, facts in known.items()]
    told = [(sheet, (*facts, *_facts(visit, about.contact, sheet))) for sheet, facts in found]
    told.sort(key=lambda one: -_weight(one[1]))
    return tuple(_proposal(visit, about, sheet, facts) for sheet, facts in told[:MOST])


def _weight(facts: tuple[Fact, ...]) -> int:
    return sum(fact.weight if fact.is_for else -fact.weight for fact in facts)


def _pro(sentence: str, weight: int = 1) -> Fact:
    return Fact(is_for=True, sentence=sentence, weight=weight)


def _con(sentence: str) -> Fact:
    return Fact(is_for=False, sentence=sentence)


def _known(visit: Visit, about: Case) -> dict[str, list[Fact]]:
    """Who uses the same identifier, who is in the same conversation, whose name it is; by id."""
    found: dict[str, list[Fact]] = {}
    for one in about.review.candidates:
        shared = evidence.identifier(visit, one.shared)
        found[one.id] = [_pro(visit.text("Uses {identifier} too", identifier=shared))]
    for contact in visit.queries.neighbours(about.contact.id, limit=_LOOKED_AT):
        if contact.customer_id:
            fact = _pro(visit.text("Is in the same conversation"))
            facts = found.setdefault(contact.customer_id, [])
            if fact not in facts:
                facts.append(fact)
    name = visit.shown(about.contact).counterpart
    if len(_WORD.findall(name)) > 1 and not found and "@" not in name and name[:1] != "+":
        for customer in visit.queries.customers(name, limit=MOST):
            found.setdefault(customer.id, [])
    return dict(list(found.items())[:_LOOKED_AT])


def _proposal(visit: Visit, about: Case, sheet: CustomerSheet, facts: tuple[Fact, ...]) -> Proposal:
    name = writing.phone(sheet.name, visit.home.company.country)
    ways = [evidence.identifier(visit, one) for one in sheet.identifiers if one.kind != "shop"]
    return Proposal(
        id=sheet.id,
        name=name or visit.text("Customer without a name"),
        kind=sheet.kind,
        ways=" · ".join([way for way in ways if way != name][:2]),
        facts=facts,
        foreseen=foreseen(visit, about.contact, say(about, sheet.id)),
    )


def _facts(visit: Visit, contact: Contact, sheet: CustomerSheet) -> list[Fact]:
    shown = visit.shown(contact)
    facts = [
        _by_name(visit, shown.counterpart, sheet.name),
        _in_text(visit, shown, sheet.name),
        _by_time(visit, contact, sheet),
    ]
    if visit.queries.todo(visit.now, customer=sheet.id, limit=1):
        facts.append(_pro(visit.text("Waits for our answer")))
    return [fact for fact in facts if fact]


def _by_name(visit: Visit, shown: str, name: str) -> Fact | None:
    """How a sender or a caller is called, beside the customer's name; half a name says nothing."""
    one, other = party_of(_name(shown)), party_of(_name(name))
    if one is None or other is None:
        return None
    if compatible(one, other):
        return _pro(visit.text("The name “{name}” fits", name=shown))
    return _con(visit.text("Goes by the name “{name}” here", name=shown))


def _name(written: str) -> Name | None:
    """`Anna Maria Meier, Bau AG` in its parts, as `str(Name)` writes it; an address or a number is no name."""
    person, _, company = written.partition(", ")
    words = person.split()
    if len(words) < 2 or "@" in person or any(letter.isdigit() for letter in person):
        return None
    return Name(" ".join(words[:-1]), words[-1], company)


def _in_text(visit: Visit, shown: Contact, name: str) -> Fact | None:
    """The whole name in subject or text, or the family name alone."""
    words = [fold(word) for word in _WORD.findall(f"{shown.subject} {shown.text}")]
    parts = [*name.partition(",")[0].split()]
    if not words or not parts or len(parts[-1]) < _TELLING:
        return None
    whole = [fold(part) for part in parts]
    text = visit.text
    if any(words[at : at + len(whole)] == whole for at in range(len(words))):
        return _pro(text("“{name}” stands in the text", name=" ".join(parts)), 2)
    if len(parts) > 1 and whole[-1] in words:
        return _pro(text("“{name}” stands in the text", name=parts[-1]))
    return None


def _by_time(visit: Visit, contact: Contact, sheet: CustomerSheet) -> Fact | None:
    """Whether he was in touch about then."""
    if sheet.last_contact is None:
        return _con(visit.text("Had no contact with us until now"))
    between = abs(contact.occurred_at - sheet.last_contact)
    day = writing.day(sheet.last_contact.date(), visit.locale.code)
    if between <= _SOON:
        return _pro(visit.text("Was in touch about then, last on {day}", day=day))
    if between > _LONG:
        return _con(visit.text("Last contact on {day}", day=day))
    return None
