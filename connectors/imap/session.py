"""Signing in, and what can go wrong with it: each failure becomes the error that names the setting."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from stammkunde.connectors.imap.folders import Folder, chosen, listed
from stammkunde.connectors.imap.responses import State, examined, pause_s, searched, status_of
from stammkunde.connectors.imap.settings import Settings
from stammkunde.connectors.imap.uids import Ranges, union, written
from stammkunde.connectors.imap.wire import Gone, Refused, Wire, dialled, hung_up
from stammkunde.connectors.interface import ConnectorError, CredentialsError, UnavailableError

_PASSING = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]|backoff time|throttl|too many|temporar|try again",
    re.IGNORECASE,
)
"""Answers that may be another one later (RFC 5530, and what Microsoft 365, Gmail and Yahoo write)."""

_NEWS = re.compile(rb"\* \d+ (?:EXISTS|EXPUNGE)", re.IGNORECASE)

_WINDOW = 50_000
"""Mails in one `SEARCH` answer: at most 550 KB on one line."""

CONNECT_S = 15.0
"""Seconds for connecting; an answer may take four times as long."""

_EXPIRED = 10
_OTHER_HOST = 62
"""OpenSSL's `X509_V_ERR_CERT_HAS_EXPIRED` and `X509_V_ERR_HOSTNAME_MISMATCH`."""


def is_passing(text: str) -> bool:
    """Whether an answer may be another one later."""
    return _PASSING.search(text) is not None


class Access(Protocol):
    """Where an access token comes from."""

    def token(self, *, fresh: bool = False) -> str:
        """One that is valid now; `fresh`: the last one was refused."""


class Session:
    """A signed-in connection, what its server can, and the folders it has."""

    def __init__(self, wire: Wire, abilities: frozenset[str], folders: list[Folder]) -> None:
        """`abilities` in capitals."""
        self.wire = wire
        self.abilities = abilities
        self.folders = folders
        self.idles = "IDLE" in abilities
        self.gmail = "X-GM-EXT-1" in abilities
        self._search = "UID SEARCH RETURN (ALL)" if "ESEARCH" in abilities else "UID SEARCH"
        modseq = " HIGHESTMODSEQ" if "CONDSTORE" in abilities else ""
        self._items = f"(UIDVALIDITY UIDNEXT MESSAGES{modseq})"
        self.open = ""
        self._resting: Folder | None = None

    def statuses(self, folders: Sequence[Folder]) -> list[State]:
        """How each folder stands, asked in one go. Raises `Refused` where one is not there any more."""
        tags = [self.wire.send(f"STATUS {folder.quoted} {self._items}") for folder in folders]
        found: list[State] = []
        refused: Refused | None = None
        for tag in tags:
            try:
                answers = [b"".join(parts) for parts in self.wire.answers(tag)]
            except Refused as error:  # the answers to the others are still to be read
                refused = error
                continue
            states = [state for line in answers if (state := status_of(line))]
            found.append(states[-1] if states else State(0, 0, 0))
        if refused:
            raise refused
        return found

    def examine(self, folder: Folder) -> State:
        """Open a folder for reading alone."""
        self.open = ""
        state = examined(self.wire.ask(f"EXAMINE {folder.quoted}"))
        self.open = folder.name
        return state

    def rest(self, folder: Folder) -> None:
        """Stay in a folder until it is asked for again: Dovecot counts what is open in no time, else file by file."""
        if self.open != folder.name:
            self.examine(folder)
        self._resting = folder

    def refresh(self) -> None:
        """Hear what happened in the open folder; it is opened anew then, since `STATUS` may not tell of it (RFC 3501 §6.3.10)."""
        news = [line for line in self.wire.ask("NOOP") if _NEWS.match(line)]
        if news and self._resting and self.open == self._resting.name:
            self.examine(self._resting)

    def search(self, messages: int, within: Ranges = ()) -> Ranges:
        """The UIDs in the open folder of so many mails, all or those `within`.

        Asked by windows of sequence numbers, from the last one down: a mail that is deleted meanwhile moves the others
        down, into the windows that are still to be asked for.
        """
        found: Ranges = ()
        keys = f" UID {written(within)}" if within else ""
        for last in range(messages, 0, -_WINDOW):
            first = max(last - _WINDOW + 1, 1)
            end = "*" if last == messages else str(last)
            lines = self.wire.ask(f"{self._search} {first}:{end}{keys}")
            found = union((*found, *searched(lines)))
        return found

    def close(self) -> None:
        """Hang up."""
        self.wire.close()


def opened(settings: Settings, access: Access | None = None) -> Session:
    """Connect, sign in and list the folders. Raises `ConnectorError` as the module says."""
    with troubles(settings):
        client = reached(settings)
        try:
            _sign_in(client, settings, access)
            abilities = frozenset(
                each.decode("ascii", "replace").upper() for each in client.capabilities()
            )
            folders = listed(client.list_folders())
            return Session(Wire(client), abilities, folders)
        except BaseException:
            hung_up(client)
            raise


def folders_of(session: Session, settings: Settings) -> list[Folder]:
    """The folders that the settings mean."""
    found = chosen(session.folders, settings.folders, settings.private_folders, gmail=session.gmail)
    if not found:  # `*` where there is nothing but drafts, trash and junk
        raise ConnectorError("folders: the server shows no folder at all to this user.")
    return found


