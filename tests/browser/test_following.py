"""Each number of the Monday page can be followed: to its list of the same length, the customer, the contact, the source."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.serving import Site, ask_lines

LINES = range(6)
"""Lines of «The week in numbers»."""


def listed(page: Page) -> int:
    """The rows of a figure's list, after all further pages of it were asked for."""
    rows = page.locator("#who tbody tr:not(.pages)")
    while (further := page.get_by_role("link", name="Weitere Einträge")).count():
        n = rows.count()
        further.click()
        expect(rows).not_to_have_count(n)
    return rows.count()


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("line", LINES)
def test_a_number_leads_to_a_list_of_its_length(visit: Open, line: int) -> None:
    page = visit("/").page
    lines = page.locator("#base table.tight:has(caption) tbody tr")
    link = lines.nth(line).locator("td a").first
    shown = link.inner_text()
    link.click()
    expect(page).to_have_url(re.compile("/figures/"))
    expect(page.locator(".hero")).to_have_text(shown)
    behind = number(page.locator("#who h2 .n").inner_text())
    assert listed(page) == behind
    if re.fullmatch(r"[\d’]+", shown):
        assert behind == number(shown)


def test_from_a_number_down_to_the_source(site: Site, visit: Open) -> None:
    page = visit("/").page
    page.locator("#service figure").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("verpasst")
    row = page.locator("#who tbody tr", has=page.locator("td a[href^='/customers/']")).first
    contact = row.locator("th a").get_attribute("href")
    name = row.locator("td a").inner_text()
    row.locator("td a").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    while not page.locator(f"#timeline a[href='{contact}']").count():
        page.get_by_role("link", name="Ältere Kontakte").click()
    page.locator(f"#timeline a[href='{contact}']").click()
    expect(page.get_by_text("Warum")).to_be_visible()
    source = page.locator("section[aria-labelledby=h-source] dd a").first
    said = source.inner_text()
    source.click()
    row = page.locator(f"tr#{said}")
    expect(row).to_be_in_viewport()
    known = ask_lines(site.home, "contacts", "--source", said)
    assert number(row.locator("td.num").first.inner_text()) == len(known)
