"""HTTP for all connectors: one shop or server, asked politely, in time, and never for more than fits.

What is promised: TLS with a verified certificate (plain HTTP to this computer alone), no address within the own network
unless a setting allows it, no redirect to another host, two connections at the most, an end to every request and a limit
to every answer. Nothing of what was sent or answered stands in an error.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
import stamina

from stammkunde.connectors.interface import ConnectorError, Message, UnavailableError

CONNECT_S, SILENCE_S, DEADLINE_S = 10.0, 60.0, 180.0
"""Until a connection stands, between two pieces of an answer, and until its last one."""
LARGEST = 64 << 20
"""Bytes of an answer once unpacked: far above a page of 100 orders, which is 0.3 MB."""
CONNECTIONS = 2
ATTEMPTS = 3
_IN_PLACE_S = 5.0
"""A longer pause is nothing to sit through: whoever reads comes back later."""
_LONGEST_PAUSE_S = 86_400.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_PASSING = frozenset({408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524})
"""Too many requests, a server that is restarted, a proxy (or Cloudflare) that does not reach it."""
_CONNECTED = "connection.connect_tcp.complete"


class Answer(msgspec.Struct, frozen=True):
    """What came back; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def at(self) -> datetime | None:
        """The server's own time, in UTC."""
        return _http_date(self.headers.get("date", ""))


