"""Finding a customer by keyboard, and what was said with him in his timeline."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.serving import Site

SHEET = re.compile(r"/customers/[0-9a-f]{32}$")


def test_search_by_keyboard_from_any_page(visit: Open) -> None:
    page = visit("/sources").page
    page.keyboard.press("/")
    expect(page.locator("#q-top")).to_be_focused()
    page.keyboard.type("keller")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("keller")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(SHEET)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Keller")


def test_the_list_follows_what_is_typed(visit: Open) -> None:
    page = visit("/customers").page
    field, found = page.locator("#q"), page.locator("#found tbody tr:not(.pages)")
    field.press_sequentially("sandra kel", delay=20)
    expect(found).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=sandra\+kel$|\?q=sandra%20kel$"))
    expect(page.get_by_role("status").first).to_have_text(re.compile("^1 Kunde"))
    expect(field).to_be_focused()
    expect(found.locator("mark").first).to_have_text("Sandra")

    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("link", name="Sandra Keller")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sandra Keller")


def test_a_number_in_any_notation_finds_its_customer(visit: Open) -> None:
    page = visit("/customers").page
    for number in ("052 203 44 10", "+41522034410", "2034410"):
        page.locator("#q").fill(number)
        expect(page.locator("#found tbody th")).to_have_count(1)
        expect(page.locator("#found tbody th")).to_contain_text("Sandra Keller")


def test_nobody_found_says_what_to_do(visit: Open) -> None:
    page = visit("/customers").page
    page.locator("#q").fill("nobody is called this")
    expect(page.get_by_role("heading", name="Niemand gefunden.")).to_be_visible()


def test_the_timeline_shows_one_channel(site: Site, visit: Open) -> None:
    page = visit(site.pages["customer"]).page
    chips = page.get_by_role("navigation", name="Verlauf filtern")
    choice = chips.get_by_role("link", name=re.compile("^Telefon"))
    said = int(choice.locator(".n").inner_text().replace("’", ""))
    choice.click()

    expect(page).to_have_url(re.compile(r"\?channel=phone$"))
    expect(chips.get_by_role("link", name=re.compile("^Telefon"))).to_have_attribute(
        "aria-current", "true"
    )
    shown = min(25, said)
    expect(page.locator("#timeline .pager span").first).to_have_text(f"1 bis {shown} von {said}")
    channels = page.locator("#timeline ol .ch .hid")
    assert {each.partition(",")[0] for each in channels.all_inner_texts()} == {"Telefon"}
    assert channels.count() == shown

    page.go_back()
    expect(chips.get_by_role("link", name="Alle")).to_have_attribute("aria-current", "true")


def test_older_contacts_follow_below_until_there_are_no_more(site: Site, visit: Open) -> None:
    page = visit(site.pages["customer"]).page
    entries = page.locator("#timeline ol li")
    expect(entries).to_have_count(25)
    n = 25
    while (older := page.get_by_role("link", name="Ältere Kontakte")).count():
        older.click()
        expect(entries).not_to_have_count(n)
        n = entries.count()
    assert f"von {n}" in page.locator("#timeline .pager span").first.inner_text()
    contacts = addresses(page)
    assert len(set(contacts)) == len(contacts) == n


def addresses(page: Page) -> list[str]:
    links = page.locator("#timeline ol .what a")
    return [str(link.get_attribute("href")) for link in links.all()]
