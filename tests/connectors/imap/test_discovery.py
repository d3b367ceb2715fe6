"""Finding a mail server by the address, on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammkunde.connectors.imap import discovery
from stammkunde.connectors.imap.discovery import Candidate, discover
from tests.connectors.imap.certificates import certificate
from tests.connectors.imap.dovecot import Dovecot, free_port


def found(dovecot: Dovecot, first: int, second: int) -> list[Candidate]:
    """Only the domain itself has a name on every machine; `imap.localhost` has on some."""
    answers = discover("anna@localhost", ports=(first, second), ca_file=str(dovecot.certificate))
    return [each for each in answers if each.host == "localhost"]


def test_a_server_is_found_by_the_domain(dovecot: Dovecot) -> None:
    dovecot.start()
    assert found(dovecot, dovecot.tls_port, dovecot.port) == [
        Candidate("localhost", dovecot.tls_port, "implicit")
    ]


def test_a_server_with_starttls_alone_is_found_too(dovecot: Dovecot) -> None:
    dovecot.start()
    assert found(dovecot, free_port(), dovecot.port) == [
        Candidate("localhost", dovecot.port, "starttls")
    ]


def test_a_server_whose_certificate_does_not_hold_is_none(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.start()
    other = certificate(tmp_path, "other")
    ports = (dovecot.tls_port, dovecot.port)
    assert discover("anna@localhost", ports=ports, ca_file=str(other)) == []


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("info@muster-velo.ch", ("imap.muster-velo.ch", "mail.muster-velo.ch", "muster-velo.ch")),
        ("anna@GMX.ch", ("imap.gmx.net",)),
        ("muster-velo.ch", ("imap.muster-velo.ch", "mail.muster-velo.ch", "muster-velo.ch")),
        ("anna@", ()),
    ],
)
def test_the_names_that_servers_have(address: str, hosts: tuple[str, ...]) -> None:
    assert discovery._hosts(address) == hosts


def test_what_is_no_address_finds_nothing() -> None:
    assert discover("") == []
    assert discover("anna@..", ports=(free_port(), free_port())) == []
