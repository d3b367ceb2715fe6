"""Every page of a home with nothing, of one with a single contact, and of one where every name has 200 letters."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import homes
from tests.browser.conftest import Open
from tests.browser.serving import MOST_BYTES, Site, ask

Make = Callable[[Browser, Path], AbstractContextManager[Site]]
HOMES: dict[str, Make] = {
    "empty": homes.empty,
    "one contact": homes.one_contact,
    "long names": homes.long_names,
}


@pytest.fixture(scope="module", params=HOMES)
def extreme(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with HOMES[request.param](chromium, tmp_path_factory.mktemp("extreme")) as site:
        yield site


def all_pages(site: Site) -> dict[str, str]:
    """Every page; of all customers, all contacts and all entries of the queue, where there are any."""
    pages = dict(site.pages)
    for n, one in enumerate(ask(site.home, "customers", "--limit", "8")):
        pages[f"customer {n}"] = f"/customers/{one['id']}"
    for n, one in enumerate(ask(site.home, "review")):
        pages[f"review {n}"] = f"/review?at={one['handle']}"
        pages[f"open contact {n}"] = f"/contacts/{one['contact']}"
    return pages


def test_every_page_is_drawn_without_a_barrier_on_phone_and_desk(
    extreme: Site, visit: Open
) -> None:
    window = visit("/", of=extreme)
    window.forgive(404)
    wrong = {}
    for name, path in all_pages(extreme).items():
        window.page.set_viewport_size({"width": 320, "height": 900})
        answer = window.page.goto(path)
        assert answer
        is_as_wanted = answer.status == (404 if name == "error" else 200)
        found: list[object] = [] if is_as_wanted else [answer.status]
        found += ["too wide"] if window.overflow() > 0 else []
        found += ["too heavy"] if len(window.page.content().encode()) > MOST_BYTES else []
        window.page.set_viewport_size({"width": 1440, "height": 900})
        found += ["too wide for a desk"] if window.overflow() > 0 else []
        found += window.violations()
        if found:
            wrong[name] = found
    assert wrong == {}


def test_nobody_and_nothing_is_found(extreme: Site, visit: Open) -> None:
    page = visit("/customers?q=nobody-is-called-this", of=extreme).page
    assert "Niemand gefunden." in page.content()
