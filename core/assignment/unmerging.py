"""Two customers who became one are two again: who gets what came in between.

Each side keeps what it brought. What came in between goes to the side that shares an identifier with it, and the rules
go on from there; what shares with both stays with the survivor. An identifier that both sides use becomes shared.
"""

from __future__ import annotations

from stammkunde.core.assignment.decisions import (
    EXACT,
    ContactAssigned,
    CustomerUnmerged,
    HandleAssigned,
)
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.people import settle
from stammkunde.core.assignment.rows import Handle
from stammkunde.core.contact import Identifier
from stammkunde.core.errors import DecisionError


def unmerge(evidence: Evidence, a: str, b: str) -> None:
    """Take apart two customers who are one, by whatever rule they became it."""
    survivor = evidence.living(a)
    if a == b or evidence.living(b) != survivor:
        raise DecisionError("These two are two customers already.")
    part = a if b in _line(evidence, a) else b
    _Unmerging(evidence, survivor, part).carry_out()


def _line(evidence: Evidence, customer: str) -> list[str]:
    """A customer, and those into whom it was merged one after the other."""
    line = [customer]
    while into := evidence.customer(line[-1]).into:
        line.append(into)
    return line


class _Unmerging:
    def __init__(self, evidence: Evidence, survivor: str, part: str) -> None:
        self._evidence = evidence
        self._survivor = survivor
        self._part = part
        self._since = evidence.customer(part).since
        self._inside = set(evidence.family(part))
        self._handles = evidence.handles_of(survivor)
        self._leaving: set[str] = set()
        self._settled: list[Handle] = []
        self._used: dict[bool, set[Identifier]] = {True: set(), False: set()}

    def carry_out(self) -> None:
        self._take_sides()
        self._stand_alone()
        self._move_handles()
        self._divide_identifiers()
        self._move_contacts()
        self._touch()

    # ---- who leaves with the part

    def _take_sides(self) -> None:
        """From those that are sure outwards, step by step, so that no order of looking matters."""
        between = []
        for row in self._handles:
            leaves = row.home in self._inside
            if not leaves and self._came_later(row):
                between.append(row)
            else:
                self._side_with(row, leaves=leaves)
                self._settled.append(row)
        self._count_owned()
        while between:
            pulls = {row.id: self._pulls(row) for row in between}
            if not any(map(any, pulls.values())):
                break
            for row in between:
                leave, stay = pulls[row.id]
                self._follow(row, leave=leave, stay=stay)
            between = [row for row in between if not any(pulls[row.id])]
        for row in between:
            self._follow(row, leave=True, stay=True)

    def _pulls(self, row: Handle) -> tuple[bool, bool]:
        """Whether it shares an identifier with those who leave, and with those who stay."""
        return bool(row.identifiers & self._used[True]), bool(row.identifiers & self._used[False])

    def _follow(self, row: Handle, *, leave: bool, stay: bool) -> None:
        """Go with the one side that pulls; between two stay for good."""
        if leave or stay:
            self._side_with(row, leaves=not stay)
        if leave and stay:
            self._settled.append(row)

    def _came_later(self, row: Handle) -> bool:
        """Whether it joined after the merge, by itself or with a customer who was merged later still."""
        line = _line(self._evidence, row.home) if row.home else []
        merged = (self._evidence.customer(one) for one in line)
        joined = (one.since for one in merged if one.into)
        return max([row.since, *joined]) > self._since

    def _count_owned(self) -> None:
        evidence = self._evidence
        for one in evidence.family(self._survivor):
            self._used[one in self._inside] |= evidence.owned.of(one)

    def _side_with(self, row: Handle, *, leaves: bool) -> None:
        if leaves:
            self._leaving.add(row.id)
        if row.contacts:
            self._used[leaves] |= row.identifiers

    # ---- and then

    def _stand_alone(self) -> None:
        evidence = self._evidence
        row = evidence.customer(self._part)
        if row.into:
            evidence.touched.decided.append(CustomerUnmerged(row.id, row.into, "person"))
        evidence.set_into(row, None)
        evidence.tie_customer(row)
        evidence.tie_customer(evidence.customer(self._survivor))
        evidence.distinct.add(self._part, self._survivor)
        evidence.distinct.add(self._survivor, self._part)

    def _move_handles(self) -> None:
        evidence = self._evidence
        for row in self._handles:
            if row.id in self._leaving and row.home not in self._inside:
                evidence.set_home(row, self._part)
                grounds = tuple(sorted(row.identifiers & self._used[True]))
                evidence.touched.decided.append(
                    HandleAssigned(row.id, self._part, row.rule, EXACT, grounds)
                )

    def _divide_identifiers(self) -> None:
        """Contacts from what is shared now stay on the side that they went to."""
        evidence = self._evidence
        both = self._used[True] & self._used[False]
        for handle in self._handles:
            if handle in self._settled or handle.identifiers <= both:
                settle(evidence, handle)
        for identifier in self._used[True]:
            row = evidence.identifier(identifier)
            if identifier in both:
                row.said = "shared"
                evidence.set_owner(row, None)
            elif row.owner and row.owner not in self._inside:
                evidence.set_owner(row, self._part, said=row.owner_said)

    def _move_contacts(self) -> None:
        """What a person pinned in between goes with its counterpart; what a thread told is asked again."""
        evidence = self._evidence
        for one in set(evidence.family(self._survivor)) - self._inside:
            for contact in sorted(evidence.placed.of(one)):
                row = evidence.placement(contact)
                if row is None or row.rule != "person" or row.since <= self._since:
                    continue
                if row.handle and self._goes(evidence.handle(row.handle)):
                    evidence.move_placement(row, self._part)
                    evidence.touched.decided.append(
                        ContactAssigned(contact, self._part, "person", EXACT, ())
                    )

    def _goes(self, row: Handle) -> bool:
        leave, stay = self._pulls(row)
        return row.id in self._leaving or (leave and not stay)

    def _touch(self) -> None:
        evidence, touched = self._evidence, self._evidence.touched
        touched.customers |= {self._survivor, self._part}
        touched.renamed |= {self._survivor, self._part}
        used = self._used[True] | self._used[False]
        touched.identifiers |= used
        touched.handles |= {row.id for row in self._handles if row.party}
        for identifier in used:
            if not evidence.is_hub(evidence.identifier(identifier)):
                touched.handles |= evidence.users.of(identifier)
