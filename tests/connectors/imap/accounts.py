"""A home that reads an account: what was recorded of it, for tests that ask for nothing lost and nothing doubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import asdict

from stammkunde.app.bootstrap import Home
from stammkunde.connectors.contract import COMPANY
from stammkunde.connectors.imap import Imap
from stammkunde.connectors.interface import Context, Holding
from stammkunde.core.feed import Counts, Feed, Source
from tests.connectors.imap.dovecot import PASSWORD, USER, Dovecot


def imap(source: str = "post", **settings: Any) -> Imap:
    """A connector with settings as they come from the file."""
    table = {"host": "localhost", "user": USER, "password": PASSWORD, **settings}
    return Imap(msgspec.convert(table, Imap.Settings), Context(source=source, company=COMPANY))


def imap_of(dovecot: Dovecot, source: str = "post", **settings: Any) -> Imap:
    table = {"port": dovecot.tls_port, "ca_file": str(dovecot.certificate), **settings}
    return imap(source, **table)


class Account:
    """A log of its own, and one source that reads into it."""

    def __init__(self, folder: Path, connector: Imap, source: str = "post") -> None:
        self.home = Home(folder, {**asdict(COMPANY), "name": COMPANY.name})
        self.home.create("")
        self.connector = connector
        self.source = source

    def close(self) -> None:
        self.connector.close()
        self.home.close()

    def feed(self) -> Feed:
        return self.home.intake.open(Source(name=self.source, connector="imap"), advance=True)

    def sync(self, batches: int | None = None) -> Counts:
        """One reading, or so many batches of it, then killed."""
        feed = self.feed()
        fetching = self.connector.fetch(feed.cursor, feed.memory)
        for number, batch in enumerate(fetching):
            if number == batches:
                fetching.close()  # type: ignore[attr-defined]
                break
            feed.record(batch)
        return feed.finish()

    def holdings(self) -> dict[str, Holding]:
        feed = self.feed()
        return {each.part: each for each in self.connector.holdings(feed.cursor, feed.memory)}

    def subjects(self) -> Counter[str]:
        """How often each mail was recorded, by its subject."""
        found: Counter[str] = Counter()
        events = [e for e in self.home.log.read(0, 100_000) if e.topic == "contact.recorded"]
        for event in events:
            found[event.private.content.subject] += 1
        return found
