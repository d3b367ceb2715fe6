"""What a clerk decides: whose contacts are, who is one, and what is written down by hand; by keyboard where that is meant."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.serving import Site, ask


def waiting(page: Page) -> str:
    """The counterpart in question."""
    return str(page.locator("#answer input[name=handle]").get_attribute("value"))


def contact(page: Page) -> str:
    """His newest open contact."""
    return str(page.locator("#answer input[name=contact]").get_attribute("value"))


def answered(page: Page, key: str) -> None:
    """Press a key, and wait until the answer is taken."""
    page.keyboard.press(key)
    expect(page.get_by_role("button", name=re.compile("^Rückgängig"))).to_be_visible()


def taken_back(page: Page, handle: str) -> None:
    page.keyboard.press("z")
    expect(page.locator("#answer input[name=handle]")).to_have_value(handle)
    expect(page.get_by_role("button", name=re.compile("^Rückgängig"))).to_have_count(0)


def at_a_counterpart(site: Site, visit: Open, proposals: int) -> Page:
    """The queue at the first entry with so many proposals at least."""
    queue = ask(site.home, "review")
    handle = next(one["handle"] for one in queue if len(one["candidates"]) >= proposals)
    page: Page = visit(f"/review?at={handle}").page
    return page


def test_a_contact_is_assigned_by_one_key_and_taken_back_by_another(
    site: Site, visit: Open
) -> None:
    page = at_a_counterpart(site, visit, 2)
    handle, one = waiting(page), contact(page)
    name = page.locator(".card h3").nth(1).inner_text()
    customer = str(page.locator(".card h3 a").nth(1).get_attribute("href"))
    answered(page, "2")
    expect(page.get_by_role("status")).to_contain_text(name)

    sheet = visit(f"/contacts/{one}").page
    expect(sheet.locator(f".kick a[href='{customer}']")).to_have_text(name)
    sheet.goto(customer)
    expect(sheet.locator(f"#timeline a[href='/contacts/{one}']")).to_be_visible()

    taken_back(page, handle)
    sheet.reload()
    expect(sheet.locator(f"#timeline a[href='/contacts/{one}']")).to_have_count(0)


def test_another_customer_is_found_and_named_without_a_mouse(site: Site, visit: Open) -> None:
    page = at_a_counterpart(site, visit, 1)
    handle, one = waiting(page), contact(page)
    page.keyboard.press("k")
    expect(page.get_by_label("Name, Nummer oder Mailadresse des Kunden")).to_be_focused()
    page.keyboard.type("sandra keller")
    expect(page.locator("#others li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    answered(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Sandra Keller")
    sheet = visit(f"/contacts/{one}").page
    expect(sheet.locator(".kick")).to_contain_text("Sandra Keller")
    taken_back(page, handle)


def test_new_no_customer_and_later_are_keys_too(site: Site, visit: Open) -> None:
    page = at_a_counterpart(site, visit, 1)
    handle, one = waiting(page), contact(page)
    for key, whose in (("n", "customer"), ("x", "nobody")):
        answered(page, key)
        sheet = visit(f"/contacts/{one}").page
        links = sheet.locator(".kick a")
        expect(links).to_have_count(1 if whose == "customer" else 0)
        taken_back(page, handle)

    page.keyboard.press("s")
    expect(page.locator("#answer input[name=handle]")).not_to_have_value(handle)


def test_arrows_go_through_the_queue(site: Site, visit: Open) -> None:
    page = visit("/review").page
    queue = page.locator(".queue a")
    page.keyboard.press("ArrowDown")
    expect(queue.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(queue.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(queue.nth(1)).to_have_attribute("aria-current", "true")


def test_two_customers_are_merged_and_parted_again(site: Site, visit: Open) -> None:
    first, second = (one["id"] for one in ask(site.home, "customers", "lena keller"))
    page = visit(f"/customers/{first}").page
    of_first = entries(page)
    page.goto(f"/customers/{second}")
    of_second = entries(page)
    page.get_by_role("link", name="Mit anderem Kunden zusammenführen").click()
    page.get_by_label("Name, Nummer oder Mailadresse des anderen Kunden").fill("lena keller")
    page.keyboard.press("Enter")
    page.get_by_label("Warum").fill("Sie hat die Adresse gewechselt")
    page.locator(f"button[value='{first}']:not([formaction])").click()
    expect(page.get_by_role("status")).to_contain_text("ein Kunde")
    assert entries(page) == of_first + of_second
    found = visit("/customers?q=lena+keller").page.locator("#found tbody th")
    expect(found).to_have_count(1)

    gone = first if second in page.url else second
    page.locator(f"form[action$='/unmerge']:has(input[value='{gone}']) button").click()
    expect(page.get_by_role("status")).to_contain_text("wieder zwei")
    page.goto(f"/customers/{first}")
    assert entries(page) == of_first
    page.goto(f"/customers/{second}")
    assert entries(page) == of_second


def entries(page: Page) -> int:
    """Contacts of the customer's timeline, as its heading counts them."""
    return int(page.locator("#h-timeline .s").inner_text().split()[0])


def test_a_letter_is_two_fields_and_enter(visit: Open) -> None:
    page = visit("/record?kind=letter").page
    expect(page.get_by_label("Wer", exact=True)).to_be_focused()
    page.keyboard.type("sandra keller")
    expect(page.get_by_role("radio", name=re.compile("Sandra Keller"))).to_be_checked()
    page.get_by_label("Was", exact=True).fill("Kündigt den Servicevertrag")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Der Kontakt ist erfasst.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sandra Keller")
    first = page.locator("#timeline ol li").first
    expect(first).to_contain_text("Brief")
    expect(first).to_contain_text("Kündigt den Servicevertrag")


def test_a_note_is_two_fields_and_enter(visit: Open) -> None:
    page = visit("/record?kind=note").page
    page.keyboard.type("052 203 44 10")
    expect(page.get_by_role("radio", name=re.compile("Sandra Keller"))).to_be_checked()
    page.get_by_label("Was", exact=True).fill("Fährt im Winter nicht")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Die Notiz ist gespeichert.")
    expect(page.locator("#notes")).to_contain_text("Fährt im Winter nicht")


def test_who_is_unclear_is_asked_with_what_was_typed_kept(visit: Open) -> None:
    window = visit("/record?kind=letter")
    page = window.page
    page.keyboard.type("keller")
    page.get_by_label("Was", exact=True).fill("Dankt für die Offerte")
    page.keyboard.press("Enter")
    window.forgive(400)
    expect(page.locator(".field.bad .err")).to_have_text(
        "Mehrere passen. Wählen Sie unten einen aus."
    )
    expect(page.get_by_label("Wer", exact=True)).to_be_focused()
    expect(page.get_by_label("Was", exact=True)).to_have_value("Dankt für die Offerte")
