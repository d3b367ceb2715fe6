"""What a visitor decides: by the same door as the commands' decisions, under his name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from litestar.exceptions import NotFoundException, PermissionDeniedException

from stammkunde.app.web.visit import Visit
from stammkunde.core.contact import Identifier
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import UnknownError


class Allowed(Decisions):
    """The visitor's decisions. On what a contact says that he may not see he does not decide either.

    Nor does he make a customer known of whom only hidden sources told, by giving him contacts, addresses, or another customer.
    """

    def __init__(self, visit: Visit) -> None:
        """Each is under the visitor's name."""
        super().__init__(visit.home.intake, by=visit.user.name if visit.user else "")
        self._visit = visit

    def assign_all(
        self, contacts: Sequence[str], customer: str | None, *, reason: str = ""
    ) -> None:
        """Refused where one of them is hidden, or the customer is."""
        self._look(contacts)
        self._know(customer)
        super().assign_all(contacts, customer, reason=reason)

    def release(self, contacts: Sequence[str], *, reason: str = "") -> None:
        """Refused where one of them is hidden."""
        self._look(contacts)
        super().release(contacts, reason=reason)

    def open_customer(
        self,
        identifier: Identifier | None = None,
        contacts: Sequence[str] = (),
        *,
        reason: str = "",
    ) -> str:
        """Refused where one of them is hidden."""
        self._look(contacts)
        return super().open_customer(identifier, contacts, reason=reason)

    def merge(self, one: str, other: str, *, reason: str = "", anyway: bool = False) -> None:
        """Refused where one of the two is hidden."""
        self._know(one, other)
        super().merge(one, other, reason=reason, anyway=anyway)

    def link(self, identifier: Identifier, customer: str, *, reason: str = "") -> None:
        """Refused where the customer is hidden."""
        self._know(customer)
        super().link(identifier, customer, reason=reason)

    def record(self, kind: str, customer: str, text: str, at: datetime, **more: Any) -> str:
        """Refused where the customer is hidden, before anything is recorded."""
        self._know(customer)
        return super().record(kind, customer, text, at, **more)

    def _know(self, *customers: str | None) -> None:
        if self._visit.queries.closed(filter(None, customers)):
            raise PermissionDeniedException

    def _look(self, contacts: Sequence[str]) -> None:
        for contact in contacts if self._visit.hidden else ():
            found = self._visit.queries.contact(contact)
            if found is not None and not self._visit.may_see(found):
                raise PermissionDeniedException


@contextmanager
def deciding(visit: Visit) -> Iterator[Decisions]:
    """Decisions by the visitor; the views know of them when the next page is asked for."""
    yield Allowed(visit)
    visit.home.catch_up()


def customer_id(visit: Visit, ref: str) -> str:
    """The living customer whom an address names; there is no such page where nobody is meant."""
    try:
        return visit.queries.resolve(ref)
    except UnknownError:
        raise NotFoundException from None


def contact_id(visit: Visit, ref: str) -> str:
    """The same of a contact."""
    try:
        return visit.queries.contact_id(ref)
    except UnknownError:
        raise NotFoundException from None
