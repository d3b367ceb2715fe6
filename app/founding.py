"""What `init` asks at a terminal: company, mail box, telephone log, shop. Each answer is tried before it counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from stammkunde.app.calendars import check_place
from stammkunde.app.company import company_of
from stammkunde.app.failures import of_connector, trace
from stammkunde.app.locale import Locale
from stammkunde.app.plugins.trial import close, first_batch
from stammkunde.app.reading import Overlay
from stammkunde.config.example import COUNTRIES
from stammkunde.config.settings import FILE, SettingsError, convert
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Batch, Connector, Context
from stammkunde.core.addresses import mail_address
from stammkunde.core.company import Company
from stammkunde.core.errors import (
    ConnectorError,
    CredentialsError,
    Message,
    SettingError,
    StammkundeError,
)

if TYPE_CHECKING:
    from stammkunde.connectors.imap.discovery import Candidate

MAIL, PHONE, SHOP = "mail", "phone", "shop"
"""What the sources are called that are set up here."""


class Answers(msgspec.Struct, frozen=True):
    """The company's table, a table for each source as the file has it, and the secrets by the file that holds each."""

    company: dict[str, Any]
    sources: tuple[dict[str, Any], ...] = ()
    secrets: Mapping[str, str] = {}

    def write_secrets(self, home: Path) -> None:
        """Each into a file of its owner's alone, beside the settings."""
        for name, secret in self.secrets.items():
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(home / name, flags, 0o600), "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), 0o600)  # one that was there may have been everybody's
                file.write(f"{secret}\n")


class Found(msgspec.Struct, frozen=True):
    """A source that was tried: its settings, of which `secrets` stand elsewhere; `address` is a mail box's."""

    connector: str
    own: dict[str, Any]
    secrets: dict[str, str] = {}
    address: str = ""

    def table(self, name: str) -> dict[str, Any]:
        """As it stands in the settings file."""
        where = {key: {"file": f"{name}.{key}"} for key in self.secrets}
        return {"name": name, "connector": self.connector, **self.own, **where}


