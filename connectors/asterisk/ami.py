"""Asterisk's manager interface (AMI): one connection that signs in, asks for what it needs, and reads messages.

The protocol is lines of `Key: value`, a blank line ends a message (docs.asterisk.org, AMI v2). Nothing but signing in,
asking and `Ping` is ever sent: the user of the telephone system needs `read = call` and `write = reporting`.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Self, TypeAlias

from stammkunde.connectors.interface import (
    ConnectorError,
    CredentialsError,
    Discreet,
    Secret,
    UnavailableError,
)

PORT, TLS_PORT = 5038, 5039

MESSAGE_BYTES = 1 << 16
"""Of a message: Asterisk's own lines end at 1,024 bytes, and no event has more than a hundred."""

CONNECT_S = 10.0
ANSWER_S = 10.0
QUIET_S = 15.0
"""Silence after which we ask whether anybody is there; a message takes far less than `ANSWER_S` to be answered."""

_TICK_S = 0.5
"""How often a silent connection looks whether it is to end."""

AmiMessage: TypeAlias = Mapping[str, str]


class Access(Discreet, frozen=True):
    """Where the telephone system listens, and who we are there."""

    host: str
    port: int
    user: str
    secret: Secret
    tls: bool = False
    ca_file: str = ""

    @property
    def is_private(self) -> bool:
        """Whether nobody can read along: the secret and all numbers travel in clear otherwise."""
        if self.tls or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Reader:
    """Messages out of bytes, however the network cuts them."""

    def __init__(self) -> None:
        """Before the first byte: the greeting is a line of its own, and no message."""
        self._rest = b""
        self._greeted = False

    def feed(self, data: bytes) -> list[AmiMessage]:
        """The messages that are whole now; `UnavailableError` where what comes is no AMI."""
        self._rest += data
        if not self._greeted:
            greeting, end, rest = self._rest.partition(b"\n")
            if not b"Asterisk Call Manager".startswith(greeting[:21]):
                raise _no_ami()
            if not end:
                return []
            self._greeted, self._rest = True, rest
        *whole, rest = self._rest.replace(b"\r\n", b"\n").split(b"\n\n")
        if len(rest) > MESSAGE_BYTES:
            raise _no_ami()
        self._rest = rest
        return [_message(each) for each in whole if each.strip()]


class Ami:
    """A connection; used with `with`."""

    def __init__(self, access: Access, ended: Event) -> None:
        """Connect and sign in. `UnavailableError`, `CredentialsError` or `ConnectorError` say why that can't be."""
        self._reader = Reader()
        self._ended = ended
        self._waiting: list[AmiMessage] = []
        self._heard = time.monotonic()
        self._asked: float | None = None
        self._socket = _connected(access)
        try:
            self._sign_in(access)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        """It is signed in."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; the telephone system needs no goodbye."""
        self._socket.close()

    def send(self, action: str, **fields: str) -> None:
        """Ask for something. Its answer is a message with the `ActionID` of the same name."""
        lines = [f"Action: {action}", f"ActionID: {action}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        try:
            self._socket.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        except OSError:
            raise _gone() from None

    def messages(self) -> Iterator[AmiMessage]:
        """What comes, until it is to end; `UnavailableError` when the connection is gone or nobody answers any more."""
        while not self._ended.is_set():
            yield from self._next()

    def _sign_in(self, access: Access) -> None:
        self.send("Login", Username=access.user, Secret=access.secret, Events="call")
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until and not self._ended.is_set():
            for message in self._next():
                if message.get("ActionID") != "Login":
                    continue
                if message.get("Response") == "Success":
                    return
                raise CredentialsError(
                    "ami_user, ami_secret: the telephone system refuses them; see its manager.conf."
                )
        if not self._ended.is_set():
            raise _silent()

    def _next(self) -> list[AmiMessage]:
        try:
            data = self._socket.recv(1 << 16)
        except TimeoutError:
            self._ask_if_quiet()
            return []
        except OSError:
            raise _gone() from None
        if not data:
            raise _gone()
        self._heard, self._asked = time.monotonic(), None
        return self._reader.feed(data)

    def _ask_if_quiet(self) -> None:
        now = time.monotonic()
        if self._asked is not None and now - self._asked > ANSWER_S:
            raise _silent()
        if self._asked is None and now - self._heard > QUIET_S:
            self._asked = now
            self.send("Ping")


def _connected(access: Access) -> socket.socket:
    try:
        plain = socket.create_connection((access.host, access.port), CONNECT_S)
    except OSError:
        raise UnavailableError(
            "ami_host: the telephone system does not answer at {host}, port {port}.",
            host=access.host,
            port=access.port,
        ) from None
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        connection = _secured(plain, access) if access.tls else plain
        connection.settimeout(_TICK_S)
    except ssl.SSLCertVerificationError:
        plain.close()
        raise ConnectorError(
            "ami_tls: the certificate of {host} is not trusted or has expired; name the authority that signed it as ami_ca_file.",
            host=access.host,
        ) from None
    except OSError:
        plain.close()
        raise UnavailableError(
            "ami_tls: no encrypted connection with {host}, port {port}; is tlsenable = yes in manager.conf, and this its tlsbindaddr?",
            host=access.host,
            port=access.port,
        ) from None
    return connection


def _secured(plain: socket.socket, access: Access) -> socket.socket:
    context = ssl.create_default_context(cafile=access.ca_file or None)
    return context.wrap_socket(plain, server_hostname=access.host)


def _message(lines: bytes) -> AmiMessage:
    """Keys and values; of a key that comes twice (`ChanVariable`) the last."""
    found: dict[str, str] = {}
    for line in lines.split(b"\n"):
        try:
            text = line.decode()
        except UnicodeDecodeError:  # a name as an old system signalled it
            text = line.decode("cp1252", errors="replace")
        key, colon, value = text.partition(":")
        if colon:
            found[key] = value.removeprefix(" ")
    return found


def _no_ami() -> UnavailableError:
    return UnavailableError("ami_port: what answers there is no manager interface of Asterisk.")


def _gone() -> UnavailableError:
    return UnavailableError("The connection with the telephone system is gone.")


def _silent() -> UnavailableError:
    return UnavailableError("The telephone system does not answer any more.")
