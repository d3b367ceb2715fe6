"""One server and one browser for all tests of a worker; each test gets a context of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import serving

Open = Callable[..., serving.Watched]


class Site:
    """The running server and the addresses of its pages."""

    def __init__(self, home: Path, address: str, state: dict[str, Any]) -> None:
        self.home = home
        self.address = address
        self.state = state
        customers = serving.ask(home, "customers", "--limit", "200")
        self.customer = max(customers, key=lambda each: each["contacts"])["id"]
        self.contact = serving.ask(home, "todo")[-1]["contact"]

    def pages(self) -> dict[str, str]:
        """Every page by its name."""
        return {
            "monday": "/",
            "today": "/today",
            "customers": "/customers",
            "search": "/customers?q=keller",
            "customer": f"/customers/{self.customer}",
            "contact": f"/contacts/{self.contact}",
            "review": "/review",
            "figures": "/figures",
            "figure": "/figures/contacts",
            "figure-share": "/figures/callback_rate",
            "sources": "/sources",
            "record": "/record",
            "settings": "/settings",
            "keys": "/keys",
            "error": "/nothing",
        }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; skipped where there is none, which fails in CI."""
    if not serving.CHROMIUM:
        pytest.skip("Chromium is not installed")
    with serving.browser() as found:
        yield found


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A made-up company behind a real server."""
    home = serving.made_up_company(tmp_path_factory.mktemp("site"))
    with serving.served(home) as (address, link):
        yield Site(home, address, serving.let_in(chromium, address, link))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Open]:
    """Open a page in a new window, signed in; whatever it did wrong in the background fails the test."""
    opened = []

    def open_(
        path: str, *, width: int = 1440, theme: Any = "light", signed_in: bool = True
    ) -> serving.Watched:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale="de-CH",
            bypass_csp=False,
            storage_state=site.state if signed_in else None,  # type: ignore[arg-type]
        )
        watched = serving.Watched(context, site.address)
        watched.page.goto(path)
        opened.append((context, watched))
        return watched

    yield open_
    for context, watched in opened:
        context.close()
        assert watched.errors == []
