"""Homes whose pages are hard to draw: an empty one, one with a single contact, one with the longest names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from playwright.sync_api import Browser

from tests.browser import serving
from tests.browser.serving import Site
from tests.homes import Command

NAME = "Anna Frei"
PASSWORD = "vier Worte ohne Sinn"  # noqa: S105


@contextmanager
def served(chromium: Browser, command: Command) -> Iterator[Site]:
    """A home of one admin behind a server, whoever signed in."""
    secret = command.home / "password.txt"
    secret.write_text(PASSWORD, encoding="utf-8")
    status, _, err = command.run("user", "add", NAME, "admin", "--password-file", str(secret))
    assert status == 0, err
    with serving.served(command.home) as (address, _):
        yield Site(command.home, address, serving.let_in(chromium, address, "", NAME, PASSWORD))


@contextmanager
def empty(chromium: Browser, folder: Path) -> Iterator[Site]:
    """As `init` makes it."""
    with served(chromium, Command(folder / "home")) as site:
        yield site


@contextmanager
def one_contact(chromium: Browser, folder: Path) -> Iterator[Site]:
    """One mail that nobody answered, of a sender whom nobody knows."""
    command = Command(folder / "home")
    mail = folder / "mail.eml"
    mail.write_text(_mail("Beat Moser <beat@kunden.example>", "Bremse", "Guten Tag"))
    _imported(command, mail)
    with served(chromium, command) as site:
        yield site


@contextmanager
def long_names(chromium: Browser, folder: Path) -> Iterator[Site]:
    """People, subjects, addresses, notes, sources and users with names of 200 letters, most without a space."""
    command = Command(folder / "home")
    for n, name in enumerate(LONG):
        mails = folder / str(n)
        mails.mkdir()
        for day in range(16, 21):
            (mails / f"{day}.eml").write_text(
                _mail(f'"{name}" <{address(n)}>', name, name, day=day)
            )
        unknown = _mail(f'"{name}" <unknown{n}@{"x" * 60}.example>', name, name)
        (mails / "unknown.eml").write_text(unknown)
        card = folder / f"{n}.vcf"
        card.write_text(_card(n, name))
        _imported(command, mails, "--source", f"{n}{'q' * 100}")
        _imported(command, card)
        for arguments in (
            ("note", address(n), name),
            ("describe", address(n), f"{'p' * 80}={name}"),
            ("record", "letter", "--customer", address(n), "--text", name),
        ):
            status, _, err = command.run(*arguments)
            assert status == 0, err
    with served(chromium, command) as site:
        yield site


LONG = (
    "W" * 200,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "A & B Müller-Lüdenscheidt von und zu " * 5,
    "\u202eאבגד" * 40,
)  # fmt: skip
"""Without a place to break, with one seldom, with many, and from right to left."""


def address(n: int) -> str:
    """The mail address of the person with this long name, as long as RFC 5321 lets it be."""
    return f"{'l' * 60}{n}@{'d' * 60}.{'d' * 60}.example"


def _mail(sender: str, subject: str, text: str, day: int = 20) -> str:
    key = crc32(f"{day} {sender}".encode())
    return (
        f"From: {sender}\nTo: info@firma.example\nDate: {day} Nov 2026 10:00:00 +0100\n"
        f"Message-ID: <{key}@mail.example>\nSubject: {subject}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def _card(n: int, name: str) -> str:
    return (
        f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nN:{name};;;;\nORG:{name}\nTITLE:{name}\nEMAIL:{address(n)}\n"
        f"TEL:+4152203441{n}\nADR:;;{name};{name};;8400;Schweiz\nNOTE:{name}\nEND:VCARD\n"
    )


def _imported(command: Command, path: Path, *more: str) -> None:
    connector = "addressbook" if path.suffix == ".vcf" else "mailbox"
    ours = ("--set", "company.addresses=info@firma.example") if connector == "mailbox" else ()
    status, _, err = command.run("import", connector, str(path), *ours, *more)
    assert status == 0, err
