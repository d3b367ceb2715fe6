"""Servers that misbehave: a proxy that cuts connections, and one that says what a script tells it to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LOCAL = "127.0.0.1"


@contextmanager
def _accepting(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port whose connections are each served by a thread."""
    listener = socket.create_server((LOCAL, 0))
    lines: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                lines.append(line)
                threads.append(threading.Thread(target=guarded, args=(line,)))
                threads[-1].start()

    def guarded(line: socket.socket) -> None:
        with suppress(OSError), line:
            serve(line)

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    acceptor.join()
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()
    for thread in threads:
        thread.join()


class Proxy:
    """What passes between a mail program and its server; `passed` bytes came from the server, `cut` is where it ends."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.cut: int | None = None
        self.passed = 0

    def serve(self, line: socket.socket) -> None:
        with socket.create_connection((LOCAL, self.target)) as server:
            up = threading.Thread(target=self._up, args=(line, server))
            up.start()
            self._down(server, line)
            for each in (line, server):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            up.join()

    def _up(self, line: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := line.recv(4096):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _down(self, server: socket.socket, line: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := server.recv(4096):
                if self.cut is not None:
                    data = data[: self.cut - passed]
                passed += len(data)
                self.passed += len(data)
                line.sendall(data)
                if self.cut is not None and passed >= self.cut:
                    return


@contextmanager
def proxy(target: int) -> Iterator[tuple[Proxy, int]]:
    """A proxy before a port of this machine, and its own port."""
    made = Proxy(target)
    with _accepting(made.serve) as port:
        yield made, port


class Script:
    """An IMAP server that answers each command by what `answers` has for its first words.

    A value is bytes with `TAG` where the command's tag goes, or a function of the connection and the tag. What is not in
    it is done: `OK`. `said` are the commands as they came.
    """

    def __init__(self, abilities: str = "IMAP4rev1 IDLE AUTH=PLAIN") -> None:
        self.greeting = b"* OK ready\r\n"
        self.said: list[str] = []
        self.answers: dict[str, bytes | Callable[[socket.socket, bytes], None]] = {
            "CAPABILITY": f"* CAPABILITY {abilities}\r\nTAG OK done\r\n".encode(),
            "AUTHENTICATE": self._authenticate,
            "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
            "STATUS": b"* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)\r\nTAG OK done\r\n",
            "EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\nTAG OK done\r\n",
        }

    def folder(self, *mails: bytes, first: int = 1) -> None:
        """What the inbox holds."""
        count = len(mails)
        following = first + count
        self.answers |= {
            "STATUS": f"* STATUS INBOX (MESSAGES {count} UIDNEXT {following} UIDVALIDITY 7)\r\nTAG OK done\r\n".encode(),
            "EXAMINE": f"* {count} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {following}] ok\r\nTAG OK done\r\n".encode(),
            "UID SEARCH": b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(first, following)) + b"\r\nTAG OK done\r\n",
            "UID FETCH": b"".join(
                fetched(number + 1, first + number, mail) for number, mail in enumerate(mails)
            )
            + b"TAG OK done\r\n",
        }  # fmt: skip

    def serve(self, line: socket.socket) -> None:
        line.sendall(self.greeting)
        with line.makefile("rb") as commands:
            for command in commands:
                tag, _, rest = command.rstrip().partition(b" ")
                text = (rest or tag).decode()  # DONE has no tag
                self.said.append(text)
                self._answer(line, tag, text)

    def _answer(self, line: socket.socket, tag: bytes, text: str) -> None:
        names = (name for name in self.answers if text.upper().startswith(name))
        answer = self.answers.get(max(names, key=len, default=""), b"TAG OK done\r\n")
        if callable(answer):
            answer(line, tag)
        else:
            line.sendall(answer.replace(b"TAG", tag))

    def _authenticate(self, line: socket.socket, tag: bytes) -> None:
        line.sendall(b"+ \r\n")
        while not line.recv(4096).endswith(b"\n"):
            pass
        line.sendall(tag + b" OK done\r\n")


def fetched(number: int, uid: int, mail: bytes) -> bytes:
    mail = mail.replace(b"\n", b"\r\n")
    return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (number, uid, len(mail), mail)


@contextmanager
def scripted(script: Script) -> Iterator[int]:
    """The port of a server with that script."""
    with _accepting(script.serve) as port:
        yield port
