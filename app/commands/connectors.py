"""`connectors` and `connector`: which are installed, what each can be told, and what a maker of one needs."""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import msgspec

from stammkunde.app import failures
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, SET, company_settings, pairs
from stammkunde.app.help import Group
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, csv_rows, json_line, page_width, table
from stammkunde.app.plugins.package import Names, write_package
from stammkunde.app.plugins.trial import CAN, Trial, attempt, close
from stammkunde.config.settings import SourceTable
from stammkunde.connectors import registry
from stammkunde.connectors.interface import ConnectorError, Message
from stammkunde.connectors.registry import Installed, Setting


@click.command("connectors")
@JSON
@CSV
@click.pass_obj
def connectors_command(session: Session, as_json: bool, as_csv: bool) -> int:
    """The connectors that are installed, with their settings.

    One that can't be imported does not keep the others from being shown.

    \b
    stammkunde connectors
    stammkunde connectors --json
    """
    found: list[Installed] = []
    refused: list[str] = []
    for name in registry.names():
        try:
            found.append(Installed(name, tuple(registry.settings_of(name))))
        except ConnectorError as error:
            refused.append(session.locale.say(error))
    _show(found, session.locale, as_json=as_json, as_csv=as_csv)
    for line in refused:
        failures.say(line)
    return failures.FAILED if refused else failures.DONE


def _show(found: Sequence[Installed], locale: Locale, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        json_line(found)
        return
    if as_csv:
        head = ("connector", *Setting.__struct_fields__)
        rows = ((each.name, *_cells(one)) for each in found for one in each.settings)
        csv_rows(head, rows)
        return
    for each in found:
        page = click.HelpFormatter(width=page_width())
        with page.section(each.name):
            page.write_dl(list(_explained(each.settings, locale)))
        click.echo(page.getvalue())


def _explained(settings: Sequence[Setting], locale: Locale) -> Iterator[tuple[str, str]]:
    """What several settings have in common is said beside the first of them."""
    for doc, together in groupby(settings, key=lambda one: one.doc):
        first, *rest = together
        said = " ".join(map(locale.text, registry.sentences(doc)))
        yield _head(first, locale), said.removeprefix(f"`{first.name}`: ")
        yield from ((_head(one, locale), "") for one in rest)


def _cells(setting: Setting) -> tuple[object, ...]:
    return setting.name, setting.type, setting.required, str(setting.default or ""), setting.doc


def _head(setting: Setting, locale: Locale) -> str:
    """`folder (text)`, `complete (yes/no) = no`."""
    parts = setting.type.split(" | ")
    what = " | ".join(locale.text(part) if part in registry.TYPES else part for part in parts)
    if setting.required:
        return f"{setting.name} ({what}, {locale.text('required')})"
    return f"{setting.name} ({what}){_default(setting.default, locale)}"


def _default(value: object, locale: Locale) -> str:
    if isinstance(value, bool):
        return f" = {locale.text('yes') if value else locale.text('no')}"
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return f" = {value}" if value not in ("", None) else ""


@click.group("connector", cls=Group)
def connector_command() -> None:
    """Make a connector of your own, try a source, sign in to one.

    \b
    stammkunde connector new paper-trail
    stammkunde connector test phone
    """


@connector_command.command("new")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder in which the package's own is made; default: this one.",
)
@click.pass_obj
def new_command(session: Session, name: str, into: Path) -> None:
    """Write a package for a new connector. It can be installed and passes its tests as it is.

    \b
    stammkunde connector new paper-trail
    stammkunde connector new paper-trail --into ../plugins
    """
    folder = write_package(name, into.absolute())  # pip takes a bare name for one to be downloaded
    text = session.locale.text
    click.echo(
        text("{folder} is written: a connector that reads visits from a CSV file.", folder=folder)
    )
    sample, module = folder / "tests" / "sample.csv", folder / f"{Names(name).module}.py"
    for what, words in (
        (
            text("Install it:"),
            (sys.executable, "-m", "pip", "install", "--editable", f"{folder}[test]"),
        ),
        (text("Run its tests:"), (sys.executable, "-m", "pytest", str(folder))),
        (text("Try it:"), ("stammkunde", "connector", "test", name, "--set", f"path={sample}")),
    ):
        click.echo(f"{what}\n  {shlex.join(words)}")
    click.echo(text("Then make it read what your source writes, in {module}.", module=module))


