"""Saved responses of the shop's REST interface: files, read once each."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from stammkunde.connectors.files import Finished
from stammkunde.connectors.interface import BATCH, Batch, ConnectorError, Context, Memory, Rejected
from stammkunde.connectors.shop import Gathering, Outcome
from stammkunde.connectors.shop.book import Entry
from stammkunde.connectors.shop.plain import plain, plain_files, plain_head
from stammkunde.connectors.woocommerce.documents import Document, documents
from stammkunde.connectors.woocommerce.fields import Unreadable
from stammkunde.connectors.woocommerce.model import Order
from stammkunde.connectors.woocommerce.order import entry_of, order_of, refund_of, snapshot_of
from stammkunde.connectors.woocommerce.people import item_of, observe_customer, observe_review
from stammkunde.connectors.woocommerce.records import Record, error_code, readable, records
from stammkunde.core.contact import Item

SUFFIXES = (".json", ".jsonl", ".ndjson")
_MARKS = (b"/wc/v3/", b"wc_order_", b'"is_paying_customer"', b"X-WC-Webhook", b"woocommerce")
_IGNORED = {
    "note": "an order note",
    "webhook": "a webhook, which only says where to look",
    "other": "nothing that tells of an order or customer",
}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class _Piece(msgspec.Struct, frozen=True):
    """One record of a file, or none where the file is broken."""

    document: Document
    record: Record | None
    reference: str

    @property
    def item(self) -> Item:
        """The item that it will be, if it is a customer or a review."""
        record = self.record or Record("other", {})
        return item_of(record.kind, record.fields.get("id"))

    @property
    def raw(self) -> bytes:
        """The record alone, as JSON."""
        if self.record is None or self.record.fields is self.document.value:
            return self.document.raw
        return _ENCODER.encode(readable(self.record.fields))


class Saved:
    """Reads orders (of lists, single ones, one a line), refunds, customers and reviews.

    Each order that is seen is compared with its last known state; each difference is a milestone. A later snapshot may
    stand in any file: of two the one with the later modified time counts, whatever the order of reading. Lists of
    refunds are read first, since only they say when a refund was made.
    """

    def __init__(self, paths: tuple[str, ...], context: Context) -> None:
        """Keep both."""
        self._paths = paths
        self._context = context

    def check(self) -> None:
        """Raise `ConnectorError` unless every file can be read."""
        plain_files(self._paths, SUFFIXES)

    def fetch(self, cursor: str | None, memory: Memory, size: int) -> Iterator[Batch]:
        """What all files say that are new or were written since."""
        done = Finished.parse(cursor)
        files = [path for path in plain_files(self._paths, SUFFIXES) if not done.has(path)]
        files.sort(key=lambda path: not _has_refunds(path))
        gathering = Gathering(memory, size)
        for index, path in enumerate(files):
            mark = Finished.mark(path)
            for piece in _pieces(path):
                if gathering.is_full or gathering.holds(piece.item):
                    yield gathering.batch(done.cursor, index / len(files))
                gathering.take(self._found(piece, gathering))
            done = done.plus(path, mark)
        if files:
            yield gathering.batch(done.cursor, 1.0)

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected record again."""
        gathering = Gathering(memory, BATCH)
        for document in documents(cast(BinaryIO, BytesIO(rejected.raw))):
            for piece in _pieces_of(document, rejected.reference):
                gathering.take(self._found(piece, gathering))
        return gathering.batch(None)

    def _found(self, piece: _Piece, gathering: Gathering) -> Outcome | Rejected:
        if piece.record is None:
            return Rejected(piece.document.flaw, piece.document.raw, piece.reference)
        try:
            return self._observe(piece.record, piece.reference, gathering)
        except Unreadable as unreadable:
            return Rejected(str(unreadable), piece.raw, piece.reference)

    def _observe(self, record: Record, reference: str, gathering: Gathering) -> Outcome:
        fields, context, ledger = record.fields, self._context, gathering.ledger
        match record.kind:
            case "order":
                return self._order(order_of(fields), reference, gathering)
            case "refund":
                order, refund = refund_of(fields, context)
                return ledger.refund(order, refund, reference)
            case "customer":
                return observe_customer(fields, context, ledger, reference)
            case "review":
                return observe_review(fields, context, reference)
            case "error":
                raise Unreadable(
                    "The shop answered with an error ({what}).", what=error_code(fields)
                )
            case _:
                return Outcome(ignored=_IGNORED[record.kind])

    def _order(self, order: Order, reference: str, gathering: Gathering) -> Outcome:
        snapshot = snapshot_of(order, self._context, reference)
        found = gathering.ledger.observe(snapshot)
        if found.contacts and not gathering.book.get(order.id):
            # a fingerprint that fits none: read live, the order is looked at again
            gathering.book.note(order.id, Entry(entry_of(order, snapshot).day, b""))
        return found


def _pieces(path: Path) -> Iterator[_Piece]:
    is_empty = True
    with plain(path) as (file, stream):
        for number, document in enumerate(documents(file), 1):
            is_empty = False
            yield from _pieces_of(document, f"{path}:{number}")
        if stream.is_damaged and is_empty:
            raise ConnectorError("path: {path} can't be unpacked; fetch it again.", path=path)


def _pieces_of(document: Document, reference: str) -> Iterator[_Piece]:
    if document.flaw:
        yield _Piece(document, None, reference)
    else:
        for record in records(document.value):
            yield _Piece(document, record, reference)


def _has_refunds(path: Path) -> bool:
    return b'"refunded_by"' in plain_head(path)


def is_ours(path: Path) -> bool:
    """Whether a file is JSON with the marks of WooCommerce's REST interface."""
    start = plain_head(path)
    is_json = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    return is_json and any(mark.lower() in start.lower() for mark in _MARKS)
