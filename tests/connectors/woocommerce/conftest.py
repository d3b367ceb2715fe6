"""A shop and a log that follows it; what is tried again is tried again at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from tests.connectors.woocommerce.fake_shop import FakeShop
from tests.connectors.woocommerce.living import Book


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture(params=["hpos", "legacy"])
def shop(request: pytest.FixtureRequest) -> FakeShop:
    """One that stores its orders the one way, and one that does the other."""
    return FakeShop(request.param)


@pytest.fixture
def book(shop: FakeShop, tmp_path: Path) -> Iterator[Book]:
    """A log that follows `shop`."""
    with shop.serving() as url:
        made = Book(tmp_path, url)
        yield made
        made.close()
