"""Signing in by OAuth: a real exchange with an authorization server of this machine, whose tokens a real Dovecot asks after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from stammkunde.connectors.contract import DictMemory
from stammkunde.connectors.imap import tokens
from stammkunde.connectors.interface import (
    ConnectorError,
    CredentialsError,
    Message,
    UnavailableError,
)
from tests.connectors.imap.accounts import imap_of
from tests.connectors.imap.conftest import Reads
from tests.connectors.imap.dovecot import USER, Dovecot
from tests.connectors.imap.test_dovecot import numbered, once


class Authority:
    """An authorization server: device flow, refresh tokens that turn over, expiry, revocation, introspection."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("")
        self.valid: set[str] = set()
        self.refresh = "erste"
        self.lasts = 3600
        self.asked: list[dict[str, str]] = []
        self.pending: list[str] = []
        self.trouble: Response | None = None
        server.expect_request("/device", method="POST").respond_with_handler(self._device)
        server.expect_request("/token", method="POST").respond_with_handler(self._token)
        server.expect_request("/introspect").respond_with_handler(self._introspect)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "oauth": "other",
            "client_id": "stammkunde",
            "token_url": self.url + "token",
            "device_url": self.url + "device",
            "scope": "mail",
            "password": "",
        }

    def _form(self, request: Request) -> dict[str, str]:
        form = {
            name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()
        }
        self.asked.append(form)
        return form

    def _device(self, request: Request) -> Response:
        self._form(request)
        return answer(
            device_code="geraet",
            user_code="ABCD-EFGH",
            verification_uri="https://login.example.com/device",
            interval=0,
        )

    def _token(self, request: Request) -> Response:
        form = self._form(request)
        if self.trouble is not None:
            return self.trouble
        if form["client_id"] != "stammkunde":
            return answer(400, error="invalid_client")
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            return answer(400, error="invalid_grant")
        if form["grant_type"] != "refresh_token" and self.pending:
            return answer(400, error=self.pending.pop(0))
        access = f"zugang{len(self.asked)}"
        self.valid.add(access)
        self.refresh = f"nächste{len(self.asked)}"
        return answer(
            access_token=access,
            refresh_token=self.refresh,
            expires_in=self.lasts,
            token_type="Bearer",  # noqa: S106
        )

    def _introspect(self, request: Request) -> Response:
        known = request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid
        return answer(active=True, username=USER) if known else answer(401, active=False)


def answer(status: int = 200, **fields: Any) -> Response:
    return Response(json.dumps(fields), status, content_type="application/json")


@pytest.fixture
def authority(httpserver: HTTPServer) -> Authority:
    return Authority(httpserver)


