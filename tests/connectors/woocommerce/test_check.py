"""What is wrong with a shop's settings is said by the name of the setting; and the contract that all connectors keep."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stammkunde.connectors.contract import COMPANY, Connect, ConnectorContract, DictMemory
from stammkunde.connectors.interface import (
    ConnectorError,
    Context,
    CredentialsError,
    UnavailableError,
)
from stammkunde.connectors.woocommerce import WooCommerce
from tests.connectors.woocommerce.fake_shop import FakeShop, signed
from tests.connectors.woocommerce.living import Book, connected, live


class TestLiveShop(ConnectorContract):
    kind = WooCommerce

    genuine = signed("order.updated", b'{"id":11}').hook()

    @pytest.fixture
    def url(self) -> Iterator[str]:
        shop = FakeShop()
        for total in ("100.00", "20.00", "30.00", "40.00"):
            shop.pass_time(60)
            number = shop.place(total)
        shop.refund(number, "10.00")
        shop.register()
        shop.review()
        shop.pass_time(600)
        with shop.serving() as url:
            yield url

    @pytest.fixture
    def connect(self, url: str) -> Connect:
        return lambda: live(url)

    @pytest.fixture
    def wrong(self, url: str) -> Mapping[str, Connect]:
        return {
            "url": lambda: live(f"{url}/elsewhere"),
            "key": lambda: live(url, key="ck_another"),
            "secret": lambda: live(url, secret="cs_another"),  # noqa: S106
            "ca_file": lambda: live("https://shop.example", ca_file=__file__),
        }


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("shop.example", ConnectorError, "url: write the whole address"),
        ("ftp://shop.example", ConnectorError, "url: write the whole address"),
        ("https://shop.example:port", ConnectorError, "url: write the whole address"),
        ("http://shop.example", ConnectorError, "url: write https"),
        ("https://ck:cs@shop.example", ConnectorError, "url: no password"),
        ("http://127.0.0.1:9", UnavailableError, "url: 127.0.0.1 does not answer"),
        ("https://nowhere.invalid", UnavailableError, "url: nowhere.invalid does not answer"),
    ],
)
def test_a_wrong_address_is_named(url: str, error: type[Exception], says: str) -> None:
    with connected(url) as connector, pytest.raises(error, match=says):
        connector.check()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({}, None, ""),
        ({"secret": "another"}, CredentialsError, "key, secret: "),
        ({"may_read": False}, CredentialsError, "key: it may not read"),
        ({"has_woocommerce": False}, ConnectorError, "url: .* no WooCommerce"),
        ({"faults": ["html"]}, ConnectorError, "url: there is no shop's interface"),
        ({"faults": [404]}, ConnectorError, "url: there is no shop's interface"),
        ({"faults": [500, 500]}, UnavailableError, r"url: .* fails \(500\)"),
        ({"faults": [503, 503]}, UnavailableError, "url: .* is busy"),
        ({"faults": ["reset"] * 9}, UnavailableError, "url: .*the connection broke"),
    ],
)
def test_what_is_wrong_with_a_shop_is_named(
    shop: FakeShop, book: Book, change: dict[str, Any], error: type[Exception] | None, says: str
) -> None:
    for name, value in change.items():
        setattr(shop, name, list(value) if isinstance(value, list) else value)
    if error is None:
        book.connector.check()
        return
    with pytest.raises(error, match=says) as refused:
        book.connector.check()
    assert shop.secret not in str(refused.value)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"url": "https://shop.example"}, "key: is missing"),
        ({"url": "https://shop.example", "key": "ck"}, "secret: is missing"),
        ({"url": "https://shop.example", "path": ("x",)}, "path, url: give the one or the other"),
        ({}, "path: is missing"),
    ],
)
def test_settings_that_do_not_go_together_are_named(table: dict[str, Any], says: str) -> None:
    connector = WooCommerce(WooCommerce.Settings(**table), Context(source="shop", company=COMPANY))
    with pytest.raises(ConnectorError, match=says):
        connector.check()


def test_a_key_that_may_not_read_accounts_reads_orders(shop: FakeShop, book: Book) -> None:
    number = shop.place()
    answer = shop.answer

    def refuse(path: str, asked: dict[str, str]) -> tuple[int, object, dict[str, str]]:
        if path.startswith("customers"):
            return 403, {"code": "woocommerce_rest_cannot_view", "message": "", "data": {}}, {}
        return answer(path, asked)

    shop.answer = refuse  # type: ignore[method-assign]
    hint = signed("customer.updated", b'{"id":9}').hook()
    assert book.connector.receive(hint, DictMemory()).wakes
    book.read()
    assert book.story(number) == [("order_placed", "100.00")]


def test_what_knows_all_shops_knows_none_of_them() -> None:
    """So a second shop needs its own fields and questions, and no line of the rest."""
    connectors = Path(__file__).resolve().parents[3] / "connectors"
    shared = [*(connectors / "shop").glob("*.py"), connectors / "http.py"]
    assert len(shared) > 8
    told = [path.name for path in shared if "connectors.woocommerce" in path.read_text()]
    assert told == []
