"""Kennzahlen and Kennzahl: number, list and command line have one length; periods, segments, pages, the file."""

import csv
import io
import re
from datetime import date

import pytest
from msgspec.structs import replace

from stammkunde.app.web import periods
from stammkunde.app.web.visit import Visit
from stammkunde.config.settings import Demo
from stammkunde.core.contact import Name
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Period
from tests.app.web.conftest import Web
from tests.app.web.test_monday import NOW, listed, numbers, week
from tests.app.web.town import HOSTILE, call, hide, mail, order, tell
from tests.homes import Command

__all__ = ["week"]

DAYS = "from=2026-11-02&last=2026-11-15"


@pytest.mark.parametrize("code", FIGURES)
def test_number_list_file_and_command_have_one_length(
    week: Web, code: str, request: pytest.FixtureRequest
) -> None:
    with week.visitor("reader") as client:
        text = client.get(f"/figures/{code}?{DAYS}").text
        head = re.search(r'Who stands behind it <span class="n">([\d’]+)</span>', text)
        assert head
        n = int(head[1].replace("’", ""))
        assert listed(client, f"/figures/{code}?{DAYS}") == n
        file = client.get(f"/figures/{code}/list.csv?{DAYS}").text.lstrip("\ufeff")
        assert len(list(csv.DictReader(io.StringIO(file)))) == n
    command = Command.__new__(Command)
    command.home = week.home.path
    behind = command.ask("figures", code, "--who", "--from", "2026-11-02", "--to", "2026-11-16")
    assert len(behind) == n
    (answer, *_) = command.ask("figures", code, "--from", "2026-11-02", "--to", "2026-11-16") or [{"numerator": 0}]  # fmt: skip
    assert answer["numerator"] == n


@pytest.mark.parametrize("code", FIGURES)
@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_every_figure_is_a_page_by_every_grain(week: Web, code: str, grain: str) -> None:
    with week.visitor("reader") as client:
        answer = client.get(f"/figures/{code}?{DAYS}&grain={grain}")
        assert answer.status_code == 200
        assert len(answer.content) < 250_000
        assert ("<svg class=" in answer.text.partition("<main")[2]) == FIGURES[code].has_period


@pytest.mark.parametrize("code", FIGURES)
def test_an_empty_home_has_a_page_for_every_figure(web: Web, code: str) -> None:
    with web.visitor("reader") as client:
        answer = client.get(f"/figures/{code}")
        assert answer.status_code == 200
        assert "Nobody stands behind it" in answer.text


@pytest.mark.parametrize(
    "code", ["contacts", "callback_rate", "net_revenue", "active", "missed_calls"]
)
def test_every_number_of_a_composition_is_as_long_as_its_list(week: Web, code: str) -> None:
    with week.visitor("reader") as client:
        text = client.get(f"/figures/{code}?{DAYS}").text
        part = text.partition("<h2>Composition</h2>")[2].partition('id="who"')[0]
        for href, n in numbers(part).items():
            assert listed(client, href) == n, href
        assert numbers(part) or code == "missed_calls"


def test_a_segment_narrows_number_course_and_list(week: Web) -> None:
    with week.visitor("reader") as client:
        whole = client.get(f"/figures/contacts?{DAYS}").text
        part = client.get(f"/figures/contacts?{DAYS}&segment=channel:phone").text
        assert "<h1>Contacts: phone</h1>" in part
        assert "Show everything" in part
        assert "Show everything" not in whole
        assert listed(client, f"/figures/contacts?{DAYS}&segment=channel:phone") < listed(
            client, f"/figures/contacts?{DAYS}"
        )


def test_not_counted_stands_beside_the_contacts(week: Web) -> None:
    with week.visitor("reader") as client:
        text = client.get(f"/figures/contacts?{DAYS}").text
        assert re.search(r"<dt>Not counted</dt><dd><a [^>]*>1</a>", text)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/figures/nothing", 404),
        ("/figures/nothing/list.csv", 404),
        ("/figures/contacts?from=yesterday", 400),
        ("/figures/contacts?from=2026-11-09&last=2026-11-01", 400),
        ("/figures/contacts?from=0001-01-01", 400),
        ("/figures/contacts?last=9999-12-31", 400),
        ("/figures/contacts?segment=channel:pigeon", 400),
        ("/figures/active?segment=channel:mail", 400),
        ("/figures/contacts?segment=%00", 400),
        ("/figures/contacts?after=x", 409),
        ("/figures?from=x", 400),
        ("/figures/contacts?grain=x", 200),
        ("/figures/contacts?seen=-5&after=", 200),
        ("/figures/contacts?from=2026-11-03&last=2026-11-03", 200),
    ],
)
def test_what_an_address_can_not_mean_is_refused(week: Web, address: str, status: int) -> None:
    with week.visitor("reader") as client:
        assert client.get(address).status_code == status


