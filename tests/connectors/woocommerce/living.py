"""A home whose shop is read live, and what its log says of the orders."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from stammkunde.connectors.contract import COMPANY
from stammkunde.connectors.interface import BATCH, Context
from stammkunde.connectors.woocommerce import WooCommerce
from stammkunde.core.feed import Counts, Source
from stammkunde.core.intake import Intake
from tests.connectors.woocommerce.fake_shop import HOOK_SECRET, KEY, SECRET
from tests.core.samples import open_intake

SOURCE = Source(name="shop", connector="woocommerce")


def live(url: str, **changes: Any) -> WooCommerce:
    table = {"url": url, "key": KEY, "secret": SECRET, "webhook_secret": HOOK_SECRET, **changes}
    context = Context(source="shop", company=COMPANY)
    return WooCommerce(WooCommerce.Settings(**table), context)


@contextmanager
def connected(url: str, batch: int = BATCH, **changes: Any) -> Iterator[WooCommerce]:
    """A connector whose connections are closed at the end of the block."""
    connector = live(url, **changes)
    connector.batch = batch
    try:
        yield connector
    finally:
        connector.close()


class Book:
    """A log into which one shop is read as the daemon does it."""

    def __init__(self, folder: Path, url: str, **changes: Any) -> None:
        self.intake: Intake = open_intake(folder)
        self.url, self.changes = url, changes
        self.connector = live(url, **changes)

    def read(self, batches: int | None = None) -> Counts:
        """One reading; cut off as if killed after so many batches, and then with a new connector."""
        feed = self.intake.open(SOURCE, advance=True)
        for number, batch in enumerate(self.connector.fetch(feed.cursor, feed.memory)):
            if number == batches:
                self.restart()
                break
            feed.record(batch)
        return feed.counts

    def restart(self) -> None:
        self.connector.close()
        self.connector = live(self.url, **self.changes)

    def holdings(self) -> dict[str, Any]:
        feed = self.intake.open(SOURCE, advance=True)
        return {each.part: each for each in self.connector.holdings(feed.cursor, feed.memory)}

    def story(self, number: int) -> list[tuple[str, str]]:
        """What the log says of an order: kinds and money, in the order in which it came."""
        order = self.intake._key_id("order", "shop", str(number))
        return [
            (facts.kind, "" if facts.amount is None else str(facts.amount))
            for facts in self.facts()
            if facts.order == order
        ]

    def worth(self, number: int) -> Decimal:
        """The money that the log says an order brings."""
        return sum((Decimal(amount) for _, amount in self.story(number) if amount), Decimal(0))

    def facts(self) -> list[Any]:
        """The open parts of all contacts, in the log's order."""
        events = self.intake.log.read(0, 1_000_000)
        return [event.open for event in events if event.topic == "contact.recorded"]

    def close(self) -> None:
        self.connector.close()
        self.intake.log.close()
