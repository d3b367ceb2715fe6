"""What holds for every page: no barrier in either theme, no sideways scrolling, nothing from elsewhere, not too heavy."""

import pytest

from tests.browser.conftest import Open
from tests.browser.serving import MOST_BYTES, Site

NAMES = (
    "monday", "today", "customers", "search", "customer", "contact", "review", "figures", "figure", "figure-share",
    "sources", "record", "settings", "user", "keys", "signin", "welcome", "merge", "assign", "quarantined", "error",
)  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_violation(site: Site, visit: Open, name: str, theme: str) -> None:
    page = visit(site.pages()[name], theme=theme)
    page.forgive(404)
    assert page.violations() == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(
    site: Site, visit: Open, name: str
) -> None:
    page = visit(site.pages()[name], width=320)
    page.forgive(404)
    assert page.overflow() <= 0


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_heavy(site: Site, visit: Open, name: str) -> None:
    page = visit(site.pages()[name])
    page.forgive(404)
    assert len(page.page.content().encode()) <= MOST_BYTES


def test_the_list_of_pages_is_whole(site: Site) -> None:
    assert set(site.pages()) == set(NAMES)