class Web:
    """One server, whose address stands in a setting.

    Made without any I/O; a connection stays open until `close`, after which one may ask again all the same.
    """

    def __init__(
        self,
        url: str,
        *,
        auth: tuple[str, str] | None = None,
        ca_file: str = "",
        private: bool = False,
        setting: str = "url",
    ) -> None:
        """`setting` is the name of the one that holds the address; `private` allows addresses of the own network."""
        self._url = url.rstrip("/")
        self._auth = auth
        self._ca_file = ca_file
        self._private = private
        self._setting = setting
        self._open: httpx2.Client | None = None

    @property
    def host(self) -> str:
        """The server's name, for people."""
        return urlsplit(self._url).hostname or ""

    def check(self) -> None:
        """Raise `ConnectorError` for an address that is never asked; without I/O."""
        try:
            parts = urlsplit(self._url)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConnectorError(
                "{setting}: write the whole address, as https://shop.example.", **self._place
            )
        if parts.username or parts.password:
            raise ConnectorError(
                "{setting}: no password belongs into an address; take it out.", **self._place
            )
        if parts.scheme == "http" and not _is_this_computer(parts.hostname):
            raise ConnectorError(
                "{setting}: write https: over http anybody on the way could read the key.",
                **self._place,
            )

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """The answer, whatever its status, after up to three attempts where a failure may pass by itself.

        Raises `UnavailableError` where it does not, with the pause that the server asks for, and `ConnectorError` where
        the address itself is wrong.
        """
        try:
            return self._asked(path, params or {})
        except UnavailableError as error:
            if not _worth_waiting(error):
                raise
            failed = error
        for attempt in stamina.retry_context(
            on=_worth_waiting, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=5.0, wait_jitter=0.5
        ):  # fmt: skip
            with attempt:
                if attempt.num == 1:
                    raise failed
                return self._asked(path, params or {})
        raise AssertionError  # the last attempt returns or raises

    def close(self) -> None:
        """Close the connections."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _asked(self, path: str, params: Mapping[str, str | int]) -> Answer:
        self.check()
        url = httpx2.URL(self._url + path, params=params)
        for _ in range(_MOST_REDIRECTS):
            with self._named_errors():
                answer = self._once(url)
            if answer.status in _REDIRECTS:
                url = self._onward(url, answer.headers.get("location", ""))
                continue
            if answer.status in _PASSING:
                raise UnavailableError(
                    "{setting}: {host} is busy or under maintenance ({status}); it is asked again later.",
                    setting=self._setting,
                    host=self.host,
                    status=answer.status,
                    pause_s=_pause(answer),
                )
            return answer
        raise ConnectorError(
            "{setting}: {host} sends us round in a circle; check the address.", **self._place
        )

    def _once(self, url: httpx2.URL) -> Answer:
        until = time.monotonic() + DEADLINE_S
        extensions = {"trace": self._watch}
        with self._client.stream("GET", url, extensions=extensions) as response:
            chunks, size = [], 0
            for chunk in response.iter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    raise ConnectorError(
                        "{setting}: an answer of {host} is too large to be one of a shop.",
                        **self._place,
                    )
                if time.monotonic() > until:
                    raise httpx2.ReadTimeout("", request=response.request)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, b"".join(chunks))

    @property
    def _client(self) -> httpx2.Client:
        if self._open is None:
            limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=60)
            # what the environment says of proxies would lead past the check of addresses
            transport = httpx2.HTTPTransport(
                verify=self._tls() if self._url.startswith("https") else False,
                limits=limits,
                trust_env=False,
            )
            self._open = httpx2.Client(
                transport=transport,
                auth=self._auth,
                timeout=httpx2.Timeout(SILENCE_S, connect=CONNECT_S),
                headers={"User-Agent": "Stammkunde", "Accept": "application/json"},
                trust_env=False,
            )
        return self._open

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file:
            try:
                context.load_verify_locations(self._ca_file)
            except (OSError, ssl.SSLError):
                raise ConnectorError(
                    "ca_file: {file} can't be read as certificates; give a file of the form PEM.", file=self._ca_file
                ) from None  # fmt: skip
        return context

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Look where a connection leads as soon as it stands, before anything is sent: a name may mean any address."""
        if event != _CONNECTED or self._private or _is_this_computer(self.host):
            return
        stream = info["return_value"]
        if not ipaddress.ip_address(stream.get_extra_info("server_addr")[0]).is_global:
            stream.close()
            raise ConnectorError(
                "{setting}: {host} lies within your own network; if that is meant, set private = true.",
                **self._place,
            )

    def _onward(self, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            onward = url.join(location)
        except (httpx2.InvalidURL, ValueError):
            onward = url
        if (onward.scheme, onward.host, onward.port) != (url.scheme, url.host, url.port):
            raise ConnectorError(
                "{setting}: {host} sends us on to {other}; if that is the right one, write that address.",
                setting=self._setting,
                host=self.host,
                other=f"{onward.scheme}://{onward.host}",
            )
        return onward

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise self._named(error) from None

    def _named(self, error: Exception) -> ConnectorError:
        for cause in _causes(error):
            if isinstance(cause, ssl.SSLCertVerificationError):
                return ConnectorError(
                    "{setting}: the certificate of {host} is not valid ({why}); have it renewed, or name the authority"
                    " that signed it in ca_file.",
                    why=cause.verify_message,
                    **self._place,
                )
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
                return ConnectorError(
                    "{setting}: {host} does not speak TLS there; check address and port.",
                    **self._place,
                )
            if isinstance(cause, socket.gaierror):
                return self._away(Message("its name is not known here"))
            if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
                return self._away(Message("it refuses the connection"))
        if isinstance(error, httpx2.TimeoutException):
            return self._away(Message("it takes too long"))
        return self._away(Message("the connection broke"))

    def _away(self, why: Message) -> UnavailableError:
        return UnavailableError(
            "{setting}: {host} does not answer ({why}); it is asked again later.",
            setting=self._setting,
            host=self.host,
            why=why,
        )

    @property
    def _place(self) -> dict[str, str]:
        """What every error names."""
        return {"setting": self._setting, "host": self.host}


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _worth_waiting(error: Exception) -> bool | float:
    if not isinstance(error, UnavailableError):
        return False
    return True if not error.pause_s else error.pause_s if error.pause_s <= _IN_PLACE_S else False


def _pause(answer: Answer) -> float:
    """Seconds that `Retry-After` asks for (RFC 9110 §10.2.3: a number or a date); 0 without it."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_PAUSE_S)
    until = _http_date(text)
    if until is None:
        return 0.0
    now = answer.at or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_PAUSE_S)


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
