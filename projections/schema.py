"""The tables of `views.db`: registers that events set, and rows derived from them.

Ids are 32 hex digits; `…at` without a unit is milliseconds since 1970 UTC, `recorded_at` and `opened_at` microseconds;
`…_micro` is money in millionths; a boolean is 0 or 1; a list is JSON text. `customer` in a *register* is the id as the
event gave it, in a *derived* row or column the living customer it is part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from stammkunde.projections.dialect import SQLITE, Dialect

VERSION = 6
"""Raised when a table or the meaning of a column changes: older views are then rebuilt by themselves."""


class Table(msgspec.Struct, frozen=True):
    """A table: its columns in order, its primary key, its further indexes, made last on a rebuild.

    `{bytewise}` in a column stands for the dialect's collation. An index reads `columns` or `columns WHERE condition`.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    indexes: dict[str, str] = {}

    def create(self, dialect: Dialect = SQLITE) -> str:
        """The statement that makes it."""
        columns = ", ".join(self.columns).format(bytewise=f"COLLATE {dialect.bytewise}")
        return f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({', '.join(self.key)}))"

    def create_indexes(self) -> Iterator[str]:
        """The statements that make its indexes."""
        for name, on in self.indexes.items():
            columns, where, condition = on.partition(" WHERE ")
            yield f"CREATE INDEX {name} ON {self.name} ({columns}){where}{condition}"


CONTACTS = Table(
    "contacts",  # the open facts of each contact: all that figures need
    (
        "id TEXT NOT NULL",
        "position BIGINT NOT NULL",  # of its recording
        "recorded_at BIGINT NOT NULL",
        "item TEXT NOT NULL",
        "handle TEXT",
        "customer TEXT",  # derived: its own decision, else its handle's, resolved to the living customer
        "own_rule TEXT",  # a decision on this contact alone; NULL: it follows its handle
        "own_customer TEXT",  # NULL beside a rule: nobody's, whatever its handle is
        "own_score DOUBLE PRECISION",
        "own_evidence TEXT",
        "channel TEXT NOT NULL",
        "kind TEXT NOT NULL",
        "counted INTEGER NOT NULL",  # whether its kind counts as a contact
        "direction TEXT",
        "outcome TEXT",
        "at BIGINT NOT NULL",
        "offset_min INTEGER NOT NULL",
        "local_day TEXT NOT NULL",  # YYYY-MM-DD in the company's time zone
        "local_month TEXT NOT NULL",  # YYYY-MM
        "duration_s BIGINT",
        "amount_micro BIGINT",
        "net_micro BIGINT",
        "currency TEXT NOT NULL",
        "thread TEXT",
        "order_id TEXT",
        "related TEXT",  # the item it answers to
        "flags TEXT NOT NULL",
        "retracted INTEGER NOT NULL",
    ),
    ("id",),
    {
        # not of those that are nobody's: SQLite would read them all where an index below knows the few that are open
        "contacts_customer": "customer, at, id WHERE customer IS NOT NULL",
        "contacts_channel": "customer, channel, at, id WHERE customer IS NOT NULL AND retracted = 0",
        "contacts_at": "at, id",
        "contacts_handle": "handle",
        "contacts_own": "own_customer WHERE own_customer IS NOT NULL",
        "contacts_entry": "customer WHERE kind = 'entry'",
        "contacts_thread": "thread WHERE thread IS NOT NULL",
        "contacts_order": "order_id WHERE order_id IS NOT NULL",
        "contacts_open": "at, id WHERE customer IS NULL AND counted = 1 AND retracted = 0",
        "contacts_review": "handle, at, id WHERE customer IS NULL AND handle IS NOT NULL AND own_rule IS NULL"
        " AND counted = 1 AND retracted = 0",
    },
)

CONTENTS = Table(
    "contents",  # what a contact says and to whom; no row once it is erased
    (
        "contact TEXT NOT NULL",
        "position BIGINT NOT NULL",  # of the event that gave it
        "source TEXT NOT NULL",
        "item_key TEXT NOT NULL",  # the item's own key at its source
        "order_number TEXT NOT NULL",
        "party TEXT NOT NULL",
        "name TEXT NOT NULL",  # structured name, as one text
        "display TEXT NOT NULL",  # a mail's display name, a telephone's caller name
        "address TEXT NOT NULL",  # the counterpart's mail address or number
        "subject TEXT NOT NULL",
        "text TEXT NOT NULL",
        "ours TEXT NOT NULL",
        "attachments TEXT NOT NULL",
        "lines TEXT NOT NULL",
        "attributes TEXT NOT NULL",
    ),
    ("contact",),
    {"contents_position": "position"},
)

SIGHTINGS = Table(
    "sightings",  # further sources in which a contact stood
    ("contact TEXT NOT NULL", "source TEXT NOT NULL"),
    ("contact", "source"),
)

HANDLES = Table(
    "handles",  # how counterparts show themselves, and whose each handle is
    (
        "id TEXT NOT NULL",
        "position BIGINT NOT NULL",
        "name TEXT NOT NULL",  # [given, family, company], or empty
        "customer TEXT",  # register
        "rule TEXT NOT NULL",
        "score DOUBLE PRECISION NOT NULL",
        "evidence TEXT NOT NULL",
    ),
    ("id",),
    {"handles_customer": "customer WHERE customer IS NOT NULL"},
)

