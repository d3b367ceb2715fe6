"""`quarantine`: what could not be read, and reading it again after a mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, SET, company_settings, pairs
from stammkunde.app.help import Group
from stammkunde.app.output import Column, csv_rows, json_line, table
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Retries
from stammkunde.core.batch import Batch
from stammkunde.core.errors import ConnectorError
from stammkunde.core.quarantine import Entry, Quarantine


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
        entries = Quarantine(home.log).entries(source)
        zone = ZoneInfo(home.company.timezone)
    text = session.locale.text
    if as_json:
        json_line([{**msgspec.structs.asdict(entry), "seen_at": _seen(entry)} for entry in entries])
    elif as_csv:
        csv_rows(
            Entry.__struct_fields__,
            ((*msgspec.structs.astuple(entry)[:-1], _seen(entry)) for entry in entries),
        )
    elif not entries:
        click.echo(text("Nothing waits in quarantine."))
    else:
        columns = (
            Column(text("No."), 6, is_number=True),
            Column(text("Since"), 10),
            Column(text("Source"), 14),
            Column(text("Bytes"), 10, is_number=True),
            Column(text("Reason")),
        )
        table(columns, (_line(entry, zone) for entry in entries))
        click.echo(f"{text('After a mend:')} stammkunde quarantine retry")


def _seen(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.seen_at / 1e6, UTC)


def _line(entry: Entry, zone: ZoneInfo) -> Sequence[str]:
    return (
        str(entry.number),
        writing.day(_seen(entry).astimezone(zone).date()),
        entry.source,
        writing.number(entry.size),
        entry.reason,
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
        waiting: dict[str, list[Entry]] = {}
        for entry in Quarantine(home.log).entries(source):
            waiting.setdefault(entry.source, []).append(entry)
        results = {name: _retry(home, name, entries, changed) for name, entries in waiting.items()}
        home.catch_up()
    if as_json:
        json_line([{"source": name, "read": n, "waiting": m} for name, (n, m) in results.items()])
        return
    plural = session.locale.plural
    for name, (read, left) in results.items():
        waiting_ = plural("{n} still waits", "{n} still wait", left)
        click.echo(f"{name}: {plural('{n} read', '{n} read', read)}, {waiting_}.")
    if not results:
        click.echo(session.locale.text("Nothing waits in quarantine."))


def _retry(home: Home, name: str, entries: list[Entry], changed: dict[str, Any]) -> tuple[int, int]:
    quarantine = Quarantine(home.log)
    connector_name, system, keep, own = quarantine.settings(name)
    stored = {**msgspec.json.decode(own), **changed}
    table = SourceTable(name, connector_name, system=system, keep=keep, own=stored)  # type: ignore[arg-type]
    connector = home.connector(table)
    if not isinstance(connector, Retries):
        raise ConnectorError(
            f"The connector “{connector_name}” can't read single items again: import the file once more."
        )
    feed = home.intake.open(home.source(table))
    read = 0
    for entry in entries:
        batch: Batch = connector.retry(quarantine.item(entry.number), feed.memory)
        feed.record(batch, released=entry.number)
        read += not batch.rejected
    feed.finish()
    return read, len(entries) - read
