"""A poor server: pymap has no CONDSTORE, ENABLE, NAMESPACE, SPECIAL-USE or ESEARCH, and forgets all when it stops."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from imapclient import IMAPClient

from stammkunde.connectors.contract import ConnectorContract
from stammkunde.connectors.imap import Imap
from tests.connectors.imap.accounts import imap
from tests.connectors.imap.conftest import Reads
from tests.connectors.imap.dovecot import free_port
from tests.connectors.imap.test_dovecot import numbered, once, sent
from tests.connectors.imap.test_listening import listening

USER = "demouser"
PASSWORD = "demopass"  # noqa: S105


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """Its port; up in a second or two."""
    port = free_port()
    command = f"--host 127.0.0.1 --port {port} --no-tls --no-service managesieve --no-service admin dict --demo-data"
    process = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            "from pymap.main import main; main()",
            *command.split(),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 30
    while True:
        try:
            client(port).logout()
            break
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
    yield port
    process.terminate()
    process.communicate()


def client(port: int) -> IMAPClient:
    found = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    found.login(USER, PASSWORD)
    return found


def connector(port: int, **changes: Any) -> Imap:
    table: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "user": USER,
        "password": PASSWORD,
        "folders": ["Post", "Sent"],
    }
    return imap(**{**table, **changes})


@pytest.fixture
def post(server: int) -> Iterator[IMAPClient]:
    """A mail program, with the folder `Post` of ten mails and one that was sent."""
    with client(server) as found:
        for folder in ("Post", "Sent"):
            if found.folder_exists(folder):
                found.delete_folder(folder)
            found.create_folder(folder)
        for mail in numbered(1, 10):
            found.append("Post", mail.replace(b"\n", b"\r\n"))
        found.append("Sent", sent(1).replace(b"\n", b"\r\n"))
        yield found


def test_a_poor_server_is_read_all_the_same(server: int, post: IMAPClient, reads: Reads) -> None:
    account = reads(connector(server))
    account.connector.check()
    account.sync()
    expected = once(1, 10)
    expected["Antwort 1"] = 1
    assert account.subjects() == expected
    assert account.sync().items == 0
    post.append("Post", numbered(11, 11)[0].replace(b"\n", b"\r\n"))
    assert account.sync().items == 1
    post.select_folder("Post")
    post.copy([102], "Sent")  # where a customer's mail concerns nobody
    post.delete_messages([102, 105])  # its numbers begin with 101
    post.expunge()
    counts = account.sync()
    assert (counts.recorded, counts.ignored) == (0, {"internal": 1})
    assert account.holdings()["Post"].gone == ("102", "105")
    assert account.subjects() == expected + once(11, 11)


def test_a_poor_server_announces_new_mail(server: int, post: IMAPClient) -> None:
    with listening(
        imap(host="127.0.0.1", port=server, tls="none", user=USER, password=PASSWORD)
    ) as heard:
        heard.poked()
        post.append("INBOX", numbered(12, 12)[0].replace(b"\n", b"\r\n"))
        heard.poked()


class TestContract(ConnectorContract):
    kind = Imap

    @pytest.fixture
    def connect(self, server: int, post: IMAPClient) -> Callable[[], Imap]:
        return lambda: connector(server)

    @pytest.fixture
    def wrong(self, server: int) -> dict[str, Callable[[], Imap]]:
        return {
            "password": lambda: connector(server, password="falsch"),  # noqa: S106
            "folders": lambda: connector(server, folders=["Postfach"]),
            "port": lambda: connector(free_port()),
            "tls": lambda: connector(server, tls="starttls"),
        }