def test_the_next_page_is_a_part_for_the_browser_that_asks_for_one(week: Web) -> None:
    with week.visitor("reader") as client:
        text = client.get(f"/figures/contacts?{DAYS}").text
        more = re.search(r'hx-get="([^"]+)"', text)
        assert more
        address = more[1].replace("&amp;", "&")
        rows = client.get(address, headers={"hx-request": "true"}).text
        assert rows.strip().startswith("<tr")
        assert "<html" not in rows
        assert "26 to 50" in rows
        assert "26 to 50" in client.get(address).text


def test_names_are_shown_as_text_and_formulas_are_none_in_the_file(web: Web) -> None:
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    tell(
        web, order(100, name=Name(HOSTILE, "x" * 200)), call(101, "+41522034499", outcome="missed")
    )
    tell(web, order(102, "eve@kunden.example", name=Name("=HYPERLINK", "Eve")))
    with web.visitor("reader") as client:
        text = client.get(f"/figures/new?{DAYS}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        answer = client.get(f"/figures/new/list.csv?{DAYS}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "'=HYPERLINK Eve" in answer.text


def test_a_stranger_of_a_hidden_source_is_not_named(web: Web) -> None:
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    tell(web, call(100, "+41522034499", outcome="missed"), source="secret")
    hide(web, "secret", "admin")
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    addresses = (f"/figures/missed_calls?{DAYS}", f"/figures/missed_calls/list.csv?{DAYS}")
    for role, is_named in (("admin", True), ("reader", False)):
        with web.visitor(role) as client:  # type: ignore[arg-type]
            for address in addresses:
                text = client.get(address).text
                assert bool(re.search(r"\+41522034499|052 203 44 99", text)) == is_named, role


def test_all_figures_stand_on_one_page_with_the_value_before(week: Web) -> None:
    with week.visitor("reader") as client:
        text = client.get("/figures?from=2026-11-09&last=2026-11-15").text
        assert "Week 46/2026" in text
        assert "Week 45/2026" in text
        for code in FIGURES:
            assert f'href="/figures/{code}?from=2026-11-09&amp;last=2026-11-15' in text
        for href, n in numbers(text).items():
            if "_time" not in href and "response" not in href:
                assert listed(client, href) == n, href


def test_a_figure_of_a_silent_source_is_grey(week: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from stammkunde.projections.answers import SourceStatus

    silent = SourceStatus("phone", "asterisk", "ok", None, NOW - timedelta(days=4), 0, 0)
    monkeypatch.setattr(Visit, "stale", [silent])
    with week.visitor("reader") as client:
        assert 'class="hero old"' in client.get(f"/figures/missed_calls?{DAYS}").text
        assert 'class="hero old"' not in client.get(f"/figures/orders?{DAYS}").text
        early = "from=2026-11-02&last=2026-11-08"
        assert 'class="hero old"' not in client.get(f"/figures/missed_calls?{early}").text


# ---- periods


@pytest.mark.parametrize(
    ("start", "end", "unit", "earlier"),
    [
        (date(2026, 11, 9), date(2026, 11, 16), "week", Period(date(2026, 11, 2), date(2026, 11, 9))),
        (date(2026, 3, 1), date(2026, 4, 1), "month", Period(date(2026, 2, 1), date(2026, 3, 1))),
        (date(2026, 1, 1), date(2026, 4, 1), "quarter", Period(date(2025, 10, 1), date(2026, 1, 1))),
        (date(2026, 1, 1), date(2027, 1, 1), "year", Period(date(2025, 1, 1), date(2026, 1, 1))),
        (date(2026, 1, 1), date(2026, 11, 17), None, Period(date(2025, 1, 1), date(2025, 11, 17))),
        (date(2026, 11, 3), date(2026, 11, 13), None, Period(date(2026, 10, 24), date(2026, 11, 3))),
        (date(2026, 11, 3), date(2026, 11, 4), "day", Period(date(2026, 11, 2), date(2026, 11, 3))),
    ],
)  # fmt: skip
def test_before_a_period_stands_the_one_to_compare_it_with(
    start: date, end: date, unit: str | None, earlier: Period
) -> None:
    assert periods.unit_of(Period(start, end)) == unit
    assert periods.before(Period(start, end)) == earlier


def test_mails_of_nobody_are_in_the_list_without_a_link(web: Web) -> None:
    web.home.settings = replace(web.home.settings, demo=Demo(now=NOW))
    tell(web, mail(100, "stranger@kunden.example"))
    with web.visitor("reader") as client:
        text = client.get(f"/figures/unassigned_rate?{DAYS}").text
        assert "stranger@kunden.example, not assigned" in text
