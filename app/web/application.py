"""The web application: routes, who may use them, and what an error looks like."""

from __future__ import annotations

import logging
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

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import LANGUAGES, Locale
from stammkunde.app.web import notices
from stammkunde.app.web.api.problems import problem, route
from stammkunde.app.web.api.routes import api, description
from stammkunde.app.web.pages import (
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
from stammkunde.app.web.visit import Visit
from stammkunde.core.errors import StammkundeError

BODY_BYTES = 262_144
"""No form of ours is longer."""

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


def application(home: Home, accounts: Accounts) -> Litestar:
    """The pages and the API of one home; the caller keeps its views up to date and closes it."""
    return Litestar(
        route_handlers=[
            health,
            ready,
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
        state=State({"home": home, "accounts": accounts, "started": token_hex(8)}),
        dependencies={"visit": Provide(visit_of, sync_to_thread=False)},
        middleware=[
            DefineMiddleware(Authentication, exclude=["^/static/", "^/healthz$", "^/readyz$"]),
        ],
        csrf_config=CSRFConfig(
            secret=home.log.keys.keys.index(b"forms").hex(),
            cookie_name="stammkunde-form",
            cookie_httponly=True,
            cookie_secure=bool(home.settings.web.tls_cert or home.settings.web.trusted_proxy),
            exclude=["^/api/"],
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


@get("/readyz", sync_to_thread=True)
def ready(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Log and views can be read."""
    status = request.app.state.home.queries.status(request.app.state.home.log)
    lag = max((each.lag for each in status.projections), default=0)
    return Response({"status": "ok", "lag": lag})


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
