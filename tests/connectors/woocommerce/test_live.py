"""A shop that is read live: every order comes into the log, and everything that becomes of it."""

from decimal import Decimal

from tests.connectors.woocommerce.fake_shop import FakeShop
from tests.connectors.woocommerce.living import Book


def test_orders_accounts_and_reviews_come_into_the_log(shop: FakeShop, book: Book) -> None:
    number = shop.place("100.00")
    shop.register()
    shop.review()
    counts = book.read()
    assert book.story(number) == [("order_placed", "100.00")]
    assert (counts.recorded, counts.rejected) == (3, 0)


def test_a_pass_without_news_commits_nothing(shop: FakeShop, book: Book) -> None:
    shop.place()
    book.read()
    position = book.intake.log.last_position()
    asked = len(shop.requests)
    assert book.read().items == 0
    assert book.intake.log.last_position() == position
    assert len(shop.requests) - asked == 3


def test_what_becomes_of_an_order_is_followed(shop: FakeShop, book: Book) -> None:
    number = shop.place("100.00", status="pending")
    book.read()
    shop.pass_time(60)
    shop.set_status(number, "processing")
    book.read()
    shop.pass_time(60)
    refund = shop.refund(number, "30.00")
    shop.set_status(number, "completed")
    book.read()
    assert refund
    assert book.story(number) == [
        ("order_placed", "100.00"), ("order_paid", ""), ("order_refunded", "-30.00"), ("order_shipped", ""),
    ]  # fmt: skip


def test_a_refund_that_was_withdrawn_is_found_in_the_night(shop: FakeShop, book: Book) -> None:
    number = shop.place("100.00")
    refund = shop.refund(number, "30.00")
    book.read()
    shop.delete_refund(number, refund)
    book.restart()
    shop.pass_time(3600)
    shop.place()
    book.read()
    shop.pass_time(86_400)
    book.read()
    assert book.story(number)[-1] == ("refund_withdrawn", "30.00")
    assert book.worth(number) == Decimal("100.00")


def test_a_deleted_order_is_gone_within_one_pass(shop: FakeShop, book: Book) -> None:
    first, second, third = (shop.place() for _ in range(3))
    book.read()
    shop.pass_time(600)
    shop.delete(second)
    book.read()
    assert book.story(second) == [("order_placed", "100.00"), ("order_removed", "-100.00")]
    holding = book.holdings()["orders"]
    assert (holding.held, holding.read, holding.missing, holding.gone) == (2, 2, (), (str(second),))
    assert book.read().items == 0
    assert (book.worth(first), book.worth(third)) == (Decimal(100), Decimal(100))
