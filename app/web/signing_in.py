"""Signing in and out, the first start's one-time link, and who is behind a request."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from litestar.types import Scope

from stammkunde.app.access import devices
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.records import Session, Token
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import Right
from stammkunde.app.web.rendering import page
from stammkunde.app.web.visit import Visit, Visiting

COOKIE = "stammkunde"
DEVICE = "stammkunde-device"
DAYS_S = 7 * 24 * 3600
_RENEWED = "renewed session"


def own_path(target: str) -> str:
    """Where to go on after sign-in: a path of ours, else the first page (CWE-601)."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours and target.isprintable() and "\\" not in target else "/"


class Authentication(AbstractAuthenticationMiddleware):
    """A page's session from its cookie, the API's token from its header; never one for the other (so CSRF ends there)."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """The user, or None: whether one is needed is the guard's business. In a thread, since it may wait for the disk."""
        auth = await sync_to_thread(_authenticated, connection)
        return AuthenticationResult(user=auth and auth.user, auth=auth)


def _authenticated(connection: ASGIConnection[Any, Any, Any, Any]) -> Session | Token | None:
    accounts: Accounts = connection.app.state.accounts
    if connection.scope["path"].startswith("/api/"):
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        return accounts.token(token) if kind.lower() == "bearer" else None
    secret = connection.cookies.get(COOKIE, "")
    session = accounts.session(secret)
    if session and session.is_outdated:
        # after any change of rights, as OWASP's session management says
        connection.scope["state"][_RENEWED] = accounts.rotate(secret) or ""
    return session


def needs(right: Right) -> Any:
    """A guard: nobody signed in is sent to sign in, somebody without the right is refused."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        auth = connection.scope.get("auth")  # of OPTIONS the library leaves it out
        if auth is None:
            raise NotAuthorizedException
        if not auth.may(right):
            raise PermissionDeniedException

    return guard


class Credentials(msgspec.Struct, frozen=True):
    """What the sign-in form gives."""

    name: str
    password: str
    next: str = "/"


class First(msgspec.Struct, frozen=True):
    """What the first user's form gives."""

    name: str = ""
    password: str = ""


@get("/signin", sync_to_thread=True)
def sign_in_page(visit: Visiting, to: FromQuery[str] = "/") -> Response[str]:
    """The form; where nobody has an account yet, how to get one."""
    return page(visit, "signin.html", to=own_path(to), name="", refusal="")


@post("/signin", sync_to_thread=True)
def sign_in(
    request: Request[Any, Any, Any], visit: Visiting, data: URLEncodedBody[Credentials]
) -> Response[Any]:
    """A new session, whatever the browser brought along (CWE-384)."""
    accounts: Accounts = request.app.state.accounts
    target = own_path(data.next)
    try:
        secret = accounts.sign_in(
            data.name, data.password, request.cookies.get(COOKIE, ""), device(request)
        )
    except AccessError as error:
        refusal = visit.locale.say(error)
        return page(visit, "signin.html", status=403, to=target, name=data.name, refusal=refusal)
    return entered(request, secret, target)


def entered(request: Request[Any, Any, Any], secret: str, target: str) -> Redirect:
    """To the page, with the session's cookie, and the one by which the device is known again."""
    known: str = request.app.state.accounts.known_device(secret, device(request))
    cookies = [_cookie(request, secret), _cookie(request, known, DEVICE, devices.KNOWN_S)]
    return Redirect(target, status_code=303, cookies=cookies)


def device(request: Request[Any, Any, Any]) -> str:
    """The secret of the browser's device, if it has one."""
    return request.cookies.get(DEVICE, "")


def renewed(scope: Scope) -> str:
    """The cookie's line for a session whose secret was renewed, else nothing."""
    secret: str = scope["state"].get(_RENEWED, "")
    return _cookie(Request(scope), secret).to_header(header="") if secret else ""


def _cookie(
    request: Request[Any, Any, Any], secret: str, name: str = COOKIE, lasts_s: int = DAYS_S
) -> Cookie:
    return Cookie(
        key=name,
        value=secret,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        max_age=lasts_s,
        path="/",
    )


@post("/signout", sync_to_thread=True)
def sign_out(request: Request[Any, Any, Any]) -> Redirect:
    """The session ends here and at the server."""
    request.app.state.accounts.sign_out(request.cookies.get(COOKIE, ""))
    gone = Cookie(key=COOKIE, value="", max_age=0, path="/", httponly=True, samesite="lax")
    return Redirect("/signin", status_code=303, cookies=[gone])


@get("/welcome/{link:str}", sync_to_thread=True)
def welcome_page(
    request: Request[Any, Any, Any], visit: Visiting, link: FromPath[str]
) -> Response[str]:
    """Looking at a link does not use it: a mail scanner or a browser's preview would."""
    return _welcome(request, visit, link)


@post("/welcome/{link:str}", sync_to_thread=True)
def welcome(
    request: Request[Any, Any, Any],
    visit: Visiting,
    link: FromPath[str],
    data: URLEncodedBody[First],
) -> Response[Any]:
    """The first admin makes his account; a demo's link just lets in."""
    accounts: Accounts = request.app.state.accounts
    known = accounts.link(link)
    try:
        if known and known.kind == "demo":
            secret = accounts.enter(link)
        else:
            secret = accounts.claim(link, data.name, data.password, visit.locale.code)
    except AccessError as error:
        return _welcome(request, visit, link, data.name, error)
    return entered(request, secret, "/")


def _welcome(
    request: Request[Any, Any, Any],
    visit: Visit,
    link: str,
    name: str = "",
    error: AccessError | None = None,
) -> Response[str]:
    known = request.app.state.accounts.link(link)
    return page(
        visit,
        "welcome.html",
        status=400 if error else 200,
        link=link,
        kind=known.kind if known else "",
        name=name,
        refusal=visit.locale.say(error) if error else "",
        wrong="name" if error and error.reason in ("name", "taken") else "password",
    )


async def _is_attempt(request: Request[Any, Any, Any]) -> bool:
    return request.method == "POST"


signing_in = Router(
    "/",
    route_handlers=[sign_in_page, sign_in, sign_out, welcome_page, welcome],
    # looking is not counted, which any other site could make a browser do until nobody gets in
    middleware=[RateLimitConfig(("minute", 60), check_throttle_handler=_is_attempt).middleware],
)
