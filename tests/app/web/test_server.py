"""`run` as a process of its own: what it prints, that it answers, and how it ends."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from stammkunde.app.web.server import greeting
from stammkunde.config.settings import Demo
from tests.app.calling import program
from tests.app.web.conftest import PASSWORD, Web
from tests.homes import Command

ADDRESS = "http://127.0.0.1:8765"


@contextmanager
def running(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server with what it printed up to its address; killed where the test forgets it."""
    process = subprocess.Popen(
        program(home, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if "Ctrl-C" in line:
                break
        yield process, lines
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Command(tmp_path / "home").home


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_where_it_is_answers_and_ends_in_good_order(home: Path, end: int) -> None:
    with running(home, "--lang", "de", "run", "--port", "0") as (process, lines):
        first, last = lines
        address = re.search(r"http://127\.0\.0\.1:\d+", last)
        assert address
        assert first.startswith("Erster Start. Richten Sie hier Ihren Zugang ein: " + address[0])
        assert last == f"Stammkunde läuft auf {address[0]} – Ctrl-C beendet es."
        with httpx.Client(base_url=address[0]) as client:
            assert client.get("/healthz").json() == {"status": "ok"}
            assert client.get("/readyz").json() == {"status": "ok"}
            assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 421
            link = first.rpartition(address[0])[2]
            assert "Richten Sie Ihren Zugang ein" in client.get(link).text
        process.send_signal(end)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")
    assert list(home.glob("*-wal")) == []


def test_settings_that_would_send_all_in_clear_stop_it(home: Path) -> None:
    file = home / "stammkunde.toml"
    file.write_text(file.read_text().replace("[web]", '[web]\nhost = "0.0.0.0"', 1))
    done = subprocess.run(
        program(home, "--lang", "en", "run"), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "unencrypted: set tls_cert and tls_key, or trusted_proxy" in done.stderr


def test_the_first_admin_gets_a_link_and_nobody_after_him(web: Web) -> None:
    said = [str(line) for line in greeting(web.home, ADDRESS)]
    assert re.match(rf"First start\..* {ADDRESS}/welcome/\S{{20,}}$", said[0])
    web.home.accounts.add_user("Anna Frei", "admin", PASSWORD)
    assert [str(line) for line in greeting(web.home, ADDRESS)] == [
        f"Stammkunde runs at {ADDRESS} – Ctrl-C ends it."
    ]


def test_only_a_made_up_company_has_a_link_that_needs_no_password(web: Web) -> None:
    made_up = Demo(now=datetime(2026, 11, 20, 16, tzinfo=UTC))
    for demo, kind in ((Demo(), "first"), (made_up, "demo")):
        web.home.settings = replace(web.home.settings, demo=demo)
        secret = str(next(greeting(web.home, ADDRESS))).rpartition("/")[2]
        found = web.home.accounts.link(secret)
        assert found
        assert found.kind == kind


def test_the_demo_goes_on_to_its_pages_and_lets_in_by_its_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = ("--lang", "en", "demo", "--port", "0")
    with running(tmp_path / "unused", *words) as (process, lines):
        link = lines[-2].rpartition(" ")[2]
        with httpx.Client(follow_redirects=True) as client:
            token = re.search(r'name="_csrf_token" value="(\w+)"', client.get(link).text)
            assert token
            page = client.post(link, data={"_csrf_token": token[1]})
            assert page.status_code == 200
            assert "Muster Velo AG" in client.get(httpx.URL(link).join("/today")).text
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0
    (home,) = tmp_path.glob("stammkunde-demo-*")
    assert f"rm -r {home}" in out
