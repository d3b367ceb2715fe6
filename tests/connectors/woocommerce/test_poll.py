"""Walking through a shop that changes meanwhile, and through seconds that hold more than a page."""

import pytest

from stammkunde.connectors.contract import Reading, read
from stammkunde.connectors.interface import ConnectorError, CredentialsError, UnavailableError
from tests.connectors.woocommerce.fake_shop import FakeShop
from tests.connectors.woocommerce.living import Book, connected

PER_PAGE = 5


def small(book: Book) -> None:
    book.connector.batch = PER_PAGE


def placed(reading: Reading) -> set[str]:
    return {contact.order for contact in reading.contacts if contact.kind == "order_placed"}


def test_no_question_has_a_zone_in_its_times_and_all_say_gmt(shop: FakeShop, book: Book) -> None:
    for _ in range(12):
        shop.place()
        shop.pass_time(7)
    small(book)
    book.read()
    shop.pass_time(90_000)
    book.read()
    for path, asked in shop.requests:
        times = [value for key, value in asked.items() if key.endswith(("after", "before"))]
        assert not any("Z" in time or "+" in time for time in times)
        assert asked.get("dates_are_gmt") == "true" or not path.endswith("/orders")


def test_orders_that_are_edited_while_we_walk_are_neither_missed_nor_doubled() -> None:
    shop = FakeShop()
    numbers = []
    for _ in range(23):
        numbers.append(shop.place())
        shop.pass_time(30)

    def edit(number: int) -> None:
        shop.pass_time(1)
        shop.edit_billing(number, city="Davos")

    shop.between = [lambda: None, *(lambda n=n: edit(n) for n in numbers[:6])]
    with shop.serving() as url, connected(url, PER_PAGE) as connector:
        found = read(connector)
    assert placed(found) == set(map(str, numbers))
    assert len({contact.item for contact in found.contacts}) == 23 + 6


@pytest.mark.parametrize("crowd", [PER_PAGE - 1, PER_PAGE, PER_PAGE + 1, 4 * PER_PAGE])
def test_a_crowded_second_is_drained(crowd: int) -> None:
    shop = FakeShop()
    before = [shop.place()]
    shop.pass_time(5)
    within = [shop.place() for _ in range(crowd)]
    shop.pass_time(5)
    after = [shop.place() for _ in range(3)]
    with shop.serving() as url, connected(url, PER_PAGE) as connector:
        found = read(connector)
    assert placed(found) == set(map(str, before + within + after))


def test_150_orders_in_one_second() -> None:
    shop = FakeShop()
    numbers = [shop.place() for _ in range(150)]
    shop.pass_time(5)
    with shop.serving() as url, connected(url) as connector:
        found = read(connector)
        assert placed(found) == set(map(str, numbers))
        assert len(found.contacts) == 150


def test_a_crowd_in_the_overlap_is_not_read_again_until_something_changes(
    shop: FakeShop, book: Book
) -> None:
    numbers = [shop.place() for _ in range(250)]
    shop.pass_time(30)
    book.read()
    asked = len(shop.requests)
    assert book.read().items == 0
    assert len(shop.requests) - asked == 3
    shop.pass_time(30)
    shop.set_status(numbers[0], "completed")
    book.read()
    assert book.story(numbers[0])[-1] == ("order_shipped", "")
    shop.delete(numbers[1])
    book.read()
    assert book.story(numbers[1])[-1] == ("order_removed", "-100.00")


def test_an_order_that_leaves_a_crowded_second_hides_none_of_the_others() -> None:
    shop = FakeShop()
    numbers = [shop.place() for _ in range(3 * PER_PAGE)]
    shop.pass_time(5)

    def leave() -> None:
        shop.edit_billing(numbers[0], city="Davos")

    shop.between = [lambda: None, lambda: None, lambda: None, leave]
    with shop.serving() as url, connected(url, PER_PAGE) as connector:
        assert placed(read(connector)) == set(map(str, numbers))
    assert not any("include" in asked for _, asked in shop.requests), "the walk itself missed one"


def test_an_order_from_the_future_does_not_hide_the_present(shop: FakeShop, book: Book) -> None:
    shop.pass_time(10 * 365 * 86_400)
    shop.place()
    shop.pass_time(-10 * 365 * 86_400)
    book.read()
    shop.pass_time(600)
    number = shop.place()
    book.read()
    assert book.story(number) == [("order_placed", "100.00")]


def test_a_shop_that_ignores_the_time_of_change_is_named(shop: FakeShop, book: Book) -> None:
    for _ in range(3 * PER_PAGE):
        shop.place()
        shop.pass_time(60)
    small(book)
    shop._is_asked = lambda order, asked, gmt: True  # type: ignore[method-assign]
    with pytest.raises(ConnectorError, match="update WooCommerce"):
        book.read()


@pytest.mark.parametrize("fault", [503, 500, 429, "cut", "reset"])
def test_a_shop_that_fails_once_is_asked_again(
    shop: FakeShop, book: Book, fault: str | int
) -> None:
    number = shop.place()
    shop.faults = [fault]
    if fault == 500:
        with pytest.raises(UnavailableError):
            book.read()
    book.read()
    assert book.story(number) == [("order_placed", "100.00")]


def test_a_shop_that_asks_for_a_pause_gets_it(shop: FakeShop, book: Book) -> None:
    shop.faults = [429]
    shop.says = {"Retry-After": "90"}
    with pytest.raises(UnavailableError) as refused:
        book.read()
    assert refused.value.pause_s == 90
    assert len(shop.requests) == 1


def test_a_failing_server_removes_no_order(shop: FakeShop, book: Book) -> None:
    number, other = shop.place(), shop.place()
    book.read()
    shop.delete(other)
    shop.faults = ["", "", "", 500]
    with pytest.raises(UnavailableError):
        book.read()
    shop.has_woocommerce = False
    with pytest.raises(ConnectorError, match="no WooCommerce"):
        book.read()
    shop.has_woocommerce = True
    assert book.story(number) == book.story(other) == [("order_placed", "100.00")]
    book.read()
    assert book.story(other)[-1] == ("order_removed", "-100.00")
    assert book.story(number) == [("order_placed", "100.00")]


@pytest.mark.parametrize("code", ["rest_no_route", "woocommerce_rest_cannot_view", ""])
def test_an_order_is_gone_only_where_the_shop_says_so(
    shop: FakeShop, book: Book, code: str
) -> None:
    """A 404 may come from a plugin that is switched off, or from a web server that knows nothing of WordPress."""
    number, other = shop.place(), shop.place()
    book.read()
    shop.delete(other)
    answer = shop.answer

    def confused(path: str, asked: dict[str, str]) -> tuple[int, object, dict[str, str]]:
        return (404, {"code": code}, {}) if path == f"orders/{other}" else answer(path, asked)

    shop.answer = confused  # type: ignore[method-assign]
    with pytest.raises(ConnectorError):
        book.read()
    assert book.story(other) == book.story(number) == [("order_placed", "100.00")]
    shop.answer = answer  # type: ignore[method-assign]
    book.read()
    assert book.story(other)[-1] == ("order_removed", "-100.00")


def test_a_key_that_is_refused_later_is_told_as_such(shop: FakeShop, book: Book) -> None:
    shop.place()
    book.read()
    shop.secret = "another"  # noqa: S105
    with pytest.raises(CredentialsError, match="key, secret"):
        book.read()
