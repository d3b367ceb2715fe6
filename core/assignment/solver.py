"""A component split into groups, each of which can be one customer: the rules as a function of evidence alone.

A group is one customer if its names are consistent, if it is no giant, if a person named at most one customer in it,
and if two accounts of one shop are not joined by telephone numbers alone. Of a component that is none, only the part
that fails loses links, step by step, until every part is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Literal, TypeAlias

from stammkunde.core.assignment.component import Group
from stammkunde.core.assignment.evidence import Evidence, Linking
from stammkunde.core.assignment.rows import Handle
from stammkunde.core.contact import Identifier
from stammkunde.core.names import Party, consistent, is_weak, party_key

Mode: TypeAlias = dict[Identifier, Linking]
"""Identifiers that link less than their own evidence allows."""

Flaw: TypeAlias = Literal["names", "links"]

_WEAKEST_FIRST = ("phone", "mail", "shop")
_CONTRADICTIONS = 1
_CROSSINGS = 2  # to 4, by kind: what joins two parties joins only equals
_CUTS = 5  # to 7, by kind: links nothing
_LAST = 7

_Node: TypeAlias = Hashable


class Partition:
    """Disjoint sets (union-find with path halving)."""

    def __init__(self) -> None:
        """No sets."""
        self._parent: dict[_Node, _Node] = {}

    def find(self, node: _Node) -> _Node:
        """The representative of a node's set; a new node is a set of its own."""
        parent = self._parent
        top = parent.setdefault(node, node)
        while top != node:
            parent[node] = parent[top]
            node, top = top, parent[top]
        return top

    def join(self, a: _Node, b: _Node) -> None:
        """Make two sets one."""
        self._parent[self.find(a)] = self.find(b)


