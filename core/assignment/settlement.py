"""From groups to customers: which id each group has, and what differs from what stood before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from stammkunde.core.assignment.component import Group
from stammkunde.core.assignment.decisions import (
    EXACT,
    CustomerMerged,
    CustomerOpened,
    CustomerUnmerged,
    Decision,
    HandleAssigned,
    HandleUnassigned,
    IdentifierClass,
    IdentifierClassified,
)
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.identifiers import pattern_class
from stammkunde.core.assignment.region import Region
from stammkunde.core.assignment.rows import Customer, Handle, IdentifierRow
from stammkunde.core.contact import Identifier


class Settlement:
    """One settlement; `moved` are handles whose customer changed (with the one before), `renamed` customers whose
    alias did, `reclassified` identifiers whose class did.
    """

    def __init__(self, evidence: Evidence, new_id: Callable[[], str]) -> None:
        """Solves what was touched, concludes and writes the conclusions into the evidence."""
        self._evidence = evidence
        self._new_id = new_id
        self._region = region = Region(evidence)
        self.decisions: list[Decision] = []
        self.moved: list[tuple[Handle, str | None]] = []
        self.renamed: list[str] = []
        self.reclassified: list[Identifier] = []
        members = region.members()
        self._before = self._holders(members)
        self._living = {customer for customer in self._before.values() if customer}
        self._customer_of = self._name_groups(members)
        self._conclude()

    def _holders(self, members: list[tuple[Group, list[Handle]]]) -> dict[str, str | None]:
        """Whose each handle of the region is before anything changes."""
        evidence, region = self._evidence, self._region
        rows = {row.id: row for _, rows in members for row in rows}
        for identifier in region.identifiers:
            if name := evidence.identifier(identifier).bare:
                rows[name] = evidence.handle(name)
        for name in region.handles:
            rows[name] = evidence.handle(name)
        return {name: evidence.holder(row) for name, row in rows.items()}

    # ---- ids

    def _name_groups(self, members: list[tuple[Group, list[Handle]]]) -> dict[int, str]:
        """The customer of each group that has a relationship, by the group's identity."""
        claims = self._claims(members)
        tops: list[tuple[Group, Customer, list[Customer]]] = []
        for group, rows in members:
            if not (group.customers or any(row.relations for row in rows)):
                continue
            claimants = claims[id(group)]
            if group.customers:
                top = self._evidence.customer(min(group.customers, key=self._number))
            elif claimants:
                top = min(claimants, key=self._seniority)
            else:
                top = self._open()
            tops.append((group, top, claimants))
        for _, top, _ in tops:
            self._set_free(top)
        for _, top, claimants in tops:
            for other in sorted(claimants, key=lambda one: one.number):
                self._merge(other, top)
        return {id(group): top.id for group, top, _ in tops}

    def _claims(
        self, members: list[tuple[Group, list[Handle]]]
    ) -> defaultdict[int, list[Customer]]:
        """Each id follows its oldest handle, one that it still has before one that it lost."""
        evidence = self._evidence
        options: defaultdict[str, list[tuple[tuple[bool, bool, bool, int], Group]]] = defaultdict(
            list
        )
        for group, rows in members:
            for row in rows:
                holder = self._before[row.id]
                for customer in {row.home, holder} - {None}:
                    if holder is None and self._lives_elsewhere(str(customer)):
                        continue
                    rank = (customer != holder, customer != row.home, row.party is None, row.number)
                    options[str(customer)].append((rank, group))
        claims: defaultdict[int, list[Customer]] = defaultdict(list)
        for customer, ranked in options.items():
            if not evidence.customer(customer).tied:
                _, group = min(ranked, key=lambda option: option[0])
                claims[id(group)].append(evidence.customer(customer))
        self._claim_by_identifier(claims, options.keys())
        return claims

    def _claim_by_identifier(
        self, claims: defaultdict[int, list[Customer]], claimed: Iterable[str]
    ) -> None:
        """A customer whose only handle was amended away goes on as whoever uses its identifiers, if nobody claims it."""
        evidence, region = self._evidence, self._region
        rows = sorted(map(evidence.handle, self._before), key=lambda row: row.number)
        settled = set(claimed)
        for row in rows:
            if row.contacts or row.home is None or row.home in settled:
                continue
            customer = evidence.customer(row.home)
            for identifier in sorted(row.identifiers):
                group = region.used_by.get(identifier)
                taken = customer.tied or customer.into or claims[id(group)]
                if group and not taken and not self._lives_elsewhere(customer.id):
                    claims[id(group)].append(customer)
                    settled.add(customer.id)
                    break

    def _lives_elsewhere(self, customer: str) -> bool:
        """Whether an id has handles that are not looked at now: a handle that it lost can't call it back."""
        return any(row.id not in self._before for row in self._evidence.handles_of(customer))

    def _number(self, customer: str) -> int:
        return self._evidence.customer(customer).number

    def _seniority(self, customer: Customer) -> tuple[bool, int]:
        """A living customer before one that was merged or has nothing, then by age."""
        living = customer.into is None and customer.id in self._living
        return not living, customer.number

    def _open(self) -> Customer:
        customer = self._evidence.open_customer(self._new_id())
        self.decisions.append(CustomerOpened(customer.id, "relationship"))
        return customer

    def _set_free(self, top: Customer) -> None:
        if top.into is not None:
            self.decisions.append(CustomerUnmerged(top.id, top.into, "name"))
            self._evidence.set_into(top, None)
            self.renamed.append(top.id)

    def _merge(self, customer: Customer, top: Customer) -> None:
        if self._evidence.living(customer.id) != top.id:
            self.decisions.append(CustomerMerged(customer.id, top.id, "name"))
            self._evidence.set_into(customer, top.id)
            self.renamed.append(customer.id)

    # ---- conclusions

    def _conclude(self) -> None:
        evidence, region = self._evidence, self._region
        rows = sorted(map(evidence.handle, self._before), key=lambda row: row.number)
        for row in rows:
            if row.retired:
                continue
            if not row.contacts:
                self._take(row, "withdrawn")
            elif row.party is not None:
                self._conclude_named(row)
            else:
                self._conclude_bare(row)
        for identifier in sorted(region.identifiers):
            self._classify(evidence.identifier(identifier))

    def _conclude_named(self, row: Handle) -> None:
        group = self._region.group_of.get(row.id)
        customer = self._customer_of.get(id(group))
        if customer:
            self._give(row, customer, "name", self._grounds(row))
        else:
            self._take(row, "relationship" if group else "undecided")

    def _grounds(self, row: Handle) -> tuple[Identifier, ...]:
        """The identifiers that are its group's alone, else all that it has."""
        own = [one for one in row.identifiers if one in self._region.used_by]
        return tuple(sorted(own or row.identifiers))

    def _conclude_bare(self, row: Handle) -> None:
        (identifier,) = row.identifiers
        user = self._evidence.identifier(identifier)
        group = self._region.used_by.get(identifier)
        owner = self._evidence.owner(user) if user.owner_said else None
        customer = self._customer_of.get(id(group)) if group else None
        if customer:
            self._give(row, customer, identifier.kind, (identifier,))
        elif owner and not group and self._evidence.own_class(user) != "blocked":
            self._give(row, owner, "person", (identifier,))
        else:
            self._take(row, "relationship" if group else self._class_of(user))

    def _give(self, row: Handle, customer: str, rule: str, grounds: tuple[Identifier, ...]) -> None:
        evidence = self._evidence
        at_home = row.home is not None and evidence.living(row.home) == customer
        if not at_home:
            evidence.set_home(row, customer)
        if not at_home or row.rule != rule:
            row.rule = rule
            evidence.change_handle(row)
            self.decisions.append(HandleAssigned(row.id, customer, rule, EXACT, grounds))
        if self._before[row.id] != customer:
            self.moved.append((row, self._before[row.id]))

    def _take(self, row: Handle, why: str) -> None:
        if row.rule:
            row.rule = ""
            self._evidence.change_handle(row)
            self.decisions.append(HandleUnassigned(row.id, why))
            self.moved.append((row, self._before[row.id]))

    def _class_of(self, row: IdentifierRow) -> IdentifierClass:
        if row.identifier in self._region.used_by:
            return "exclusive"
        return "blocked" if self._evidence.own_class(row) == "blocked" else "shared"

    def _classify(self, row: IdentifierRow) -> None:
        class_ = self._class_of(row)
        if class_ != self._evidence.concluded_class(row):
            row.class_ = class_
            self._evidence.change_identifier(row)
            self.decisions.append(IdentifierClassified(row.identifier, class_, self._why(row)))
            self.reclassified.append(row.identifier)

    def _why(self, row: IdentifierRow) -> str:
        if row.said or row.owner_said:
            return "person"
        if pattern_class(row.identifier):
            return "pattern"
        if self._evidence.is_hub(row):
            return "hub"
        crossed = not row.contradictory and row.identifier not in self._region.used_by
        return "crossed" if crossed else "names"
