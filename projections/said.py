"""What was said, found by its words: subjects of contacts, the text of those without a subject, and notes.

The text of a mail with a subject is not searched: with the words of real mails a rebuild would take half as long again.
Each text stands under the position of the event that gave it, so that no two share one and the order is that of the log.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from stammkunde.projections import answers
from stammkunde.projections.corrections import chunks
from stammkunde.projections.dialect import BEGINNINGS, SQLITE
from stammkunde.projections.reading import CONTACT, contact_answer, utc
from stammkunde.projections.terms import plain_words

_SEARCH = SQLITE.search
_MOST_WORDS = 12
_LONGEST = 4000
"""Characters of a text that are searched."""
_PORTION = 200
_PORTIONS = 10
"""Hits that are looked at for one page, at most: somebody who may see few of the sources gets an end."""
_NEWEST = 2**62

_TEXT = f"substr(coalesce(nullif(subject, ''), text), 1, {_LONGEST})"
_SPOKEN = f"SELECT position, {_TEXT} FROM contents WHERE contact IN ({{marks}}) AND {_TEXT} <> ''"
_ALL = f"SELECT position, {_TEXT} FROM contents WHERE {_TEXT} <> '' ORDER BY position"
_CONTACTS = f"{CONTACT} WHERE k.id IN (SELECT contact FROM contents WHERE position IN ({{marks}})) AND k.retracted = 0"
_NOTES = (
    "SELECT n.position, c.living, n.recorded_at, n.author, n.text FROM notes n JOIN customers c ON c.id = n.customer"
    " WHERE n.position IN ({marks})"
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A contact or a note with the words that were sought; `customer_id` and `name` of whose it is, if anybody's.

    `position` is where to go on from.
    """

    position: int
    customer_id: str | None
    name: str = ""
    at: datetime
    contact: answers.Contact | None = None
    note: answers.Note | None = None


def hear(cursor: sqlite3.Cursor, contacts: Iterable[str]) -> None:
    """Take the contents of contacts in, as they stand now."""
    _each(cursor, contacts, _SEARCH.add)


def forget(cursor: sqlite3.Cursor, contacts: Iterable[str]) -> None:
    """Take them out again, while they stand as they were taken in."""
    _each(cursor, contacts, _SEARCH.remove)


def hear_note(cursor: sqlite3.Cursor, position: int, text: str) -> None:
    """Take in a note."""
    cursor.execute(_SEARCH.add, (position, text[:_LONGEST]))


def hear_all(cursor: sqlite3.Cursor) -> None:
    """Take in the contents of all contacts, at the end of a rebuild."""
    reading = cursor.connection.cursor()
    reading.row_factory = None
    cursor.executemany(_SEARCH.add, reading.execute(_ALL))


def _each(cursor: sqlite3.Cursor, contacts: Iterable[str], statement: str) -> None:
    for marks, part in chunks(contacts):
        rows = cursor.execute(_SPOKEN.format(marks=marks), part).fetchall()
        cursor.executemany(statement, rows)


def found(
    cursor: sqlite3.Cursor, text: str, hidden: Collection[str], limit: int, before: int = 0
) -> list[Found]:
    """Contacts and notes with all these words, those recorded last first.

    Of the last word, which may still be typed, the first six letters are enough. Contacts of `hidden` sources are not found. `before` is the position of the last one seen.
    """
    words = plain_words(text)[:_MOST_WORDS]
    if not words:
        return []
    sought, below = _sought(words), before or _NEWEST
    seen: list[Found] = []
    for _ in range(_PORTIONS):
        rows = cursor.execute(_SEARCH.found, (sought, below, _PORTION)).fetchall()
        positions = [row[0] for row in rows]
        seen += _shown(cursor, positions, hidden, limit - len(seen))
        if len(seen) >= limit or len(rows) < _PORTION:
            break
        below = positions[-1]
    return _named(cursor, seen)


def _sought(words: Sequence[str]) -> str:
    """What is asked of the index: a last word of one letter or two is a whole one."""
    *whole, last = words
    size = max((size for size in BEGINNINGS if size <= len(last)), default=0)
    return _SEARCH.sought(whole, last[:size]) if size else _SEARCH.sought(words)


def _shown(
    cursor: sqlite3.Cursor, positions: Sequence[int], hidden: Collection[str], limit: int
) -> list[Found]:
    """The first of these hits that may be seen; read a few at a time, since mostly the first few will do."""
    shown: list[Found] = []
    for first in range(0, len(positions), limit + 1):
        part = positions[first : first + limit + 1]
        marks = ",".join("?" * len(part))
        hits = [*_contacts(cursor, marks, part, hidden), *_notes(cursor, marks, part)]
        shown += sorted(hits, key=lambda hit: -hit.position)
        if len(shown) >= limit:
            break
    return shown[:limit]


def _contacts(
    cursor: sqlite3.Cursor, marks: str, part: Sequence[int], hidden: Collection[str]
) -> Iterable[Found]:
    where: list[Any] = [*part, *hidden]
    open_ = f" AND t.source NOT IN ({','.join('?' * len(hidden))})" if hidden else ""
    sql = _CONTACTS.replace("SELECT ", "SELECT t.position, ", 1).format(marks=marks) + open_
    for position, *row in cursor.execute(sql, where).fetchall():
        contact = contact_answer(tuple(row))
        yield Found(
            position=position,
            customer_id=contact.customer_id,
            at=contact.occurred_at,
            contact=contact,
        )


def _notes(cursor: sqlite3.Cursor, marks: str, part: Sequence[int]) -> Iterable[Found]:
    for position, customer, at, author, text in cursor.execute(
        _NOTES.format(marks=marks), part
    ).fetchall():
        note = answers.Note(utc(at), author, text)
        yield Found(position=position, customer_id=customer, at=note.at, note=note)


def _named(cursor: sqlite3.Cursor, hits: Sequence[Found]) -> list[Found]:
    ids = sorted({hit.customer_id for hit in hits if hit.customer_id})
    marks = ",".join("?" * len(ids))
    rows = cursor.execute(f"SELECT id, name FROM customers WHERE id IN ({marks})", ids)
    names = dict(rows.fetchall())
    return [msgspec.structs.replace(hit, name=names.get(hit.customer_id or "", "")) for hit in hits]
