"""`init`, `status`, `rebuild` and `verify`: the home itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from stammkunde.app import failures, writing
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import JSON, reading
from stammkunde.app.founding import Answers, Interview
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, json_line, table
from stammkunde.app.recovery import new_sheet, recovery_sheet
from stammkunde.app.sentences import own_side
from stammkunde.config.example import settings_text
from stammkunde.config.settings import FILE
from stammkunde.core.decisions import HAND
from stammkunde.core.errors import SettingError
from stammkunde.core.standing import Standing, standings
from stammkunde.projections.answers import SourceStatus, Status

NAMED = 20
"""Gaps of a source that are named on the screen; `--json` has all of them."""


@click.command("init")
@click.option("--defaults", is_flag=True, help="Ask nothing.")
@click.option(
    "--recovery",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the recovery sheet to a new file instead of the terminal.",
)
@click.pass_obj
def init_command(session: Session, defaults: bool, recovery: Path | None) -> None:
    """Make a home: a commented stammkunde.toml, a master key, and an empty log. A second run changes nothing.

    \b
    stammkunde init
    stammkunde init --recovery Sheet.txt
    stammkunde --home /srv/stammkunde init --defaults
    """
    text = session.locale.text
    home = Home(session.home)
    if home.exists:
        click.echo(text("There is a home in {path} already; nothing was changed.", path=home.path))
        return
    asks = not defaults and sys.stdin.isatty() and not (home.path / FILE).exists()
    answers = Interview(session.locale).answers() if asks else Answers({})
    sheet = _created(home, answers, recovery, session.locale)
    master = home.path / home.settings.store.master_key.file
    click.echo(text("Made a home in {path}.", path=home.path))
    click.echo(text("The master key is {file}.", file=master))
    if sheet and recovery:
        click.echo(text("Its recovery sheet is {file}: print it, then delete it.", file=recovery))
    elif sheet and sys.stdout.isatty():
        click.echo(f"\n{sheet}\n")
    else:
        click.echo(text("Keep a copy in a safe place: without it nobody can read the log again."))
    if answers.sources:
        click.echo(text("Next: stammkunde run reads your sources and shows the pages."))
    else:
        click.echo(
            text("Next: stammkunde import FILES, or name your sources in {file}.", file=FILE)
        )
    failures.say(own_side(Home(session.home).company, session.locale))


def _created(home: Home, answers: Answers, recovery: Path | None, locale: Locale) -> str:
    """Make the home; the recovery sheet of its master key, empty for a key that there was before."""
    settings = settings_text(**answers.company, sources=answers.sources)
    if recovery is None:
        answers.write_secrets(home.path)
        master = home.create(settings)
        return recovery_sheet(master, home.path, locale) if master else ""
    with new_sheet(recovery) as file:
        answers.write_secrets(home.path)
        master = home.create(settings)
        if master is None:
            raise SettingError(
                "The master key was there before, so there is no new recovery sheet; the home is made."
            )
        sheet = recovery_sheet(master, home.path, locale)
        file.write(f"{sheet}\n")
    return sheet


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
        status, stand = home.queries.status(home.log), standings(home.log)
    if as_json:
        json_line(status)
    else:
        _show_status(status, stand, ZoneInfo(home.company.timezone), session.locale)


def _show_status(
    status: Status, stand: Mapping[str, Standing], zone: ZoneInfo, locale: Locale
) -> None:
    text, plural, log = locale.text, locale.plural, status.log
    events = plural("{n} event", "{n} events", log.events)
    contacts = plural("{n} contact", "{n} contacts", log.contacts)
    customers = plural("{n} customer or prospect", "{n} customers and prospects", log.customers)
    click.echo(f"{events}, {contacts}, {customers}.")
    if status.sources:
        columns = (
            Column(text("Source"), 17),
            Column(text("Connector"), 14),
            Column(text("State"), 16),
            Column(text("Last read"), 17),
            Column(text("Waiting"), 8, is_number=True),
        )
        table(columns, (_source_line(source, zone, locale) for source in status.sources))
        for source in status.sources:
            _show_trouble(source, stand.get(source.name, Standing()), locale)
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


def _show_trouble(source: SourceStatus, standing: Standing, locale: Locale) -> None:
    """What is wrong with a source, and which of its items are not in the log, in its own numbers."""
    if standing.why is not None:
        click.echo(f"{source.name}: {locale.say(standing.why)}")
    for held in source.holdings:
        for numbers, said in (
            (held.missing, locale.text("not read yet")),
            (held.gone, locale.text("no longer there")),
        ):
            if numbers:
                named = ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
                click.echo(f"{source.name}, {held.part}: {said}: {named}")


def _source_line(source: SourceStatus, zone: ZoneInfo, locale: Locale) -> Sequence[str]:
    last = source.last_success
    return (
        source.name,
        source.connector,
        locale.text("as it comes") if source.name == HAND.name else locale.word(source.state),
        writing.full_moment(last, zone, locale.code) if last else "–",
        locale.number(source.rejected),
    )


@click.command("rebuild")
@click.option(
    "--check",
    is_flag=True,
    help="Build aside and compare; exit 1 where they differ or lack an event.",
)
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
        left_out = home.dead_letters()
    for difference in differences:
        failures.say(
            locale.text(
                "views.db, table {table}: row {row} is not what the log says: run “stammkunde rebuild”.",
                table=difference.table,
                row=difference.key,
            )
        )
    if left_out and not differences:
        failures.say(
            locale.plural(
                "views.db lacks {n} event of the log, the first is {first}: run “stammkunde verify”; where that finds nothing, a newer version may understand it.",
                "views.db lacks {n} events of the log, the first is {first}: run “stammkunde verify”; where that finds nothing, a newer version may understand them.",
                len(left_out),
                first=f"{left_out[0].position} ({left_out[0].topic}, {left_out[0].error})",
            )
        )
    if differences or left_out:
        return 1
    click.echo(locale.text("The views are what the log says."))
    return 0


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
        said = "; ".join(map(session.locale.sentence, finding.problem.split("; ")))
        failures.say(
            session.locale.text(
                "events {first}–{last}: {problem}: restore log.db and keys.db from the same backup.",
                first=finding.first,
                last=finding.last,
                problem=said,
            )
        )
    return 1 if verdict.findings else 0
