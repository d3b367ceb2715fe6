"""Sentences that more than one screen says."""

from __future__ import annotations

from stammkunde.app import writing
from stammkunde.app.locale import Locale
from stammkunde.config.settings import FILE
from stammkunde.connectors.interface import Call
from stammkunde.core.company import Company
from stammkunde.projections.answers import Review
from stammkunde.projections.callers import Caller


def review_sentence(review: Review, country: str, locale: Locale) -> str:
    """`Anna or Peter Frei? Both have 052 214 77 31. 3 contacts wait.`"""
    text, plural = locale.text, locale.plural
    waiting = plural("{n} contact waits.", "{n} contacts wait.", review.waiting)
    names = [candidate.name for candidate in review.candidates]
    if len(names) == 2:
        shared = review.candidates[0].shared
        both = text(
            "Both have {identifier}.",
            identifier=writing.identifier(shared.kind, shared.value, country),
        )
        return (
            f"{text('{one} or {other}?', one=_together(*names), other=names[1])} {both} {waiting}"
        )
    shown = ", ".join(writing.identifier(i.kind, i.value, country) for i in review.identifiers)
    if names:
        return f"{shown}: {text('{names}?', names=', '.join(names[:3]))} {waiting}"
    return f"{review.name or shown}: {waiting}"


def own_side(company: Company, locale: Locale) -> str:
    """A warning where nothing tells our own mails from a customer's: what is recorded then stays as it was read; else empty."""
    if company.addresses or company.domains or company.numbers:
        return ""
    return locale.text(
        "no own addresses, domains or numbers are known, so direction and counterpart of mails can't be told: name"
        " them under [company] in {file}, or import with --set company.domains=muster-velo.example.",
        file=FILE,
    )


def _together(one: str, other: str) -> str:
    """`Anna` of `Anna Frei` and `Peter Frei`: a shared family name is said once."""
    given, _, family = one.rpartition(" ")
    return given if given and other.endswith(f" {family}") else one


def caller_sentence(caller: Caller, call: Call, locale: Locale) -> str:
    """Who calls: `Anna Frei`, `shared by 3 customers: Anna Frei, Peter Frei`, or what the network says of a stranger."""
    text = locale.text
    names = [
        text("Customer without a name") if one.name in ("", call.number) else one.name
        for one in caller.customers
    ]
    if caller.n == 1:
        return names[0]
    if names:
        many = text("{n} customers: {names}", n=caller.n, names=", ".join(names))
        return f"{many} …" if caller.n > len(names) else many
    if not call.number:
        return call.name
    if caller.class_ == "shared":
        return text("a number of several people")
    return text("“{name}”, not known here", name=call.name) if call.name else text("not known here")
