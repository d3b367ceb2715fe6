"""Wer ruft an: what each role sees of a call, that the page changes by itself, and that its streams have limits and an end."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.ringing import Line, Switchboard
from stammkunde.app.web.streams import Streams
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Call, UnavailableError
from tests.app.web.conftest import Web
from tests.homes import Command

LOG = Path(__file__).parents[2] / "data" / "telephony" / "Master_newcdrcolumns_gmt.csv"
MAX, STRANGER = "+41791112233", "+41780000000"


class Telephone:
    """A switchboard whose calls the test makes."""

    def __init__(self, web: Web) -> None:
        self.board = Switchboard(web.home)
        self.board._threads.append(threading.current_thread())  # it hears as long as the test runs
        self.streams: Streams = web.application.state.streams
        web.application.state.switchboard = self.board

    def call(
        self, number: str, state: Literal["ringing", "answered", "ended"] = "ringing", **more: Any
    ) -> None:
        values = {"key": number or "withheld", "direction": "in", "line": "+41445551101"} | more
        at = datetime(2026, 11, 23, 16, tzinfo=UTC)
        self.board._tell("phone", Call(number=number, state=state, at=at, **values))


@pytest.fixture
def telephone(web: Web) -> Telephone:
    command = Command(web.home.path)
    assert (
        command.run("import", "asterisk", str(LOG), "--source", "phone", "--set", "timezone=UTC")[0]
        == 0
    )
    web.home.catch_up()
    return Telephone(web)


def test_a_ringing_customer_is_shown_with_his_contacts(web: Web, telephone: Telephone) -> None:
    telephone.call(MAX)
    with web.visitor("reader") as reader:
        text = reader.get("/calls").text
    assert 'role="status">Max Muster calls.' in text
    assert "079 111 22 33" in text
    assert "on 044 555 11 01" in text
    assert "/contacts/" in text
    assert text.count("/customers/") >= 2
    assert "/record?" not in text


def test_a_clerk_may_write_a_note(web: Web, telephone: Telephone) -> None:
    telephone.call(MAX)
    telephone.call(STRANGER)
    with web.visitor("clerk") as clerk:
        text = clerk.get("/calls").text
        assert "/record?kind=note&amp;customer=" in text
        assert "/record?kind=note&amp;who=%2B41780000000" in text


def test_who_is_hidden_from_a_role_is_hidden_while_he_rings(web: Web, telephone: Telephone) -> None:
    source = SourceTable(name="phone", connector="asterisk", readers=("clerk", "admin"))
    web.home.settings = replace(web.home.settings, sources=(source,))
    telephone.call(MAX, name="Max")
    with web.visitor("reader") as reader:
        text = reader.get("/calls").text
    assert "Not for your role calls." in text
    main = text.partition("<main")[2]
    for word in ("Max", "079 111 22 33", MAX, "/customers/", "/contacts/"):
        assert word not in main
    with web.visitor("clerk") as clerk:
        assert "Max Muster" in clerk.get("/calls").text


@pytest.mark.parametrize(
    ("number", "name", "shown"),
    [
        (STRANGER, "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (STRANGER, "x" * 80, "x" * 80),
        (STRANGER, "", "Nobody here is known by this number."),
        ("", "", "Number withheld"),
    ],
)
def test_what_a_stranger_says_of_himself_is_text(
    web: Web, telephone: Telephone, number: str, name: str, shown: str
) -> None:
    telephone.call(number, name=name)
    with web.visitor("clerk") as clerk:
        text = clerk.get("/calls").text
    assert shown in text
    assert "<script>alert" not in text


def test_a_call_that_ended_is_shown_no_more(web: Web, telephone: Telephone) -> None:
    telephone.call(MAX)
    telephone.call(MAX, "answered")
    with web.visitor("reader") as reader:
        assert "In conversation" in reader.get("/calls").text
        telephone.call(MAX, "ended")
        assert "Nobody is calling." in reader.get("/calls").text


def test_the_part_of_the_page_says_who_calls_to_a_screen_reader(
    web: Web, telephone: Telephone
) -> None:
    telephone.call(MAX)
    with web.visitor("reader") as reader:
        part = reader.get("/calls", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<p hx-swap-oob="innerHTML:#told">Max Muster calls.</p>')
    assert "<html" not in part


def test_a_source_that_is_not_heard_is_named_with_the_reason(
    web: Web, telephone: Telephone
) -> None:
    why = UnavailableError("The connection with the telephone system is gone.")
    telephone.call(MAX)
    telephone.board._lines["phone"] = Line(
        state="unavailable", since=datetime(2026, 11, 23, 16, tzinfo=UTC), why=why
    )
    with web.visitor("reader", "de") as reader:
        text = reader.get("/calls").text
    assert "«phone» meldet seit" in text
    assert "Die Verbindung zur Telefonanlage ist weg." in text
    assert "Max Muster" not in text


def test_without_a_switchboard_the_page_says_how_to_get_one(web: Web) -> None:
    with web.visitor("reader") as reader:
        page, stream = reader.get("/calls"), reader.get("/calls/stream")
    assert "ami_host" in page.text
    assert "data-stream" not in page.text
    assert (stream.status_code, stream.text) == (200, "")


# ---- the stream


def lines(web: Web, telephone: Telephone, during: Any) -> str:
    """A stream's whole text: `during` runs once it is open, then the server ends."""

    def act() -> None:
        deadline = threading.Event()
        for _ in range(500):
            if telephone.board._listeners:
                break
            deadline.wait(0.01)
        during()
        for listener in list(telephone.board._listeners):
            for _ in range(500):
                if listener._queue.empty():
                    break
                deadline.wait(0.01)
        telephone.streams.end()
        for listener in list(telephone.board._listeners):
            if listener._wake:
                listener._wake()

    with web.visitor("reader") as reader:
        thread = threading.Thread(target=act)
        thread.start()
        answer = reader.get("/calls/stream")
        thread.join(5)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return answer.text


def test_a_stream_says_that_something_changed_and_nothing_of_what(
    web: Web, telephone: Telephone
) -> None:
    text = lines(web, telephone, lambda: telephone.call(MAX))
    assert text.count("event: change") == 2  # at the beginning, and then
    assert "Muster" not in text
    assert "79111" not in text


def test_whoever_is_signed_out_hears_no_more(
    web: Web, telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stammkunde.app.web.pages.calls.BEAT_S", 0.05)
    with web.visitor("reader") as reader:
        accounts: Accounts = web.accounts
        thread = threading.Timer(0.2, accounts.disable, ("Reader",))
        thread.start()
        assert "event: change" in reader.get("/calls/stream").text  # it came to an end
    assert not telephone.board._listeners


def test_open_streams_have_a_limit(web: Web, telephone: Telephone) -> None:
    del telephone
    streams = Streams(most=3, each=2)
    web.application.state.streams = streams
    assert not streams.is_full("1")
    with streams.seat("1"):
        with streams.seat("1"):
            assert streams.is_full("1")
            assert not streams.is_full("2")
            with streams.seat("2"):
                assert streams.is_full("3")
        assert not streams.is_full("1")
    streams.end()
    with web.visitor("reader") as reader:
        assert reader.get("/calls/stream").status_code == 429


def test_the_end_wakes_every_stream() -> None:
    async def waits() -> bool:
        streams = Streams()
        with streams.seat("1") as bell:
            asyncio.get_running_loop().call_soon(streams.end)
            await asyncio.wait_for(bell.wait(), 5)
        return streams.ended

    assert asyncio.run(waits())
