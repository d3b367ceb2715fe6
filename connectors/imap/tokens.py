"""Signing in by OAuth 2: access tokens and their renewal (RFC 6749), and a person's consent by the device flow (RFC 8628)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Lock
from time import sleep, time
from typing import Any

import httpx2
import msgspec

from stammkunde.connectors.imap.settings import Settings, is_loopback
from stammkunde.connectors.interface import (
    ConnectorError,
    CredentialsError,
    Discreet,
    Memory,
    Message,
    Secret,
    UnavailableError,
)
from stammkunde.core.errors import N_

_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/"
_TOKEN = {"microsoft": _MICROSOFT + "token", "google": "https://oauth2.googleapis.com/token"}
_DEVICE = {
    "microsoft": _MICROSOFT + "devicecode",
    "google": "https://oauth2.googleapis.com/device/code",
}
_SCOPE = {
    "microsoft": "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    "google": "https://mail.google.com/",
}
_ENDED = N_(
    "oauth: the sign-in has ended or was withdrawn; run “stammkunde connector login” for this source."
)
_NOT_KNOWN = N_(
    "oauth: the provider refuses this program; check client_id, client_secret, tenant and scope."
)
_REFUSALS = {
    "expired_token": N_("oauth: the code was not entered in time; begin anew."),
    "access_denied": N_("oauth: the sign-in was refused in the browser."),
}
_EARLY_S = 60
"""A token that lasts no longer is renewed: it might run out on its way."""
_WAIT_S = 30.0
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Tokens(Discreet, frozen=True):
    """What is remembered of a sign-in; `expires` in seconds since 1970."""

    refresh: Secret
    access: Secret = ""
    expires: float = 0.0
    given: str = ""
    """The digest of the setting `refresh_token` that it began with: a new setting begins anew."""


class _Answer(msgspec.Struct):
    """Of the token and the device address; `error` is one of RFC 6749 §5.2 and RFC 8628 §3.5."""

    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 3600
    error: str = ""
    device_code: str = ""
    user_code: str = ""
    verification_uri: str = ""
    verification_url: str = ""  # Google's name for it
    interval: float = 5


class Provider:
    """The authorization server of an account."""

    def __init__(self, settings: Settings) -> None:
        """Asks nothing yet. Raises `ConnectorError` for an address that is not encrypted."""
        tenant = settings.tenant
        self._token_url = settings.token_url or _TOKEN.get(settings.oauth, "").format(tenant=tenant)
        self._device_url = settings.device_url or _DEVICE.get(settings.oauth, "").format(
            tenant=tenant
        )
        self._scope = settings.scope or _SCOPE.get(settings.oauth, "")
        self._client = {"client_id": settings.client_id}
        if settings.client_secret:
            self._client["client_secret"] = settings.client_secret
        _must_be_safe("token_url", self._token_url)
        if self._device_url:
            _must_be_safe("device_url", self._device_url)

    def renewed(self, refresh: str) -> Tokens:
        """New tokens for a refresh token. `CredentialsError` where it was revoked or has run out."""
        answer = self._asked(
            self._token_url, {"grant_type": "refresh_token", "refresh_token": refresh}
        )
        if not answer.access_token:
            raise CredentialsError(_ENDED if answer.error == "invalid_grant" else _NOT_KNOWN)
        return _tokens(answer, refresh)

    def signed_in(
        self, say: Callable[[Message], None], wait: Callable[[float], None] = sleep
    ) -> Tokens:
        """Tell a person where to enter which code, and wait until it was. Raises `ConnectorError`."""
        if not self._device_url:
            raise ConnectorError(
                "device_url: is missing; with oauth = “other” both addresses are yours."
            )
        begun = self._asked(self._device_url, {"scope": self._scope})
        if not begun.device_code:
            raise ConnectorError(
                "client_id: the provider does not let this program begin a sign-in; see its registration."
            )
        say(
            Message(
                "Open {url} in a browser and enter the code {code}.",
                url=begun.verification_uri or begun.verification_url,
                code=begun.user_code,
            )
        )
        pause = max(begun.interval, 0)
        while True:
            wait(pause)
            answer = self._asked(
                self._token_url, {"grant_type": _DEVICE_GRANT, "device_code": begun.device_code}
            )
            if answer.access_token:
                return _tokens(answer, "")
            if answer.error == "slow_down":
                pause += 5  # RFC 8628 §3.5
            elif answer.error != "authorization_pending":
                raise CredentialsError(_REFUSALS.get(answer.error, _NOT_KNOWN))

    def _asked(self, url: str, form: Mapping[str, str]) -> _Answer:
        scope = {"scope": self._scope} if self._scope else {}
        try:
            response = httpx2.post(
                url,
                data={**self._client, **scope, **form},
                timeout=_WAIT_S,
                follow_redirects=False,
            )
        except httpx2.HTTPError:
            raise UnavailableError(
                "oauth: {url} does not answer.", url=httpx2.URL(url).host
            ) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise UnavailableError(
                "oauth: {url} asks for patience.",
                url=httpx2.URL(url).host,
                pause_s=_seconds(response.headers.get("retry-after", "")),
            )
        try:
            return msgspec.json.decode(response.content, type=_Answer, strict=False)
        except msgspec.MsgspecError:
            raise ConnectorError(
                "oauth: {url} is no authorization server.", url=httpx2.URL(url).host
            ) from None


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0


def _tokens(answer: _Answer, refresh: str) -> Tokens:
    return Tokens(answer.refresh_token or refresh, answer.access_token, time() + answer.expires_in)


def _must_be_safe(setting: str, url: str) -> None:
    parsed: Any = httpx2.URL(url)
    if parsed.scheme != "https" and not is_loopback(parsed.host):
        raise ConnectorError("{setting}: must begin with https://.", setting=setting)


class Access:
    """The account's tokens, for the threads that connect; `changes` is what has to be remembered of them."""

    def __init__(self, settings: Settings, source: str) -> None:
        """Nothing is known before `load`."""
        self._provider = Provider(settings)
        self._given = settings.refresh_token
        self._digest = sha256(self._given.encode()).hexdigest()[:16] if self._given else ""
        self._key = f"imap tokens\n{source}"
        self._lock = Lock()
        self._tokens: Tokens | None = None
        self._stored: bytes | None = None
        self._changed = False

    def load(self, memory: Memory) -> None:
        """Take what was remembered, where it is not what this object began with: somebody signed in meanwhile."""
        raw = memory.get(self._key)
        with self._lock:
            if raw == self._stored and self._tokens is not None:
                return  # ours are as new: a batch that was not committed takes nothing away
            self._stored, self._changed = raw, False
            known = msgspec.json.decode(raw, type=Tokens) if raw else None
            if self._given and (known is None or known.given != self._digest):
                known = Tokens(self._given)
            self._tokens = known

    @property
    def known(self) -> bool:
        """Whether there is anything to sign in with."""
        return self._tokens is not None

    def token(self, *, fresh: bool = False) -> str:
        """A valid access token, renewed where it ran out or, with `fresh`, was refused. Raises `ConnectorError`."""
        with self._lock:
            if self._tokens is None:
                raise CredentialsError(
                    "oauth: nobody has signed in yet; run “stammkunde connector login” for this source."
                )
            if fresh or self._tokens.expires < time() + _EARLY_S:
                self._keep(self._provider.renewed(self._tokens.refresh))
            return self._tokens.access

    def sign_in(self, say: Callable[[Message], None]) -> None:
        """A person's consent, from now on the account's."""
        tokens = self._provider.signed_in(say)
        with self._lock:
            self._keep(tokens)

    def _keep(self, tokens: Tokens) -> None:
        self._tokens = msgspec.structs.replace(tokens, given=self._digest)
        self._changed = True

    def changes(self) -> dict[str, bytes | None]:
        """What is to be remembered; the same until `load` finds it."""
        with self._lock:
            if not self._changed or self._tokens is None:
                return {}
            return {self._key: msgspec.json.encode(self._tokens)}
