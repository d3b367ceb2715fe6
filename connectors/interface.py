"""All that a connector needs to know.

A connector reads one source and never changes it. `fetch` yields batches; each is committed, with its cursor and
what it remembers, before the next one is asked for. So whatever a connector saw is either in the log or will be read
again, and reading again is harmless: an item that is known already costs nothing.

Terms. An *item* is one thing at its source (a message, a call, an order's milestone, an address-book entry). Every
item ends in exactly one of *recorded*, *duplicate* (the core tells these two apart), *ignored* (counted by reason) or
*rejected* (kept with its raw bytes and the reason, to be read again after a mend).

Order of calls: `__init__`, `check`, then `fetch` as often as one likes; the daemon keeps one object for each source, so
that a connection may stay open between two calls of `fetch`. A connector raises `ConnectorError`, naming the setting or
file and the remedy, when the source as a whole can't be read: its kind `UnavailableError` where that may pass by itself,
`CredentialsError` where a password or key is refused. A single bad item is never an exception.

`Connector` is all that a source needs. The protocols after it are for those that can do more: `Listens`, `Receives`,
`Holds`, `Rings`, `SignsIn`, `Closes`; a connector offers one by having its method. `fetch`, `holdings` and `close` are
called by one thread, the others by threads of their own: they share nothing with it that is not made for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from stammkunde.connectors.discretion import Discreet
from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.company import Company
from stammkunde.core.errors import ConnectorError, CredentialsError, Message, UnavailableError
from stammkunde.core.standing import Holding

__all__ = [
    "BATCH", "Batch", "Call", "Closes", "Connector", "ConnectorError", "Context", "CredentialsError", "Discreet", "Event",
    "Holding", "Holds", "Hook", "Listens", "Memory", "Message", "ReadsFiles", "Receives", "Rejected", "Reply", "Retries", "Rings",
    "Secret", "SignsIn", "UnavailableError",
]  # fmt: skip

Secret: TypeAlias = Annotated[str, msgspec.Meta(extra={"secret": True})]
"""A setting that stands in the file as `{ env = "NAME" }` or `{ file = "PATH" }` alone; the connector gets its text.

Settings with secrets derive from `Discreet`, whose `repr` leaves them out.
"""

BATCH = 1000
"""Contacts in a batch: larger ones are no faster, smaller ones lose less when killed."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Where a connector works: the source's name, the namespace of its ids, and the company it works for."""

    source: str
    company: Company
    system: str = ""

    @property
    def namespace(self) -> str:
        """The setting `system`, so that two feeds of one shop or telephone system meet; default: the source's name."""
        return self.system or self.source


class Memory(Protocol):
    """What the connector remembered of this system with earlier batches; encrypted in the log's database."""

    def get(self, key: str) -> bytes | None:
        """The value last remembered under `key`, or None."""


@runtime_checkable
class Connector(Protocol):
    """One source, read.

    `Settings` is a frozen msgspec struct with `forbid_unknown_fields=True`: the keys of the source's table in
    `stammkunde.toml`, each with a default where one makes sense. A connector that reads files has a setting
    `path: tuple[str, ...]`.
    """

    Settings: ClassVar[type[msgspec.Struct]]

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both; no I/O here."""

    def check(self) -> None:
        """Raise `ConnectorError` if the source can't be read as the settings say."""

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """All that is new since `cursor` (None: from the beginning), in batches of about `BATCH` contacts."""


class ReadsFiles(Protocol):
    """What a connector for files adds, so that a file can be imported without naming its connector."""

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether the file or folder looks like this connector's; reads a few KiB at the most."""


@runtime_checkable
class Retries(Protocol):
    """What a connector adds whose rejected items can be read again by themselves."""

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected item again; still unreadable: a batch that rejects it once more."""


# ---- what a source can do beyond being read


class Listens(Protocol):
    """A source that says when it has news, so that nobody waits for the next reading."""

    def listen(self, poke: Callable[[], None], ended: Event) -> None:
        """Call `poke` whenever there may be something new, until `ended` is set; return within two seconds of that.

        A poke is a hint and no more: what is new, `fetch` finds. Raises `ConnectorError` as `fetch` does when the
        connection is gone; it is called again after a pause.
        """


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """What a source sent to `/hooks/SOURCE`: names of headers in small letters, the body as it came."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is answered; `batch` is recorded first, `wakes` says that `fetch` should look now."""

    status: int = 200
    batch: Batch | None = None
    wakes: bool = False


class Receives(Protocol):
    """A source that calls us."""

    def receive(self, hook: Hook, memory: Memory) -> Reply:
        """Answer at once, without asking the source: 2xx for what is understood, 4xx for what is forged."""


class Holds(Protocol):
    """A source by whose numbering one can prove that nothing is missing."""

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        """What the source holds now against what was read up to `cursor`; asked after a pass, cheap where nothing changed."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone call as it happens; shown, never stored.

    `number` is the counterpart's in E.164, empty where it is withheld; `line` ours, `name` what the network says of him,
    `key` the same for all that is told of one call.
    """

    key: str
    state: Literal["ringing", "answered", "ended"]
    direction: Literal["in", "out"]
    number: str
    at: datetime
    line: str = ""
    name: str = ""


class Rings(Protocol):
    """A telephone system that tells of calls while they ring."""

    def ringing(self, tell: Callable[[Call], None], ended: Event) -> None:
        """Tell of each call and its changes until `ended` is set; otherwise as `Listens.listen`."""


class SignsIn(Protocol):
    """A source to which a person lets us in with a browser, as `connector login NAME` asks for."""

    def login(self, say: Callable[[Message], None], memory: Memory) -> Batch:
        """Tell by `say` where to go and which code to enter, wait for it; what is to be remembered stands in the batch."""


class Closes(Protocol):
    """A connector that keeps connections or files open between two readings."""

    def close(self) -> None:
        """Close them; `fetch` may be called again all the same."""
