"""Finding the mail server of an address by the names that servers usually have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias

import msgspec

from stammkunde.connectors.imap.session import reached, troubles
from stammkunde.connectors.imap.settings import Settings
from stammkunde.connectors.imap.wire import hung_up
from stammkunde.connectors.interface import ConnectorError

Tls: TypeAlias = Literal["implicit", "starttls"]

_MICROSOFT = "outlook.office365.com"
_KNOWN = {
    "gmail.com": "imap.gmail.com", "googlemail.com": "imap.gmail.com",
    "outlook.com": _MICROSOFT, "hotmail.com": _MICROSOFT, "live.com": _MICROSOFT,
    "gmx.ch": "imap.gmx.net", "gmx.net": "imap.gmx.net", "gmx.de": "imap.gmx.net",
    "bluewin.ch": "imaps.bluewin.ch", "icloud.com": "imap.mail.me.com", "yahoo.com": "imap.mail.yahoo.com",
}  # fmt: skip
"""Providers whose servers have none of the usual names; each from its own help pages."""

_WAIT_S = 5.0


class Candidate(msgspec.Struct, frozen=True):
    """A server that answered encrypted and as itself; `oauth` is the setting where it is known to take no password."""

    host: str
    port: int
    tls: Tls
    oauth: Literal["", "microsoft"] = ""


def discover(
    address: str, *, ports: tuple[int, int] = (993, 143), ca_file: str = ""
) -> list[Candidate]:
    """The mail servers that answer for an address, the most likely first; empty where none does. Signs in nowhere.

    Asked at the same time are the well-known host of its domain, else `imap.DOMAIN`, `mail.DOMAIN` and `DOMAIN`: with TLS
    at the first of `ports`, with STARTTLS at the second. One with a certificate that does not hold is none.
    """
    servers = [(host, port, tls) for host in _hosts(address) for port, tls in _ways(ports)]
    if not servers:
        return []
    with ThreadPoolExecutor(len(servers)) as pool:
        answers = list(pool.map(lambda server: _answers(server, ca_file), servers))
    found: dict[str, Candidate] = {}
    for (host, port, tls), answered in zip(servers, answers, strict=True):
        if answered:
            found.setdefault(host, Candidate(host, port, tls, _oauth(host)))
    return list(found.values())


def reach(host: str, port: int = 0, *, ca_file: str = "") -> Candidate:
    """The server of that name, with TLS or else with STARTTLS, at its usual ports or at that one.

    Raises the `ConnectorError` that says why it does not answer as it should. Signs in nowhere.
    """
    (first, implicit), (second, starttls) = _ways((993, 143))
    try:
        return _found(host, port or first, implicit, ca_file)
    except ConnectorError as refused:
        try:
            return _found(host, port or second, starttls, ca_file)
        except ConnectorError:
            raise refused from None


def _found(host: str, port: int, tls: Tls, ca_file: str) -> Candidate:
    _asked((host, port, tls), ca_file)
    return Candidate(host, port, tls, _oauth(host))


def _oauth(host: str) -> Literal["", "microsoft"]:
    return "microsoft" if host == _MICROSOFT else ""


def _ways(ports: tuple[int, int]) -> tuple[tuple[int, Tls], tuple[int, Tls]]:
    return (ports[0], "implicit"), (ports[1], "starttls")


def _hosts(address: str) -> tuple[str, ...]:
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if domain in _KNOWN:
        return (_KNOWN[domain],)
    return (f"imap.{domain}", f"mail.{domain}", domain) if domain else ()


def _answers(server: tuple[str, int, Tls], ca_file: str) -> bool:
    try:
        _asked(server, ca_file)
    except ConnectorError:
        return False
    return True


def _asked(server: tuple[str, int, Tls], ca_file: str) -> None:
    host, port, tls = server
    settings = Settings(host=host, user="", port=port, tls=tls, ca_file=ca_file)
    try:
        with troubles(settings):
            hung_up(reached(settings, connect_s=_WAIT_S))
    except UnicodeError:
        raise ConnectorError("host: “{host}” is no name of a server.", host=host) from None
