"""The telephone, live: from the event on the wire to the customer, among 100,000; and from a row of the log to the contact."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from benchmarks.measure import Result, at_most, percentile, told
from benchmarks.rows import folder
from benchmarks.wiring import collect_rarely
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.daemon.daemon import Daemon
from stammkunde.app.ringing import Switchboard
from stammkunde.app.web.follower import Follower
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact, Identifier, Item
from stammkunde.core.feed import Source
from stammkunde.projections.queries import Filter

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
EACH = 3
"""Calls of each customer."""
RINGS = 1_000
ROWS = 20
SETTLE_S = 1
PAGE = 1000
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_LOOK_S = 0.005


def run() -> Iterator[Result]:
    """All of it in one process, as `stammkunde run` has it; the telephone system is a thread of it, too."""
    collect_rarely()
    with folder() as path:
        home_path = path / "home"
        log = path / "Master.csv"
        log.touch()
        with System() as system:
            _make(home_path, log, system.port)
            with opened(home_path) as home:
                home.catch_up()
                yield from _rings(home, system)
                yield from _rows(home, log)


def _rings(home: Home, system: System) -> Iterator[Result]:
    lot = random.Random(1)  # noqa: S311
    numbers = [_number(lot.randrange(CUSTOMERS)) for _ in range(RINGS)]
    lookups, waits, found = [], [], 0
    for number in numbers:
        began = time.perf_counter()
        found += home.queries.caller(number).n
        lookups.append((time.perf_counter() - began) * 1000)
    assert found == RINGS, "every number is a customer's"
    with Switchboard(home) as board, board.subscribe() as listener:
        system.ready.wait(10)
        for n, number in enumerate(numbers):
            began = time.perf_counter()
            system.ring(n, number)
            ringing = listener.next(5)
            waits.append((time.perf_counter() - began) * 1000)
            assert ringing is not None
            assert ringing.caller.n == 1
    yield at_most("ringing", "who a number is, p95", percentile(lookups, 95), "ms", 5)
    yield told("ringing", "event on the wire to customer, median", percentile(waits, 50), "ms")
    yield at_most("ringing", "event on the wire to customer, p95", percentile(waits, 95), "ms", 100)


def _rows(home: Home, log: Path) -> Iterator[Result]:
    """With the daemon and the thread that follows the log."""
    waits = []
    with Daemon(home), Follower(home):
        time.sleep(2)  # until it listens
        for n in range(ROWS):
            began = time.perf_counter()
            with log.open("a") as file:
                file.write(_row(n))
            while len(home.queries.contacts(Filter(source="phone"), limit=ROWS)) <= n:
                time.sleep(_LOOK_S)
            waits.append(time.perf_counter() - began - SETTLE_S)
    what = "row to contact in the view beyond `settle`"
    yield told("ringing", f"{what}, median", percentile(waits, 50), "s")
    yield at_most("ringing", f"{what}, longest of {ROWS}", max(waits), "s", 2)


class System:
    """A manager interface on loopback: signs anybody in, has no channels, and rings."""

    def __init__(self) -> None:
        """It listens already."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.ready = threading.Event()
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        """Answer."""
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Answer nobody more."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def ring(self, n: int, number: str) -> None:
        """A new channel."""
        assert self._connection is not None
        key = f"{1_800_000_000 + n}.{n}"
        self._connection.sendall(
            (
                f"Event: Newchannel\r\nChannel: PJSIP/trunk-{n:08x}\r\nChannelState: 4\r\nCallerIDNum: {number}\r\n"
                f"CallerIDName: x\r\nContext: from-trunk\r\nExten: +41445551101\r\nUniqueid: {key}\r\nLinkedid: {key}\r\n\r\n"
            ).encode()
        )

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = connection
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
        rest = b""
        while data := connection.recv(4096):
            *asked, rest = (rest + data).split(b"\r\n\r\n")
            for each in asked:
                action = each.partition(b"Action: ")[2].partition(b"\r\n")[0]
                connection.sendall(b"Response: Success\r\nActionID: " + action + b"\r\n\r\n")
                if action == b"CoreShowChannels":
                    connection.sendall(
                        b"Event: CoreShowChannelsComplete\r\nActionID: " + action + b"\r\n\r\n"
                    )
                    self.ready.set()


def _make(path: Path, log: Path, port: int) -> None:
    settings = (
        '[company]\nname = "Muster Velo"\ncountry = "CH"\n'
        f'[[source]]\nname = "phone"\nconnector = "asterisk"\npath = ["{log}"]\ntimezone = "UTC"\nsettle = {SETTLE_S}\n'
        f'ami_host = "127.0.0.1"\nami_port = {port}\nami_user = "x"\nami_secret = {{ env = "BENCH_AMI" }}\n'
    )
    os.environ["BENCH_AMI"] = "x"
    with opened(path) as home:
        home.create(settings)
    with opened(path) as home:
        feed = home.intake.open(Source(name="old", connector="asterisk"))
        for first in range(0, CUSTOMERS * EACH, PAGE):
            feed.record(Batch(contacts=tuple(map(_call, range(first, first + PAGE)))))
        feed.finish()
        home.rebuild()


def _number(customer: int) -> str:
    return f"+4179{customer:07d}"


def _call(n: int) -> Contact:
    customer, at = n % CUSTOMERS, BEGIN + timedelta(seconds=60 * n)
    number = _number(customer)
    return Contact(
        item=Item(f"{round(at.timestamp())}.{n}", round(at.timestamp()) * 1000),
        channel="phone",
        kind="call",
        occurred_at=at,
        direction="in",
        outcome="answered",
        identifiers=(Identifier("phone", number),),
        duration_s=60,
    )


def _row(n: int) -> str:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC) + timedelta(seconds=60 * n)
    start, end = f"{at:%F %T}", f"{at + timedelta(seconds=4):%F %T}"
    key = f"{round(at.timestamp())}.{n}"
    return (
        f'"","{_number(n)}","+41445551101","from-trunk","","PJSIP/trunk-{n:08x}","PJSIP/101-{n + 100:08x}","Dial","PJSIP/101,20",'
        f'"{start}","{start}","{end}",4,4,"ANSWERED","DOCUMENTATION","{key}","","","{key}",{n}\n'
    )
