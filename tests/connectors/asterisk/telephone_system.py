"""A telephone system's manager interface on loopback: it plays a session, and cuts the connection where it is told to."""

from __future__ import annotations

import lzma
import re
import socket
import ssl
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SECRET = "open sesame"  # noqa: S105
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
DATA = Path(__file__).parents[2] / "data" / "telephony"
Fields = dict[str, str]


class Played:
    """One session: events to send after sign-in, cut off after so many bytes of them (None: kept open)."""

    def __init__(
        self, events: Sequence[bytes], cut: int | None = None, listed: Iterable[bytes] | None = ()
    ) -> None:
        self.events = events
        self.cut = cut
        self.listed = listed


class TelephoneSystem:
    """Answers what our client asks: Login, Filter, CoreShowChannels, Ping; each connection plays the next session."""

    def __init__(
        self,
        sessions: Sequence[Played],
        *,
        secret: str = SECRET,
        context: ssl.SSLContext | None = None,
        answers_ping: bool = True,
    ) -> None:
        self._sessions = list(sessions)
        self._secret = secret
        self._context = context
        self._answers_ping = answers_ping
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.asked: list[Fields] = []
        self.connected = threading.Semaphore(0)
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._server, *self._connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits there
            each.close()
        self._thread.join(2)

    def say(self, data: bytes) -> None:
        """Send to the last connection."""
        self._connections[-1].sendall(data)

    def _run(self) -> None:
        for session in [*self._sessions, *[Played(())] * 100]:
            try:
                connection, _ = self._server.accept()
                if self._context:
                    connection = self._context.wrap_socket(connection, server_side=True)
            except OSError:
                if self._server.fileno() < 0:
                    return
                continue
            self._connections.append(connection)
            worker = threading.Thread(target=self._serve, args=(connection, session), daemon=True)
            worker.start()

    def _serve(self, connection: socket.socket, session: Played) -> None:
        try:
            connection.sendall(GREETING)
            rest = b""
            while data := connection.recv(4096):
                rest += data
                *asked, rest = rest.split(b"\r\n\r\n")
                for each in asked:
                    self._answer(connection, session, fields_of(each))
        except OSError:
            pass

    def _answer(self, connection: socket.socket, session: Played, asked: Fields) -> None:
        self.asked.append(asked)
        action = asked["ActionID"]
        if asked["Action"] == "Login" and asked["Secret"] != self._secret:
            connection.sendall(_response("Error", action, "Authentication failed"))
        elif asked["Action"] == "CoreShowChannels":
            self._play(connection, session, action)
        elif asked["Action"] != "Ping" or self._answers_ping:
            connection.sendall(_response("Success", action, "done"))

    def _play(self, connection: socket.socket, session: Played, action: str) -> None:
        if session.listed is None:
            connection.sendall(_response("Error", action, "Permission denied"))
        else:
            connection.sendall(_response("Success", action, "Channels will follow"))
            tag = f"\r\nActionID: {action}\r\n\r\n".encode()
            for channel in session.listed:
                connection.sendall(b"Event: CoreShowChannel\r\n" + channel + tag)
            connection.sendall(b"Event: CoreShowChannelsComplete\r\nEventList: Complete" + tag)
        self.connected.release()
        data = b"".join(session.events)
        connection.sendall(data if session.cut is None else data[: session.cut])
        if session.cut is not None:
            connection.shutdown(socket.SHUT_WR)  # both at once might take back what is under way


class Exchange:
    """The channels of a telephone system, by its events: what it would list if it were asked now."""

    def __init__(self) -> None:
        self.channels: dict[str, Fields] = {}

    def take(self, message: bytes) -> None:
        """The next event."""
        fields = fields_of(message)
        channel, name = fields.get("Uniqueid", ""), fields.get("Event")
        if name == "Hangup":
            self.channels.pop(channel, None)
        elif name in ("Newchannel", "Newstate", "NewCallerid", "BridgeEnter", "BridgeLeave"):
            known = self.channels.setdefault(channel, {"BridgeId": ""})
            known.update({key: fields[key] for key in _LISTED if key in fields})
            if name.startswith("Bridge"):
                known["BridgeId"] = fields["BridgeUniqueid"] if name == "BridgeEnter" else ""
        elif name == "DialBegin":
            known = self.channels.setdefault(channel, {"BridgeId": ""})
            known.update(Application="Dial", ApplicationData="PJSIP/" + fields["DialString"])

    @property
    def listed(self) -> list[bytes]:
        """As `CoreShowChannel` has them, without the last line's end."""
        return [
            "\r\n".join(f"{key}: {value}" for key, value in fields.items()).encode()
            for fields in self.channels.values()
        ]


_LISTED = (
    "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "Context", "Exten", "Uniqueid", "Linkedid",
)  # fmt: skip


def recorded() -> list[bytes]:
    """The events of twelve calls on Asterisk 22.10.1, as they went over the wire."""
    text = lzma.decompress((DATA / "ami_events.log.xz").read_bytes()).replace(b"\r\n", b"\n")
    events = (re.sub(rb"\A@.*\n", b"", each) for each in text.split(b"\n\n"))
    return [
        each.replace(b"\n", b"\r\n") + b"\r\n\r\n" for each in events if each.startswith(b"Event:")
    ]


def event(name: str, **fields: str) -> bytes:
    """An event as it goes over the wire."""
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in fields.items())]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def fields_of(message: bytes) -> Fields:
    """Keys and values of a message."""
    pairs = (line.split(": ", 1) for line in message.decode().splitlines() if ": " in line)
    return {pair[0]: pair[1] for pair in pairs}


def _response(kind: str, action: str, text: str) -> bytes:
    return f"Response: {kind}\r\nActionID: {action}\r\nMessage: {text}\r\n\r\n".encode()
