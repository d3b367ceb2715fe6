"""`/hooks/SOURCE`: where a web shop or a telephone system calls us. Who is calling, its connector finds out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from litestar import Request, Response, post
from litestar.enums import MediaType
from litestar.params import FromPath, RawBody

from stammkunde.app.failures import place
from stammkunde.app.web.door import HOOK_BYTES
from stammkunde.connectors.interface import Hook, Reply

Receiver: TypeAlias = Callable[[str, Hook], Reply]

logger = logging.getLogger(__name__)


@post("/hooks/{source:str}", sync_to_thread=True, request_max_body_size=HOOK_BYTES, status_code=200)
def hook(request: Request[Any, Any, Any], source: FromPath[str], body: RawBody) -> Response[str]:
    """Hand it to the source; nothing but a status is answered. 503 where sources are read by another process."""
    receive: Receiver | None = request.app.state.receive
    if receive is None:
        return _answer(503)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        reply = receive(source, Hook(headers=headers, body=body, received_at=datetime.now(UTC)))
    except Exception as error:  # a plugin may fail in any way; what it was sent may name persons
        logger.error("A call of source %s failed: %s", source, place(error))  # noqa: TRY400
        return _answer(500)
    return _answer(reply.status)


def _answer(status: int) -> Response[str]:
    return Response("", status_code=status, media_type=MediaType.TEXT)
