"""The evidence in tables of the log's database: identifiers as keyed hashes, names and addresses sealed.

All of it can be built again from the log, so nothing here is a record; it is written in the events' transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import msgspec

from stammkunde.core.assignment.backing import Changes, Shown
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.rows import (
    Customer,
    Handle,
    IdentifierRow,
    Member,
    Placement,
    Thread,
)
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.crypto import Keys
from stammkunde.core.errors import Message
from stammkunde.core.names import party_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS assignment_clock (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_number INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS assignment_handles (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  shown BLOB UNIQUE,       -- hash of identifiers and folded name, none once it is retired
  sealed BLOB NOT NULL,    -- identifiers and name
  home TEXT,
  since INTEGER NOT NULL,
  rule TEXT NOT NULL,
  tied INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS assignment_homes ON assignment_handles (home);
CREATE TABLE IF NOT EXISTS assignment_counts ( -- apart and narrow, since every contact changes a row
  handle INTEGER PRIMARY KEY,
  contacts INTEGER NOT NULL,
  relations INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS assignment_identifiers (
  hash BLOB PRIMARY KEY,
  named INTEGER NOT NULL,
  bare TEXT,
  contradictory INTEGER NOT NULL,
  said TEXT,
  owner TEXT,
  owner_said INTEGER NOT NULL,
  class TEXT,
  sealed BLOB              -- the identifier, where it has an owner
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS assignment_owners ON assignment_identifiers (owner) WHERE owner IS NOT NULL;
CREATE TABLE IF NOT EXISTS assignment_links (
  identifier BLOB,
  handle TEXT,
  PRIMARY KEY (identifier, handle)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignment_customers (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  merged_into TEXT,
  since INTEGER NOT NULL,
  tied INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS assignment_merged ON assignment_customers (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE IF NOT EXISTS assignment_distinct (
  customer TEXT,
  other TEXT,
  PRIMARY KEY (customer, other)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignment_threads (
  thread TEXT PRIMARY KEY,
  marked INTEGER NOT NULL,
  members BLOB NOT NULL    -- opaque ids, times and directions
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignment_mixed ( -- threads of several handles
  handle TEXT,
  thread TEXT,
  PRIMARY KEY (handle, thread)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignment_placements (
  contact TEXT PRIMARY KEY,
  customer TEXT,
  rule TEXT NOT NULL,
  handle TEXT,
  thread TEXT,
  since INTEGER NOT NULL,
  present INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS assignment_placed ON assignment_placements (customer) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS assignment_absent ON assignment_placements (contact) WHERE present = 0
"""

_HANDLE = (
    "SELECT id, number, sealed, contacts, relations, home, since, rule, tied, shown IS NULL"
    " FROM assignment_handles JOIN assignment_counts ON handle = number"
)
_HANDLE_LABEL, _IDENTIFIER_LABEL = b"assignment handle", b"assignment identifier"

_Content = tuple[tuple[Identifier, ...], Name | None]


def evidence_of(keys: Keys, *, keep: int = 20_000) -> Evidence:
    """Evidence in tables whose hashes and seals come from these keys."""
    unseal = partial(keys.seal.open, Message("The evidence of an assignment"))
    return Evidence(SqliteBacking(keys.index, keys.seal.seal, unseal), keep=keep)


