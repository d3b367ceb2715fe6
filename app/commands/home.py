"""`init`, `status`, `rebuild` and `verify`: the home itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import JSON, reading
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, json_line, table
from stammkunde.config.example import COUNTRIES, settings_text
from stammkunde.config.settings import FILE
from stammkunde.projections.answers import SourceStatus, Status


@click.command("init")
@click.option("--defaults", is_flag=True, help="Ask nothing.")
@click.pass_obj
def init_command(session: Session, defaults: bool) -> None:
    """Make a home: a commented stammkunde.toml, a master key, and an empty log. A second run changes nothing.

    \b
    stammkunde init
    stammkunde --home /srv/stammkunde init --defaults
    """
    text = session.locale.text
    home = Home(session.home)
    if home.exists:
        click.echo(text("There is a home in {path} already; nothing was changed.", path=home.path))
        return
    asks = not defaults and sys.stdin.isatty() and not (home.path / FILE).exists()
    home.create(_asked(session.locale) if asks else settings_text())
    master = home.path / home.settings.store.master_key.file
    click.echo(text("Made a home in {path}.", path=home.path))
    click.echo(text("The master key is {file}.", file=master))
    click.echo(text("Keep a copy in a safe place: without it nobody can read the log again."))
    click.echo(text("Next: stammkunde import FILES, or name your sources in {file}.", file=FILE))


def _asked(locale: Locale) -> str:
    """The settings of four answers; each may be empty."""
    text = locale.text

    def ask(question: str, default: str = "") -> str:
        answer: str = click.prompt(question, default=default, show_default=bool(default))
        return answer.strip()

    name = ask(text("What is the company's name?"))
    own = _listed(ask(text("Its own mail addresses or domains, separated by commas?")).lower())
    numbers = _listed(ask(text("Its own telephone numbers, separated by commas?")))
    country, _, canton = ask(text("Its country and canton, as CH-ZH?"), "CH").upper().partition("-")
    if country not in COUNTRIES:
        click.echo(text("Please check currency and timezone in {file}.", file=FILE))
    return settings_text(
        name=name,
        country=country,
        canton=canton,
        addresses=[part for part in own if "@" in part.strip("@")],
        domains=[part.removeprefix("@") for part in own if "@" not in part.strip("@")],
        numbers=numbers,
    )


def _listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


@click.command("status")
@JSON
@click.pass_obj
def status_command(session: Session, as_json: bool) -> None:
    """What the log holds, how fresh each source and view is, and what waits in quarantine.

    \b
    stammkunde status
    stammkunde status --json
    """
    with reading(session) as home:
        status = home.queries.status(home.log)
    if as_json:
        json_line(status)
    else:
        _show_status(status, ZoneInfo(home.company.timezone), session.locale)


def _show_status(status: Status, zone: ZoneInfo, locale: Locale) -> None:
    text, plural, log = locale.text, locale.plural, status.log
    events = plural("{n} event", "{n} events", log.events)
    contacts = plural("{n} contact", "{n} contacts", log.contacts)
    customers = plural("{n} customer or prospect", "{n} customers and prospects", log.customers)
    click.echo(f"{events}, {contacts}, {customers}.")
    if status.sources:
        columns = (
            Column(text("Source"), 18),
            Column(text("Connector"), 14),
            Column(text("State"), 16),
            Column(text("Last read"), 16),
            Column(text("Waiting"), 8, is_number=True),
        )
        table(columns, (_source_line(source, zone, locale) for source in status.sources))
    else:
        click.echo(text("Nothing was read yet: stammkunde import FILES"))
    waiting = sum(source.rejected for source in status.sources)
    if waiting:
        said = plural("{n} item can't be read:", "{n} items can't be read:", waiting)
        click.echo(f"{said} stammkunde quarantine list")
    for view in status.projections:
        if view.lag:
            behind = plural(
                "The views are {n} event behind.", "The views are {n} events behind.", view.lag
            )
            click.echo(behind)
        if view.dead_letters:
            dead = plural(
                "{n} event was not understood:",
                "{n} events were not understood:",
                view.dead_letters,
            )
            click.echo(f"{dead} stammkunde rebuild")


def _source_line(source: SourceStatus, zone: ZoneInfo, locale: Locale) -> Sequence[str]:
    last = source.last_success
    return (
        source.name,
        source.connector,
        locale.word(source.state),
        writing.full_moment(last, zone) if last else "–",
        writing.number(source.rejected),
    )


@click.command("rebuild")
@click.option("--check", is_flag=True, help="Build aside and compare; exit 1 where they differ.")
@click.pass_obj
def rebuild_command(session: Session, check: bool) -> int:
    """Build the views anew from the log. With --check nothing is replaced: both must be the same.

    \b
    stammkunde rebuild
    stammkunde rebuild --check
    """
    locale = session.locale
    with opened(session.home) as home:
        if not check:
            events = home.rebuild()
            click.echo(locale.plural("Rebuilt from {n} event.", "Rebuilt from {n} events.", events))
            return 0
        home.catch_up()
        differences = home.check_views()
    for difference in differences:
        click.echo(
            f"stammkunde: views.db, table {difference.table}: row {difference.key} is not what the log says:"
            " run “stammkunde rebuild”.",
            err=True,
        )
    if not differences:
        click.echo(locale.text("The views are what the log says."))
    return 1 if differences else 0


@click.command("verify")
@JSON
@click.pass_obj
def verify_command(session: Session, as_json: bool) -> int:
    """Walk the whole log and check that it is what was recorded; names each transaction that is not.

    \b
    stammkunde verify
    """
    from stammkunde.core.log.verify import verify_chain

    plural = session.locale.plural
    with opened(session.home) as home:
        verdict = verify_chain(home.log)
    if as_json:
        json_line(verdict)
    else:
        events = plural("{n} event", "{n} events", verdict.events)
        transactions = plural("{n} transaction", "{n} transactions", verdict.transactions)
        click.echo(
            session.locale.text(
                "Checked {events} in {transactions}.", events=events, transactions=transactions
            )
        )
        if not verdict.findings:
            click.echo(session.locale.text("The log is what was recorded."))
    for finding in verdict.findings:
        click.echo(
            f"stammkunde: events {finding.first}–{finding.last}: {finding.problem}: restore the log from a backup.",
            err=True,
        )
    return 1 if verdict.findings else 0