@pytest.fixture
def guarded(dovecot: Dovecot, authority: Authority) -> Iterator[Dovecot]:
    """A server that takes tokens alone."""
    config = dovecot.folder / "oauth2"
    config.write_text(
        f"introspection_mode = auth\nintrospection_url = {authority.url}introspect\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    passdb = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {config}\n}}"
    server = Dovecot(dovecot.folder, passdb, mechanisms="xoauth2 oauthbearer")
    server.drop("INBOX", *numbered(1, 5))
    server.start()
    yield server
    server.stop()


def signed_in(connector: Any, memory: DictMemory) -> list[Message]:
    said: list[Message] = []
    memory.commit(connector.login(said.append, memory))
    return said


def test_a_person_signs_in_with_a_code_and_mails_are_read(
    guarded: Dovecot, authority: Authority, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(tokens.Provider.signed_in, "__defaults__", (pauses.append,))
    authority.pending = ["authorization_pending", "slow_down"]
    account = reads(imap_of(guarded, **authority.settings))
    account.connector.check()
    feed = account.feed()
    said: list[Message] = []
    feed.record(account.connector.login(said.append, feed.memory))
    assert "https://login.example.com/device" in str(said[0])
    assert "ABCD-EFGH" in str(said[0])
    assert pauses == [0, 0, 5]
    account.sync()
    account.connector.check()
    assert account.subjects() == once(1, 5)


def test_what_was_signed_in_lasts_for_another_process(
    guarded: Dovecot, authority: Authority
) -> None:
    memory = DictMemory()
    signed_in(imap_of(guarded, **authority.settings), memory)
    connector = imap_of(guarded, **authority.settings)
    (batch,) = connector.fetch(None, memory)
    connector.close()
    assert len(batch.contacts) == 5
    assert [form.get("grant_type") for form in authority.asked] == [None, tokens._DEVICE_GRANT]


def test_a_token_that_ran_out_is_renewed_and_the_new_one_remembered(
    guarded: Dovecot, authority: Authority
) -> None:
    memory = DictMemory()
    authority.lasts = 30  # less than is left to chance
    signed_in(imap_of(guarded, **authority.settings), memory)
    for _ in range(3):  # each time with the refresh token that the last renewal gave
        connector = imap_of(guarded, **authority.settings)
        for batch in connector.fetch(None, memory):
            memory.commit(batch)
        connector.close()
    assert [form.get("grant_type") for form in authority.asked][2:] == ["refresh_token"] * 3


def test_a_token_that_the_mail_server_refuses_is_renewed(
    guarded: Dovecot, authority: Authority
) -> None:
    memory = DictMemory()
    signed_in(imap_of(guarded, **authority.settings), memory)
    authority.valid.clear()
    connector = imap_of(guarded, **authority.settings)
    assert sum(len(batch.contacts) for batch in connector.fetch(None, memory)) == 5
    connector.close()


def test_a_renewal_whose_batch_was_lost_is_remembered_with_the_next(
    guarded: Dovecot, authority: Authority
) -> None:
    memory = DictMemory()
    signed_in(imap_of(guarded, **authority.settings), memory)
    authority.valid.clear()
    connector = imap_of(guarded, **authority.settings)
    fetching = connector.fetch(None, memory)
    assert next(fetching).remember
    fetching.close()  # type: ignore[attr-defined]
    for batch in connector.fetch(None, memory):
        memory.commit(batch)
    connector.close()
    assert authority.refresh.encode() in next(
        raw for key, raw in memory.values.items() if key.startswith("imap tokens")
    )


def test_a_sign_in_that_was_withdrawn_asks_for_a_person(
    guarded: Dovecot, authority: Authority
) -> None:
    memory = DictMemory()
    signed_in(imap_of(guarded, **authority.settings), memory)
    authority.valid.clear()
    authority.refresh = "widerrufen"
    with pytest.raises(CredentialsError, match="connector login"):
        list(imap_of(guarded, **authority.settings).fetch(None, memory))


def test_before_anybody_signed_in_it_says_so(guarded: Dovecot, authority: Authority) -> None:
    with pytest.raises(CredentialsError, match="nobody has signed in"):
        list(imap_of(guarded, **authority.settings).fetch(None, DictMemory()))


def test_a_refresh_token_got_elsewhere_does_as_well(guarded: Dovecot, authority: Authority) -> None:
    memory = DictMemory()
    connector = imap_of(guarded, **authority.settings, refresh_token="erste")  # noqa: S106
    for batch in connector.fetch(None, memory):
        memory.commit(batch)
    connector.close()
    authority.refresh = (
        "zweite"  # a new one in the settings wins over what was remembered of the old
    )
    authority.valid.clear()
    connector = imap_of(guarded, **authority.settings, refresh_token="zweite")  # noqa: S106
    assert sum(len(batch.contacts) for batch in connector.fetch(None, memory)) == 5
    connector.close()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (answer(503), UnavailableError),
        (answer(429), UnavailableError),
        (answer(400, error="invalid_client"), CredentialsError),
        (Response("<html>", 200), ConnectorError),
        (answer(302), ConnectorError),
    ],
)
def test_an_authority_in_trouble(
    guarded: Dovecot, authority: Authority, trouble: Response, error: type[ConnectorError]
) -> None:
    authority.trouble = trouble
    connector = imap_of(guarded, **authority.settings, refresh_token="erste")  # noqa: S106
    with pytest.raises(error, match="oauth"):
        list(connector.fetch(None, DictMemory()))


@pytest.mark.parametrize(
    ("refusal", "says"),
    [("access_denied", "refused in the browser"), ("expired_token", "not entered in time")],
)
def test_a_consent_that_is_not_given(
    dovecot: Dovecot, authority: Authority, refusal: str, says: str
) -> None:
    authority.pending = [refusal]
    with pytest.raises(CredentialsError, match=says):
        signed_in(imap_of(dovecot, **authority.settings), DictMemory())
