"""The door: foreign names and ways round the proxy are refused, and only the proxy's word on a browser counts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from stammkunde.app.web.binding import Binding, binding
from stammkunde.app.web.door import Door
from stammkunde.config.settings import Web

NAME = "crm.muster-velo.example"
PROXY = "192.0.2.1"
HOME = Path()
LOCAL = binding(Web(names=(NAME,)), HOME)
NEAR = binding(Web(names=(NAME,), trusted_proxy="127.0.0.1"), HOME)
FAR = binding(Web(host="0.0.0.0", names=(NAME,), trusted_proxy=PROXY), HOME)  # noqa: S104
FORWARDED = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https"}


class Answer:
    """What came back: the status of a refusal, or what the application saw."""

    def __init__(self, status: int, body: str, scope: dict[str, Any]) -> None:
        self.status, self.body, self.scope = status, body, scope

    @property
    def seen(self) -> tuple[str, str]:
        """The scheme and the client as the application has them."""
        return self.scope["scheme"], self.scope["client"][0]


def ask(
    place: Binding,
    peer: str = "127.0.0.1",
    host: str | None = "localhost:8765",
    method: str = "GET",
    **headers: str,
) -> Answer:
    """One request; underscores in names of headers stand for hyphens."""
    sent: list[Any] = []
    passed: dict[str, Any] = {}

    async def within(scope: Any, receive: Any, send: Any) -> None:
        passed.update(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if host is not None:
        lines.append((b"host", host.encode()))
    scope: Any = {
        "type": "http",
        "method": method,
        "path": "/",
        "scheme": "http",
        "client": (peer, 4000),
        "headers": lines,
    }
    asyncio.run(Door(within, place)(scope, None, send))  # type: ignore[arg-type]
    return Answer(sent[0]["status"], sent[1]["body"].decode(), passed)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8765", "127.0.0.1:1", "[::1]:8765", NAME, f"{NAME.upper()}:443"],
)
def test_names_of_ours_are_let_in(host: str) -> None:
    assert ask(LOCAL, host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        f"x.{NAME}",
        "127.0.0.2",
        "",
        None,
        "[::1].evil.example",
        "localhost:1@evil.example",
    ],
)
def test_a_foreign_name_is_refused_before_anything_is_read(host: str | None) -> None:
    answer = ask(LOCAL, host=host)
    assert (answer.status, answer.scope) == (421, {})


def test_the_refusal_speaks_the_browsers_language() -> None:
    assert "Unter diesem Namen" in ask(LOCAL, host="evil.example").body
    english = ask(LOCAL, host="evil.example", accept_language="en-GB,en")
    assert "not served under this name" in english.body
    assert "evil" not in english.body


def test_without_a_proxy_nobodys_word_counts() -> None:
    assert ask(LOCAL, **FORWARDED).seen == ("http", "127.0.0.1")
    assert ask(FAR, peer="127.0.0.1", **FORWARDED).seen == ("http", "127.0.0.1")


@pytest.mark.parametrize("place", [NEAR, FAR])
def test_what_the_proxy_says_of_a_browser_counts(place: Binding) -> None:
    assert ask(place, place.proxy, NAME, **FORWARDED).seen == ("https", "198.51.100.7")


def test_of_several_addresses_the_last_is_the_proxys_own() -> None:
    forged = {**FORWARDED, "x-forwarded-for": "127.0.0.1, 198.51.100.7"}
    assert ask(FAR, PROXY, NAME, **forged).seen == ("https", "198.51.100.7")
    assert ask(FAR, f"::ffff:{PROXY}", NAME, **FORWARDED).seen == ("https", "198.51.100.7")


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-forwarded-for": "198.51.100.7"}, {**FORWARDED, "x-forwarded-proto": "https, http"}],
)
def test_what_reached_a_far_proxy_in_clear_is_refused(headers: dict[str, str]) -> None:
    assert ask(FAR, PROXY, NAME, **headers).status == 403


def test_a_near_proxy_says_https_and_who_sits_at_the_computer_needs_none() -> None:
    assert ask(NEAR).seen == ("http", "127.0.0.1")
    assert ask(NEAR, x_forwarded_for="198.51.100.7", x_forwarded_proto="http").status == 403


@pytest.mark.parametrize("peer", ["198.51.100.7", "192.0.2.2", "not-an-address"])
def test_whoever_goes_round_the_proxy_is_refused(peer: str) -> None:
    assert ask(FAR, peer, NAME).status == 403
    assert ask(FAR, peer, NAME, **FORWARDED).status == 403


@pytest.mark.parametrize(
    ("method", "site", "status"),
    [
        ("POST", "cross-site", 403),
        ("POST", "same-site", 403),
        ("DELETE", "same-site", 403),
        ("POST", "same-origin", 200),
        ("POST", "none", 200),
        ("GET", "cross-site", 200),
    ],
)
def test_a_form_of_a_neighbouring_site_is_refused(method: str, site: str, status: int) -> None:
    assert ask(LOCAL, method=method, sec_fetch_site=site).status == status


def test_a_browser_that_says_nothing_of_sites_is_let_in() -> None:
    assert ask(LOCAL, method="POST").status == 200
