"""Sixty hostile mails, read by the real connector: wherever they show, they are text."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser import hostile
from tests.browser.conftest import Open
from tests.browser.homes import served
from tests.browser.serving import MOST_BYTES, Site, Watched
from tests.homes import Command

FOREIGN = """(html) => {
  const page = html === null ? document : new DOMParser().parseFromString(html, "text/html");
  const found = [];
  const own = (address) => new URL(address, location.href).origin === location.origin;
  const never = ".letter *,h1:not(.lead) > :not(.chip),img,iframe,frame,object,embed,video,audio,source,base,style,template,noscript,math,foreignObject," +
    "animate,use:not([href^='#']),meta[http-equiv],[style],[srcdoc],[srcset],[background],[poster]";
  for (const one of page.querySelectorAll(never)) found.push(one.outerHTML);
  for (const one of page.querySelectorAll("*"))
    for (const { name } of one.attributes)
      if (/^(on|hx-on|data-hx)/.test(name)) found.push(one.outerHTML);
  for (const one of page.querySelectorAll("script, link"))
    if (!own(one.src || one.href) || one.textContent) found.push(one.outerHTML);
  for (const one of page.querySelectorAll("a[href]"))
    if (!/^(mailto|tel):/.test(one.protocol) && !own(one.href)) found.push(one.outerHTML);
  for (const one of page.querySelectorAll("form, [formaction]"))
    if (!own(one.getAttribute("formaction") || one.getAttribute("action"))) found.push(one.outerHTML);
  if (window.hostile !== undefined) found.push("a script ran");
  return found.map((one) => one.slice(0, 200));
}"""
"""What stands on the page, or in a text as mark-up, that no template of ours writes."""


HARMLESS = {
    "script nested in itself",
    "keys of ours",
    "names of ours",
    "htmx attributes",
    "broken tags",
    "deep tags",
}
"""Their elements are such as ours write, too: the rules on letter and heading find them where they would matter."""


class Read(Site):
    """The home with the mails, and what came of them."""

    contacts: list[Any]
    customers: list[Any]
    waiting: list[Any]


@pytest.fixture(scope="module")
def read(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """The mails; half of their senders are in an address book, under names that are markup."""
    folder = tmp_path_factory.mktemp("hostile")
    command = Command(folder / "home")
    mails = str(hostile.write(folder / "mails"))
    ours = ("--set", "company.addresses=info@firma.example")
    for arguments in (
        ("mailbox", mails, *ours),
        ("addressbook", str(hostile.cards(folder / "a.vcf"))),
    ):
        status, _, err = command.run("import", *arguments)
        assert status == 0, err
    with served(chromium, command) as site:
        found = Read(site.home, site.address, site.state)
        found.contacts = command.lines("contacts", "--channel", "mail", "--limit", "200")
        found.customers = command.ask("customers", "--limit", "200")
        found.waiting = command.ask("review", "--limit", "200")
        yield found


def looked_at(window: Watched, paths: Iterable[str]) -> tuple[int, dict[str, Any]]:
    """How many pages were looked at, and what was wrong on each."""
    wrong: dict[str, Any] = {}
    n = 0
    for path in paths:
        n += 1
        answer = window.page.goto(path)
        found = [*window.page.evaluate(FOREIGN), *window.errors]
        found += [answer.status] if answer and answer.status != 200 else []
        found += [f"{over} px too wide"] if (over := window.overflow()) > 0 else []
        found += ["too heavy"] if len(window.page.content()) > MOST_BYTES else []
        if found:
            wrong[path] = found
    return n, wrong


def test_what_is_looked_for_would_be_found(chromium: Browser, read: Read) -> None:
    # not watched: the policy refuses styles even here, and says so
    with chromium.new_page() as page:
        page.goto(f"{read.address}/healthz")
        found = {what for what, html in hostile.HTML.items() if page.evaluate(FOREIGN, html)}
    assert set(hostile.HTML) - found == HARMLESS


def test_each_is_shown_as_a_contact(read: Read, visit: Open) -> None:
    window = visit("/", of=read, width=320)
    assert len(read.contacts) == 60
    assert looked_at(window, (f"/contacts/{one['id']}" for one in read.contacts)) == (60, {})


def test_what_they_hold_stands_there_as_it_is_written(read: Read, visit: Open) -> None:
    (contact,) = (one for one in read.contacts if one["subject"] == "Rechnung 1")
    page = visit(f"/contacts/{contact['id']}", of=read).page
    assert hostile.HTML["script from elsewhere"] in page.locator(".letter").inner_text()
    assert page.locator(".letter *").count() == 0


def test_customers_who_are_called_like_them(read: Read, visit: Open) -> None:
    window = visit("/", of=read, width=320)
    sheets = [f"/customers/{one['id']}" for one in read.customers]
    assert looked_at(window, sheets) == (23, {})
    assert looked_at(window, (f"{sheet}/merge?q=script" for sheet in sheets[:5])) == (5, {})


def test_the_queue_asks_whose_they_are(read: Read, visit: Open) -> None:
    window = visit("/", of=read, width=320)
    n, wrong = looked_at(window, (f"/review?at={one['handle']}" for one in read.waiting))
    assert n > 30
    assert wrong == {}


@pytest.mark.parametrize(
    "path", ["/", "/today", "/customers", "/figures/contacts", "/figures/completeness", "/sources"]
)
def test_lists_name_them(read: Read, visit: Open, path: str) -> None:
    assert looked_at(visit("/", of=read, width=320), [path]) == (1, {})


def test_a_search_finds_and_marks_them(read: Read, visit: Open) -> None:
    window = visit("/customers", of=read)
    sought = (
        "script",
        "alert",
        "<script>",
        "img src",
        "evil",
        "\"><img src=x onerror='alert(1)'>",
        "\u202e",
        "\0",
    )
    assert looked_at(window, (f"/customers?q={quote(q)}" for q in sought)) == (len(sought), {})
    window.page.locator("#q").fill("<script>alert(1)")
    window.page.wait_for_load_state("networkidle")
    assert window.page.evaluate(FOREIGN) == []
