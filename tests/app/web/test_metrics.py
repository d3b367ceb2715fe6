"""`/metrics` without a token: for this computer, and not for whoever comes through a proxy on it."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Request

from stammkunde.app.web.metrics import _is_from_here


@pytest.mark.parametrize(
    ("client", "headers", "is_so"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8765"}, True),
        ("::1", {"host": "[::1]:8765"}, True),
        ("127.0.0.1", {"host": "localhost:8765"}, True),
        ("127.0.0.1", {"host": "crm.muster-velo.example"}, False),
        ("127.0.0.1", {"host": "127.0.0.1:8765", "x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "127.0.0.1:8765", "via": "1.1 proxy"}, False),
        ("198.51.100.7", {"host": "localhost:8765"}, False),
    ],
)
def test_who_is_here(client: str, headers: dict[str, str], is_so: bool) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "method": "GET", "path": "/metrics", "headers": raw}
    scope["client"] = (client, 1)
    request: Request[Any, Any, Any] = Request(scope)
    assert _is_from_here(request) is is_so
