"""What an answer in the queue would move beside the contact in question, in words: found by a rehearsal of the answer itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from stammkunde.app import writing
from stammkunde.app.web.visit import Visit
from stammkunde.core.assignment import (
    Assignment,
    ContactAssigned,
    ContactUnassigned,
    CustomerMerged,
    Decision,
    HandleAssigned,
    HandleUnassigned,
    Observation,
)
from stammkunde.core.errors import DecisionError
from stammkunde.core.rehearsal import rehearse
from stammkunde.projections.answers import Contact

Say = Callable[[Assignment, Sequence[Observation]], object]


def foreseen(visit: Visit, about: Contact, say: Say) -> str:
    """The consequences as sentences; that it would be refused, and why, is one too."""
    try:
        decisions = rehearse(visit.home.log, say, [about.id])
    except DecisionError as error:
        return visit.locale.say(error)
    sentences = [
        _moved(visit, about, decisions),
        _merged(visit, decisions),
        _lost(visit, decisions),
    ]
    return " ".join(filter(None, sentences)) or visit.text("Nothing else changes.")


def also(visit: Visit, n: int, channels: Counter[str]) -> str:
    """`Also assigns the 3 earlier calls.`; the words fit what the contacts are."""
    plural = visit.locale.plural
    if not n:
        return ""
    if set(channels) == {"phone"}:
        return plural("Also assigns {n} earlier call.", "Also assigns the {n} earlier calls.", n)
    if set(channels) == {"mail"}:
        return plural("Also assigns {n} further mail.", "Also assigns {n} further mails.", n)
    return plural("Also assigns {n} further contact.", "Also assigns {n} further contacts.", n)


def _moved(visit: Visit, about: Contact, decisions: list[Decision]) -> str:
    moved: Counter[str] = Counter()
    for customer, handles in _given(decisions).items():
        moved += visit.queries.followers(handles, but=customer)
    if any(moved.values()):
        moved[about.channel] -= 1  # its own handle is given too
    placed = {one.contact for one in decisions if isinstance(one, ContactAssigned)} - {about.id}
    for contact in map(visit.queries.contact, placed):
        moved[contact.channel if contact else about.channel] += 1
    moved = +moved
    return also(visit, moved.total(), moved)


def _given(decisions: list[Decision]) -> dict[str, set[str]]:
    """The handles that each customer gets."""
    found: dict[str, set[str]] = {}
    for one in decisions:
        if isinstance(one, HandleAssigned):
            found.setdefault(one.customer, set()).add(one.handle)
    return found


def _merged(visit: Visit, decisions: list[Decision]) -> str:
    ids = [one.customer for one in decisions if isinstance(one, CustomerMerged)]
    names = [name for _, name in visit.queries.names(ids).values()]
    if not names:
        return ""
    country = visit.home.company.country
    shown = ", ".join(writing.phone(name, country) for name in names)
    return visit.text("{names} becomes one with this customer.", names=shown)


def _lost(visit: Visit, decisions: list[Decision]) -> str:
    handles = [one.handle for one in decisions if isinstance(one, HandleUnassigned)]
    lost = visit.queries.followers(handles).total() + sum(
        isinstance(one, ContactUnassigned) and one.rule != "person" for one in decisions
    )
    if not lost:
        return ""
    return visit.locale.plural(
        "{n} contact will have no customer any more.",
        "{n} contacts will have no customer any more.",
        lost,
    )
