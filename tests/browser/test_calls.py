"""Wer ruft an, in a window that stays open while the telephone rings."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.app.test_ringing import LOG, MAX, STRANGER, configure, hangs_up, rings
from tests.browser import homes, serving
from tests.browser.serving import Site
from tests.connectors.asterisk.telephone_system import Played, TelephoneSystem
from tests.homes import Command


@pytest.fixture
def ringing(chromium: Browser, tmp_path: Path) -> Iterator[tuple[Site, TelephoneSystem]]:
    """A server whose telephone system the test plays."""
    command = Command(tmp_path / "home")
    done = command.run("import", "asterisk", str(LOG), "--source", "phone", "--set", "timezone=UTC")
    assert done[0] == 0
    with TelephoneSystem([Played(())]) as system:
        configure(command, system.port)
        with homes.served(chromium, command) as site:
            assert system.connected.acquire(timeout=10)
            yield site, system


def test_whoever_calls_appears_by_himself_and_goes_when_he_hangs_up(
    chromium: Browser, ringing: tuple[Site, TelephoneSystem]
) -> None:
    site, system = ringing
    window = serving.opened(chromium, site, width=320)
    page = window.page
    page.goto("/calls")
    expect(page.get_by_text("Niemand ruft an.")).to_be_visible()
    system.say(rings(1, MAX) + rings(2, STRANGER, "<b>x</b>" + "y" * 80))
    expect(page.get_by_role("heading", name="Max Muster")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("ruft an.")
    expect(page.get_by_text("<b>x</b>")).to_be_visible()
    assert window.overflow() <= 0
    assert window.violations() == []
    page.emulate_media(color_scheme="dark")
    assert window.violations() == []
    system.say(hangs_up(1) + hangs_up(2))
    expect(page.get_by_text("Niemand ruft an.")).to_be_visible()
    assert window.errors == []
    page.context.close()


def test_without_script_a_page_that_is_loaded_anew_shows_the_same(
    chromium: Browser, ringing: tuple[Site, TelephoneSystem]
) -> None:
    site, system = ringing
    context = chromium.new_context(
        base_url=site.address,
        storage_state=site.state,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/calls")
    system.say(rings(1, MAX))
    expect(page.get_by_role("heading", name="Max Muster")).to_be_visible(timeout=15_000)
    context.close()


def test_the_server_ends_within_seconds_while_windows_are_open(
    chromium: Browser, tmp_path: Path
) -> None:
    command = Command(tmp_path / "home")
    with TelephoneSystem([Played(())]) as system:
        configure(command, system.port)
        with homes.served(chromium, command) as site:
            windows = [serving.opened(chromium, site) for _ in range(3)]
            for window in windows:
                with window.page.expect_response("**/calls/stream"):
                    window.page.goto("/calls")
            began = time.monotonic()
        assert time.monotonic() - began < 9  # the server would wait ten for what stays open
        for window in windows:
            window.page.context.close()
