"""Deliveries of webhooks: those of a real shop, and those that no shop sent."""

import json
import lzma
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stammkunde.connectors.contract import DictMemory
from stammkunde.connectors.interface import Hook, Reply
from stammkunde.connectors.woocommerce.hooks import MOST, Hints
from tests.connectors.woocommerce.fake_shop import BEGIN, HOOK_SECRET, Delivery, FakeShop, signed
from tests.connectors.woocommerce.living import Book, live

NOWHERE = "https://shop.example"


def receive(delivery: Delivery, **headers: str) -> Reply:
    return live(NOWHERE).receive(delivery.hook(**headers), DictMemory())


@pytest.fixture(scope="module")
def recorded(real_data: Path) -> list[Any]:
    path = real_data / "shop" / "woocommerce" / "woocommerce-webhook-deliveries.jsonl.xz"
    return [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]


def test_the_recorded_deliveries_are_verified_and_the_pings_answered(recorded: list[Any]) -> None:
    replies: Counter[tuple[int, bool]] = Counter()
    for each in recorded:
        headers = {name.lower(): value for name, value in each["headers"].items()}
        hook = Hook(headers=headers, body=each["body"].encode(), received_at=BEGIN)
        reply = live(NOWHERE).receive(hook, DictMemory())
        replies[reply.status, reply.wakes] += 1
        forged = msgspec.structs.replace(hook, body=hook.body + b" ")
        if each["ok"]:
            assert live(NOWHERE).receive(forged, DictMemory()).status == 401
    # of the 96 that are signed two hold the error into which the shop ran
    assert replies == {(200, True): 94, (422, False): 2, (200, False): 13}


@pytest.mark.parametrize(
    ("delivery", "headers", "status"),
    [
        (signed("order.updated", b'{"id":7}'), {}, 200),
        (signed("order.deleted", b'{"id":7}'), {}, 200),
        (signed("coupon.updated", b'{"id":7}'), {}, 200),
        (Delivery(headers={}, body=b"webhook_id=1"), {}, 200),
        (Delivery(headers={}, body=b"webhook_id=1&id=7"), {}, 401),
        (signed("order.updated", b'{"id":7}', "another"), {}, 401),
        (signed("order.updated", b'{"id":7}'), {"x-wc-webhook-signature": ""}, 401),
        (signed("order.updated", b'{"id":7}'), {"x-wc-webhook-signature": "\xe4"}, 401),
        (signed("order.updated", b'{"code":"rest_no_route","message":"x"}'), {}, 422),
        (signed("order.updated", b"[]"), {}, 422),
        (signed("order.updated", b"\xff"), {}, 422),
    ],
)
def test_what_is_understood_is_answered_by_200(
    delivery: Delivery, headers: dict[str, str], status: int
) -> None:
    assert receive(delivery, **headers).status == status


def test_without_a_secret_nothing_is_accepted() -> None:
    delivery = signed("order.updated", b'{"id":7}', "")
    assert live(NOWHERE, webhook_secret="").receive(delivery.hook(), DictMemory()).status == 404


def test_a_hint_brings_what_no_time_of_change_tells(shop: FakeShop, book: Book) -> None:
    """Where orders are stored as posts, an edit moves no time; elsewhere the hint is only quicker."""
    shop.hook("order.updated")
    number = shop.place("100.00")
    book.read()
    shop.edit_total(number, "80.00")
    for delivery in shop.deliveries[1:] * 2:
        book.connector.receive(delivery.hook(), DictMemory())
    asked = len(shop.requests)
    book.read()
    assert book.story(number) == [("order_placed", "100.00"), ("order_edited", "-20.00")]
    assert shop.requests[asked][1]["include"] == str(number)
    book.connector.receive(shop.deliveries[1].hook(), DictMemory())
    book.read()
    assert book.worth(number) == 80


def test_what_the_shop_shows_now_is_the_last_word(shop: FakeShop, book: Book) -> None:
    """An edit and its undoing, both under the time of change of before."""
    number = shop.place("100.00")
    hint = signed("order.updated", b'{"id":%d}' % number)
    book.read()
    for total in ("80.00", "100.00", "80.00", "100.00"):
        shop.edit_total(number, total)
        book.connector.receive(hint.hook(), DictMemory())
        book.read()
        assert book.worth(number) == Decimal(total)


def test_a_hint_survives_a_reading_that_fails(shop: FakeShop, book: Book) -> None:
    number = shop.place()
    book.read()
    shop.delete(number)
    book.connector.receive(signed("order.deleted", b'{"id":%d}' % number).hook(), DictMemory())
    shop.faults = [500]
    with pytest.raises(Exception, match="fails"):
        book.read()
    book.read()
    assert book.story(number)[-1] == ("order_removed", "-100.00")


def test_hints_that_come_while_they_are_looked_at_stay() -> None:
    hints = Hints()
    hints.add(("order", 7))
    looked_at = hints.waiting()
    hints.add(("order", 7))
    hints.done(looked_at.items())
    assert list(hints.waiting()) == [("order", 7)]
    for number in range(2 * MOST):
        hints.add(("order", number))
    assert len(hints.waiting()) == MOST


def test_hooks_that_the_shop_switched_off_are_named(shop: FakeShop, book: Book) -> None:
    for topic in ("order.created", "order.updated"):
        shop.hook(topic)
    shop.hook("order.updated", "https://another.example/hooks/x")
    shop.webhooks[1]["status"] = shop.webhooks[2]["status"] = "disabled"
    book.read()
    holding = book.holdings()["webhooks"]
    assert (holding.held, holding.read, holding.missing) == (2, 1, ("order.updated",))


def test_accounts_that_a_hint_names_are_read_again(shop: FakeShop, book: Book) -> None:
    number = shop.register()
    book.read()
    shop.customers[number]["first_name"] = "Beat"
    body = json.dumps({"id": number}).encode()
    book.connector.receive(signed("customer.updated", body, HOOK_SECRET).hook(), DictMemory())
    assert book.read().amended == 1