class Solver:
    """Solves one component."""

    def __init__(self, evidence: Evidence) -> None:
        """Reads only."""
        self._evidence = evidence
        self._linking: dict[Identifier, Linking] = {}

    def solve(self, component: Group) -> tuple[list[Group], set[str]]:
        """The groups, and the handles that stay undecided since nothing links them to just one group."""
        final: list[tuple[Group, Mode]] = []
        todo: list[tuple[Group, Mode, int]] = [(component, {}, 0)]
        while todo:
            group, mode, level = todo.pop()
            for part in self._split(group, mode):
                flaw = self._flaw(part, mode, level)
                if flaw is None or level >= _LAST:
                    final.append((part, mode))
                    continue
                next_level = level + 1 if flaw == "names" else max(level + 1, _CUTS)
                todo.append((part, self._relax(part, mode, next_level), next_level))
        return self._take_in_orphans(final)

    # ---- links

    def _links(self, handle: Handle, mode: Mode) -> Iterator[tuple[Identifier, Linking]]:
        for identifier in handle.identifiers:
            linking = mode.get(identifier) or self._own_linking(identifier)
            if linking == "party" and (
                handle.party is None or is_weak(handle.party) or self._is_hub(identifier)
            ):
                linking = "none"
            yield identifier, linking

    def _own_linking(self, identifier: Identifier) -> Linking:
        linking = self._linking.get(identifier)
        if linking is None:
            evidence = self._evidence
            linking = evidence.linking(evidence.identifier(identifier))
            self._linking[identifier] = linking
        return linking

    def _is_hub(self, identifier: Identifier) -> bool:
        return self._evidence.is_hub(self._evidence.identifier(identifier))

    def _split(self, group: Group, mode: Mode) -> list[Group]:
        evidence, sets = self._evidence, Partition()
        for identifier in group.identifiers:
            sets.find(identifier)
            if owner := evidence.owner(evidence.identifier(identifier)):
                sets.join(identifier, ("customer", owner))
        for customer in group.customers:
            sets.find(("customer", customer))
        for handle in map(evidence.handle, group.handles):
            self._join(sets, handle, group, mode)
        parts: defaultdict[_Node, Group] = defaultdict(Group)
        for identifier in group.identifiers:
            parts[sets.find(identifier)].identifiers.add(identifier)
        for customer in group.customers:
            parts[sets.find(("customer", customer))].customers.add(customer)
        for name in group.handles:
            parts[sets.find(name)].handles.add(name)
        return list(parts.values())

    def _join(self, sets: Partition, handle: Handle, group: Group, mode: Mode) -> None:
        sets.find(handle.id)
        for identifier, linking in self._links(handle, mode):
            if linking == "all" and identifier in group.identifiers:
                sets.join(handle.id, identifier)
            elif linking == "party" and handle.party:
                sets.join(handle.id, ("party", identifier, party_key(handle.party)))
        if handle.tied and handle.home:
            sets.join(handle.id, ("customer", self._evidence.living(handle.home)))

    # ---- what is wrong

    def _flaw(self, group: Group, mode: Mode, level: int) -> Flaw | None:
        names = self._names(group.handles)
        if not consistent(names) and not self._is_excused(group, names):
            return "names"
        if len(group.customers) > 1:
            return "links"
        limit = self._evidence.limits.parts_of_customer
        if len(group.handles) > limit or len(group.identifiers) > limit:
            return "links"
        if level < _CUTS and not any(name.company for name in names):
            return self._accounts_flaw(group, mode)
        return None

    def _names(self, handles: Iterable[str]) -> set[Party]:
        rows = map(self._evidence.handle, handles)
        return {row.party for row in rows if row.party}

    def _is_excused(self, group: Group, names: set[Party]) -> bool:
        """Whether the names that contradict were put into one customer by a person."""
        for together in self._said_together(group):
            keys = {party_key(name) for name in together}
            rest = {name for name in names if party_key(name) not in keys}
            if any(consistent(rest | {name}) for name in together):
                return True
        return False

    def _said_together(self, group: Group) -> Iterator[set[Party]]:
        evidence = self._evidence
        tied = (row for row in map(evidence.handle, group.handles) if row.tied)
        names = {row.party for row in tied if row.party}
        if not consistent(names):
            yield names
        for identifier in group.identifiers:
            row = evidence.identifier(identifier)
            if row.said == "exclusive" and row.contradictory:
                yield {user.party for user in evidence.named_users(row) if user.party}

    def _accounts_flaw(self, group: Group, mode: Mode) -> Flaw | None:
        """Father and son of one name have an account each; a telephone alone does not make them one."""
        shops: defaultdict[str, set[Identifier]] = defaultdict(set)
        phones: set[Identifier] = set()
        for handle in map(self._evidence.handle, group.handles):
            for identifier in handle.identifiers:
                if identifier.kind == "phone":
                    phones.add(identifier)
                elif identifier.kind == "shop" and self._own_linking(identifier) == "all":
                    shops[identifier.value.rpartition(":")[0]].add(identifier)
        several = [accounts for accounts in shops.values() if len(accounts) > 1]
        if not several:
            return None
        parts = self._split(group, {**mode, **dict.fromkeys(phones, "none")})
        held = [self._identifiers_of(part) for part in parts]
        apart = any(sum(bool(accounts & one) for one in held) > 1 for accounts in several)
        return "links" if apart else None

    def _identifiers_of(self, group: Group) -> set[Identifier]:
        rows = map(self._evidence.handle, group.handles)
        return {identifier for row in rows for identifier in row.identifiers}

    # ---- what it loses

    def _relax(self, group: Group, mode: Mode, level: int) -> Mode:
        if level >= _CUTS:
            kind = _WEAKEST_FIRST[level - _CUTS]
            cut = (one for one in self._identifiers_of(group) if one.kind == kind)
            return {**mode, **dict.fromkeys(cut, "none")}
        crossing = self._crossing(group, mode)
        if level == _CONTRADICTIONS:
            guilty = self._contradicting(group, mode, crossing)
        else:
            kind = _WEAKEST_FIRST[level - _CROSSINGS]
            guilty = [one for one in crossing if one.kind == kind]
        return {**mode, **dict.fromkeys(guilty, "party")}

    def _crossing(self, group: Group, mode: Mode) -> list[Identifier]:
        """Identifiers that join two parties, unless a person said that they may."""
        parties = defaultdict(set)
        for handle in map(self._evidence.handle, group.handles):
            for identifier in handle.identifiers:
                parties[identifier].add(handle.party and party_key(handle.party))
        return [
            identifier
            for identifier in group.identifiers
            if len(parties[identifier]) > 1
            and mode.get(identifier) != "party"
            and self._evidence.identifier(identifier).said != "exclusive"
        ]

    def _contradicting(
        self, group: Group, mode: Mode, crossing: list[Identifier]
    ) -> list[Identifier]:
        """Those of them that join parts whose names contradict each other."""
        parts = self._split(group, {**mode, **dict.fromkeys(crossing, "party")})
        part_of = {handle: part for part in parts for handle in part.handles}
        guilty = []
        for identifier in crossing:
            users = self._evidence.users.of(identifier)
            joined = {
                handle for user in users if user in part_of for handle in part_of[user].handles
            }
            if not consistent(self._names(joined)):
                guilty.append(identifier)
        return guilty

    # ---- what is left over

    def _take_in_orphans(self, final: list[tuple[Group, Mode]]) -> tuple[list[Group], set[str]]:
        """A handle whose links were all taken joins the one group that its identifiers point to, if it is one."""
        groups: list[Group] = []
        orphans: list[str] = []
        for part, mode in final:
            if self._is_lonely(part, mode):
                orphans += part.handles
            elif part:
                groups.append(part)
        homes = [(orphan, self._only_home(orphan, groups)) for orphan in orphans]
        undecided = set()
        for orphan, group in homes:
            if group is None:
                undecided.add(orphan)
            else:
                group.handles.add(orphan)
        return groups, undecided

    def _is_lonely(self, part: Group, mode: Mode) -> bool:
        if not part.handles or part.identifiers or part.customers:
            return False
        rows = map(self._evidence.handle, part.handles)
        return all(linking == "none" for row in rows for _, linking in self._links(row, mode))

    def _only_home(self, orphan: str, groups: list[Group]) -> Group | None:
        row = self._evidence.handle(orphan)
        homes = [group for group in groups if self._knows(group, row)]
        return homes[0] if len(homes) == 1 else None

    def _knows(self, group: Group, orphan: Handle) -> bool:
        key = orphan.party and party_key(orphan.party)
        return any(
            row.party and party_key(row.party) == key and row.identifiers & orphan.identifiers
            for row in map(self._evidence.handle, group.handles)
        )
