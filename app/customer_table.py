"""Customers as rows of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from stammkunde.projections.answers import Customer

CUSTOMER_HEAD = (
    "id", "name", "kind", "identifiers", "contacts", "first_contact", "last_contact", "revenue",
)  # fmt: skip
"""Above the columns of `customer_cells`."""


def customer_cells(customer: Customer) -> Sequence[object]:
    """A row; of several identifiers or sums all in one cell."""
    return (
        customer.id,
        customer.name,
        customer.kind,
        " ".join(identifier.value for identifier in customer.identifiers),
        customer.contacts,
        customer.first_contact,
        customer.last_contact,
        " ".join(f"{sum_.amount} {sum_.currency}" for sum_ in customer.revenue),
    )
