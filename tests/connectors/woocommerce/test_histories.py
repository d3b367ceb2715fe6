"""Whatever people do in a shop, whatever befalls its hooks, its answers and us: the log holds what really was.

What really was, as far as anybody can know who asks a shop now and then: each order came once; what it brings is what the
shop shows, its total less its refunds, or nothing where it was cancelled, failed or is gone; each refund that a reading saw
was given once, and is taken back where the shop has it no longer; who is gone is removed, and who is back restored.
"""

import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import stamina
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stammkunde.connectors.contract import DictMemory
from stammkunde.connectors.interface import UnavailableError
from tests.connectors.woocommerce.fake_shop import HOOK_SECRET, FakeShop, signed
from tests.connectors.woocommerce.living import Book

PER_PAGE = 4
ALIVE = ("pending", "processing", "on-hold", "completed", "refunded")
AMOUNTS = st.integers(100, 20_000).map(lambda cents: str(Decimal(cents).scaleb(-2)))
FAULTS = st.lists(st.sampled_from(["", "", 500, 502, 503, "cut", "reset"]), max_size=6)


class ShopAndLog(RuleBasedStateMachine):
    """A shop that people work in, and a log that reads it now and then, and is killed now and then."""

    storage: Any = "hpos"

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(stamina.set_testing(True, attempts=1))
        self.shop = FakeShop(self.storage)
        for topic in ("order.created", "order.updated", "order.deleted", "customer.created"):
            self.shop.hook(topic)
        self.ever: set[int] = set()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.book = Book(Path(folder), self.stack.enter_context(self.shop.serving()))
        self.stack.callback(self.book.close)
        self.book.connector.batch = PER_PAGE

    def teardown(self) -> None:
        with self.stack:
            self.settle()

    # ---- people

    @initialize(count=st.integers(0, 9))
    def years_before(self, count: int) -> None:
        for _ in range(count):
            self.shop.place("100.00")

    @rule(total=AMOUNTS, status=st.sampled_from([*ALIVE[:2], "checkout-draft"]))
    def place(self, total: str, status: str) -> None:
        self.shop.place(total, status=status)

    @rule(seconds=st.sampled_from([0, 1, 1, 60, 600, 40_000]))
    def pass_time(self, seconds: int) -> None:
        self.shop.pass_time(seconds)

    def one(self, data: st.DataObject, *statuses: str) -> int | None:
        fitting = [
            n for n, o in self.shop.orders.items() if not statuses or o["status"] in statuses
        ]
        return data.draw(st.sampled_from(fitting)) if fitting else None

    @rule(data=st.data(), total=AMOUNTS)
    def edit(self, data: st.DataObject, total: str) -> None:
        if (number := self.one(data, "pending", "processing", "on-hold")) and not self.shop.orders[
            number
        ]["refunds"]:
            self.shop.edit_total(number, total)

    @rule(data=st.data(), city=st.sampled_from(["Chur", "Davos"]))
    def move(self, data: st.DataObject, city: str) -> None:
        if number := self.one(data):
            self.shop.edit_billing(number, city=city)

    @rule(
        data=st.data(),
        status=st.sampled_from(["completed", "cancelled", "failed", "on-hold", "processing"]),
    )
    def change_status(self, data: st.DataObject, status: str) -> None:
        if number := self.one(data, *ALIVE[:4], "cancelled", "failed"):
            self.shop.set_status(number, status)

    @rule(data=st.data(), part=st.sampled_from([1, 2, 4]))
    def refund(self, data: st.DataObject, part: int) -> None:
        if number := self.one(data, *ALIVE[:4]):
            left = left_of(self.shop.orders[number])
            if left > 1:
                self.shop.refund(number, str((left / part).quantize(Decimal("0.01"))))

    @rule(data=st.data())
    def delete_refund(self, data: st.DataObject) -> None:
        given = [(n, r["id"]) for n, o in self.shop.orders.items() for r in o["refunds"]]
        if given:
            self.shop.delete_refund(*data.draw(st.sampled_from(given)))

    @rule(data=st.data())
    def trash(self, data: st.DataObject) -> None:
        if number := self.one(data, *ALIVE, "cancelled", "failed"):
            self.shop.trash(number)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        if number := self.one(data, "trash"):
            self.shop.restore(number)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if number := self.one(data):
            self.shop.delete(number)

    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        if number := self.one(data, *ALIVE):
            self.shop.link([number], 9)

    # ---- hooks

    @precondition(lambda self: self.shop.deliveries)
    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: st.DataObject, again: bool) -> None:
        """Any of those that wait, once or more, in any order; the others never."""
        delivery = data.draw(st.sampled_from(self.shop.deliveries))
        if not again:
            self.shop.deliveries.remove(delivery)
        assert self.book.connector.receive(delivery.hook(), DictMemory()).status == 200

    @rule(number=st.integers(0, 40), secret=st.sampled_from([HOOK_SECRET, "forged"]))
    def deliver_nonsense(self, number: int, secret: str) -> None:
        body = b'{"id":%d}' % number
        reply = self.book.connector.receive(
            signed("order.updated", body, secret).hook(), DictMemory()
        )
        assert reply.status == (200 if secret == HOOK_SECRET else 401)

    # ---- we

    @rule(faults=FAULTS)
    def read(self, faults: list[str | int]) -> None:
        self.shop.faults = faults
        with suppress(UnavailableError):
            self.book.read()
        self.shop.faults = []

    @rule(batches=st.integers(0, 3))
    def read_and_be_killed(self, batches: int) -> None:
        self.book.read(batches)
        self.book.connector.batch = PER_PAGE

    @rule()
    def read_whole(self) -> None:
        self.book.read()
        self.ever |= {r["id"] for o in self.shop.orders.values() for r in o["refunds"]}

    # ---- what must hold

    @invariant()
    def nothing_is_doubled(self) -> None:
        """The core refuses an item twice; but the same thing under two keys would show here."""
        kinds = Counter((facts.order, facts.kind) for facts in self.book.facts() if facts.order)
        assert all(count == 1 for (_, kind), count in kinds.items() if kind == "order_placed")

    def settle(self) -> None:
        """A night later everything is as it is in the shop."""
        self.shop.pass_time(100_000)
        self.book.read()
        for number in range(1, self.shop._ids + 1):
            story = self.book.story(number)
            assert self.book.worth(number) == worth(self.shop.orders.get(number)), (number, story)
            kinds = Counter(kind for kind, _ in story)
            given = len(self.shop.orders[number]["refunds"]) if number in self.shop.orders else None
            if given is not None and story:
                assert kinds["order_refunded"] - kinds["refund_withdrawn"] == given, story
            gone = kinds["order_removed"] + kinds["order_cancelled"] + kinds["order_failed"]
            if story and number not in self.shop.orders:
                assert gone > kinds["order_restored"] or kinds["order_removed"], story
        holding = self.book.holdings()["orders"]
        assert (holding.held, holding.missing) == (holding.read, ())
        assert self.book.read().recorded == 0


def left_of(order: dict[str, Any]) -> Decimal:
    return Decimal(order["total"]) - sum(
        (Decimal(r["amount"]) for r in order["refunds"]), Decimal(0)
    )


def worth(order: dict[str, Any] | None) -> Decimal:
    return left_of(order) if order and order["status"] in ALIVE else Decimal(0)


class LegacyShopAndLog(ShopAndLog):
    storage = "legacy"


SOME = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestHpos = ShopAndLog.TestCase
TestHpos.settings = SOME
TestLegacy = LegacyShopAndLog.TestCase
TestLegacy.settings = SOME
