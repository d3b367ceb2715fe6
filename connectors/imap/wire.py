"""The connection to an IMAP server: imapclient opens it and signs in, then lines and literals are read here.

This is the one module that knows anything private of imapclient and imaplib. After signing in they are not used any
more: they parse bodies slowly, log every byte, lose half a line in IDLE and never notice a dead peer.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

from imapclient import IMAPClient, SocketTimeout

from stammkunde.connectors.imap.responses import LITERAL

_BLOCK = 1 << 16
_LONGEST_LINE = 8 << 20
"""A `SEARCH` answer of 600,000 mails; a server that sends longer lines is none."""
_LARGEST_LITERAL = 64 << 20
_KEEPALIVE_S = 60


class Refused(Exception):  # noqa: N818 — an answer, not a failure
    """The server answered NO or BAD; `text` is what it said, for the class of the failure and never for a log."""

    def __init__(self, text: str) -> None:
        """`text` as it came."""
        super().__init__("refused")
        self.text = text


class Gone(OSError):  # noqa: N818
    """The connection ended, or what came over it was no IMAP; `text` is what the server said at the end."""

    def __init__(self, text: str = "") -> None:
        """`text` as it came with BYE; empty where the peer just went."""
        super().__init__("the connection was closed")
        self.text = text


def dialled(
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    *,
    connect_s: float,
    read_s: float,
) -> IMAPClient:
    """A connection before signing in; `context` for TLS from the first byte on. Raises what sockets and imaplib raise."""
    timeout = SocketTimeout(connect=connect_s, read=read_s)
    client = IMAPClient(host, port, ssl=context is not None, ssl_context=context, timeout=timeout)
    # its constructor sets 5: every line and literal would be formatted for a log, at three times the cost of reading
    client._imap.debug = 0  # noqa: SLF001
    client.normalise_times = False
    _keep_alive(client.socket())
    return client


def _keep_alive(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", _KEEPALIVE_S), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):  # Linux's names
            with suppress(OSError):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def hung_up(client: IMAPClient) -> None:
    """Close a connection that was not taken over."""
    with suppress(OSError, ssl.SSLError):
        client.shutdown()


class Wire:
    """A signed-in connection, read line by line over a buffer of its own; one thread at a time."""

    def __init__(self, client: IMAPClient) -> None:
        """Takes the connection over; `client` is not to be used any more."""
        self._client = client  # it keeps the socket open
        self._socket = client.socket()
        self._buffer = bytearray(_left_over(client))
        self._at = 0
        self._number = 0
        self._read_s = self._socket.gettimeout()
        self.used = monotonic()

    def close(self) -> None:
        """Close it without a word; the server has nothing to write down."""
        hung_up(self._client)

    def send(self, command: str) -> bytes:
        """Send a command; its tag, by which the answer is known. Several may be on their way."""
        self._number += 1
        tag = b"S%d" % self._number
        self.write(tag + b" " + command.encode("ascii") + b"\r\n")
        return tag

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self.used = monotonic()
        self._socket.sendall(data)

    def ask(self, command: str) -> list[bytes]:
        """Send a command and wait: the untagged lines that came before it was done. Raises `Refused`, `OSError`."""
        return [b"".join(parts) for parts in self.answers(self.send(command))]

    def answers(self, tag: bytes) -> Iterator[list[bytes]]:
        """The responses until the command with that tag is done, each as lines and literals in turn; raises `Refused`."""
        while True:
            parts = self._response()
            line = parts[0]
            if line.startswith(tag + b" "):
                if not line[len(tag) + 1 :].upper().startswith(b"OK"):
                    raise Refused(line[len(tag) + 1 :].decode("utf-8", "replace").strip())
                return
            if line[:6].upper() == b"* BYE ":
                raise Gone(line[6:].decode("utf-8", "replace").strip())
            yield parts

    def line(self, wait_s: float) -> bytes | None:
        """The next line, or None where none came in time; half a line is kept for the next call."""
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            return self._line()
        except (TimeoutError, ssl.SSLWantReadError):
            return None
        finally:
            self._socket.settimeout(self._read_s)

    def _response(self) -> list[bytes]:
        parts = [self._line()]
        while match := LITERAL.search(parts[-1]):
            parts += [self._literal(int(match[1])), self._line()]
        return parts

    def _line(self) -> bytes:
        searched = self._at
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched - self._at > _LONGEST_LINE:
                raise Gone
            searched -= self._fill()
        line = bytes(memoryview(self._buffer)[self._at : end + 1])
        self._at = end + 1
        return line

    def _literal(self, size: int) -> bytes:
        if size > _LARGEST_LITERAL:
            raise Gone
        while len(self._buffer) - self._at < size:
            self._fill()
        literal = bytes(memoryview(self._buffer)[self._at : self._at + size])
        self._at += size
        return literal

    def _fill(self) -> int:
        """Receive more; by how much what was read already was cut off the front."""
        data = self._socket.recv(_BLOCK)
        if not data:
            raise Gone
        cut = self._at
        if cut:
            del self._buffer[:cut]
            self._at = 0
        self._buffer += data
        return cut


def _left_over(client: IMAPClient) -> bytes:
    """What imaplib received behind the last answer it read: in its file's buffer, since 3.14 in a list of its own."""
    imap = client._imap  # noqa: SLF001
    pieces = getattr(imap, "_readbuf", None)
    if pieces is not None:
        return b"".join(pieces)
    line = client.socket()
    timeout = line.gettimeout()
    line.settimeout(0)
    try:
        return bytes(imap.file.peek())
    except (BlockingIOError, ssl.SSLWantReadError):
        return b""
    finally:
        line.settimeout(timeout)
