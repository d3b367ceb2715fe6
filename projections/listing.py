"""Rows of customers and contacts as lists of answers, and what a sheet says of one customer."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal

from stammkunde.core.errors import DecisionError, UnknownError
from stammkunde.projections import answers
from stammkunde.projections.corrections import select_in
from stammkunde.projections.finding import beginning_with, customer_identifiers
from stammkunde.projections.local_time import LocalTime
from stammkunde.projections.money import from_micro
from stammkunde.projections.reading import CONTACT, contact_answer, utc

CUSTOMER = "SELECT c.id, c.name, c.kind, c.contacts, c.first_at, c.last_at FROM customers c"
"""Selects what `customers` reads."""

NAMES = "SELECT c.id, l.id, l.name FROM customers c JOIN customers l ON l.id = c.living WHERE c.id IN ({ids})"
"""Selects id, living id and name."""

_REVENUE = "SELECT customer, currency, amount_micro FROM revenue WHERE customer IN ({ids}) ORDER BY customer, currency"


def whole(cursor: sqlite3.Cursor, table: Literal["contacts", "customers"], ref: str) -> str:
    """The one id that a reference begins; `UnknownError` where there is none, `DecisionError` where there are more."""
    found = beginning_with(cursor, table, ref.strip().lower())
    if not found and table == "contacts":
        raise UnknownError(
            "There is no contact {ref}: “stammkunde contacts --why” lists their ids.", ref=ref
        )
    if not found:
        raise UnknownError(
            "No customer was ever opened under the id {ref}: “stammkunde customers” lists them.",
            ref=ref,
        )
    if len(found) > 1:
        raise DecisionError("{n} ids begin with {ref}: write more of it.", n=len(found), ref=ref)
    return found[0]


def customers(
    cursor: sqlite3.Cursor, local: LocalTime, rows: list[tuple[Any, ...]]
) -> list[answers.Customer]:
    """Rows of `CUSTOMER` with identifiers and revenue."""
    ids = [row[0] for row in rows]
    identifiers = customer_identifiers(cursor, ids)
    revenue: dict[str, list[answers.Amount]] = {}
    for customer, currency, amount in select_in(cursor, _REVENUE, ids):
        revenue.setdefault(customer, []).append(answers.Amount(from_micro(amount), currency))
    return [
        answers.Customer(
            id=customer,
            name=name,
            kind=kind,
            identifiers=identifiers.get(customer, ()),
            contacts=contacts,
            first_contact=None if first is None else local.at(first),
            last_contact=None if last is None else local.at(last),
            revenue=tuple(revenue.get(customer, ())),
        )
        for customer, name, kind, contacts, first, last in rows
    ]


def contacts(
    cursor: sqlite3.Cursor, where: list[str], values: list[Any], limit: int
) -> list[answers.Contact]:
    """The newest contacts under these conditions."""
    rows = cursor.execute(
        f"{CONTACT} WHERE {' AND '.join(where)} ORDER BY k.at DESC, k.id DESC LIMIT ?",
        (*values, limit),
    )
    return [contact_answer(row) for row in rows.fetchall()]


def key(cursor: sqlite3.Cursor, select: str, after: str) -> tuple[Any, ...]:
    """Where the row stands behind which a page begins; `DecisionError` where it is gone."""
    row = cursor.execute(f"{select} WHERE id = ?", (after,)).fetchone()
    if row is None:
        raise DecisionError("The page to continue from is gone: begin again.")
    return tuple(row)


def attributes(cursor: sqlite3.Cursor, customer: str) -> dict[str, answers.Attribute]:
    """Properties of a living customer by name."""
    rows = cursor.execute(
        "SELECT key, value, source FROM attributes WHERE customer = ? ORDER BY key", (customer,)
    )
    return {key: answers.Attribute(value, source) for key, value, source in rows.fetchall()}


def notes(cursor: sqlite3.Cursor, customer: str) -> tuple[answers.Note, ...]:
    """Notes on him and on those who became part of him, the newest first."""
    rows = cursor.execute(
        "SELECT n.recorded_at, n.author, n.text FROM customers c JOIN notes n ON n.customer = c.id"
        " WHERE c.living = ? ORDER BY n.position DESC",
        (customer,),
    )
    return tuple(answers.Note(utc(at), author, text) for at, author, text in rows.fetchall())


def merged(cursor: sqlite3.Cursor, customer: str) -> tuple[str, ...]:
    """The ids that became part of him."""
    rows = cursor.execute(
        "SELECT id FROM customers WHERE living = ? AND id <> ? ORDER BY position",
        (customer, customer),
    )
    return tuple(row[0] for row in rows.fetchall())
