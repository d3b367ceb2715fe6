"""What our cookies are called outside: bound to the host where it is encrypted, to the port where it is not."""

import asyncio
from typing import Any

import pytest
from litestar.datastructures import Headers

from stammkunde.app.web.binding import binding
from stammkunde.app.web.door import Door
from stammkunde.config.settings import Web
from tests.app.web.test_door import FAR as PROXIED
from tests.app.web.test_door import FORWARDED, HOME, NAME, NEAR, PROXY

LOCAL = binding(Web(names=(NAME,)), HOME)
SET = b"stammkunde=secret; Path=/; HttpOnly"


def sent(cookie: str, scheme: str = "http", port: int = 8765) -> tuple[str, list[str]]:
    """What the application gets of a browser's cookies, and what the browser gets of the application's."""
    seen: list[Any] = []
    answers: list[Any] = []

    async def within(scope: Any, receive: Any, send: Any) -> None:
        seen.append(Headers.from_scope(scope).get("cookie", ""))
        headers = [(b"set-cookie", SET), (b"set-cookie", b"theme=dark; Path=/"), (b"x", b"y=z")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message: Any) -> None:
        answers.append(message)

    is_far = scheme == "https"
    headers = [(b"host", NAME.encode()), (b"cookie", cookie.encode())]
    if is_far:
        headers += [(name.encode(), value.encode()) for name, value in FORWARDED.items()]
    scope: Any = {
        "type": "http", "method": "GET", "path": "/", "scheme": "http", "headers": headers,
        "client": (PROXY if is_far else "127.0.0.1", 4000), "server": ("127.0.0.1", port),
    }  # fmt: skip
    asyncio.run(Door(within, PROXIED if is_far else LOCAL)(scope, None, send))  # type: ignore[arg-type]
    return seen[0], [value.decode() for key, value in answers[0]["headers"] if key == b"set-cookie"]


def test_where_it_is_encrypted_only_this_host_can_have_set_them() -> None:
    theirs = "stammkunde=planted; __Host-stammkunde=own; __Host-stammkunde-form=token; theme=dark"
    got, given = sent(theirs, "https")
    assert got == "stammkunde=own; stammkunde-form=token; theme=dark"
    assert given == ["__Host-stammkunde=secret; Path=/; HttpOnly; Secure", "theme=dark; Path=/"]


def test_two_homes_on_two_ports_do_not_sign_one_out_of_each_other() -> None:
    both = "stammkunde-8765=mine; stammkunde-9000=demo; stammkunde-device-8765=here"
    assert sent(both, port=8765)[0].startswith("stammkunde=mine; ")
    assert "stammkunde=demo" in sent(both, port=9000)[0].split("; ")
    assert sent("", port=9000)[1][0] == "stammkunde-9000=secret; Path=/; HttpOnly"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_somebody_else_set_under_our_own_name_does_not_count(scheme: str) -> None:
    assert sent("stammkunde=planted; stammkunde-form=planted", scheme)[0] == ""


def test_behind_a_near_proxy_who_sits_at_the_computer_needs_no_encryption() -> None:
    assert NEAR.proxy
    assert sent("stammkunde-8765=mine")[0] == "stammkunde=mine"
