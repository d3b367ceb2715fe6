"""`quarantine`: what could not be read, and reading it again after a mend."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.output import csv_rows, json_line
from stammkunde.config.settings import SourceTable
from stammkunde.connectors.interface import Retries
from stammkunde.core.batch import Batch
from stammkunde.core.errors import ConnectorError
from stammkunde.core.quarantine import Entry, Quarantine


@click.group("quarantine")
def quarantine_command() -> None:
    """What could not be read: its reason, and reading it again.

    \b
    stammkunde quarantine list
    stammkunde quarantine retry --source orders-csv --set encoding=cp1252
    """


@quarantine_command.command("list")
@click.option("--source", default="", help="Only this source.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option("--csv", "as_csv", is_flag=True, help="A CSV table.")
@click.pass_obj
def list_command(session: Session, source: str, as_json: bool, as_csv: bool) -> None:
    """What waits, oldest first."""
    with opened(session.home) as home:
        entries = Quarantine(home.log).entries(source)
    if as_json:
        json_line(entries)
    elif as_csv:
        csv_rows(Entry.__struct_fields__, (msgspec.structs.astuple(entry) for entry in entries))
    elif not entries:
        click.echo(session.locale.text("Nothing waits in quarantine."))
    else:
        for entry in entries:
            seen = datetime.fromtimestamp(entry.seen_at / 1e6, UTC).date()
            click.echo(
                f"{entry.number:>6}  {seen}  {entry.source:<14} {entry.size:>8} B  {entry.reason}"
            )


@quarantine_command.command("retry")
@click.option("--source", default="", help="Only this source.")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting that mends it."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def retry_command(session: Session, source: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Read again what waits; what is read now leaves the quarantine, the rest stays."""
    changed = dict(pair.split("=", 1) for pair in settings if "=" in pair)
    with opened(session.home) as home:
        waiting: dict[str, list[Entry]] = {}
        for entry in Quarantine(home.log).entries(source):
            waiting.setdefault(entry.source, []).append(entry)
        results = {name: _retry(home, name, entries, changed) for name, entries in waiting.items()}
        home.catch_up()
    if as_json:
        json_line([{"source": name, "read": n, "waiting": m} for name, (n, m) in results.items()])
        return
    for name, (read, left) in results.items():
        click.echo(
            session.locale.text(
                "{source}: {read} read, {left} still wait.", source=name, read=read, left=left
            )
        )
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
