"""What a settlement solves again: the touched components as groups, and who uses which identifier in them."""

from __future__ import annotations

from stammkunde.core.assignment.component import Group, component
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.rows import Handle, IdentifierRow
from stammkunde.core.assignment.solver import Solver
from stammkunde.core.contact import Identifier


class Region:
    """Groups of the touched components; a handle or an identifier without a group stays undecided, or is shared."""

    def __init__(self, evidence: Evidence) -> None:
        """Solve again what was touched."""
        self._evidence = evidence
        self.groups: list[Group] = []
        self.handles: set[str] = set()
        self.identifiers: set[Identifier] = set(evidence.touched.identifiers)
        self.group_of: dict[str, Group] = {}
        self.used_by: dict[Identifier, Group] = {}
        self._solve()
        self._find_users()
        self.groups.sort(key=self._age)

    def _solve(self) -> None:
        evidence, touched = self._evidence, self._evidence.touched
        solver = Solver(evidence)
        seen = Group()
        for handle in touched.handles:
            if handle not in seen.handles and _is_node(evidence.handle(handle)):
                self._add(solver, component(evidence, handles=(handle,)), seen)
        for identifier in touched.identifiers:
            if identifier not in seen.identifiers:
                self._add(solver, component(evidence, identifiers=(identifier,)), seen)
        for customer in {evidence.living(one) for one in touched.customers}:
            if customer not in seen.customers:
                self._add(solver, component(evidence, customers=(customer,)), seen)
        self.handles |= touched.handles

    def _add(self, solver: Solver, found: Group, seen: Group) -> None:
        """A non-exclusive identifier with an owner reaches his component without being part of it: perhaps again."""
        if not found or (found.customers and found.customers <= seen.customers):
            return
        seen.handles |= found.handles
        seen.identifiers |= found.identifiers
        seen.customers |= found.customers
        self.handles |= found.handles
        self.identifiers |= found.identifiers
        groups, _ = solver.solve(found)
        self.groups += groups
        for group in groups:
            self.group_of.update(dict.fromkeys(group.handles, group))

    def _find_users(self) -> None:
        """An identifier is exclusive when exactly one group uses it."""
        for group in self.groups:
            for identifier in group.identifiers:
                user = self._user(self._evidence.identifier(identifier), group)
                if user is not None:
                    self.used_by[identifier] = user

    def _user(self, row: IdentifierRow, group: Group) -> Group | None:
        if row.said == "exclusive" or row.owner_said:
            return group
        users = [self.group_of.get(handle) for handle in self._evidence.users.of(row.identifier)]
        if all(user is group for user in users):
            return group
        if self._evidence.owner(row):  # given in passing, and used by somebody else
            return None
        first = users[0]
        return first if all(user is first for user in users) else None

    def bare(self, identifier: Identifier) -> Handle | None:
        """The nameless handle of an identifier, if it has contacts."""
        name = self._evidence.identifier(identifier).bare
        row = self._evidence.handle(name) if name else None
        return row if row and row.contacts else None

    def members(self) -> list[tuple[Group, list[Handle]]]:
        """The handles of each group, nameless ones included."""
        evidence = self._evidence
        found = {id(group): [*map(evidence.handle, group.handles)] for group in self.groups}
        for identifier, group in self.used_by.items():
            if bare := self.bare(identifier):
                found[id(group)].append(bare)
        return [(group, found[id(group)]) for group in self.groups]

    def _age(self, group: Group) -> int:
        """Groups are looked at in the order of their oldest handle, so that numbers come out the same every time."""
        numbers = [self._evidence.handle(handle).number for handle in group.handles]
        bare = (self.bare(identifier) for identifier in group.identifiers)
        numbers += [row.number for row in bare if row]
        return min(numbers, default=0)


def _is_node(row: Handle) -> bool:
    return row.party is not None and row.contacts > 0
