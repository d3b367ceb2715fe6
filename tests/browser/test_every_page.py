"""What holds for every page: no barrier in either theme, no sideways scrolling, nothing from elsewhere, not too heavy."""

import pytest

from tests.browser.conftest import Open, Site

NAMES = (
    "monday", "today", "customers", "search", "customer", "contact", "review", "figures", "figure", "figure-share",
    "sources", "record", "settings", "keys", "error",
)  # fmt: skip
MOST_BYTES = 250_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_violation(site: Site, visit: Open, name: str, theme: str) -> None:
    page = visit(site.pages()[name], theme=theme)
    page.errors = (
        [each for each in page.errors if "404" not in each] if name == "error" else page.errors
    )
    assert page.violations() == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(
    site: Site, visit: Open, name: str
) -> None:
    page = visit(site.pages()[name], width=320)
    page.errors.clear()
    assert page.overflow() <= 0


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_heavy(site: Site, visit: Open, name: str) -> None:
    page = visit(site.pages()[name])
    page.errors.clear()
    assert len(page.page.content().encode()) <= MOST_BYTES


def test_the_list_of_pages_is_whole(site: Site) -> None:
    assert set(site.pages()) == set(NAMES)
