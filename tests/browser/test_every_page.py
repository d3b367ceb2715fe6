"""What holds for every page: no barrier in either theme, no sideways scrolling, nothing from elsewhere, not too heavy."""

import pytest

from tests.browser.conftest import Open
from tests.browser.serving import MOST_BYTES, Site

NAMES = (
    "monday", "today", "customers", "search", "customer", "contact", "review", "figures", "figure", "figure-share",
    "sources", "record", "settings", "user", "keys", "signin", "welcome", "merge", "assign", "quarantined", "error",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_violation_in_either_theme(site: Site, visit: Open, name: str) -> None:
    window = visit(site.pages[name], theme="light")
    window.forgive(404)
    assert window.violations() == []
    window.page.emulate_media(color_scheme="dark")
    assert window.violations() == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_light_and_nothing_scrolls_sideways_on_the_narrowest_phone(
    site: Site, visit: Open, name: str
) -> None:
    window = visit(site.pages[name], width=320)
    window.forgive(404)
    assert window.overflow() <= 0
    assert len(window.page.content().encode()) <= MOST_BYTES


def test_the_list_of_pages_is_whole(site: Site) -> None:
    assert set(site.pages) == set(NAMES)
