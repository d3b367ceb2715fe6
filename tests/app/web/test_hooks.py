"""The calls of sources: handed on as they came, refused where they are too long, and failing without naming anybody."""

from __future__ import annotations

from datetime import UTC

import pytest
from litestar.testing import TestClient

from stammkunde.app.web.application import application
from stammkunde.app.web.binding import binding
from stammkunde.app.web.door import BODY_BYTES, HOOK_BYTES, Door
from stammkunde.config.settings import Web as WebTable
from stammkunde.connectors.interface import Hook, Reply
from tests.app.web.conftest import Web


def test_a_call_is_handed_on_as_it_came(web: Web) -> None:
    calls: list[tuple[str, Hook]] = []

    def receive(source: str, hook: Hook) -> Reply:
        calls.append((source, hook))
        return Reply(status=202)

    within = application(web.home, web.accounts, receive=receive)
    with TestClient(within, base_url="http://127.0.0.1") as client:
        answer = client.post("/hooks/shop", content=b"\x00raw", headers={"X-WC-Topic": "a"})
    assert (answer.status_code, answer.text) == (202, "")
    ((source, hook),) = calls
    assert (source, hook.body, hook.headers["x-wc-topic"]) == ("shop", b"\x00raw", "a")
    assert hook.received_at.tzinfo is UTC


def test_a_failing_connector_is_a_500_that_names_nobody(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    def receive(source: str, hook: Hook) -> Reply:
        raise ValueError("Anna Keller")

    within = application(web.home, web.accounts, receive=receive)
    with TestClient(within, base_url="http://127.0.0.1") as client:
        answer = client.post("/hooks/shop", content=b"Keller")
    assert (answer.status_code, answer.text) == (500, "")
    assert "A call of source shop failed: ValueError" in caplog.text
    assert "Keller" not in caplog.text


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/hooks/shop", BODY_BYTES + 1, 200),
        ("/hooks/shop", HOOK_BYTES, 200),
        ("/hooks/shop", HOOK_BYTES + 1, 413),
        ("/signin", BODY_BYTES + 1, 413),
    ],
)
def test_calls_may_be_longer_than_forms_and_no_longer_than_4_mib(
    web: Web, path: str, size: int, status: int
) -> None:
    within = application(web.home, web.accounts, receive=lambda *_: Reply())
    place = binding(WebTable(), web.home.path)
    with TestClient(Door(within, place), base_url="http://127.0.0.1:8765") as client:
        assert client.post(path, content=b"x" * size).status_code == status
