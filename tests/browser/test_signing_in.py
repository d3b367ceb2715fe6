"""The first start with its one-time link, and coming and going after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import serving
from tests.browser.conftest import Open
from tests.browser.homes import NAME, PASSWORD, empty
from tests.browser.serving import Site
from tests.homes import Command


@pytest.fixture(scope="module")
def quiet(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty home with one user."""
    with empty(chromium, tmp_path_factory.mktemp("quiet")) as site:
        yield site


def test_first_start(visit: Open, tmp_path: Path) -> None:
    home = Command(tmp_path / "home").home
    with serving.served(home) as (address, link):
        window = visit(link, of=Site(home, address, {}), signed_in=False)
        page, password = window.page, window.page.get_by_label("Passwort")
        page.get_by_label("Ihr Name").fill("Anna Frei")
        password.fill("kurz")
        page.get_by_role("button", name="Zugang einrichten").click()
        window.forgive(400)

        refusal = page.locator(".field.bad .err")
        expect(refusal).to_have_text("Das Passwort hat 4 Zeichen. Es braucht noch 8.")
        expect(password).to_be_focused()
        assert above(refusal.bounding_box(), password.bounding_box())
        assert str(refusal.get_attribute("id")) in str(password.get_attribute("aria-describedby"))
        expect(page.get_by_label("Ihr Name")).to_have_value("Anna Frei")

        password.fill("vier Worte ohne Sinn")
        password.press("Enter")
        expect(page).to_have_url(f"{address}/")
        expect(page.get_by_text("Noch ist nichts gelesen")).to_be_visible()
        expect(page.locator(".who")).to_have_text("Anna Frei")

        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_contain_text("schon benutzt")
        page.context.close()


def above(one: object, other: object) -> bool:
    """Whether a box ends before another begins."""
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    return bool(one["y"] + one["height"] <= other["y"])


def test_signing_out_ends_the_session_and_signing_in_leads_back(quiet: Site, visit: Open) -> None:
    window = visit("/signin", of=quiet, signed_in=False)
    page = window.page
    enter(window, PASSWORD)
    expect(page).to_have_url(f"{quiet.address}/")
    before = page.context.cookies()

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(f"{quiet.address}/signin")
    page.context.add_cookies(before)  # type: ignore[arg-type]
    page.goto("/customers")
    expect(page).to_have_url(f"{quiet.address}/signin?to=/customers")
    enter(window, PASSWORD)
    expect(page).to_have_url(f"{quiet.address}/customers")


def test_a_wrong_password_is_said_at_the_field(quiet: Site, visit: Open) -> None:
    window = visit("/signin", of=quiet, signed_in=False)
    enter(window, "not the password")
    window.forgive(403)
    expect(window.page.locator(".field.bad .err")).to_be_visible()
    expect(window.page.get_by_label("Passwort")).to_be_focused()
    expect(window.page.get_by_label("Passwort")).to_have_value("")
    enter(window, PASSWORD)
    expect(window.page).to_have_url(f"{quiet.address}/")


def enter(window: serving.Watched, password: str) -> None:
    window.page.get_by_label("Ihr Name").fill(NAME)
    window.page.get_by_label("Passwort").fill(password)
    window.page.get_by_label("Passwort").press("Enter")
