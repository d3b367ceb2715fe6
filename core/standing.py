"""How a source stands: whether it can be read, since when, why not, and what it says it holds."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import msgspec

from stammkunde.core.errors import Message
from stammkunde.core.log.store import Log

State: TypeAlias = Literal["new", "ok", "unavailable", "credentials", "broken"]
"""`new`: never read yet. `unavailable` may pass by itself; for the others that are not `ok` a person has to do something."""

STATES: tuple[State, ...] = get_args(State)


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of a source (a folder, the orders of a shop, a call log) says it holds, against what was read of it.

    `held` and `read` count items: read are those of the held ones that were recorded, known, ignored or rejected.
    `missing` names what is held and was not read, `gone` what is absent from the source's numbering: read once and
    deleted since, or never seen. Both in the source's own numbers, neighbours together: `("17", "203–207")`.
    """

    part: str
    held: int
    read: int
    missing: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def gaps(self) -> int:
        """How many gaps are named."""
        return len(self.missing) + len(self.gone)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A source's state since an instant; instants in microseconds since 1970 UTC.

    `why` says what is wrong, for people. `tried` is when it was last asked, `next` when it is asked again at the latest.
    """

    connector: str = ""
    state: State = "new"
    since: int = 0
    tried: int = 0
    next: int | None = None
    why: Message | None = None
    holdings: tuple[Holding, ...] = ()


class _Sealed(msgspec.Struct):
    """What may name folders, files and order numbers: encrypted."""

    why: Any = None
    holdings: tuple[Holding, ...] = ()


def standings(log: Log) -> dict[str, Standing]:
    """By source, of all that were ever read by a daemon."""
    with log.store.reading() as cursor:
        rows = cursor.execute(
            "SELECT source, connector, state, since, tried, next, sealed FROM standings ORDER BY source"
        ).fetchall()
    found = {}
    for source, connector, state, since, tried, later, sealed in rows:
        what = Message("The state of “{source}”", source=source)
        plain = log.keys.keys.seal.open(what, sealed, b"standing", source.encode())
        private = msgspec.json.decode(plain, type=_Sealed)
        found[source] = Standing(
            connector=connector,
            state=state if state in STATES else "broken",
            since=since,
            tried=tried,
            next=later,
            why=_message(private.why),
            holdings=private.holdings,
        )
    return found


def save_standing(log: Log, source: str, standing: Standing) -> None:
    """Write how a source stands, in the place of what was known of it."""
    private = _Sealed(_packed(standing.why), tuple(map(_written, standing.holdings)))
    sealed = log.keys.keys.seal.seal(msgspec.json.encode(private), b"standing", source.encode())
    row = (
        source,
        standing.connector,
        standing.state,
        standing.since,
        standing.tried,
        standing.next,
        sealed,
    )
    with log.transaction() as transaction:
        transaction.cursor.execute(
            "INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET connector = excluded.connector, state = excluded.state,"
            " since = excluded.since, tried = excluded.tried, next = excluded.next, sealed = excluded.sealed",
            row,
        )


def forget_standing(log: Log, source: str) -> None:
    """Drop what is known of how something stands, as when it is no source any more."""
    with log.transaction() as transaction:
        transaction.cursor.execute("DELETE FROM standings WHERE source = ?", (source,))


def _packed(said: object) -> Any:
    """A message as template and values, so that it is translated when it is shown; a value as its text."""
    if isinstance(said, Message):
        return [said.template, {name: _packed(value) for name, value in said.values.items()}]
    return None if said is None else _text(str(said))


def _written(holding: Holding) -> Holding:
    return msgspec.structs.replace(
        holding,
        part=_text(holding.part),
        missing=tuple(map(_text, holding.missing)),
        gone=tuple(map(_text, holding.gone)),
    )


def _text(name: str) -> str:
    """A file's name may be no text (PEP 383); what JSON can't hold is shown as a question."""
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in name)


def _message(packed: Any) -> Message | None:
    if packed is None:
        return None
    template, values = packed
    return Message(
        template,
        **{
            name: _message(value) if isinstance(value, list) else value
            for name, value in values.items()
        },
    )
