"""How the pages look and listen on a device: language, light or dark, single keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open


def choose(page: Page, name: str) -> None:
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("button", name=name).click()


def test_the_language_is_changed_and_stays(visit: Open) -> None:
    page = visit("/today").page
    expect(page.locator("html")).to_have_attribute("lang", "de-CH")
    choose(page, "English")
    expect(page).to_have_url(re.compile("/today$"))
    expect(page.locator("html")).to_have_attribute("lang", "en-CH")
    expect(page.locator("h1")).to_contain_text("tasks")
    page.goto("/customers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    choose(page, "Deutsch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kunden")


def test_the_browser_says_the_language_first(visit: Open) -> None:
    page = visit("/customers", language="en-GB").page
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


@pytest.mark.parametrize(
    ("device", "choice", "other"), [("light", "Dunkel", "dark"), ("dark", "Hell", "light")]
)
def test_the_theme_is_chosen_against_the_device_and_given_back(
    visit: Open, device: str, choice: str, other: str
) -> None:
    page = visit("/", theme=device).page
    assert brightness(page) == device
    choose(page, choice)
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    assert brightness(page) == other
    page.goto("/sources")
    assert brightness(page) == other
    choose(page, "Wie das Gerät")
    expect(page.locator("html")).not_to_have_attribute("data-theme", other)
    assert brightness(page) == device


def brightness(page: Page) -> str:
    """Whether the ground is darker than the letters."""
    colours = page.evaluate(
        """() => {
          const style = getComputedStyle(document.body);
          const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          return [style.backgroundColor, style.color].map((colour) => {
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            return context.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, one) => sum + one);
          });
        }"""
    )
    ground, letters = colours
    return "dark" if ground < letters else "light"


def test_keys_lead_from_place_to_place(visit: Open) -> None:
    page = visit("/").page
    for key, path in (
        ("h", "/today"),
        ("k", "/customers"),
        ("z", "/review"),
        ("q", "/sources"),
        ("m", "/"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"\d{re.escape(path)}$"))
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tastenkürzel")


def test_keys_mean_letters_in_a_field(visit: Open) -> None:
    page = visit("/customers").page
    page.locator("#q").focus()
    page.keyboard.type("g/h?")
    expect(page.locator("#q")).to_have_value("g/h?")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()


def test_single_keys_can_be_switched_off(visit: Open) -> None:
    page = visit("/keys").page
    page.get_by_role("button", name="Tasten ausschalten").click()
    expect(page.get_by_text("auf diesem Gerät ausgeschaltet")).to_be_visible()
    page.goto("/review")
    before = page.url
    for key in ("/", "1", "n", "?", "g", "h"):
        page.keyboard.press(key)
    expect(page.locator("#q-top")).not_to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".queue a").nth(1)).to_be_focused()
    assert page.url == before

    page.goto("/keys")
    page.get_by_role("button", name="Tasten einschalten").click()
    expect(page.get_by_text("Einzelne Tasten wirken")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q-top")).to_be_focused()
