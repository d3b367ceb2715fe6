"""A server on a home, as a user starts it, and a browser on its pages."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    sync_playwright,
)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
"""Debian's; the tests that need it are skipped without, and a skipped test fails in CI."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
MOST_BYTES = 250_000
"""Of any page."""

AXE = Path(__file__).with_name("axe.min.js")


def command(home: Path, *arguments: str) -> list[str]:
    """A call of the program."""
    program = [sys.executable, "-m", "stammkunde.app"]
    return [*program, "--home", str(home), "--lang", "de", *arguments]


def ask(home: Path, *arguments: str) -> Any:
    """The JSON answer of a command."""
    done = subprocess.run(command(home, *arguments, "--json"), check=True, capture_output=True)
    return json.loads(done.stdout)


def ask_lines(home: Path, *arguments: str) -> list[Any]:
    """The answers of a command that prints one JSON object a line."""
    done = subprocess.run(command(home, *arguments, "--json"), check=True, capture_output=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


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


def let_in(
    chromium: Browser, address: str, link: str, name: str = "", password: str = ""
) -> dict[str, Any]:
    """Use the made-up company's own link, or sign in; the browser's state after it."""
    context = chromium.new_context(base_url=address, locale="de-CH")
    page = context.new_page()
    page.goto(link or "/signin")
    if name:
        page.get_by_label("Ihr Name").fill(name)
        page.get_by_label("Passwort").fill(password)
    page.locator("button.go").click()
    page.wait_for_url(f"{address}/")
    state: dict[str, Any] = dict(context.storage_state())
    context.close()
    return state


class Site:
    """A running server and the addresses of its pages."""

    def __init__(self, home: Path, address: str, state: dict[str, Any]) -> None:
        self.home = home
        self.address = address
        self.state = state

    @cached_property
    def pages(self) -> dict[str, str]:
        """Every page by its name; those of a customer or a contact where there is one. Asked once: each ask is a process."""
        pages = {
            "monday": "/",
            "today": "/today",
            "customers": "/customers",
            "search": "/customers?q=keller",
            "review": "/review",
            "figures": "/figures",
            "figure": "/figures/contacts",
            "figure-share": "/figures/callback_rate",
            "sources": "/sources",
            "record": "/record",
            "settings": "/settings",
            "user": "/settings/users/1",
            "keys": "/keys",
            "signin": "/signin",
            "welcome": "/welcome/used",
            "error": "/nothing",
        }
        if customers := ask(self.home, "customers", "--limit", "200"):
            customer = max(customers, key=lambda each: each["contacts"])["id"]
            pages["customer"] = f"/customers/{customer}"
            pages["merge"] = f"/customers/{customer}/merge?q=a"
        if due := ask(self.home, "todo"):
            pages["contact"] = f"/contacts/{due[-1]['contact']}"
            pages["assign"] = f"/contacts/{due[-1]['contact']}/assign?q=a"
        if left := ask(self.home, "quarantine", "list"):
            pages["quarantined"] = f"/sources/quarantine/{left[0]['number']}"
        return pages


class Watched:
    """A page, and what a person would not see of it: errors in the console, requests to other hosts, dialogs."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self._address = address
        self._heard: list[str] = []
        self._forgiven: set[int] = set()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._heard.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("dialog", self._refuse)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._heard.append(said.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self._address}/", "data:")):
            self._heard.append(f"asked {request.url}")

    def _refuse(self, dialog: Dialog) -> None:
        self._heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def forgive(self, status: int) -> None:
        """This answer was asked for: Chromium writes an error for each one that is no success, perhaps only later."""
        self._forgiven.add(status)

    @property
    def errors(self) -> list[str]:
        """What was heard, without what is forgiven."""
        known = [f"status of {status}" for status in self._forgiven]
        return [said for said in self._heard if not any(each in said for each in known)]

    def violations(self) -> list[str]:
        """What axe-core finds on the page as it is now: the rule and the first element of each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]

    def overflow(self) -> float:
        """How many pixels the page is wider than the window."""
        return float(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


def opened(
    chromium: Browser,
    site: Site,
    *,
    width: int = 1440,
    theme: Literal["light", "dark"] = "light",
    language: str = "de-CH",
    signed_in: bool = True,
) -> Watched:
    """A new window on a site, with cookies of its own."""
    context = chromium.new_context(
        base_url=site.address,
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        reduced_motion="reduce",  # a colour on its way from one theme to the other is no contrast to judge
        locale=language,
        storage_state=site.state if signed_in else None,  # type: ignore[arg-type]
    )
    return Watched(context, site.address)
