"""`quarantine`: what could not be read, and reading it again after a mend."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, SET, company_settings, pairs
from stammkunde.app.help import Group
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, csv_rows, json_line, table
from stammkunde.app.quarantined import Waiting, retry, waiting


@click.group("quarantine", cls=Group)
def quarantine_command() -> None:
    """What could not be read: its reason, and reading it again.

    \b
    stammkunde quarantine list
    stammkunde quarantine retry --source orders-csv --set encoding=cp1252
    """


@quarantine_command.command("list")
@click.option("--source", default="", help="Only this source.")
@JSON
@CSV
@click.pass_obj
def list_command(session: Session, source: str, as_json: bool, as_csv: bool) -> None:
    """What waits, oldest first."""
    with opened(session.home) as home:
        entries = waiting(home, source)
        zone = ZoneInfo(home.company.timezone)
    text = session.locale.text
    if as_json:
        json_line(entries)
    elif as_csv:
        csv_rows(Waiting.__struct_fields__, map(msgspec.structs.astuple, entries))
    elif not entries:
        click.echo(text("Nothing waits in quarantine."))
    else:
        columns = (
            Column(text("No."), 6, is_number=True),
            Column(text("Since"), 11),
            Column(text("Source"), 14),
            Column(text("Bytes"), 10, is_number=True),
            Column(text("Reason")),
        )
        table(columns, (_line(entry, zone, session.locale) for entry in entries))
        click.echo(f"{text('After a mend:')} stammkunde quarantine retry")


def _line(entry: Waiting, zone: ZoneInfo, locale: Locale) -> Sequence[str]:
    return (
        str(entry.number),
        writing.day(entry.seen_at.astimezone(zone).date(), locale.code),
        entry.source,
        locale.number(entry.size),
        locale.reason(entry.reason),
    )


@quarantine_command.command("retry")
@click.option("--source", default="", help="Only this source.")
@SET
@JSON
@click.pass_obj
def retry_command(session: Session, source: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Read again what waits; what is read now leaves the quarantine, the rest stays."""
    company, changed = company_settings(pairs(settings))
    with opened(session.home, company) as home:
        results = retry(home, source, changed)
    if as_json:
        json_line(results)
        return
    plural = session.locale.plural
    for one in results:
        left = plural("{n} still waits", "{n} still wait", one.waiting)
        click.echo(f"{one.source}: {plural('{n} read', '{n} read', one.read)}, {left}.")
    if not results:
        click.echo(session.locale.text("Nothing waits in quarantine."))
