"""One browser and one made-up company for all tests of a worker; each test opens windows of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import serving
from tests.browser.serving import Site, Watched

Open = Callable[..., Watched]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; skipped where there is none, which fails in CI."""
    if not serving.CHROMIUM:
        pytest.skip("Chromium is not installed")
    with serving.browser() as found:
        yield found


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A made-up company behind a real server. Tests decide and record in it: none may count on what another left."""
    home = serving.made_up_company(tmp_path_factory.mktemp("site"))
    with serving.served(home) as (address, link):
        yield Site(home, address, serving.let_in(chromium, address, link))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Open]:
    """Open a page in a new window, signed in; whatever it did wrong in the background fails the test."""
    windows: list[Watched] = []

    def open_(path: str, *, of: Site = site, **window: Any) -> Watched:
        watched = serving.opened(chromium, of, **window)
        windows.append(watched)
        watched.page.goto(path)
        return watched

    yield open_
    for watched in windows:
        watched.page.context.close()
    assert [said for watched in windows for said in watched.errors] == []
