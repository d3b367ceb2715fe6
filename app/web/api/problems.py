"""Errors of the API as problem details (RFC 9457): what is wrong, in which field, and what to do."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from stammkunde.app.locale import LANGUAGES, Locale
from stammkunde.app.periods import PeriodError
from stammkunde.core.errors import (
    DecisionError,
    HomeError,
    KeyStoreError,
    Message,
    StammkundeError,
    UnknownError,
)
from stammkunde.projections.figures.segments import SegmentError

MEDIA_TYPE = "application/problem+json"

TEXTS = {
    400: "The request can't be understood.",
    401: "Send a token that is good: “Authorization: Bearer sk_…”. “stammkunde token add” makes one.",
    403: "The token's scopes or the role of its owner do not allow this.",
    404: "There is no such address.",
    405: "This address does not know the method.",
    413: "The body is too long.",
    422: "A value can't be meant.",
    429: "Too many requests. Wait a little, then try again.",
    500: "This failed at the server. Nothing recorded is lost; the reason stands in the server's log.",
}
"""Status → detail, where nothing more is known."""

_NAMED = re.compile(r"Object (?:missing required|contains unknown) field `([^`]*)`")
"""Of a body as a whole the decoder names the field in its sentence."""

Place = Literal["body", "query", "path", "header", "cookie"]

logger = logging.getLogger(__name__)


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field; `field` is empty where it is the body as a whole."""

    field: str
    where: Place
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """An error. `title` names the status, `detail` says what this time is wrong; its language is that of Accept-Language."""

    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...]
    type: str = "about:blank"


class InputError(HTTPException):
    """A value that has the right form and can't be meant."""

    status_code = 422

    def __init__(self, field: str, message: Message, where: Place = "query") -> None:
        """`message` is the sentence; `where` the field stands."""
        super().__init__()
        self.field, self.message, self.where = field, message, where


@contextmanager
def field(name: str, where: Place = "query") -> Iterator[None]:
    """What is refused within is this field's fault; that a reference names nobody is not."""
    try:
        yield
    except UnknownError:
        raise
    except (PeriodError, SegmentError, DecisionError) as error:
        raise InputError(name, error, where) from None


def problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Any error as an answer; what is our own mistake is told to the log and not to the client."""
    status = _status(request, error)
    if status >= 500:
        logger.error(
            "The API failed: %s at %s", type(error).__name__, route(request), exc_info=error
        )
    locale = Locale(_language(request))
    return Response(
        Problem(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=_detail(error, status, locale),
            errors=tuple(_faults(error, locale)),
        ),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**_headers(request, error, status), "content-language": locale.code},
    )


def route(request: Request[Any, Any, Any]) -> str:
    """Where something failed, for the log: `/customers/{ref}`; what stands in its place may be a mail address, a secret or a line's end."""
    return str(request.scope.get("path_template") or "no route")


def _status(request: Request[Any, Any, Any], error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if _is_too_deep(error):
        return 400
    if isinstance(error, UnknownError) and request.method == "GET":
        return 404
    if isinstance(error, HomeError | KeyStoreError):
        return 503
    return 409 if isinstance(error, StammkundeError) else 500


def _is_too_deep(error: Exception) -> bool:
    """Of thousands of brackets within each other the decoder says what it says of no other body, and in its own words."""
    return isinstance(error, RecursionError) and "deserializing" in str(error)


def _detail(error: Exception, status: int, locale: Locale) -> str:
    if isinstance(error, InputError):
        return locale.say(error.message)
    if isinstance(error, StammkundeError):
        return locale.say(error)
    return locale.text(TEXTS.get(status, TEXTS[400 if status < 500 else 500]))


def _faults(error: Exception, locale: Locale) -> Iterator[Fault]:
    if isinstance(error, InputError):
        yield Fault(error.field, error.where, locale.say(error.message))
        return
    is_unread = isinstance(error, HTTPException) and error.status_code == 400
    extra = getattr(error, "extra", None) if is_unread else None
    if _is_too_deep(error) or (is_unread and not isinstance(extra, list)):
        yield Fault("", "body", locale.text("This is no JSON in UTF-8."))
        return
    for each in extra or ():
        message, key = str(each["message"]), str(each.get("key") or "")
        missed = _NAMED.match(message)
        where = getattr(each.get("source"), "value", each.get("source"))
        yield Fault(missed[1] if missed else key, where or "body", message)


def _headers(request: Request[Any, Any, Any], error: Exception, status: int) -> dict[str, str]:
    headers = dict(getattr(error, "headers", None) or {})
    if status == 401:
        # RFC 6750 §3: no error code for a request without a token
        wrong = ', error="invalid_token"' if "authorization" in request.headers else ""
        headers["www-authenticate"] = f'Bearer realm="stammkunde"{wrong}'
    if status == 403:
        headers["www-authenticate"] = 'Bearer realm="stammkunde", error="insufficient_scope"'
    if status == 429:
        headers["retry-after"] = headers.get("RateLimit-Reset", "60")
    return headers


def _language(request: Request[Any, Any, Any]) -> str:
    """English where nothing says, as the command line does."""
    asked = request.headers.get("accept-language", "").split(",")
    return next(
        (code for code in (wish.strip()[:2].lower() for wish in asked) if code in LANGUAGES), "en"
    )
