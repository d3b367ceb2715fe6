"""Which roles may see what a source says: as the settings file has it, and as it last had it of a source that it names no more.

The log keeps the last word, so that a source which is renamed or left out in the file stays closed, whatever becomes of
`accounts.db`. What was only ever imported by hand never had readers and is for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stammkunde.config.settings import Reader, SourceTable
from stammkunde.core.log.store import Log

if TYPE_CHECKING:
    from stammkunde.app.bootstrap import Home

TABLE = """
CREATE TABLE IF NOT EXISTS readers (
  source TEXT PRIMARY KEY,
  roles TEXT NOT NULL -- `clerk,admin`
) STRICT, WITHOUT ROWID;
"""


def remember(log: Log, sources: Iterable[SourceTable]) -> None:
    """Write down what the file says of these sources, where it is something new; `[]` opens one that was closed."""
    known = remembered(log)
    news = [each for each in sources if each.readers != known.get(each.name, ())]
    if not news:
        return
    with log.transaction() as transaction:
        transaction.cursor.executemany(
            "INSERT INTO readers VALUES (?, ?) ON CONFLICT DO UPDATE SET roles = excluded.roles",
            [(each.name, ",".join(each.readers)) for each in news],
        )


def remembered(log: Log) -> dict[str, tuple[str, ...]]:
    """The last word on each source of which one was said; empty: open to every role."""
    with log.store.reading() as cursor:
        rows = cursor.execute("SELECT source, roles FROM readers").fetchall()
    return {source: tuple(filter(None, roles.split(","))) for source, roles in rows}


def restricted(home: Home) -> dict[str, tuple[str, ...]]:
    """The sources that are not for every role, each with the roles that may see what it says."""
    configured: dict[str, tuple[Reader, ...]] = {
        source.name: source.readers for source in home.settings.sources
    }
    found = {**remembered(home.log), **configured}
    return {source: roles for source, roles in found.items() if roles}
