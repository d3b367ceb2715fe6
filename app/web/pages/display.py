"""How the pages look and listen on this device: light or dark, the language, and whether single keys act."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from stammkunde.app.locale import LANGUAGES
from stammkunde.app.web.rendering import page
from stammkunde.app.web.signing_in import own_path
from stammkunde.app.web.visit import Visiting

KNOWN = {"theme": ("", "light", "dark"), "language": LANGUAGES, "keys": ("", "off")}
"""The cookies and their values; empty: as the device has it, or as it is by itself."""

_YEAR_S = 365 * 24 * 3600


class Wish(msgspec.Struct, frozen=True):
    """What is to change; what is not named stays."""

    theme: str | None = None
    language: str | None = None
    keys: str | None = None


@get("/keys", sync_to_thread=True)
def keys(visit: Visiting) -> Response[str]:
    """All keys, and the switch for those that act without Ctrl or Alt (WCAG 2.2, 2.1.4)."""
    return page(visit, "keys.html")


@post("/display", sync_to_thread=True)
def display(request: Request[Any, Any, Any], data: URLEncodedBody[Wish]) -> Redirect:
    """Keep the wish on this device for a year, and go back to the page it was made on."""
    wishes = {name: getattr(data, name) for name in KNOWN}
    cookies = [
        Cookie(
            key=name,
            value=value,
            path="/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            max_age=_YEAR_S if value else 0,
        )
        for name, value in wishes.items()
        if value is not None and value in KNOWN[name]
    ]
    return Redirect(_page(request.headers.get("referer", "")), status_code=303, cookies=cookies)


def _page(referer: str) -> str:
    """The path of the page that sent the form, whichever host it names."""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return "/"
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
