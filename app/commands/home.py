"""`init`, `status`, `rebuild` and `verify`: the home itself."""

from __future__ import annotations

import sys

import click

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.output import json_line
from stammkunde.config.example import settings_text


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
        click.echo(text("There is a home in {path} already.", path=session.home))
        return
    settings = settings_text()
    if not defaults and sys.stdin.isatty():
        settings = _ask(session)
    home.create(settings)
    click.echo(text("Made a home in {path}.", path=session.home))
    click.echo(
        text(
            "Keep a copy of master.key in a safe place: without it nobody can read the log again, neither can we."
        )
    )
    click.echo(text("Next: stammkunde import PATH, or name your sources in stammkunde.toml."))


def _ask(session: Session) -> str:
    text = session.locale.text
    name = click.prompt(text("What is the company's name?"), default="", show_default=False)
    own = click.prompt(
        text("Its own mail addresses or domains, separated by commas?"),
        default="",
        show_default=False,
    )
    country = click.prompt(text("Its country, two letters?"), default="CH")
    parts = [part.strip().lower() for part in own.split(",") if part.strip()]
    return settings_text(
        name=name,
        country=country.upper(),
        addresses=[part for part in parts if "@" in part],
        domains=[part for part in parts if "@" not in part],
    )


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def status_command(session: Session, as_json: bool) -> None:
    """What the log holds, how fresh each source and view is, and what waits in quarantine.

    \b
    stammkunde status
    stammkunde status --json
    """
    text = session.locale.text
    with opened(session.home) as home:
        home.catch_up()
        status = home.queries.status(home.log)
    if as_json:
        json_line(status)
        return
    log = status.log
    click.echo(
        text(
            "{events} events, {contacts} contacts, {customers} customers and prospects.",
            events=log.events,
            contacts=log.contacts,
            customers=log.customers,
        )
    )
    for source in status.sources:
        last = source.last_success or text("never")
        click.echo(f"  {source.name:<16} {source.connector:<14} {source.state:<12} {last}")
        if source.rejected:
            click.echo(
                "    " + text("{n} in quarantine: stammkunde quarantine list", n=source.rejected)
            )
    for view in status.projections:
        click.echo(
            "  "
            + text(
                "View {name}: {lag} events behind, {dead} not understood.",
                name=view.name,
                lag=view.lag,
                dead=view.dead_letters,
            )
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
    text = session.locale.text
    with opened(session.home) as home:
        if not check:
            events = home.rebuild()
            click.echo(text("Rebuilt from {n} events.", n=events))
            return 0
        home.catch_up()
        differences = home.check_views()
    for difference in differences:
        click.echo(
            f"stammkunde: views.db, table {difference.table}: row {difference.key} is not what the log says.",
            err=True,
        )
    if differences:
        click.echo(
            "stammkunde: the views are not what the log says: run “stammkunde rebuild”.", err=True
        )
        return 1
    click.echo(text("The views are what the log says."))
    return 0


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def verify_command(session: Session, as_json: bool) -> int:
    """Walk the whole log and check that it is what was recorded; names each transaction that is not.

    \b
    stammkunde verify
    """
    from stammkunde.core.log.verify import verify_chain

    with opened(session.home) as home:
        verdict = verify_chain(home.log)
    if as_json:
        json_line(verdict)
    else:
        click.echo(
            session.locale.text(
                "Checked {events} events in {transactions} transactions.",
                events=verdict.events,
                transactions=verdict.transactions,
            )
        )
    for finding in verdict.findings:
        click.echo(
            f"stammkunde: events {finding.first}–{finding.last}: {finding.problem}.", err=True
        )
    return 1 if verdict.findings else 0
