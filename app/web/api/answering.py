"""How the API answers: lists page by page, and tags by which a client asks whether anything is new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response

from stammkunde.app.web.visit import Visit, Visiting

T = TypeVar("T")
L = TypeVar("L")

HEADERS = {"cache-control": "private, no-cache", "vary": "authorization"}
"""What was answered is asked for again with its tag before it is used again."""


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A list, or a page of one. `next`, given as `after`, asks for what follows; null at the end."""

    items: tuple[T, ...]
    next: str | None = None


def paged(
    page: Callable[[tuple[T, ...], str | None], L],
    found: Sequence[T],
    limit: int,
    key: Callable[[T], str],
) -> L:
    """A page of what was asked for with one more than `limit`; `page` is its struct."""
    items = tuple(found[:limit])
    return page(items, key(items[-1]) if len(found) > limit else None)


class Answers:
    """Answers one request: 304 where the client has it already."""

    def __init__(self, request: Request[Any, Any, Any], visit: Visit) -> None:
        """Made for each request that reads."""
        self._request = request
        self._visit = visit

    def of_views(self, find: Callable[[], T]) -> Response[T]:
        """For what the views alone say: as long as they stand still nothing is looked up a second time.

        Another start of the program may read the same views otherwise, and another role may see more of them.
        """
        url = self._request.url
        visit = self._visit
        tag = _tag(
            self._request.app.state.started,
            str(visit.queries.position()),
            f"{url.path}?{url.query}",
            *sorted(visit.hidden),
        )
        return self._unless_known(tag, find)

    def of_now(self, found: T) -> Response[T]:
        """For what also depends on the clock, on sources or on figures that are settled after their events."""
        return self._unless_known(_tag(msgspec.json.encode(found).decode()), lambda: found)

    def _unless_known(self, tag: str, find: Callable[[], T]) -> Response[T]:
        headers = {**HEADERS, "etag": tag}
        if _names(self._request.headers.get("if-none-match", ""), tag):
            nothing: Any = None
            return Response(nothing, status_code=304, headers=headers)
        found = find()
        if isinstance(found, Listed) and found.next is not None:
            headers["link"] = f'<{self._following(found.next)}>; rel="next"'
        return Response(found, headers=headers)

    def _following(self, key: str) -> str:
        asked = [pair for pair in self._request.query_params.multi_items() if pair[0] != "after"]
        return f"{self._request.url.path}?{urlencode([*asked, ('after', key)])}"


def answers_of(request: Request[Any, Any, Any], visit: Visiting) -> Answers:
    """A dependency of the handlers that read."""
    return Answers(request, visit)


def _tag(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f'W/"{digest[:24]}"'


def _names(header: str, tag: str) -> bool:
    """RFC 9110 §13.1.2: compared weakly, or `*`."""
    wanted = {one.strip().removeprefix("W/") for one in header.split(",")}
    return header.strip() == "*" or tag.removeprefix("W/") in wanted
