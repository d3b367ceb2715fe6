"""Quellen: the state of each source in words, the quarantine with its reasons, and reading again."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from stammkunde.app.access.rights import Role
from stammkunde.app.web.pages.sources import beginning
from stammkunde.config.settings import SourceTable
from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.errors import Message
from stammkunde.core.feed import Source
from stammkunde.core.standing import Holding, Standing, save_standing
from tests.app.web.conftest import Web, post
from tests.app.web.town import HOSTILE, mail, tell

LETTER = (
    b"From: Anna Frei <anna@kunden.example>\r\nTo: info@muster-velo.example\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@kunden.example>\r\nSubject: Bremse\r\n\r\nGuten Tag\r\n"
)
BROKEN = Rejected(
    "This is no mail: it has none of the usual header fields.", b"\x00nothing", "Post.mbox:7"
)


def configure(web: Web, *names: str) -> None:
    """Sources of the settings file."""
    tables = tuple(SourceTable(name=name, connector="mailbox") for name in names)
    web.home.settings = replace(web.home.settings, sources=tables)


def reject(web: Web, *items: Rejected, source: str = "info") -> None:
    """Put items into quarantine, as a reading does."""
    feed = web.home.intake.open(Source(name=source, connector="mailbox"))
    feed.record(Batch(rejected=items))
    feed.finish()


def later(web: Web, days: int) -> None:
    """Let days pass for the pages."""
    now = web.home.now() + timedelta(days=days)
    web.home.now = lambda: now  # type: ignore[method-assign]


def shown(web: Web, path: str = "/sources", role: Role = "admin", language: str = "en") -> str:
    """The text of a page, without its markup."""
    with web.visitor(role, language) as client:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        text = re.sub(r"<svg.*?</svg>", "", answer.text.partition("<main")[2], flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def said(words: Iterable[str], text: str) -> bool:
    return all(word in text for word in words)


def test_an_empty_home_says_how_sources_come(web: Web) -> None:
    text = shown(web)
    assert said(
        ["No source is connected yet.", "stammkunde import", "Nothing waits in quarantine."], text
    )


def test_each_state_has_its_word(web: Web) -> None:
    tell(web, mail(1), mail(2), source="info")
    web.home.intake.open(Source(name="info", connector="mailbox")).finish()
    reject(web, BROKEN, source="once")
    configure(web, "info", "fresh")
    text = shown(web)
    assert said(["1 of 2 sources deliver.", "1 was never read."], text)
    assert re.search(r"info mailbox delivers \w+ \d+ \w+ \d\d:\d\d 2 0", text)
    assert re.search(r"fresh mailbox never read – 0 0", text)
    assert re.search(r"once mailbox imported by hand .* 0 1 in quarantine of once", text)
    assert "stammkunde sync fresh" in text
    assert "stammkunde sync info" not in text


def test_a_source_that_was_not_read_for_days_is_silent(web: Web) -> None:
    configure(web, "info", "phone system")
    for name in ("info", "phone system"):
        web.home.intake.open(Source(name=name, connector="mailbox")).finish()
    assert "All 2 sources deliver." in shown(web)
    later(web, 3)
    text = shown(web)
    assert said(
        ["0 of 2 sources deliver.", "2 are silent.", "stammkunde sync 'phone system'"], text
    )
    with web.visitor("reader") as client:
        page = client.get("/sources").text
    assert 'id="phone%20system"' in page
    assert 'href="/sources#phone%20system"' in page
    assert 'fill="url(#strip0-x)"' in page
    assert page.count('class="banner"') == 1
    assert "2 sources are silent." in page


def test_contacts_are_counted_by_source_and_day(web: Web) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    tell(web, *(mail(n, occurred_at=at) for n in range(3)), source="info")
    tell(web, mail(9, occurred_at=at - timedelta(days=400)), source="old")
    found = {one.source: one for one in web.home.queries.arrivals(at.date() - timedelta(days=30))}
    assert {name: one.contacts for name, one in found.items()} == {"info": 3, "old": 1}
    assert list(found["info"].days.values()) == [3]
    assert found["old"].days == {}
    assert "Contacts on 1 day." in " ".join(re.findall(r"<desc[^>]*>([^<]*)", _page(web)))


def test_a_retracted_contact_counts_no_more(web: Web) -> None:
    tell(web, mail(1), mail(2))
    feed = web.home.intake.open(Source(name="info", connector="mailbox", system="all"))
    feed.record(Batch(withdrawn=(mail(1).item,)))
    web.home.catch_up()
    (info,) = web.home.queries.arrivals(datetime.now(UTC).date())
    assert info.contacts == 1
    assert web.home.check_views() == []


def test_reasons_speak_the_visitors_language(web: Web) -> None:
    reject(web, BROKEN)
    assert "This is no mail" in shown(web)
    assert "Das ist kein Mail" in shown(web, language="de")


def test_who_may_not_see_a_source_sees_no_reference_reason_or_bytes(web: Web) -> None:
    reject(web, BROKEN)
    table = SourceTable(name="info", connector="mailbox", readers=("admin",))
    web.home.settings = replace(web.home.settings, sources=(table,))
    assert "Post.mbox:7" in shown(web)
    assert "This is no mail" in shown(web)
    assert "Post.mbox:7" not in shown(web, role="reader")
    assert "This is no mail" not in shown(web, role="reader")
    table = SourceTable(name="info", connector="mailbox", readers=("clerk",))
    web.home.settings = replace(web.home.settings, sources=(table,))
    assert "See the bytes" not in shown(web)
    with web.visitor("admin") as client:
        assert client.get("/sources/quarantine/1").status_code == 403


@pytest.mark.parametrize("role", ["reader", "clerk"])
def test_only_admins_see_bytes_and_read_again(web: Web, role: Role) -> None:
    reject(web, BROKEN)
    text = shown(web, role=role)
    assert "Read again" not in text
    with web.visitor(role) as client:
        assert client.get("/sources/quarantine/1").status_code == 403
        assert post(client, "/sources/retry", number=1).status_code == 403


def test_bytes_are_shown_as_text_alone(web: Web) -> None:
    reject(web, Rejected("not readable", f"{HOSTILE}\n\u202egro.live\x1b[31m".encode() + b"\xff"))
    with web.visitor("admin") as client:
        page = client.get("/sources/quarantine/1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "\ufffd" in page


@pytest.mark.parametrize(
    ("raw", "text", "is_all"),
    [
        (b"", "", True),
        (b"one\r\ntwo", "one\ntwo", True),
        (b"line\n" * 41, "\n".join(["line"] * 40), False),
        (b"x" * 5000, "x" * 4096, False),
        (b"\xfcber\ttab", "\ufffdber\ttab", True),
    ],
)
def test_the_beginning_of_anything(raw: bytes, text: str, is_all: bool) -> None:
    assert beginning(raw) == (text, is_all)


def test_what_can_be_read_now_leaves_the_quarantine(web: Web) -> None:
    reject(web, Rejected("an older program could not", LETTER), BROKEN)
    with web.visitor("admin") as client:
        answer = post(client, "/sources/retry", number=1)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/sources?done=read#quarantine",
        )
        assert "nothing of it waits any more" in client.get("/sources?done=read").text
        assert client.get("/sources/quarantine/1").status_code == 404
        assert client.get("/sources/quarantine/2").status_code == 200
        assert (
            post(client, "/sources/retry").headers["location"] == "/sources?done=waits#quarantine"
        )
    assert len(web.home.queries.contacts()) == 1


def test_reading_again_is_no_sign_of_life_of_the_source(web: Web) -> None:
    reject(web, BROKEN)
    configure(web, "info")
    before = web.home.queries.status(web.home.log).sources[0].last_success
    with web.visitor("admin") as client:
        post(client, "/sources/retry", source="info")
    assert web.home.queries.status(web.home.log).sources[0].last_success == before


def test_the_quarantine_pages_and_filters(web: Web) -> None:
    reject(web, *(Rejected("no mail", b"%d" % n) for n in range(30)))
    reject(web, BROKEN, source="phone")
    first = shown(web)
    assert said(["31 items that could not be read", "No. 25", "More items"], first)
    assert "No. 26" not in first
    rest = shown(web, "/sources?after=25")
    assert said(["No. 26", "No. 31", "From the beginning"], rest)
    phone = shown(web, "/sources?source=phone")
    assert said(["1 item that could not be read", "No. 31", "Show all sources"], phone)
    assert "No. 30" not in phone
    assert "That was the last page." in shown(web, "/sources?after=99")
    assert "Nothing waits" in shown(web, "/sources?source=nobody&after=-5")
    assert "That was the last page." in shown(web, f"/sources?after={2**63}")


@pytest.mark.parametrize(
    "path", ["/sources/quarantine/7", "/sources/quarantine/x", f"/sources/quarantine/{2**63}"]
)
def test_an_unknown_item_is_no_page(web: Web, path: str) -> None:
    with web.visitor("admin") as client:
        assert client.get(path).status_code == 404


def test_a_form_without_its_token_reads_nothing(web: Web) -> None:
    reject(web, Rejected("an older program could not", LETTER))
    with web.visitor("admin") as client:
        assert client.post("/sources/retry", data={"number": "1"}).status_code == 403
    assert web.home.queries.contacts() == []


def test_names_of_sources_are_text(web: Web) -> None:
    name = f"{HOSTILE} " + "x" * 200
    configure(web, name)
    with web.visitor("admin") as client:
        page = client.get("/sources").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_events_that_were_not_understood_stand_with_their_reason(web: Web) -> None:
    tell(web, mail(1))
    with patch("stammkunde.projections.views.write_contacts", side_effect=LookupError):
        tell(web, mail(2))
    text = shown(web)
    assert said(["contact.recorded", "LookupError", "stammkunde rebuild"], text)


def _page(web: Web) -> str:
    with web.visitor("reader") as client:
        return str(client.get("/sources").text)


def stand(web: Web, source: str, **facts: Any) -> None:
    """What a daemon notes of a source."""
    save_standing(web.home.log, source, Standing(connector="mailbox", since=1, tried=1, **facts))


def test_a_source_that_cannot_be_read_says_why_and_when_it_is_tried_again(web: Web) -> None:
    configure(web, "info", "shop")
    why = Message("The server {host} does not answer.", host="mail.example")
    stand(web, "info", state="unavailable", why=why, next=1_800_000_000_000_000)
    stand(web, "shop", state="ok")
    text = shown(web)
    wanted = ["“info” can't be read.", "The server mail.example does not answer.", "tried again"]
    assert said(wanted, text)
    assert "not available" in text


def test_what_a_source_holds_and_the_log_has_not_is_named(web: Web) -> None:
    configure(web, "info")
    holding = Holding(part="INBOX", held=20, read=18, missing=("17", "19"), gone=("3–5",))
    stand(web, "info", state="ok", holdings=(holding,))
    text = shown(web)
    assert said(["INBOX", "20", "18", "not read yet: 17, 19", "no longer there: 3–5"], text)


def test_folders_and_numbers_of_a_hidden_source_are_not_shown(web: Web) -> None:
    table = SourceTable(name="info", connector="mailbox", readers=("admin",))
    web.home.settings = replace(web.home.settings, sources=(table,))
    holding = Holding(part="Scheidung", held=2, read=1, missing=("17",))
    stand(web, "info", state="ok", holdings=(holding,))
    text = shown(web, role="reader")
    assert "Scheidung" not in text
    assert "1 gap" in text
