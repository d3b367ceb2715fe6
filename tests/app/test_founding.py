"""`init` sets sources up: against a real mail server, a call log and a shop, each tried before it is saved."""

import os
import pty
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE
from tempfile import TemporaryDirectory

import pytest

from tests.app.calling import Run, program
from tests.app.test_cli_init import DEADLINE_S, Terminal
from tests.connectors.imap import dovecot as programs
from tests.connectors.imap.dovecot import PASSWORD, USER, Dovecot
from tests.connectors.woocommerce.fake_shop import KEY, SECRET, FakeShop

DATA = Path(__file__).parents[1] / "data"
LETTER = (
    b"From: Anna Beispiel <anna4@kunde.example>\nTo: anna@localhost.example\n"
    b"Subject: Offerte\nDate: Mon, 16 Nov 2026 09:00:00 +0100\nMessage-ID: <1@kunden.example>\n\nGuten Tag\n"
)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    if not programs.PROGRAM:
        pytest.skip("Dovecot is not installed")
    with TemporaryDirectory() as folder:
        server = Dovecot(Path(folder))
        server.drop("INBOX", LETTER)
        server.start()
        yield server
        server.stop()


def test_four_questions_lead_to_the_first_customer_sheet(
    tmp_path: Path, dovecot: Dovecot, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    home = tmp_path / "home"
    shop = FakeShop()
    shop.place()
    ours, theirs = pty.openpty()
    with shop.serving() as url:
        process = subprocess.Popen(
            program(home, "--lang", "en", "init"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,  # else the password is asked for at the terminal of these tests
        )
        os.close(theirs)
        terminal = Terminal(ours)
        calls = DATA / "telephony" / "Master_newcdrcolumns_gmt.csv"
        for question, answer in (
            ("company's name?", "Muster Velo AG"),
            ("mail addresses or domains", ""),
            ("telephone numbers", ""),
            ("country and canton", ""),
            ("Its mail address?", "anna"),
            ("“anna” is no mail address", ""),
            ("Its mail address?", "anna@localhost.example"),
            ("None answers", ""),
            ("The server's name", f"localhost:{programs.free_port()}"),
            ("port: nothing answers", ""),
            ("The server's name", f"localhost:{dovecot.tls_port}"),
            ("Its password", "falsch"),
            ("password: ", ""),
            ("The name to sign in with?", USER),
            ("Its password", PASSWORD),
            ("Tried: it can be read.", ""),
            ("Its call log", "/nowhere"),
            ("There is nothing at /nowhere.", ""),
            ("Its call log", str(DATA / "addressbook" / "book.vcf")),
            ("not recognised as a call log", ""),
            ("Its call log", str(calls)),
            ("Tried: it can be read.", ""),
            ("Its address (WooCommerce)", url),
            ("The consumer key", KEY),
            ("The consumer secret", "cs_falsch"),
            ("The consumer key", KEY),
            ("The consumer secret", SECRET),
            ("Tried: it can be read.", ""),
        ):
            terminal.expect(question)
            if answer or question.endswith(("domains", "numbers", "canton")):
                terminal.type(answer)
        terminal.expect("Next: stammkunde run")
        assert process.wait(DEADLINE_S) == 0
        os.close(ours)
        file = home / "stammkunde.toml"
        settings = tomllib.loads(file.read_text())
        assert settings["company"]["addresses"] == ["anna@localhost.example"]
        assert [source["name"] for source in settings["source"]] == ["mail", "phone", "shop"]
        assert all(secret not in file.read_text() for secret in (PASSWORD, KEY, SECRET, "falsch"))
        assert {S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
        assert (home / "mail.password").read_text() == f"{PASSWORD}\n"
        assert run(home, "sync").status == 0
    sheet = run(home, "customer", "anna4@kunde.example").out
    assert "Anna Beispiel" in sheet
    assert "Offerte" in sheet
    assert "order_placed" in run(home, "contacts", "--source", "shop", "--json").out
