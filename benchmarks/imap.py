"""From a mail server to recorded contacts, against mbsync, which only pulls, and against a plain loop of imapclient and email."""

from __future__ import annotations

import os
import shutil
import ssl
import statistics
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec
from imapclient import IMAPClient

from benchmarks.letters import BEGIN, letter
from benchmarks.measure import Result, at_most, interleaved, peak, told
from benchmarks.wiring import open_intake
from stammkunde.connectors.imap import Imap
from stammkunde.connectors.interface import Context
from stammkunde.core.batch import Batch
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier, Item
from stammkunde.core.feed import Feed, Source
from tests.connectors.imap.dovecot import PASSWORD, PROGRAM, USER, Dovecot

MAILS = int(os.environ.get("BENCH_MAILS", "20000"))
SOURCE = Source(name="post", connector="imap")
_STEP = 200
_PASSES = 50


def run() -> Iterator[Result]:
    """Wall seconds, server and disk included, over TLS; without Dovecot there is nothing to measure."""
    if not PROGRAM:
        yield told("imap", "Dovecot is not installed", 0, "mails")
        return
    with TemporaryDirectory() as folder:
        server = Dovecot(Path(folder))
        making = get_context("spawn").Process(target=_fill, args=(server,))
        making.start()  # in a process of its own, or its memory would be counted
        making.join()
        server.start()
        # as a mail box that somebody uses: what was only ever examined Dovecot goes through file by file each time, and it
        # trusts no folder that changed within the same second
        for part in ("cur", "new"):
            os.utime(server.maildir / part, (1_700_000_000, 1_700_000_000))
        with server.client() as person:
            person.select_folder("INBOX")
        try:
            yield from _measured(server, Path(folder))
        finally:
            server.stop()


def _fill(server: Dovecot) -> None:
    for number in range(MAILS):
        server.drop("INBOX", letter(number))


def _measured(server: Dovecot, folder: Path) -> Iterator[Result]:
    names = map(str, count())
    peaks: list[float] = []

    def ours(_: int) -> float:
        seconds = _ours(server, folder / next(names))
        peaks.append(peak())  # before the plain loop has added its own
        return MAILS / seconds

    variants = {"ours": ours}
    if shutil.which("mbsync"):
        variants["mbsync"] = lambda _: MAILS / _mbsync(server, folder / next(names))
    variants["plain"] = lambda _: MAILS / _plain(server, folder / next(names))
    figures = interleaved(variants)
    rates = {name: statistics.median(found) for name, found in figures.items()}
    for name, limit in (("mbsync", 0.35), ("plain", 3)):
        if name in rates:
            pairs = zip(figures["ours"], figures[name], strict=True)
            ratio = statistics.median(own / base for own, base in pairs)
            yield Result(
                "imap",
                f"{MAILS:,} mails to recorded contacts, against {name}",
                round(rates["ours"], 1),
                "mails/s",
                round(rates[name], 1),
                round(ratio, 2),
                f"≥ {limit}",
                ratio >= limit,
            )
    yield at_most("imap", "memory", peaks[0], "MiB", 100)
    yield from _unchanged(server, folder / next(names))


def _unchanged(server: Dovecot, folder: Path) -> Iterator[Result]:
    feed = _feed(folder)
    connector = imap_of(server)
    _read(connector, feed)
    open_, connecting, census = [], [], []
    for _ in range(_PASSES):
        open_.append(_seconds(lambda: _read(connector, feed)))
        census.append(_seconds(lambda: list(connector.holdings(feed.cursor, feed.memory))))
        connector.close()
        connecting.append(_seconds(lambda: _read(connector, feed)))
    yield at_most("imap", "unchanged, connection open", 1000 * statistics.median(open_), "ms", 5)
    yield at_most("imap", "unchanged, connecting", 1000 * statistics.median(connecting), "ms", 50)
    yield told("imap", "unchanged, holdings", 1000 * statistics.median(census), "ms")
    connector.close()


def _seconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def imap_of(server: Dovecot) -> Imap:
    """Our connector."""
    table = {
        "host": "localhost",
        "port": server.tls_port,
        "user": USER,
        "password": PASSWORD,
        "ca_file": str(server.certificate),
    }
    company = Company(domains=("muster-velo.example",))
    return Imap(msgspec.convert(table, Imap.Settings), Context(source="post", company=company))


def _feed(folder: Path) -> Feed:
    folder.mkdir()
    return open_intake(folder).open(SOURCE, advance=True)


def _read(connector: Imap, feed: Feed) -> None:
    for batch in connector.fetch(feed.cursor, feed.memory):
        feed.record(batch)


def _ours(server: Dovecot, folder: Path) -> float:
    feed = _feed(folder)
    connector = imap_of(server)
    seconds = _seconds(lambda: _read(connector, feed))
    connector.close()
    assert feed.counts.items == MAILS
    return seconds


def _plain(server: Dovecot, folder: Path) -> float:
    """As one writes it at first: the library fetches, `email` with its modern policy reads, a batch is recorded."""
    feed = _feed(folder)
    context = ssl.create_default_context(cafile=str(server.certificate))

    def loop() -> None:
        with IMAPClient("localhost", server.tls_port, ssl_context=context) as client:
            client.plain_login(USER, PASSWORD)
            client.select_folder("INBOX", readonly=True)
            uids = client.search()
            for at in range(0, len(uids), _STEP):
                answers = client.fetch(uids[at : at + _STEP], ["BODY.PEEK[]"])
                contacts = tuple(_contact(answer[b"BODY[]"]) for answer in answers.values())
                feed.record(Batch(contacts=contacts, cursor=str(at)))

    return _seconds(loop)


def _contact(raw: bytes) -> Contact:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    name, address = getaddresses([str(message["from"])])[0]
    direction: Literal["in", "out"] = "in"
    if address.endswith("@muster-velo.example"):
        direction = "out"
        name, address = getaddresses([str(message["to"])])[0]
    body = message.get_body(("plain", "html"))
    date = message["date"].datetime
    assert isinstance(date, datetime)
    return Contact(
        item=Item(f"{message['message-id']}\n{message['date']}", int(date.timestamp()) * 1000),
        party=address,
        channel="mail",
        kind="message",
        direction=direction,
        occurred_at=date or BEGIN,
        identifiers=(Identifier("mail", address),),
        display=name,
        subject=str(message["subject"]),
        text=str(body.get_content()) if body else "",
        thread=str(message["references"]),
    )


def _mbsync(server: Dovecot, folder: Path) -> float:
    """Every mail to a Maildir of its own, neither parsed nor recorded."""
    folder.mkdir()
    config = folder / "mbsyncrc"
    config.write_text(
        f"""FSync no

IMAPAccount post
Host localhost
Port {server.tls_port}
User {USER}
Pass {PASSWORD}
SSLType IMAPS
AuthMechs PLAIN LOGIN
CertificateFile {server.certificate}

IMAPStore far
Account post

MaildirStore near
Path {folder}/mails/
Inbox {folder}/mails/INBOX
SubFolders Verbatim

Channel post
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
""",
        encoding="utf-8",
    )
    (folder / "mails").mkdir()
    command = ["mbsync", "-q", "-c", str(config), "post"]
    seconds = _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    assert sum(1 for _ in (folder / "mails" / "INBOX").glob("*/*")) >= MAILS
    shutil.rmtree(folder)
    return seconds