@connector_command.command("test")
@click.argument("name", metavar="NAME")
@SET
@JSON
@click.pass_obj
def test_command(session: Session, name: str, settings: tuple[str, ...], as_json: bool) -> int:
    """Try a source: whether it can be read, and what its first batch would bring. Nothing is written.

    NAME is a source of stammkunde.toml, or a connector whose settings are given by --set.

    \b
    stammkunde connector test phone
    stammkunde connector test cash-register --set path=sample.csv
    stammkunde connector test imap --set host=imap.example.ch --set password.file=box.password
    """
    company, own = company_settings(pairs(settings))
    with opened(session.home, company) as home:
        trial = attempt(home, _tried(home, name, own))
    if as_json:
        json_line(trial)
    else:
        _show_trial(trial, session.locale)
    return failures.FAILED if trial.flaws else failures.DONE


@connector_command.command("login")
@click.argument("source")
@click.pass_obj
def login_command(session: Session, source: str) -> None:
    """Sign in to a source of stammkunde.toml with a browser, on whatever device.

    \b
    stammkunde connector login info
    """
    locale = session.locale

    def say(message: Message) -> None:
        click.echo(locale.say(message))

    with opened(session.home) as home:
        home.require()
        (configured,) = home.configured([source])
        connector = home.connector(configured)
        login = getattr(connector, "login", None)
        if login is None:
            raise ConnectorError(
                "“{source}” needs no sign-in: its connector {connector} has none.",
                source=source,
                connector=configured.connector,
            )
        feed = home.intake.open(home.source(configured))
        try:
            feed.record(login(say, feed.memory))
        finally:
            close(connector)
    click.echo(locale.text("{source}: signed in.", source=source))


def _tried(home: Home, name: str, own: dict[str, str]) -> SourceTable:
    """The source of that name, else one of the connector of that name, with what `--set` says on top."""
    configured = {table.name: table for table in home.settings.sources}
    source = configured.get(name)
    if source is None:
        if name not in registry.names():
            raise _unknown(name, [*configured, *registry.names()])
        source = SourceTable(name=name, connector=name)
    given: dict[str, Any] = {}
    for key, value in own.items():
        setting, dot, part = key.partition(".")
        given[setting] = {part: value} if dot else value
    if "path" in given:
        given["path"] = [str(Path(path.strip()).absolute()) for path in own["path"].split(",")]
    return msgspec.structs.replace(source, own={**source.own, **given})


def _unknown(name: str, known: Sequence[str]) -> ConnectorError:
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return ConnectorError(
            "There is no source and no connector “{name}”; did you mean “{near}”?",
            name=name,
            near=near[0],
        )
    return ConnectorError(
        "There is no source and no connector “{name}”; known are {known}.",
        name=name,
        known=", ".join(dict.fromkeys(known)),
    )


def _show_trial(trial: Trial, locale: Locale) -> None:
    text = locale.text
    click.echo(text("{source}: can be read.", source=trial.source))
    if trial.can:
        click.echo(f"  {' · '.join(text(CAN[name]) for name in trial.can)}")
    contacts = locale.plural("{n} contact", "{n} contacts", trial.contacts)
    click.echo(f"{text('First batch:')} {contacts}. {text('Nothing was written.')}")
    groups = (
        (trial.kinds, "", locale.word),
        (trial.ignored, text("left out"), locale.word),
        (trial.rejected, text("unreadable"), locale.reason),
        (trial.flaws, text("not well-formed"), text),
    )
    rows = [
        (locale.number(n), f"{what}: {said(word)}" if what else said(word))
        for found, what, said in groups
        for word, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    table((Column("", 8, is_number=True), Column("")), rows)