class SqliteBacking:
    """Loads single rows and writes what changed, by the cursor that was attached last."""

    def __init__(
        self,
        mac: Callable[[bytes], bytes],
        seal: Callable[..., bytes],
        unseal: Callable[..., bytes],
    ) -> None:
        """`mac` is a keyed hash; `seal` and `unseal` encrypt and authenticate a value and, behind it, its label."""
        self._mac = mac
        self._seal = seal
        self._unseal = unseal
        self._cursor: Any = None
        self._encode = msgspec.msgpack.Encoder().encode
        self._content = msgspec.msgpack.Decoder(_Content)
        self._identifier = msgspec.msgpack.Decoder(Identifier)
        self._members = msgspec.msgpack.Decoder(list[Member])

    def attach(self, cursor: Any) -> None:
        """Read and write by this DB-API cursor from now on, within its transaction."""
        self._cursor = cursor

    # ---- hashes

    def _hash(self, identifier: Identifier) -> bytes:
        return self._mac(f"identifier\0{identifier.kind}\0{identifier.value}".encode())[:16]

    def _shown_hash(self, shown: Shown) -> bytes:
        return self._mac(b"handle\0" + self._encode((sorted(shown[0]), shown[1])))[:16]

    # ---- rows

    def _row(self, sql: str, *values: object) -> Any:
        return self._cursor.execute(sql, values).fetchone()

    def _column(self, sql: str, *values: object) -> list[Any]:
        return [row[0] for row in self._cursor.execute(sql, values).fetchall()]

    def last_number(self) -> int:
        """The highest number given so far."""
        row = self._row("SELECT last_number FROM assignment_clock")
        return int(row[0]) if row else 0

    def handle(self, handle: str) -> Handle | None:
        """A handle by id."""
        return self._read_handle(self._row(f"{_HANDLE} WHERE id = ?", handle))

    def handle_showing(self, shown: Shown) -> Handle | None:
        """The handle that shows exactly this and is not retired."""
        return self._read_handle(self._row(f"{_HANDLE} WHERE shown = ?", self._shown_hash(shown)))

    def _read_handle(self, row: Any) -> Handle | None:
        if row is None:
            return None
        id_, number, sealed, contacts, relations, home, since, rule, tied, retired = row
        identifiers, name = self._content.decode(self._unseal(sealed, _HANDLE_LABEL, id_.encode()))
        return Handle(
            id_, number, frozenset(identifiers), name, party_of(name), contacts, relations, home,
            since, rule, bool(tied), bool(retired),
        )  # fmt: skip

    def identifier(self, identifier: Identifier) -> IdentifierRow | None:
        """The row of an identifier."""
        row = self._row(
            "SELECT named, bare, contradictory, said, owner, owner_said, class"
            " FROM assignment_identifiers WHERE hash = ?",
            self._hash(identifier),
        )
        if row is None:
            return None
        named, bare, contradictory, said, owner, owner_said, class_ = row
        return IdentifierRow(
            identifier, named, bare, bool(contradictory), said, owner, bool(owner_said), class_
        )

    def customer(self, customer: str) -> Customer | None:
        """A customer by id, merged ones included."""
        row = self._row(
            "SELECT id, number, merged_into, since, tied FROM assignment_customers WHERE id = ?",
            customer,
        )
        return Customer(row[0], row[1], row[2], row[3], bool(row[4])) if row else None

    def thread(self, thread: str) -> Thread | None:
        """A thread by id."""
        row = self._row("SELECT marked, members FROM assignment_threads WHERE thread = ?", thread)
        if row is None:
            return None
        members = self._members.decode(row[1])
        return Thread(
            {member.contact: member for member in members},
            Counter(member.handle for member in members if member.handle),
            min((member.at for member in members if member.outbound), default=None),
            bool(row[0]),
        )

    def placement(self, contact: str) -> Placement | None:
        """How a contact is placed by itself."""
        row = self._row(
            "SELECT customer, rule, handle, thread, since, present"
            " FROM assignment_placements WHERE contact = ?",
            contact,
        )
        if row is None:
            return None
        customer, rule, handle, thread, since, present = row
        return Placement(contact, customer, rule, handle, thread, since, bool(present))

    # ---- links

    def absent(self) -> list[str]:
        """Contacts whose placement waits for their return."""
        return self._column("SELECT contact FROM assignment_placements WHERE present = 0")

    def handles_using(self, identifier: Identifier) -> list[str]:
        """Named handles with contacts that use an identifier."""
        sql = "SELECT handle FROM assignment_links WHERE identifier = ?"
        return self._column(sql, self._hash(identifier))

    def threads_with(self, handle: str) -> list[str]:
        """Threads of several handles that hold this one."""
        return self._column("SELECT thread FROM assignment_mixed WHERE handle = ?", handle)

    def handles_at_home(self, customer: str) -> list[str]:
        """Handles whose home is this very id."""
        return self._column("SELECT id FROM assignment_handles WHERE home = ?", customer)

    def owned_by(self, customer: str) -> Iterator[Identifier]:
        """Identifiers that a person gave to this very id."""
        sql = "SELECT sealed, hash FROM assignment_identifiers WHERE owner = ?"
        return (
            self._identifier.decode(self._unseal(sealed, _IDENTIFIER_LABEL, hash_))
            for sealed, hash_ in self._cursor.execute(sql, (customer,)).fetchall()
        )

    def merged_into(self, customer: str) -> list[str]:
        """Ids that were merged into this one directly."""
        return self._column("SELECT id FROM assignment_customers WHERE merged_into = ?", customer)

    def placed_with(self, customer: str) -> list[str]:
        """Contacts placed with this very id by themselves."""
        return self._column(
            "SELECT contact FROM assignment_placements WHERE customer = ?", customer
        )

    def distinct_from(self, customer: str) -> list[str]:
        """Ids that a person said are never this one."""
        return self._column("SELECT other FROM assignment_distinct WHERE customer = ?", customer)

    # ---- writing

    def save(self, changes: Changes) -> None:
        """Write all changes of a transaction; in key order where the key is no random one."""
        self._save_handles(changes)
        self._save_identifiers(changes.identifiers)
        self._write(
            "INSERT INTO assignment_customers VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE"
            " SET merged_into = excluded.merged_into, since = excluded.since, tied = excluded.tied",
            ((c.number, c.id, c.into, c.since, int(c.tied)) for c in changes.customers),
        )
        self._save_threads(changes.threads)
        self._save_placements(changes.placements)
        links = [(self._hash(one), handle, there) for one, handle, there in changes.links]
        self._save_links("assignment_links", "identifier", "handle", links)
        self._save_links("assignment_mixed", "handle", "thread", changes.mixed)
        self._save_links("assignment_distinct", "customer", "other", changes.distinct)
        if changes.last_number is not None:
            self._cursor.execute(
                "INSERT INTO assignment_clock VALUES (1, ?)"
                " ON CONFLICT (one) DO UPDATE SET last_number = excluded.last_number",
                (changes.last_number,),
            )

    def _write(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        listed = sorted(rows, key=lambda row: row[0])
        if listed:
            self._cursor.executemany(sql, listed)

    def _save_handles(self, changes: Changes) -> None:
        self._write(
            "INSERT INTO assignment_handles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row.number, row.id, self._shown_now(row), self._sealed(row), row.home,
                    row.since, row.rule, int(row.tied),
                )
                for row in changes.new_handles
            ),
        )  # fmt: skip
        self._write(
            "UPDATE assignment_handles SET shown = ?2, home = ?3, since = ?4, rule = ?5, tied = ?6"
            " WHERE number = ?1",
            (
                (row.number, self._shown_now(row), row.home, row.since, row.rule, int(row.tied))
                for row in changes.handles
            ),
        )
        self._write(
            "INSERT INTO assignment_counts VALUES (?, ?, ?) ON CONFLICT (handle) DO UPDATE"
            " SET contacts = excluded.contacts, relations = excluded.relations",
            ((row.number, row.contacts, row.relations) for row in changes.counts),
        )

    def _shown_now(self, row: Handle) -> bytes | None:
        return None if row.retired else self._shown_hash((row.identifiers, row.party))

    def _sealed(self, row: Handle) -> bytes:
        content = self._encode((sorted(row.identifiers), row.name))
        return self._seal(content, _HANDLE_LABEL, row.id.encode())

    def _save_identifiers(self, rows: list[IdentifierRow]) -> None:
        hashed = [(self._hash(row.identifier), row) for row in rows]
        self._write(
            "INSERT INTO assignment_identifiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (hash) DO UPDATE SET named = excluded.named, bare = excluded.bare,"
            " contradictory = excluded.contradictory, said = excluded.said, owner = excluded.owner,"
            " owner_said = excluded.owner_said, class = excluded.class, sealed = excluded.sealed",
            (
                (
                    hash_, row.named, row.bare, int(row.contradictory), row.said, row.owner,
                    int(row.owner_said), row.class_,
                    self._seal(self._encode(row.identifier), _IDENTIFIER_LABEL, hash_)
                    if row.owner
                    else None,
                )
                for hash_, row in hashed
            ),
        )  # fmt: skip

    def _save_threads(self, threads: list[tuple[str, Thread | None]]) -> None:
        self._write(
            "INSERT INTO assignment_threads VALUES (?, ?, ?) ON CONFLICT (thread) DO UPDATE"
            " SET marked = excluded.marked, members = excluded.members",
            (
                (key, int(row.marked), self._encode(list(row.members.values())))
                for key, row in threads
                if row
            ),
        )
        self._write(
            "DELETE FROM assignment_threads WHERE thread = ?",
            ((key,) for key, row in threads if row is None),
        )

    def _save_placements(self, placements: list[tuple[str, Placement | None]]) -> None:
        self._write(
            "INSERT INTO assignment_placements VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (contact) DO UPDATE SET customer = excluded.customer, rule = excluded.rule,"
            " handle = excluded.handle, thread = excluded.thread, since = excluded.since,"
            " present = excluded.present",
            (
                (key, row.customer, row.rule, row.handle, row.thread, row.since, int(row.present))
                for key, row in placements
                if row
            ),
        )
        self._write(
            "DELETE FROM assignment_placements WHERE contact = ?",
            ((key,) for key, row in placements if row is None),
        )

    def _save_links(
        self, table: str, key: str, value: str, links: Iterable[tuple[Any, str, bool]]
    ) -> None:
        links = list(links)
        self._write(
            f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO NOTHING",
            ((one, other) for one, other, there in links if there),
        )
        self._write(
            f"DELETE FROM {table} WHERE {key} = ? AND {value} = ?",
            ((one, other) for one, other, there in links if not there),
        )
