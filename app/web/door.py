"""What stands before the application: which hosts and peers are let in, and whose word on the real client counts."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import msgspec
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from stammkunde.app.locale import Locale
from stammkunde.app.web.binding import Binding, host_name
from stammkunde.app.web.cookies import renamed
from stammkunde.core.errors import N_

_MISDIRECTED, _FORBIDDEN, _TOO_LONG = 421, 403, 413
BODY_BYTES = 262_144
"""No form of ours is longer."""
HOOK_BYTES = 4 << 20
"""What a shop sends of an order with hundreds of lines has 300 KB."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ELSEWHERE = frozenset({"cross-site", "same-site"})
"""What browsers say of a request that another site made (Fetch Metadata). A neighbour, as another port of this computer or
another name of the same domain, could give a browser a form cookie that it has got for itself.
"""


class Refused(msgspec.Struct, frozen=True):
    """An answer instead of a page: its status and its English sentence."""

    status: int
    sentence: str


class Door:
    """An ASGI application around another one.

    A browser that was led here under a foreign name (DNS rebinding) is refused, and so are a form of another site and
    whoever goes round the proxy.
    `X-Forwarded-For` and `-Proto` count from the trusted proxy alone; from anybody else they are passed over.
    """

    def __init__(self, within: ASGIApp, binding: Binding) -> None:
        """`binding` is where the server listens."""
        self._within = within
        self._binding = binding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or answer with a sentence."""
        if scope["type"] != ScopeType.HTTP:
            await self._within(scope, receive, send)
            return
        headers = Headers(
            scope["headers"]
        )  # `from_scope` would keep them for the application, the old cookies too
        refused = self._refused(scope, headers)
        if refused:
            await _answer(send, refused, headers)
            return
        if self._is_proxy(scope):
            _take_over(scope, headers)
        await self._within(scope, receive, renamed(scope, send))

    def _refused(self, scope: Scope, headers: Headers) -> Refused | None:
        is_near = _is_loopback(_peer(scope))
        if self._is_proxy(scope):
            if (_said(headers, "for") or not is_near) and _said(headers, "proto") != "https":
                return Refused(
                    _FORBIDDEN, N_("These pages are served encrypted only: come by https.")
                )
        elif not (self._binding.is_local or self._binding.certificate or is_near):
            return Refused(_FORBIDDEN, N_("These pages are reached by their proxy alone."))
        if scope.get("method") not in _SAFE and headers.get("sec-fetch-site", "") in _ELSEWHERE:
            return Refused(_FORBIDDEN, N_("This form comes from another site."))
        is_call = scope["path"].startswith("/hooks/")
        if _length(headers) > (HOOK_BYTES if is_call else BODY_BYTES):
            return Refused(_TOO_LONG, N_("This is too long."))
        hosts = headers.getall("host", [])
        if len(hosts) != 1 or host_name(hosts[0]) not in self._binding.names:
            return Refused(
                _MISDIRECTED,
                N_(
                    "These pages are not served under this name: add it to “names” under [web] in stammkunde.toml."
                ),
            )
        return None

    def _is_proxy(self, scope: Scope) -> bool:
        return bool(self._binding.proxy) and _peer(scope) == self._binding.proxy


def _take_over(scope: Scope, headers: Headers) -> None:
    """What the proxy says of the connection that it took."""
    if client := _said(headers, "for"):
        scope["client"] = (client, 0)
        scope["scheme"] = "https"


def _said(headers: Headers, what: str) -> str:
    """The last value of `X-Forwarded-…`: the proxy's own observation, while all before may be anybody's invention."""
    values = ",".join(headers.getall(f"x-forwarded-{what}", []))
    return values.rpartition(",")[2].strip().lower()


def _peer(scope: Scope) -> str:
    """The address at the other end; an IPv4 one is such also on a socket that takes both."""
    client = scope.get("client")
    address = _address(client[0]) if client else None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address or "")


def _length(headers: Headers) -> int:
    """Of the body as it is announced; h11 lets no other number through (RFC 9110 §8.6). One that says none is cut off while it is read."""
    said = headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _is_loopback(peer: str) -> bool:
    address = _address(peer)
    return address is not None and address.is_loopback


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


async def _answer(send: Send, refused: Refused, headers: Headers) -> None:
    language = "en" if headers.get("accept-language", "").lower().startswith("en") else "de"
    body = f"{Locale(language).text(refused.sentence)}\n".encode()
    await send(
        {
            "type": "http.response.start",
            "status": refused.status,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(body)),
                (b"cache-control", b"no-store"),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
