"""Montag: the week's numbers lead to their lists; earlier weeks; what is silent is said."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from stammkunde.app.web.visit import Visit
from stammkunde.config.settings import Demo
from stammkunde.projections.answers import SourceStatus
from tests.app.web.conftest import Client, Web
from tests.app.web.town import HOSTILE, call, mail, order, tell

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
"""A Monday; the people of the town called and wrote in the two weeks before."""


@pytest.fixture
def week(web: Web) -> Web:
    """Two weeks with mails, calls missed and answered, and an order a day."""
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    tell(web, *(mail(n * 7, f"p{n}@kunden.example") for n in range(30)))
    tell(web, *(call(n * 9 + 1, outcome="missed" if n % 3 else "answered") for n in range(25)))
    tell(web, *(order(n * 11 + 2, f"p{n}@kunden.example") for n in range(20)))
    tell(web, mail(100, kind="newsletter"))
    return web


def numbers(page: str) -> dict[str, int]:
    """Where a page leads to figures, and the whole number that stands there, if one does."""
    found: dict[str, int] = {}
    for href, words in re.findall(r'<a [^>]*?href="(/figures/[^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL):  # fmt: skip
        plain = html.unescape(re.sub("<[^>]+>", "", words)).replace("’", "")
        match = re.match(r"(?:Not counted: |[+−])?(\d+)(?![\d.,/]|.?%| h|:)", plain.strip())
        if match:
            found[html.unescape(href)] = int(match[1])
    return found


def listed(client: Client, href: str) -> int:
    """How many entries the list of a figure's page has, over all of its pages."""
    n, address = 0, href.partition("#")[0]
    while address:
        text = client.get(address).text
        body = text[text.index('id="who"') :]
        n += len(re.findall(r'<th role="rowheader"', body))
        more = re.search(r'href="(/figures/[^"]+after=[^"]+?)(?:#who)?" hx-get', body)
        address = html.unescape(more[1]) if more else ""
    return n


def test_every_number_leads_to_a_list_of_its_length(week: Web) -> None:
    with week.visitor("reader") as client:
        found = numbers(client.get("/").text)
        assert len(found) >= 15
        assert {"contacts", "new", "missed_calls", "not_counted", "unassigned_rate"} <= {
            href.partition("?")[0].removeprefix("/figures/") for href in found
        }
        for href, n in found.items():
            assert listed(client, href) == n, href


@pytest.mark.parametrize(
    ("asked", "says"),
    [("", "Week 46"), ("2026-W46", "Week 46"), ("2026-W45", "Week 45"), ("2026-W47", "Week 47"), ("2015-W53", "Week 53")],
)  # fmt: skip
def test_a_week_is_the_last_one_or_the_one_that_is_asked_for(
    week: Web, asked: str, says: str
) -> None:
    with week.visitor("reader") as client:
        text = client.get("/", params={"week": asked} if asked else {}).text
        assert f'<p class="kick">{says} · ' in text
        assert 'href="/?week=' in text


@pytest.mark.parametrize("asked", ["2026-W48", "2026-W54", "2026W46", "x", "0001-W01", "'--"])
def test_a_week_that_is_none_is_not_found(week: Web, asked: str) -> None:
    with week.visitor("reader") as client:
        assert client.get("/", params={"week": asked}).status_code == 404


def test_the_base_closes_on_the_page(week: Web) -> None:
    with week.visitor("reader") as client:
        text = client.get("/").text
        sum_ = re.search(r'<p class="xs">(<a href="/figures/active.*?)</p>', text, re.DOTALL)
        assert sum_
        opening, new, back, gone, closing = (
            int(n) for n in re.findall(r">[+−]?(\d+)</a>", sum_[1])
        )
        assert opening + new + back - gone == closing > 0


def test_an_empty_home_says_when_something_will_stand_here(web: Web) -> None:
    with web.visitor("reader") as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert "Nothing was read yet." in answer.text
        assert "stammkunde sync" in answer.text
        assert '<svg class="chart' not in answer.text


def test_one_contact_of_somebody_with_a_very_long_name_is_a_page(web: Web) -> None:
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    tell(web, mail(180, "x" * 60 + "@kunden.example", subject=HOSTILE * 3))
    with web.visitor("reader") as client:
        text = client.get("/").text
        assert "1 contact" in text
        assert "<script>alert" not in text


def test_figures_of_a_silent_source_are_grey_and_dated(
    week: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = SourceStatus("phone", "asterisk", "ok", None, NOW - timedelta(days=4), 0, 0)
    monkeypatch.setattr(Visit, "stale", [silent])
    with week.visitor("reader") as client:
        text = client.get("/").text
        rows: dict[str, Any] = dict(
            re.findall(r'<tr><th scope="row">([^<]+)</th><td class="num">(.*?)</td>', text)
        )
        assert 'class="old"' in rows["Missed calls"]
        assert "up to" in rows["Missed calls"]
        assert 'class="old"' in rows["Contacts"]
        assert 'class="old"' not in rows["First response"]
        assert 'class="old"' not in rows["Orders"]
        assert "Phone only up to" in text


def test_a_source_of_another_kind_greys_everything(
    week: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = SourceStatus("paper", "paper-trail", "ok", None, NOW - timedelta(days=4), 0, 0)
    monkeypatch.setattr(Visit, "stale", [silent])
    with week.visitor("reader") as client:
        text = client.get("/").text
        assert text.count('class="old"') >= 10


def test_german_has_every_word(week: Web) -> None:
    with week.visitor("reader", "de") as client:
        text = client.get("/").text.partition("<main")[2]
        assert "Woche 46: " in text
        assert not re.search(r">[^<]*\b(the|week|calls|customers|nobody)\b[^<]*<", text)


def test_the_page_is_small(week: Web) -> None:
    with week.visitor("reader") as client:
        assert len(client.get("/").content) < 250_000
