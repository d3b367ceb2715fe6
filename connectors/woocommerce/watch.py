"""One reading of a live shop: what it found, how far it got, and what becomes of a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.connectors.interface import Batch, Context, Memory, Rejected
from stammkunde.connectors.shop import Gathering, Snapshot
from stammkunde.connectors.shop.book import Book, Entry
from stammkunde.connectors.shop.ledger import CART, merged
from stammkunde.connectors.woocommerce.documents import documents
from stammkunde.connectors.woocommerce.fields import Unreadable
from stammkunde.connectors.woocommerce.model import Order
from stammkunde.connectors.woocommerce.order import entry_of, order_of, refund_of, snapshot_of
from stammkunde.connectors.woocommerce.people import item_of, observe_customer, observe_review
from stammkunde.connectors.woocommerce.position import Position
from stammkunde.connectors.woocommerce.rest import EVERY, PAGE, Rest

NIGHT = timedelta(hours=2)
"""After midnight: when a new night begins, and most shops are quiet."""
_ORDER = msgspec.json.Decoder(Order, strict=False)
_UNREAD = b"unread"


class _Key(msgspec.Struct, frozen=True):
    id: int = 0
    date_created_gmt: str = ""
    date_modified_gmt: str = ""


_KEY = msgspec.json.Decoder(_Key)


class Watch:
    """What one call of `fetch` works with; `page` is the number of orders it asks for at once."""

    def __init__(
        self, rest: Rest, context: Context, memory: Memory, cursor: str | None, size: int
    ) -> None:
        """Nothing is asked yet."""
        self.rest = rest
        self.position = Position.parse(cursor)
        self.page = min(PAGE, size)
        self.progress: float | None = None
        self._context = context
        self._gathering = Gathering(memory, size)
        self._saved = self.position

    @property
    def book(self) -> Book:
        """Which orders are known."""
        return self._gathering.book

    def move(self, **changes: object) -> None:
        """Note how far the reading got; saved with the next batch."""
        self.position = msgspec.structs.replace(self.position, **changes)

    @property
    def is_news(self) -> bool:
        """Whether there is anything to be committed."""
        self.book.flush()
        return self.position != self._saved or not self._gathering.is_empty

    @property
    def is_full(self) -> bool:
        """Whether it is time for a batch: a page of the shop may be less, and a commit for each costs a fifth more."""
        return self._gathering.is_full

    def batch(self) -> Batch:
        """All that was found since the last one."""
        self._saved = self.position
        return self._gathering.batch(self.position.cursor, self.progress)

    def tonight(self) -> str:
        """The day, by the shop's clock and in the company's zone, to which this night belongs."""
        zone = ZoneInfo(self._context.company.timezone)
        return (self.rest.at.astimezone(zone) - NIGHT).date().isoformat()

    # ---- orders

    def take_order(self, raw: msgspec.Raw) -> None:
        """Compare an order with what is known of it, and note what it is now."""
        try:
            order = read_order(raw)
            reference = f"orders/{order.id}"
            snapshot = self._whole(snapshot_of(order, self._context, reference))
        except Unreadable as unreadable:
            self._reject(raw, str(unreadable))
            return
        found = self._gathering.ledger.observe(
            snapshot, is_current=True, is_news=self.position.is_complete
        )
        self._gathering.take(found)
        if snapshot.status == "draft":
            self.book.remove(order.id)
        elif found.ignored != CART:
            self.book.note(order.id, entry_of(order, snapshot))

    def entry(self, raw: msgspec.Raw) -> tuple[int, Entry]:
        """What a row of a short list says; the number is 0 where it can't be read."""
        try:
            order = read_order(raw)
            return order.id, entry_of(order, snapshot_of(order, self._context, ""))
        except Unreadable:
            return key_of(raw).id, Entry(0, b"")

    def resolve(self, numbers: Sequence[int]) -> None:
        """Look at these orders by their numbers; gone is only what the shop, asked for it alone, says it has not."""
        for start in range(0, len(numbers), PAGE):
            some = numbers[start : start + PAGE]
            params: dict[str, str | int] = {"include": ",".join(map(str, some)), "per_page": PAGE}
            rows = self.rest.orders(params, status=EVERY).rows
            shown = {key_of(raw).id: raw for raw in rows}
            for number in some:
                raw = shown.get(number) or self.rest.one(f"orders/{number}")
                if raw is not None:
                    self.take_order(raw)
                elif self.book.get(number):
                    at = self.rest.at
                    self._gathering.take(self._gathering.ledger.removed(str(number), at))
                    self.book.remove(number)

    def _whole(self, snapshot: Snapshot) -> Snapshot:
        """The order with its refunds' own records, which alone say when each was made and what of it was tax."""
        if not self._gathering.ledger.lacks(snapshot):
            return snapshot
        page = self.rest.optional(f"orders/{snapshot.id}/refunds", per_page=PAGE)
        own = {}
        for raw in page.rows if page else ():
            refund = refund_of({**_fields(raw), "parent_id": int(snapshot.id)}, self._context)[1]
            own[refund.id] = refund
        refunds = tuple(merged(given, own.get(given.id, given)) for given in snapshot.refunds)
        return msgspec.structs.replace(snapshot, refunds=refunds)

    def _reject(self, raw: msgspec.Raw, reason: str) -> None:
        key = key_of(raw)
        self._gathering.take(Rejected(reason, bytes(raw), f"orders/{key.id}"))
        if key.id and not self.book.get(key.id):
            self.book.note(key.id, Entry(self.rest.at.toordinal() - _EPOCH_DAY, _UNREAD))

    # ---- people

    def take_person(self, kind: str, raw: msgspec.Raw) -> None:
        """An account or a review."""
        ledger, number = self._gathering.ledger, key_of(raw).id
        reference = f"{kind}s/{number}"
        try:
            fields = _fields(raw)
            if kind == "customer":
                found = observe_customer(fields, self._context, ledger, reference, is_current=True)
            else:
                found = observe_review(fields, self._context, reference)
        except Unreadable as unreadable:
            self._gathering.take(Rejected(str(unreadable), bytes(raw), reference))
            return
        self._gathering.take(found)

    def holds_person(self, kind: str, raw: msgspec.Raw) -> bool:
        """Whether another version of it stands in this batch already."""
        return self._gathering.holds(item_of(kind, key_of(raw).id))


_EPOCH_DAY = 719_163
"""1970-01-01 as `date.toordinal` counts."""


def read_order(raw: msgspec.Raw) -> Order:
    """An order; raises `Unreadable`.

    Most are read as they come; one in which PHP wrote `""` or `false` for nothing takes the way of saved files.
    """
    try:
        return _ORDER.decode(raw)
    except msgspec.MsgspecError:
        return order_of(_fields(raw))


def key_of(raw: msgspec.Raw) -> _Key:
    """Number and times of a record, as far as they can be read."""
    try:
        return _KEY.decode(raw)
    except msgspec.MsgspecError:
        return _Key()


def _fields(raw: msgspec.Raw) -> dict[str, Any]:
    for document in documents(cast(BinaryIO, BytesIO(bytes(raw)))):
        if document.flaw:
            raise Unreadable(document.flaw)
        if isinstance(document.value, dict):
            return document.value
    raise Unreadable("A field is missing or of the wrong kind ({what}).", what="id")
