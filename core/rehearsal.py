"""What a decision would change, before it is made: the same rules on evidence that is read at one moment and thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stammkunde.core.assignment import Assignment, Decision, Observation
from stammkunde.core.assignment.tables import evidence_of
from stammkunde.core.decisions import observed
from stammkunde.core.ids import random_id
from stammkunde.core.log.store import Log


def rehearse(
    log: Log,
    decide: Callable[[Assignment, Sequence[Observation]], object],
    contacts: Sequence[str] = (),
) -> list[Decision]:
    """What would follow from what `decide` says of these contacts; ids of customers that it opens are never used.

    It waits for no lock and writes nothing. Raises `DecisionError` where the decision itself would be refused.
    """
    with log.store.reading() as cursor:
        evidence = evidence_of(log.keys.keys)
        evidence.attach(cursor)
        assignment = Assignment(evidence, random_id)
        decide(assignment, [observed(log, contact, cursor) for contact in contacts])
        return assignment.settle()