def reached(settings: Settings, connect_s: float = CONNECT_S) -> IMAPClient:
    """A connection that is encrypted as the settings say, not signed in; within `troubles`."""
    context = _context(settings)
    host, port = settings.address
    client = dialled(
        host,
        port,
        context if settings.tls == "implicit" else None,
        connect_s=connect_s,
        read_s=4 * connect_s,
    )
    if settings.tls == "starttls":
        _encrypt(client, settings, context)
    return client


def _offers_encryption(client: IMAPClient, settings: Settings) -> None:
    host, port = settings.address
    if not client.has_capability("STARTTLS"):
        raise ConnectorError(
            "tls: {host} does not offer STARTTLS at port {port}, or somebody between suppresses it; nothing was sent.",
            host=host,
            port=port,
        )


def _encrypt(client: IMAPClient, settings: Settings, context: ssl.SSLContext | None) -> None:
    try:
        _offers_encryption(client, settings)
        client.starttls(context)
    except BaseException:
        hung_up(client)
        raise


def _context(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ssl.SSLError):
        raise ConnectorError(
            "ca_file: {path} can't be read as certificates.", path=settings.ca_file
        ) from None


def _sign_in(client: IMAPClient, settings: Settings, access: Access | None) -> None:
    if access is None:
        _by_password(client, settings)
        return
    try:
        _by_token(client, settings.user, access.token())
    except LoginError as error:
        if is_passing(str(error)):
            raise
        _by_token(client, settings.user, access.token(fresh=True))


def _by_password(client: IMAPClient, settings: Settings) -> None:
    if client.has_capability("AUTH=PLAIN"):  # takes any letters; LOGIN is for ASCII alone
        client.plain_login(settings.user, settings.password)
    elif client.has_capability("LOGINDISABLED"):
        raise ConnectorError(
            "tls: {host} takes no password this way; set tls = “starttls”.", host=settings.host
        )
    else:
        client.login(settings.user, settings.password)


def _by_token(client: IMAPClient, user: str, token: str) -> None:
    if client.has_capability("AUTH=OAUTHBEARER"):
        client.oauthbearer_login(user, token)
    else:
        client.oauth2_login(user, token)


@contextmanager
def troubles(settings: Settings) -> Iterator[None]:
    """What a connection may raise, as the error that names setting and remedy."""
    try:
        yield
    except ConnectorError:
        raise
    except LoginError as error:
        raise _unwelcome(settings, str(error)) from None
    except ssl.SSLError as error:
        raise _insecure(settings, error) from None
    except imaplib.IMAP4.abort as error:
        raise _away(settings, str(error)) from None
    except imaplib.IMAP4.error as error:
        raise _refused(settings, str(error)) from None
    except Refused as error:
        raise _refused(settings, error.text) from None
    except Gone as error:
        raise _away(settings, error.text) from None
    except OSError as error:
        raise _unreached(settings, error) from None


def _unwelcome(settings: Settings, text: str) -> ConnectorError:
    if is_passing(text):
        return _away(settings, text)
    if settings.oauth:
        return CredentialsError(
            "oauth: {host} refuses the sign-in; run “stammkunde connector login” for this source, and see that `user` is the mailbox.",
            host=settings.host,
        )
    return CredentialsError("user, password: {host} refuses them.", host=settings.host)


def _insecure(settings: Settings, error: ssl.SSLError) -> ConnectorError:
    host, port = settings.address
    if not isinstance(error, ssl.SSLCertVerificationError):
        if "WRONG_VERSION" in str(error) or "RECORD_LAYER" in str(error):
            return ConnectorError(
                "tls, port: {host} does not speak TLS at port {port}; is it tls = “starttls”?",
                host=host,
                port=port,
            )
        return _away(settings, "")
    if error.verify_code == _EXPIRED:
        return ConnectorError(
            "host: the certificate of {host} has expired; its operator has to renew it.", host=host
        )
    if error.verify_code == _OTHER_HOST:
        return ConnectorError(
            "host: the certificate is not for {host}; write the server's own name.", host=host
        )
    return ConnectorError(
        "ca_file: the certificate of {host} is of nobody known here; for a server of your own name its authority.",
        host=host,
    )


def _unreached(settings: Settings, error: OSError) -> ConnectorError:
    host, port = settings.address
    if isinstance(error, socket.gaierror):
        return UnavailableError(
            "host: there is no {host}; check the name and the network.", host=host
        )
    if isinstance(error, ConnectionRefusedError):
        return UnavailableError(
            "port: nothing answers at port {port} of {host}; check it, or wait until the server runs.",
            host=host,
            port=port,
        )
    if isinstance(error, TimeoutError):
        return UnavailableError(
            "host: {host} does not answer at port {port}.", host=host, port=port
        )
    return _away(settings, "")


def _away(settings: Settings, text: str) -> UnavailableError:
    return UnavailableError(
        "host: the connection to {host} was lost.", host=settings.host, pause_s=pause_s(text)
    )


def _refused(settings: Settings, text: str) -> ConnectorError:
    if is_passing(text):
        return UnavailableError(
            "host: {host} asks for patience.", host=settings.host, pause_s=pause_s(text)
        )
    return ConnectorError(
        "folders: {host} refuses a command; does this user see the folder?", host=settings.host
    )
