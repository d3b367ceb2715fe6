"""Whose a contact is: what was decided on it alone, else on its handle, resolved to the living customer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from stammkunde.projections.corrections import Corrections
from stammkunde.projections.registers import customers_of_handles, living_of


class Pointers:
    """The living customers of the handles, and of the customers' ids, that a batch names."""

    def __init__(self, cursor: sqlite3.Cursor, handles: Iterable[str], ids: Iterable[str]) -> None:
        """Looks all of them up at once."""
        self._handles = customers_of_handles(cursor, handles)
        self._ids = living_of(cursor, ids)

    def customer(
        self, handle: str | None, own_rule: str | None, own_customer: str | None
    ) -> str | None:
        """The living customer of a contact with this handle and this decision of its own."""
        if own_rule is not None:
            return self._ids.get(own_customer) if own_customer else None
        return self._handles.get(handle) if handle else None


def point_all(cursor: sqlite3.Cursor) -> None:
    """The same for every contact at once, at the end of a rebuild."""
    cursor.execute(
        "UPDATE contacts SET customer = CASE WHEN own_rule IS NOT NULL"
        " THEN (SELECT c.living FROM customers c WHERE c.id = contacts.own_customer)"
        " ELSE (SELECT c.living FROM handles h JOIN customers c ON c.id = h.customer"
        " WHERE h.id = contacts.handle) END WHERE handle IS NOT NULL OR own_rule IS NOT NULL"
    )


def point_handles(cursor: sqlite3.Cursor, handles: Iterable[str], corrections: Corrections) -> None:
    """Bring the contacts of handles that are another's now to their customer, each with one statement."""
    wanted = sorted(handles)
    customers = customers_of_handles(cursor, wanted)
    for handle in wanted:
        where = "handle = ? AND own_rule IS NULL"
        _point(cursor, where, handle, customers.get(handle), corrections)


def point_customers(
    cursor: sqlite3.Cursor, moved: dict[str, tuple[str, str]], corrections: Corrections
) -> None:
    """Bring the contacts of ids that are part of another customer now (old and new living one) to that one."""
    for customer, (before, after) in sorted(moved.items()):
        for where in (
            "handle IN (SELECT id FROM handles WHERE customer = ?) AND own_rule IS NULL",
            "own_customer = ?",
        ):
            _point(cursor, where, customer, after, corrections)
        corrections.customers.update((customer, before, after))


def _point(
    cursor: sqlite3.Cursor, where: str, key: str, customer: str | None, corrections: Corrections
) -> None:
    where = f"{where} AND coalesce(customer, '') <> ?"
    values = (key, customer or "")
    before = cursor.execute(
        "SELECT DISTINCT customer, coalesce(handle, id), local_day, thread, order_id"
        f" FROM contacts WHERE {where}",
        values,
    ).fetchall()
    if not before:
        return
    for row in before:
        corrections.add(*row)
    if customer:
        corrections.customers.add(customer)
    cursor.execute(f"UPDATE contacts SET customer = ? WHERE {where}", (customer, *values))
