"""The settings of a source with `connector = "imap"`."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal

import msgspec

from stammkunde.connectors.interface import ConnectorError, Discreet, Secret

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}


class Settings(Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "imap"`.

    `host`: the mail server's name, as its certificate has it.
    `port`: 0 for the usual one: 993, without implicit TLS 143.
    `user`: the name to sign in with, mostly the whole address.
    `password`: the mailbox's or, better, a password for this program alone; empty with a sign-in by a browser.
    `tls`: `implicit` from the first byte on, `starttls` which then must succeed, `none` on this machine alone.
    `ca_file`: certificates to trust instead of the system's, for a server with one of its own.
    `folders`: names as the server lists them, `sent` and `inbox` in any language, `*` for all but drafts, trash and junk; none: inbox and sent.
    `batch`: mails asked for by one command; down to 1 for servers that misbehave.
    `pipeline`: commands on their way at the same time; 1 for servers that take only one.
    `private_folders`: folders, and labels of Gmail, whose mails are counted and never stored.
    `private_subject`: a marker in the subject of mails that are not stored.
    `private_headers`: header fields of mails that are not stored, as `X-Private` or `Sensitivity: Private`.
    `shop_senders`: addresses and domains, besides our own, under which our web shop or its forms write to us.
    `poll_s`: seconds between two looks for new mail where the server can't announce it.
    `oauth`: sign in by a browser instead of a password, at another provider with both its addresses.
    `client_id`: the id under which this program is registered with the provider.
    `client_secret`: where the provider wants one.
    `refresh_token`: one that was got by other means than `connector login`.
    `tenant`: the organisation's at Microsoft.
    `token_url`: where tokens are fetched; by default the provider's.
    `device_url`: where a sign-in begins; by default the provider's.
    `scope`: what is asked for; by default reading mail by IMAP.
    """

    host: str
    user: str
    password: Secret = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    folders: tuple[str, ...] = ()
    batch: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 200
    pipeline: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    private_folders: tuple[str, ...] = ()
    private_subject: str = ""
    private_headers: tuple[str, ...] = ()
    shop_senders: tuple[str, ...] = ()
    poll_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 60
    oauth: Literal["", "microsoft", "google", "other"] = ""
    client_id: str = ""
    client_secret: Secret = ""
    refresh_token: Secret = ""
    tenant: str = "common"
    token_url: str = ""
    device_url: str = ""
    scope: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.tls]


def checked(settings: Settings) -> None:
    """Raise `ConnectorError` for settings that can't be meant."""
    if settings.tls == "none" and not is_loopback(settings.host):
        raise ConnectorError(
            "tls: “none” would send mails and the password in clear to {host}; use implicit or starttls.",
            host=settings.host,
        )
    if not settings.oauth and not settings.password:
        raise ConnectorError(
            "password: is missing; give the file it stands in, as password = { file = “…” }, or set oauth."
        )
    if settings.oauth and not settings.client_id:
        raise ConnectorError(
            "client_id: is missing; register this program with the provider and give its id."
        )
    if settings.oauth == "other" and not settings.token_url:
        raise ConnectorError(
            "token_url: is missing; with oauth = “other” both addresses are yours."
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
