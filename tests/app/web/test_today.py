"""Heute: who waits, and what of him a visitor may see."""

import re
from datetime import timedelta

import pytest

from stammkunde.app.web.pages import today
from tests.app.web.conftest import Web
from tests.app.web.town import call, hide, mail, tell


def test_a_hidden_source_says_that_somebody_waits_and_not_who_or_why(web: Web) -> None:
    days = 24 * 17
    tell(web, mail(days, subject="CANARY"), call(days, "+41525559900", outcome="missed"))
    now = mail(days + 8).occurred_at
    web.home.now = lambda: now  # type: ignore[method-assign]
    secrets = ("CANARY", "anna@kunden.example", "052 555 99 00", "+41525559900")
    with web.visitor("admin") as client:
        page = client.get("/today").text
        assert [secret for secret in secrets if secret not in page] == []
    hide(web, "info", "admin")
    with web.visitor("clerk") as client:
        page = client.get("/today").text
        assert [secret for secret in secrets if secret in page] == []
        assert "Missed and not yet returned." in page
        assert "Messages without an answer on any channel." in page
        assert "Contacts whose customer nobody knows yet." in page
        assert "Not for your role" in page
        assert "Number withheld" not in page


def test_who_waits_stands_on_as_many_pages_as_it_needs_each_once(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "PAGE", 2)
    tell(web, *(mail(n, f"p{n}@kunden.example") for n in range(3)), call(9, outcome="missed"))
    now = mail(9).occurred_at + timedelta(days=1)
    web.home.now = lambda: now  # type: ignore[method-assign]
    found, address = [], "/today"
    with web.visitor() as client:
        while address:
            page = client.get(address).text
            assert "4 tasks." in page
            found.append(re.findall(r'href="/contacts/(\w+)"', page))
            [address] = re.findall(r'href="(/today\?after=\w+)"', page) or [""]
        assert [len(some) for some in found] == [2, 2]
        everything = [one.contact for one in web.home.queries.todo(now)]
        assert [one for some in found for one in some] == everything
        assert client.get("/today?after=unknown").status_code == 409
