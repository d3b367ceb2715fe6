"""Where the server listens and under which names: checked before it starts, so that nothing personal travels in clear."""

from __future__ import annotations

import re
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path

import msgspec

from stammkunde.config.settings import Web
from stammkunde.core.errors import HomeError, SettingError

_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^:\[\]@/\s]+))(?::\d*)?")

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = frozenset({"localhost", LOOPBACK, "::1"})


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """An address to listen on. `names` are the hosts that browsers may ask for; `proxy` is the one peer whose word on who asks counts.

    `certificate` and `key` are files, or None where the connection itself is not encrypted.
    """

    host: str
    port: int
    names: frozenset[str]
    public: str = ""
    certificate: Path | None = None
    key: Path | None = None
    proxy: str = ""

    @property
    def is_local(self) -> bool:
        """Whether only this computer can connect."""
        return ip_address(self.host).is_loopback

    def address(self, port: int) -> str:
        """What one types into a browser, `port` being the one that was really taken."""
        if self.proxy and self.public:
            return f"https://{self.public}"
        host = LOOPBACK if ip_address(self.host).is_unspecified else self.host
        if self.certificate:
            return f"https://{self.public or _bracketed(host)}:{port}"
        return f"http://{_bracketed(host)}:{port}"


def binding(web: Web, home: Path, port: int | None = None) -> Binding:
    """The `[web]` table, checked; `port` overrides its own. `SettingError` says what is missing and the remedy."""
    names = [_name(name) for name in web.names]
    found = Binding(
        host=_resolved(web.host),
        port=_port(web.port) if port is None else port,
        names=LOOPBACK_NAMES | {web.host.lower(), *names},
        public=names[0] if names else "",
        certificate=home / web.tls_cert if web.tls_cert else None,
        key=home / web.tls_key if web.tls_key else None,
        proxy=_proxy(web.trusted_proxy),
    )
    if bool(found.certificate) != bool(found.key):
        raise SettingError("[web]: tls_cert and tls_key belong together: set both, or none.")
    if found.certificate:
        tls(found)
    elif not found.is_local and not found.proxy:
        raise SettingError(
            "[web]: with host = “{host}” names and mails would leave this computer unencrypted: set tls_cert and tls_key, or trusted_proxy to the address of a proxy that encrypts, or host to 127.0.0.1.",
            host=web.host,
        )
    if ip_address(found.host).is_unspecified and not web.names:
        raise SettingError(
            "[web]: “names” is missing: add the name under which browsers reach these pages, as [“crm.muster-velo.example”]."
        )
    return found


def tls(binding: Binding) -> ssl.SSLContext:
    """The certificate and its key, loaded: together they must fit."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(binding.certificate or "", binding.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingError(
            "[web]: {cert} and {key} can't be used: both must be PEM files, readable, and of one pair ({why}).",
            cert=binding.certificate,
            key=binding.key,
            why=(error.strerror or type(error).__name__).lower(),
        ) from None
    return context


def listening(place: Binding) -> socket.socket:
    """A socket that is bound; `HomeError` where the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except PermissionError:
        listener.close()
        raise HomeError(
            "Port {port} is kept for the system: take one above 1023 with --port.", port=place.port
        ) from None
    except OSError:
        listener.close()
        raise HomeError(
            "Port {port} of {host} can't be had: end the other program, or take another one with --port.",
            port=place.port,
            host=place.host,
        ) from None
    listener.listen(128)
    return listener


def host_name(host: str) -> str:
    """The name in a Host header (RFC 9110 §7.2) without its port, in small letters; an IPv6 address without brackets.

    What is no such header comes back as it is, and is nobody's name.
    """
    host = host.strip().lower()
    found = _HOST.fullmatch(host)
    if found is None:
        return host
    return found["address"] or found["name"].removesuffix(".")


def _resolved(host: str) -> str:
    """An address of the host; a name that means several takes its first, IPv4 before IPv6."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    addresses = sorted({str(each[4][0]) for each in found}, key=lambda address: ":" in address)
    if not host or not addresses:
        raise SettingError(
            "[web]: host: “{host}” is no address of this computer: write it as 127.0.0.1.",
            host=host,
        )
    return addresses[0].partition("%")[0]


def _name(name: str) -> str:
    if not _HOST.fullmatch(name.lower()) or host_name(name) != name.lower():
        raise SettingError(
            "[web]: names: “{name}” is no bare name: write it as crm.muster-velo.example, without https:// and port.",
            name=name,
        )
    return name.lower()


def _proxy(address: str) -> str:
    if not address:
        return ""
    try:
        return str(ip_address(address))
    except ValueError:
        raise SettingError(
            "[web]: trusted_proxy: “{address}” is no address: write it as 127.0.0.1.",
            address=address,
        ) from None


def _port(port: int) -> int:
    if not 0 <= port <= 65535:
        raise SettingError("[web]: port: {port} is none: it lies between 1 and 65535.", port=port)
    return port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
