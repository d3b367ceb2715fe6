"""Where SQLite and PostgreSQL need another word for the same thing; everything else is one SQL text for both."""

from __future__ import annotations

import msgspec


class Dialect(msgspec.Struct, frozen=True):
    """`bytewise` is the collation that compares by code point, which prefix ranges and keysets need."""

    name: str
    bytewise: str


SQLITE = Dialect("sqlite", "BINARY")
POSTGRES = Dialect("postgres", '"C"')
