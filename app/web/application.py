"""The web application: routes, who may use them, and what an error looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from litestar import Litestar, Request, Response, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.template.base import csrf_token
from litestar.types import ControllerRouterHandler

from stammkunde.app import readers
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import LANGUAGES, Locale
from stammkunde.app.ringing import Switchboard
from stammkunde.app.web import notices
from stammkunde.app.web.api.problems import problem, route
from stammkunde.app.web.api.routes import api, description
from stammkunde.app.web.door import BODY_BYTES
from stammkunde.app.web.hooks import Receiver, hook
from stammkunde.app.web.metrics import metrics
from stammkunde.app.web.pages import (
    calls,
    contact,
    customer,
    customer_decisions,
    customers,
    display,
    figure,
    figures,
    monday,
    record,
    review,
    settings,
    sources,
    today,
)
from stammkunde.app.web.rendering import STATIC, page
from stammkunde.app.web.security import protect
from stammkunde.app.web.signing_in import Authentication, needs, signing_in
from stammkunde.app.web.streams import Streams
from stammkunde.app.web.visit import Visit
from stammkunde.core.errors import StammkundeError

READING: tuple[ControllerRouterHandler, ...] = (
    monday.monday,
    figures.all_figures,
    figure.figure,
    figure.figure_csv,
    today.today,
    customers.customers,
    customers.customers_csv,
    customer.customer,
    customer.customer_csv,
    contact.contact,
    review.review,
    calls.calls,
    calls.stream,
    display.keys,
    display.display,
    sources.sources,
    *settings.HANDLERS,
)
"""What every user may see; WRITING needs a clerk, ADMIN an admin."""

WRITING: tuple[ControllerRouterHandler, ...] = (
    contact.assign_page,
    contact.assign,
    *customer_decisions.HANDLERS,
    review.answer,
    review.undo,
    record.record_page,
    record.record,
)
ADMIN: tuple[ControllerRouterHandler, ...] = (
    sources.quarantined,
    sources.read_again,
    *settings.ADMIN,
)

logger = logging.getLogger(__name__)


def application(
    home: Home,
    accounts: Accounts,
    is_well: Callable[[], bool] = lambda: True,
    receive: Receiver | None = None,
    switchboard: Switchboard | None = None,
    streams: Streams | None = None,
) -> Litestar:
    """The pages and the API of one home; the caller keeps its views up to date, tells whether he can, and closes it.

    `receive` takes the calls of sources, where the caller reads them; `switchboard` tells of telephone calls, and `streams`
    are the answers that stay open, which the caller ends with the server.
    """
    readers.remember(home.log, home.settings.sources)
    return Litestar(
        route_handlers=[
            health,
            ready,
            metrics,
            hook,
            signing_in,
            Router("/", route_handlers=READING, guards=[needs("read")]),
            Router("/", route_handlers=WRITING, guards=[needs("write")]),
            Router("/", route_handlers=ADMIN, guards=[needs("admin")]),
            api(),
            create_static_files_router(
                "/static",
                [STATIC],
                guards=[_is_ours],
                cache_control=CacheControlHeader(max_age=31_536_000, immutable=True),
            ),
        ],
        state=State(
            {
                "home": home,
                "accounts": accounts,
                "started": token_hex(8),
                "is_well": is_well,
                "receive": receive,
                "switchboard": switchboard,
                "streams": streams or Streams(),
            }
        ),
        dependencies={"visit": Provide(visit_of, sync_to_thread=False)},
        middleware=[
            DefineMiddleware(
                Authentication, exclude=["^/static/", "^/healthz$", "^/readyz$", "^/hooks/"]
            ),
        ],
        csrf_config=CSRFConfig(
            secret=home.log.keys.keys.index(b"forms").hex(),
            cookie_name="stammkunde-form",
            cookie_httponly=True,
            cookie_secure=bool(home.settings.web.tls_cert or home.settings.web.trusted_proxy),
            exclude=["^/api/", "^/hooks/"],
        ),
        exception_handlers={Exception: failed},
        before_send=[protect],
        request_max_body_size=BODY_BYTES,
        openapi_config=description(),
        include_in_schema=False,
        logging_config=None,
    )


def _is_ours(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Before the disk is asked: a NUL in a name, or a file taken for a folder, would be an error of the server."""
    if connection.scope["path"].removeprefix("/static/") not in _files():
        raise NotFoundException


@cache
def _files() -> frozenset[str]:
    return frozenset(each.name for each in STATIC.iterdir())


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """What the pages know of a request."""
    state = request.app.state
    return Visit(
        state.home,
        Locale(_language(request)),
        request.user,
        csrf=csrf_token({"request": request}),
        said=notices.sentence(request.query_params.get("done", "")),
        theme={"light": "light", "dark": "dark"}.get(request.cookies.get("theme", ""), ""),
        keys="off" if request.cookies.get("keys") == "off" else "",
        is_program=request.url.path.startswith("/api/"),
    )


def _language(request: Request[Any, Any, Any]) -> str:
    """What was chosen on this device, else for this user, else what the browser asks for; German where nothing says."""
    asked = request.headers.get("accept-language", "").split(",")
    wishes = [
        request.cookies.get("language", ""),
        getattr(request.scope.get("user"), "language", ""),
        *asked,
    ]
    codes = (wish.strip()[:2].lower() for wish in wishes if wish)
    return next((code for code in codes if code in LANGUAGES), "de")


@get("/healthz", sync_to_thread=False)
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", sync_to_thread=False)
def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Log and views can be read, and the views follow: what the follower found last, so that asking costs nothing."""
    is_well: bool = request.app.state.is_well()
    return Response({"status": "ok" if is_well else "failed"}, status_code=200 if is_well else 503)


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An error as a page: what failed, what is safe, what to do; never a trace. One of the API is a problem instead."""
    if request.url.path.startswith("/api/"):
        return problem(request, error)
    status = getattr(error, "status_code", 409 if isinstance(error, StammkundeError) else 500)
    if status == 401 and request.method == "GET":
        return Redirect(f"/signin?to={quote(request.url.path)}", status_code=303)
    if status >= 500:
        logger.error(
            "A page failed: %s at %s", type(error).__name__, route(request), exc_info=error
        )
    visit = (
        visit_of(request)
        if "user" in request.scope
        else Visit(request.app.state.home, Locale(_language(request)))
    )
    return page(
        visit, "error.html", status=status, code=status, sentence=_sentence(visit, error, status)
    )


def _sentence(visit: Visit, error: Exception, status: int) -> str:
    text = visit.text
    if isinstance(error, StammkundeError):
        return visit.locale.say(error)
    if not isinstance(error, HTTPException):
        return text(
            "This page failed. Nothing recorded is lost; the reason stands in the server's log."
        )
    return {
        400: text("This request can't be understood."),
        401: text("You are signed out. Sign in, then try again."),
        403: text(
            "Your role does not allow this, or the form is too old: go back, load the page again."
        ),
        404: text("There is no such page."),
        405: text("There is no such page."),
        413: text("This is too long."),
        429: text("Too many attempts. Wait a minute, then try again."),
    }.get(status, text("This request can't be understood."))
