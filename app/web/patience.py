"""How long a connection may take to ask, and how many there may be: without it a handful of slow ones would hold all."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 20.0
"""For a whole request, its body too: 256 KB at 13 KB a second."""
MOST_ASKING = 300
"""Connections from which on requests are answered by 503."""
MOST_OPEN = 600
"""From which on they are closed unheard: below the 1024 files that a process may commonly have open."""
HEAD_BYTES = 32_768
"""Of a request's line and headers."""


class PatientProtocol(H11Protocol):
    """uvicorn's protocol with an end to waiting. uvicorn itself limits only the pause between two requests."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > MOST_OPEN:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A part of a request; the time runs from its first byte."""
        if self._late is None:
            self._wait()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._calm()

    def on_response_complete(self) -> None:
        """uvicorn's time between two requests begins; ours where the next one has begun."""
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self._calm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be waited for any more."""
        self._calm()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(REQUEST_S, self._end)

    def _calm(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.abort()


LIMITS: dict[str, Any] = {
    "http": PatientProtocol,
    "limit_concurrency": MOST_ASKING,
    "timeout_keep_alive": 5,
    "h11_max_incomplete_event_size": HEAD_BYTES,
    "backlog": 128,
}
"""Settings of uvicorn."""
