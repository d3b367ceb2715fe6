"""The routes of the API, who may use them, and how often."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router
from litestar.di import Provide
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.openapi.config import OpenAPIConfig

from stammkunde.app.access.records import Token
from stammkunde.app.web.api import asking, telling
from stammkunde.app.web.api.answering import answers_of
from stammkunde.app.web.api.description import PATH, described
from stammkunde.app.web.api.problems import Problem
from stammkunde.app.web.signing_in import needs

A_MINUTE = 1200
"""Requests of one token: enough to read a million contacts in some minutes, and an end to a loop gone wild."""


def api() -> Router:
    """All routes below `/api/v1`."""
    limit = RateLimitConfig(("minute", A_MINUTE), identifier_for_request=_asking, store="api")
    return Router(
        PATH,
        route_handlers=[
            Router("/", route_handlers=asking.HANDLERS, guards=[needs("read")]),
            Router("/", route_handlers=telling.HANDLERS, guards=[needs("write")]),
            Router("/", route_handlers=telling.ADMIN, guards=[needs("admin")]),
        ],
        dependencies={"answers": Provide(answers_of, sync_to_thread=False)},
        middleware=[limit.middleware],
        include_in_schema=True,
    )


def description() -> OpenAPIConfig:
    """What the API says of itself."""
    return described((*asking.STRUCTS, *telling.STRUCTS, Problem))


def _asking(request: Request[Any, Any, Any]) -> str:
    """Whose requests are counted together: a token's, or those of an address without one."""
    auth = request.scope.get("auth")
    if isinstance(auth, Token):
        return f"token {auth.number}"
    return request.client.host if request.client else ""
