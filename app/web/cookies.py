"""Names of our cookies as browsers have them: bound to this very host where it is encrypted, to the port where it is not.

Browsers share the cookies of a host among all its ports (RFC 6265 §8.5), so that a demo beside the real pages would
otherwise sign one out there. Within the application each has one name.
"""

from __future__ import annotations

from collections.abc import Iterable

from litestar.types import Message, Scope, Send

OURS = ("stammkunde", "stammkunde-form", "stammkunde-device")
"""Those on which it depends who one is; the others hold a choice."""

_HOST = "__Host-"
"""RFC 6265bis §4.1.3.2: only this host can have set it, encrypted, for all its paths; no neighbour, no subdomain."""


def known_as(name: str, scheme: str, port: int | None) -> str:
    """How the browser calls it."""
    if scheme == "https":
        return f"{_HOST}{name}"
    return f"{name}-{port}" if port else name


def renamed(scope: Scope, send: Send) -> Send:
    """Give the application its cookies by their own names, and no other's; its answers name them as browsers do."""
    scheme = scope["scheme"]
    server = scope.get("server")
    port = server[1] if server else None
    outer = {name: known_as(name, scheme, port) for name in OURS}
    inner = {theirs.encode(): name.encode() for name, theirs in outer.items()}
    scope["headers"] = [
        (key, _ours(value, inner)) if key == b"cookie" else (key, value)
        for key, value in scope["headers"]
    ]

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = list(_told(message["headers"], outer, scheme))
        await send(message)

    return answer


def _ours(header: bytes, inner: dict[bytes, bytes]) -> bytes:
    found = []
    for pair in header.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name in inner:
            found.append(inner[name] + b"=" + value)
        elif name.decode("latin-1") not in OURS:
            found.append(pair.strip())
    return b"; ".join(found)


def _told(
    headers: Iterable[tuple[bytes, bytes]], outer: dict[str, str], scheme: str
) -> Iterable[tuple[bytes, bytes]]:
    for key, value in headers:
        name, _, rest = value.decode("latin-1").partition("=")
        if key.lower() != b"set-cookie" or name not in outer:
            yield key, value
            continue
        is_marked = "secure" in {part.strip().lower() for part in rest.split(";")}
        mark = "; Secure" if scheme == "https" and not is_marked else ""
        yield key, f"{outer[name]}={rest}{mark}".encode("latin-1")
