"""A server on a made-up company, as a user starts it, and a browser that is signed in to it."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
"""Debian's; the tests that need it are skipped without, and a skipped test fails in CI."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
AXE = Path(__file__).with_name("axe.min.js")


def command(home: Path, *arguments: str) -> list[str]:
    """A call of the program."""
    program = [sys.executable, "-m", "stammkunde.app"]
    return [*program, "--home", str(home), "--lang", "de", *arguments]


def ask(home: Path, *arguments: str) -> Any:
    """The JSON answer of a command."""
    done = subprocess.run(command(home, *arguments, "--json"), check=True, capture_output=True)
    return json.loads(done.stdout)


def made_up_company(folder: Path) -> Path:
    """The demo's home, copied to where it may be changed."""
    done = subprocess.run(
        [sys.executable, "-m", "stammkunde.app", "--lang", "en", "demo", "--once"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"rm -r (\S+)", done.stdout + done.stderr)
    assert found, done.stdout
    home = folder / "home"
    shutil.move(found[1], home)
    return home


@contextmanager
def served(home: Path) -> Iterator[tuple[str, str]]:
    """A running server: its address, and the path of the one-time link where nobody has an account yet."""
    with tempfile.TemporaryFile("w+") as errors:
        server = subprocess.Popen(
            command(home, "run", "--port", "0"), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert server.stdout
        address = link = ""
        try:
            for line in server.stdout:
                if found := re.search(r"(http://[\d.:]+)(/welcome/\S+)?", line):
                    address, link = found[1], found[2] or link
                    if not found[2]:
                        break
            if not address:
                errors.seek(0)
                raise RuntimeError(f"The server did not start: {errors.read()}")
            yield address, link
        finally:
            server.terminate()
            server.wait(20)
            server.stdout.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def let_in(chromium: Browser, address: str, link: str) -> dict[str, Any]:
    """Use the made-up company's own link; the browser's state after it."""
    context = chromium.new_context(base_url=address, locale="de-CH")
    page = context.new_page()
    page.goto(link)
    page.locator("button.go").click()
    page.wait_for_url(f"{address}/")
    state: dict[str, Any] = dict(context.storage_state())
    context.close()
    return state


class Watched:
    """A page and what a person would never see of it: errors in the console, requests to other hosts."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on(
            "console",
            lambda said: (
                self.errors.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                self.errors.append(f"asked {request.url}")
                if not request.url.startswith((address, "data:"))
                else None
            ),
        )

    def violations(self) -> list[str]:
        """What axe-core finds on the page as it is now: the rule and the first element of each."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]

    def overflow(self) -> float:
        """How many pixels the page is wider than the window."""
        return float(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )
