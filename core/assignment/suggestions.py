"""The last step, which only suggests: whose an open contact may be. Rules that weigh instead of knowing belong here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stammkunde.core.assignment.decisions import Suggestion
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.rows import Handle
from stammkunde.core.contact import Identifier


def suggest(evidence: Evidence, handle: str | None, thread: str | None) -> list[Suggestion]:
    """Customers who share an identifier with a handle, or else a thread; oldest first, never its own one."""
    row = evidence.handle(handle) if handle else None
    mine = evidence.holder(row) if row else None
    excluded = {mine} | _strangers(evidence, mine)
    shared: defaultdict[str, set[Identifier]] = defaultdict(set)
    if row:
        for customer, identifier in _sharing(evidence, row):
            shared[customer].add(identifier)
    found = [
        Suggestion(customer, "identifier", tuple(sorted(identifiers)))
        for customer, identifiers in shared.items()
        if customer not in excluded
    ]
    if thread:
        others = _in_thread(evidence, thread) - shared.keys() - excluded
        found += [Suggestion(customer, "thread") for customer in others]
    return sorted(found, key=lambda one: evidence.customer(one.customer).number)


def _strangers(evidence: Evidence, customer: str | None) -> set[str | None]:
    """Customers that a person said are others."""
    if customer is None:
        return set()
    family = evidence.family(customer)
    return {evidence.living(other) for one in family for other in evidence.distinct.of(one)}


def _sharing(evidence: Evidence, row: Handle) -> Iterator[tuple[str, Identifier]]:
    for identifier in row.identifiers:
        user = evidence.identifier(identifier)
        if user.owner:
            yield evidence.living(user.owner), identifier
        if evidence.is_hub(user):
            continue
        others = [*evidence.named_users(user)]
        if user.bare:
            others.append(evidence.handle(user.bare))
        for other in others:
            if other.id != row.id and (customer := evidence.holder(other)):
                yield customer, identifier


def _in_thread(evidence: Evidence, key: str) -> set[str]:
    thread = evidence.thread(key)
    handles = map(evidence.handle, thread.handles) if thread else ()
    return {customer for row in handles if (customer := evidence.holder(row))}
