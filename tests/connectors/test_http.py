"""HTTP as all connectors use it: what is asked, what is refused, and what an error says."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from stammkunde.connectors import http
from stammkunde.connectors.http import Web
from stammkunde.connectors.interface import ConnectorError, UnavailableError
from tests.connectors.imap.certificates import certificate


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=http.ATTEMPTS):
        yield


@pytest.fixture
def web(httpserver: HTTPServer) -> Iterator[Web]:
    made = Web(httpserver.url_for(""), auth=("key", "geheim"))
    yield made
    made.close()


def test_an_answer_is_what_came(httpserver: HTTPServer, web: Web) -> None:
    httpserver.expect_request("/a", query_string="b=c+d").respond_with_data(
        "ja", headers={"X-Total": "7"}
    )
    answer = web.get("/a", {"b": "c d"})
    assert (answer.status, answer.body, answer.headers["x-total"]) == (200, b"ja", "7")
    assert answer.at is not None
    assert answer.at.utcoffset() == timedelta()


def test_after_closing_one_may_ask_again(httpserver: HTTPServer, web: Web) -> None:
    httpserver.expect_request("/").respond_with_data("ja")
    assert web.get("/").body == b"ja"
    web.close()
    web.close()
    assert web.get("/").body == b"ja"


@pytest.mark.parametrize("failures", [1, 2])
def test_what_may_pass_is_tried_three_times(
    httpserver: HTTPServer, web: Web, failures: int
) -> None:
    for _ in range(failures):
        httpserver.expect_ordered_request("/").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/").respond_with_data("ja")
    assert web.get("/").body == b"ja"


@pytest.mark.parametrize(
    ("header", "pause", "asked"),
    [
        ({}, 0, 3),
        ({"Retry-After": "2"}, 2, 3),
        ({"Retry-After": "600"}, 600, 1),
        ({"Retry-After": "99999999"}, 86_400, 1),
        ({"Retry-After": "bald"}, 0, 3),
        ({"Retry-After": "-5"}, 0, 3),
    ],
)  # fmt: skip
def test_a_pause_that_is_asked_for_is_given(
    httpserver: HTTPServer, web: Web, header: dict[str, str], pause: float, asked: int
) -> None:
    httpserver.expect_request("/").respond_with_data("", status=429, headers=header)
    with pytest.raises(UnavailableError) as refused:
        web.get("/")
    assert (refused.value.pause_s, len(httpserver.log)) == (pause, asked)


def test_a_pause_until_a_date_counts_from_the_server_s_own_time() -> None:
    says = {"retry-after": "Mon, 02 Mar 2026 08:10:00 GMT", "date": "Mon, 02 Mar 2026 08:00:00 GMT"}
    assert http._pause(http.Answer(429, says, b"")) == 600


def test_a_redirect_stays_with_its_host(httpserver: HTTPServer, web: Web) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=301, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data("ja")
    assert web.get("/a").body == b"ja"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://another.example/", "http://localhost:9/", "//another.example/", "ftp://x/"],
)  # fmt: skip
def test_no_key_goes_to_another_host(httpserver: HTTPServer, web: Web, elsewhere: str) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "", status=302, headers={"Location": elsewhere}
    )
    with pytest.raises(ConnectorError, match=r"url: localhost sends us|round in a circle"):
        web.get("/a")


def test_an_answer_without_an_end_is_cut(
    httpserver: HTTPServer, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST", 1000)
    httpserver.expect_request("/").respond_with_data("x" * 1001)
    with pytest.raises(ConnectorError, match="too large"):
        web.get("/")


def test_an_answer_that_dribbles_has_a_deadline(
    httpserver: HTTPServer, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "DEADLINE_S", -1)
    httpserver.expect_request("/").respond_with_data("x")
    with pytest.raises(UnavailableError, match="takes too long"):
        web.get("/")


@pytest.mark.parametrize("private", [False, True])
def test_a_name_that_leads_into_the_own_network_is_refused(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    """The name is one of the outside world; where it leads shows when the connection stands."""
    httpserver.expect_request("/").respond_with_data("ja")
    monkeypatch.setattr(http, "_is_this_computer", lambda host: False)
    monkeypatch.setattr(Web, "check", lambda self: None)
    web = Web(httpserver.url_for(""), private=private)
    if private:
        assert web.get("/").body == b"ja"
    else:
        with pytest.raises(ConnectorError, match="within your own network"):
            web.get("/")
        assert httpserver.log == []
    web.close()


def test_nothing_that_was_sent_or_answered_stands_in_an_error(
    httpserver: HTTPServer, web: Web
) -> None:
    def answer(request: Request) -> Response:
        assert request.authorization
        return Response("Anna Beispiel", status=503)

    httpserver.expect_request("/kunden").respond_with_handler(answer)
    with pytest.raises(UnavailableError) as refused:
        web.get("/kunden", {"search": "anna@kunde.example"})
    said = str(refused.value) + repr(refused.value.values)
    assert [word for word in ("geheim", "Anna", "anna", "kunden") if word in said] == []


@pytest.mark.parametrize(
    ("made", "trusted", "says"),
    [
        ({}, True, ""),
        ({}, False, "not valid .*self-signed"),
        ({"days": -1}, True, "not valid .*expired"),
        ({"host": "another.example"}, True, "not valid .*mismatch"),
    ],
)
def test_a_certificate_is_verified(
    tmp_path: Path, made: dict[str, int | str], trusted: bool, says: str
) -> None:
    path = certificate(tmp_path, "server", **made)  # type: ignore[arg-type]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, path.with_suffix(".key"))
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/").respond_with_data("ja")
        web = Web(f"https://localhost:{server.port}", ca_file=str(path) if trusted else "")
        if says:
            with pytest.raises(ConnectorError, match=says) as refused:
                web.get("/")
            assert not isinstance(refused.value, UnavailableError)
            assert server.log == []
        else:
            assert web.get("/").body == b"ja"
        web.close()


def test_a_server_without_tls_is_told_as_such(httpserver: HTTPServer) -> None:
    web = Web(f"https://localhost:{httpserver.port}")
    with pytest.raises(ConnectorError, match="does not speak TLS"):
        web.get("/")
    web.close()
