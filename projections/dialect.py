"""Where SQLite and PostgreSQL need another word for the same thing; everything else is one SQL text for both."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

BEGINNINGS = (3, 4, 6)
"""Letters of a word's beginning by which it is found: each has an index of its own, since a search by any other length
would gather all that begins so before it gives the first (https://www.sqlite.org/fts5.html §4.2)."""


class Search(msgspec.Struct, frozen=True):
    """An index of the words of texts, each text under a number: the statements, with their values in order.

    `create` makes it, `add` and `remove` take number and text (one removes with the text that one added), `found` takes
    what `sought` makes of words, the number below which to look, and how many; the highest numbers come first.
    """

    create: tuple[str, ...]
    add: str
    remove: str
    found: str
    word: str
    beginning: str
    all_of: str

    def sought(self, words: Sequence[str], beginning: str = "") -> str:
        """All of these words, and one that begins so; each is letters and digits alone."""
        parts = [self.word.format(word) for word in words]
        return self.all_of.join([*parts, self.beginning.format(beginning)] if beginning else parts)


class Dialect(msgspec.Struct, frozen=True):
    """`bytewise` is the collation that compares by code point, which prefix ranges and keysets need."""

    name: str
    bytewise: str
    search: Search


SQLITE = Dialect(
    "sqlite",
    "BINARY",
    # https://www.sqlite.org/fts5.html §4.4.3: contentless, since the texts stand in tables of their own
    Search(
        create=(
            "CREATE VIRTUAL TABLE said USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2',"
            f" prefix='{' '.join(map(str, BEGINNINGS))}')",
        ),
        add="INSERT INTO said (rowid, words) VALUES (?, ?)",
        remove="INSERT INTO said (said, rowid, words) VALUES ('delete', ?, ?)",
        found="SELECT rowid FROM said WHERE said MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
        word='"{}"',
        beginning='"{}"*',
        all_of=" ",
    ),
)
POSTGRES = Dialect(
    "postgres",
    '"C"',
    Search(
        create=(
            "CREATE TABLE said (position BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
            "CREATE INDEX said_words ON said USING gin (words)",
        ),
        add="INSERT INTO said (position, words) VALUES (?, to_tsvector('simple', ?))",
        remove="DELETE FROM said WHERE position = ? AND words = to_tsvector('simple', ?)",
        found="SELECT position FROM said WHERE words @@ to_tsquery('simple', ?) AND position < ?"
        " ORDER BY position DESC LIMIT ?",
        word="'{}'",
        beginning="'{}':*",
        all_of=" & ",
    ),
)