class Interview:
    """Asks at the terminal. What is left empty is left out; what fails says why, and nothing of it is kept."""

    def __init__(self, locale: Locale) -> None:
        """In that language."""
        self._locale = locale
        self._company = Company()

    def answers(self) -> Answers:
        """All four."""
        text = self._locale.text
        self._head(1, text("The company"))
        table = self._ask_company()
        self._company = company_of(table)
        found = {}
        for number, (name, title, ask) in enumerate(
            (
                (MAIL, text("The mail box"), self._ask_mailbox),
                (PHONE, text("The telephone system"), self._ask_telephone),
                (SHOP, text("The web shop"), self._ask_shop),
            ),
            2,
        ):
            self._head(number, title)
            if source := ask():
                found[name] = source
        if mail := found.get(MAIL):
            table = _with_own(table, self._company, mail.address)
        return Answers(
            table,
            tuple(source.table(name) for name, source in found.items()),
            {
                f"{name}.{key}": secret
                for name, source in found.items()
                for key, secret in source.secrets.items()
            },
        )

    # ---- the company

    def _ask_company(self) -> dict[str, Any]:
        text = self._locale.text
        name = self._ask(text("What is the company's name?"))
        own = self._checked(
            text("Its own mail addresses or domains, separated by commas?"), "", _own_mail
        )
        numbers = self._ask(text("Its own telephone numbers, separated by commas?"))
        place = self._checked(text("Its country and canton, as CH-ZH?"), "CH", _place)
        while error := _wrong({**place, "numbers": numbers}):
            self._say(error)
            numbers = self._ask(text("Its own telephone numbers, separated by commas?"))
        if place["country"] not in COUNTRIES:
            click.echo(text("Please check currency and timezone in {file}.", file=FILE))
        return {"name": name, **own, **place, "numbers": _listed(numbers)}

    def _checked(
        self, question: str, default: str, read: Callable[[str], dict[str, Any]]
    ) -> dict[str, Any]:
        while True:
            table = read(self._ask(question, default))
            error = _wrong(table)
            if error is None:
                return table
            self._say(error)

    # ---- the mail box

    def _ask_mailbox(self) -> Found | None:
        text = self._locale.text
        while address := self._ask(text("Its mail address? Enter for none.")):
            if mail_address(address) is None:
                self._say(
                    Message(
                        "“{value}” is no mail address: write it like “info@muster-velo.example”.",
                        value=address,
                    )
                )
                continue
            server = self._server(address)
            found = server and self._mailbox(address, server)
            if found:
                return msgspec.structs.replace(found, address=address)
        return None

    def _server(self, address: str) -> Candidate | None:
        from stammkunde.connectors.imap.discovery import discover, reach

        text = self._locale.text
        click.echo(text("Looking for its server …"))
        candidates = discover(address)
        if candidates:
            return candidates[0]
        click.echo(text("None answers under the usual names."))
        while named := self._ask(
            text("The server's name, as imap.example.ch or imap.example.ch:993? Enter to go back.")
        ):
            host, _, port = named.rpartition(":") if ":" in named else (named, "", "0")
            try:
                return reach(host, int(port) if port.isdecimal() else 0)
            except ConnectorError as error:
                self._say(error)
        return None

    def _mailbox(self, address: str, server: Candidate) -> Found | None:
        own: dict[str, Any] = {"host": server.host, "user": address}
        if server.port not in (993, 143):
            own["port"] = server.port
        if server.tls != "implicit":
            own["tls"] = server.tls
        click.echo(self._locale.text("Its server is {host}.", host=server.host))
        if server.oauth:
            return self._with_browser({**own, "oauth": server.oauth})
        return self._with_password(own)

    def _with_password(self, own: dict[str, Any]) -> Found | None:
        text = self._locale.text
        while password := self._hidden(
            text("Its password, or better one for this program alone? Enter to go back.")
        ):
            found = Found("imap", own, {"password": password})
            error = self._refusal(found)
            if error is None:
                return found
            self._say(error)
            if isinstance(error, CredentialsError):
                own = {**own, "user": self._ask(text("The name to sign in with?"), own["user"])}
        return None

    def _with_browser(self, own: dict[str, Any]) -> Found | None:
        text = self._locale.text
        click.echo(
            text("This provider takes no passwords of programs, only a sign-in by a browser.")
        )
        while client := self._ask(
            text("The client id under which you registered this program there? Enter to go back.")
        ):
            found = Found("imap", {**own, "client_id": client})
            error = self._refusal(found)
            if error is None:
                click.echo(
                    text("Sign in when this is done: stammkunde connector login {name}", name=MAIL)
                )
                return found
            self._say(error)
        return None

    # ---- the telephone

    def _ask_telephone(self) -> Found | None:
        text = self._locale.text
        while answer := self._ask(text("Its call log, a file or folder? Enter for none.")):
            path = Path(answer).expanduser().absolute()
            error = self._call_log(path)
            if isinstance(error, Found):
                return error
            self._say(error)
        return None

    def _call_log(self, path: Path) -> Found | Message:
        if not path.exists():
            return Message("There is nothing at {path}.", path=path)
        known = registry.recognise(path)
        if len(known) != 1:
            return Message("“{path}” is not recognised as a call log.", path=path)
        found = Found(known[0], {"path": [str(path)]})
        batches: list[Batch] = []
        error = self._refusal(found, batches.append)
        if error is not None:
            return error
        if any(contact.channel != "phone" for batch in batches for contact in batch.contacts):
            return Message("“{path}” is not recognised as a call log.", path=path)
        return found

    # ---- the shop

    def _ask_shop(self) -> Found | None:
        text = self._locale.text
        while answer := self._ask(
            text("Its address (WooCommerce), as https://shop.example? Enter for none.")
        ):
            url = answer if "://" in answer else f"https://{answer}"
            click.echo(
                text("A key for reading is made in WooCommerce: Settings, Advanced, REST API.")
            )
            while (key := self._hidden(text("The consumer key, ck_…? Enter to go back."))) and (
                secret := self._hidden(text("The consumer secret, cs_…?"))
            ):
                found = Found("woocommerce", {"url": url}, {"key": key, "secret": secret})
                error = self._refusal(found)
                if error is None:
                    return found
                self._say(error)
                if not isinstance(error, CredentialsError):
                    break
        return None

    # ---- trying

    def _refusal(
        self, found: Found, take: Callable[[Batch], None] | None = None
    ) -> StammkundeError | Message | None:
        """Why a source can't be read; None where it can. `take` is given its first batch."""
        try:
            connector = self._made(found)
            try:
                connector.check()
                if take:
                    take(first_batch(connector, Overlay()))
            finally:
                close(connector)
        except SettingsError as error:
            return Message(error.template, **error.values)
        except StammkundeError as error:
            return error
        except Exception as error:  # a plugin may fail in any way
            trace(error)
            return of_connector(error)
        click.echo(self._locale.text("Tried: it can be read."))
        return None

    def _made(self, found: Found) -> Connector:
        kind = registry.load(found.connector)
        own = {**found.own, **found.secrets}
        settings = convert(own, kind.Settings, found.connector, strict=False)
        return kind(settings, Context(source=found.connector, company=self._company))

    # ---- the terminal

    def _ask(self, question: str, default: str = "") -> str:
        answer: str = click.prompt(question, default=default, show_default=bool(default))
        return answer.strip()

    def _hidden(self, question: str) -> str:
        answer: str = click.prompt(question, default="", show_default=False, hide_input=True)
        return answer.strip()

    def _say(self, message: object) -> None:
        click.echo(self._locale.say(message))

    def _head(self, number: int, title: str) -> None:
        click.echo(f"\n{number}/4  {title}")


def _wrong(table: dict[str, Any]) -> SettingError | None:
    try:
        check_place(company_of(table), datetime.now(UTC).year)
    except SettingError as error:
        return error
    return None


def _with_own(table: dict[str, Any], company: Company, mailbox: str) -> dict[str, Any]:
    """The mail box's address is ours, whether or not anybody named it."""
    address = mail_address(mailbox)
    if address is None or company.owns(address):
        return table
    return {**table, "addresses": [*table["addresses"], address]}


def _own_mail(answer: str) -> dict[str, Any]:
    own = _listed(answer.lower())
    return {
        "addresses": [part for part in own if "@" in part.strip("@")],
        "domains": [part.removeprefix("@") for part in own if "@" not in part.strip("@")],
    }


def _place(answer: str) -> dict[str, Any]:
    country, _, canton = answer.upper().partition("-")
    return {"country": country, "canton": canton}


def _listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]