HANDLE_IDENTIFIERS = Table(
    "handle_identifiers",
    ("handle TEXT NOT NULL", "kind TEXT NOT NULL", "value TEXT NOT NULL"),
    ("handle", "kind", "value"),
    {"handle_identifiers_value": "kind, value"},
)

HANDLE_SOURCES = Table(
    "handle_sources",  # by which sources each handle was ever told of, be it in a contact that was changed or withdrawn
    ("handle TEXT NOT NULL", "source TEXT NOT NULL"),
    ("handle", "source"),
)

IDENTIFIERS = Table(
    "identifiers",  # those of a class of their own; any other is exclusive
    ("kind TEXT NOT NULL", "value TEXT NOT NULL", "class TEXT NOT NULL", "rule TEXT NOT NULL"),
    ("kind", "value"),
)

LINKS = Table(
    "links",  # identifiers that a person tied to a customer (register)
    ("customer TEXT NOT NULL", "kind TEXT NOT NULL", "value TEXT NOT NULL"),
    ("customer", "kind", "value"),
    {"links_value": "kind, value"},
)

CUSTOMERS = Table(
    "customers",  # each id that was ever opened; derived columns stand on living ones alone
    (
        "id TEXT NOT NULL",
        "position BIGINT NOT NULL",
        "opened_at BIGINT NOT NULL",
        "rule TEXT NOT NULL",
        "role TEXT NOT NULL",  # what a person said: customer, supplier, partner, private, or empty
        "merged_into TEXT",  # register
        "living TEXT NOT NULL",  # derived: the end of the chain of merges, itself where it is living
        "kind TEXT NOT NULL",  # derived: prospect, customer, supplier, partner, private
        "name TEXT NOT NULL",  # derived: what a person wrote, an entry, a handle, a display name, an address
        "display TEXT NOT NULL",  # derived: the latest display name on a contact that counts
        "display_at BIGINT",
        "display_contact TEXT",
        "contacts BIGINT NOT NULL",  # derived: those that count and stand
        "orders BIGINT NOT NULL",  # derived: placed ones that stand
        "first_at BIGINT",  # derived, of contacts that count
        "last_at BIGINT",
    ),
    ("id",),
    {
        "customers_living": "living",
        "customers_contacts": "contacts WHERE merged_into IS NULL",
        "customers_last": "(coalesce(last_at, 0)), id WHERE merged_into IS NULL",
    },
)

DESCRIPTIONS = Table(
    "descriptions",  # what people wrote of a customer (register); an empty value takes an attribute away
    (
        "customer TEXT NOT NULL",
        "key TEXT NOT NULL",
        "value TEXT NOT NULL",
        "position BIGINT NOT NULL",
    ),
    ("customer", "key"),
)

NOTES = Table(
    "notes",
    (
        "position BIGINT NOT NULL",
        "customer TEXT NOT NULL",  # register
        "recorded_at BIGINT NOT NULL",
        "author TEXT NOT NULL",
        "text TEXT NOT NULL",
    ),
    ("position",),
    {"notes_customer": "customer"},
)

ATTRIBUTES = Table(
    "attributes",  # derived: address-book entries assigned now, overruled by what people wrote
    (
        "customer TEXT NOT NULL",
        "key TEXT NOT NULL",
        "value TEXT NOT NULL",
        "source TEXT NOT NULL",  # person or entry
    ),
    ("customer", "key"),
)

REVENUE = Table(
    "revenue",  # derived: the sum of money over a customer's contacts that stand, tax included
    ("customer TEXT NOT NULL", "currency TEXT NOT NULL", "amount_micro BIGINT NOT NULL"),
    ("customer", "currency"),
)

TERMS = Table(
    "terms",  # derived: folded words by which a customer is found while one types
    ("term TEXT {bytewise} NOT NULL", "customer TEXT NOT NULL"),
    ("term", "customer"),
    {"terms_customer": "customer"},
)

TOTALS = Table(
    "totals",  # counters: `contacts` that stand
    ("name TEXT NOT NULL", "n BIGINT NOT NULL"),
    ("name",),
)

DEAD_LETTERS = Table(
    "dead_letters",  # events that could not be applied
    ("position BIGINT NOT NULL", "topic TEXT NOT NULL", "error TEXT NOT NULL"),
    ("position",),
)

ORIGIN = Table(
    "origin",  # of which history and by which program the views are: name `views` alone
    (
        "name TEXT NOT NULL",
        "position BIGINT NOT NULL",  # of the log's last transaction whose end was reached
        "mac TEXT NOT NULL",  # its code in the log's chain
        "made_with TEXT NOT NULL",
    ),
    ("name",),
)

TABLES = (
    CONTACTS, CONTENTS, SIGHTINGS, HANDLES, HANDLE_IDENTIFIERS, HANDLE_SOURCES, IDENTIFIERS, LINKS, CUSTOMERS,
    DESCRIPTIONS, NOTES, ATTRIBUTES, REVENUE, TERMS, TOTALS, DEAD_LETTERS, ORIGIN,
)  # fmt: skip


def create_tables(tables: Iterable[Table], dialect: Dialect = SQLITE) -> Iterator[str]:
    """The statements that make tables, without their indexes, and the index of what was said (`projections/said`)."""
    yield from (table.create(dialect) for table in tables)
    yield from dialect.search.create


def create_indexes(tables: Iterable[Table]) -> Iterator[str]:
    """The statements that make all indexes."""
    return (statement for table in tables for statement in table.create_indexes())
