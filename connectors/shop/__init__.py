"""The order engine that shop connectors share: a snapshot is compared with the last known one, and each difference is a
milestone of its own."""

from stammkunde.connectors.shop.book import Book
from stammkunde.connectors.shop.gathering import Gathering
from stammkunde.connectors.shop.ledger import Ledger, Outcome
from stammkunde.connectors.shop.snapshot import Refund, Snapshot, fingerprint

__all__ = ["Book", "Gathering", "Ledger", "Outcome", "Refund", "Snapshot", "fingerprint"]
