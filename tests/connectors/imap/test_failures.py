"""What goes wrong on the way: each failure is named by its setting, and nothing is lost or doubled by it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stammkunde.connectors.contract import DictMemory
from stammkunde.connectors.interface import ConnectorError, CredentialsError, UnavailableError
from tests.connectors.imap.accounts import Account, imap, imap_of
from tests.connectors.imap.certificates import certificate
from tests.connectors.imap.conftest import Reads
from tests.connectors.imap.dovecot import Dovecot, free_port
from tests.connectors.imap.servers import Script, proxy, scripted
from tests.connectors.imap.test_dovecot import numbered, once

Accounts = Callable[..., Account]


def plain(port: int, **settings: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "tls": "none", **settings}


def test_cut_at_every_thousandth_byte_nothing_is_lost_or_doubled(
    dovecot: Dovecot, reads: Reads
) -> None:
    dovecot.drop("INBOX", *(mail + b"x" * 70 + b"\n" for mail in numbered(1, 30)))
    dovecot.start()
    before = dovecot.contents()
    with proxy(dovecot.port) as (between, port):
        probe = reads(imap(**plain(port, batch=4)))
        probe.sync()
        probe.connector.close()
        whole = between.passed
        assert whole > 10_000
        for between.cut in range(1000, whole, 1000):
            account = reads(imap(**plain(port, batch=4)))
            with pytest.raises(UnavailableError, match="host"):
                account.sync()
            account.connector = imap_of(dovecot)
            assert account.sync().duplicates == 0
            assert account.subjects() == once(1, 30)
            account.connector.close()
    assert dovecot.contents() == before


def test_what_came_before_a_cut_is_not_asked_for_again(dovecot: Dovecot, reads: Reads) -> None:
    dovecot.drop("INBOX", *(mail + b"x" * 2000 + b"\n" for mail in numbered(1, 30)))
    dovecot.start()
    with proxy(dovecot.port) as (between, port):
        between.cut = 40_000
        account = reads(imap(**plain(port)))
        for _ in range(30):
            try:
                account.sync()
            except UnavailableError:
                continue
            break
    assert account.subjects() == once(1, 30)
    assert between.passed < 5 * 40_000


def test_a_server_that_stopped_is_unavailable_and_back(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 2))
    reader = account()
    reader.sync()
    dovecot.kill()
    with pytest.raises(UnavailableError, match="port"):
        reader.sync()
    dovecot.start()
    assert reader.sync().items == 0


def test_a_wrong_password(dovecot: Dovecot, account: Accounts) -> None:
    with pytest.raises(CredentialsError, match="password"):
        account(password="falsch").connector.check()  # noqa: S106


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_has_expired(dovecot: Dovecot, tmp_path: Path, tls: str) -> None:
    expired = certificate(tmp_path, "expired", days=-1)
    server = Dovecot(dovecot.folder, cert=str(expired))
    server.start()
    port = server.tls_port if tls == "implicit" else server.port
    try:
        with pytest.raises(ConnectorError, match="expired"):
            imap(port=port, tls=tls, ca_file=str(expired)).check()
    finally:
        server.stop()


def test_a_certificate_that_nobody_vouches_for(dovecot: Dovecot) -> None:
    dovecot.start()
    with pytest.raises(ConnectorError, match="ca_file"):
        imap(port=dovecot.tls_port).check()


def test_a_certificate_for_another_host(dovecot: Dovecot, tmp_path: Path) -> None:
    other = certificate(tmp_path, "other", host="mail.example.com")
    server = Dovecot(dovecot.folder, cert=str(other))
    server.start()
    try:
        with pytest.raises(ConnectorError, match="not for localhost"):
            imap(port=server.tls_port, ca_file=str(other)).check()
    finally:
        server.stop()


def test_starttls_must_succeed(dovecot: Dovecot) -> None:
    dovecot.start()
    connector = imap_of(dovecot, port=dovecot.port, tls="starttls")
    connector.check()
    connector.close()


def test_starttls_that_was_stripped_sends_no_password() -> None:
    script = Script()
    with scripted(script) as port, pytest.raises(ConnectorError, match="STARTTLS"):
        imap(port=port, tls="starttls").check()
    assert [each for each in script.said if each.startswith(("AUTH", "LOGIN"))] == []


def test_a_port_that_speaks_no_tls(dovecot: Dovecot) -> None:
    dovecot.start()
    with pytest.raises(ConnectorError, match="tls, port"):
        imap_of(dovecot, port=dovecot.port).check()


def test_a_port_where_nothing_answers() -> None:
    with pytest.raises(UnavailableError, match="port"):
        imap(port=free_port()).check()


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnavailableError, match=r"there is no imap\.example\.com"):
        imap(host="imap.example.com").check()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"tls": "none", "host": "imap.example.com"}, "tls"),
        ({"password": ""}, "password"),
        ({"oauth": "microsoft"}, "client_id"),
        ({"oauth": "other", "client_id": "x"}, "token_url"),
        ({"oauth": "other", "client_id": "x", "token_url": "http://example.com/"}, "token_url"),
        ({"ca_file": "/nowhere.pem"}, "ca_file"),
    ],
)
def test_a_setting_that_can_not_be_meant_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConnectorError, match=f"^{named}: "):
        imap(**settings).check()


def test_a_missing_folder_is_named_with_the_nearest(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("Kundenpost", *numbered(1, 1))
    with pytest.raises(ConnectorError, match=r"“Kundepost”.*“Kundenpost”"):
        account(folders=["inbox", "Kundepost"]).connector.check()


def test_what_microsoft_asks_for_is_respected() -> None:
    script = Script()
    script.answers["STATUS"] = (
        b"TAG NO Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n"
    )
    with scripted(script) as port, pytest.raises(UnavailableError) as raised:
        list(imap(**plain(port)).fetch(None, DictMemory()))
    assert raised.value.pause_s == pytest.approx(92.415)


def test_too_many_connections_are_no_wrong_password() -> None:
    script = Script()
    script.answers["AUTHENTICATE"] = (
        b"TAG NO [UNAVAILABLE] Maximum number of connections exceeded\r\n"
    )
    with scripted(script) as port, pytest.raises(UnavailableError):
        imap(**plain(port)).check()


def test_errors_name_no_person() -> None:
    script = Script()
    script.answers["AUTHENTICATE"] = b"TAG NO anna@example.com may not\r\n"
    with scripted(script) as port, pytest.raises(CredentialsError) as raised:
        imap(**plain(port)).check()
    assert "anna" not in str(raised.value)
