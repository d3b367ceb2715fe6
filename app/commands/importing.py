"""`import` and `sync`: read files or configured sources into the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from stammkunde.app.bootstrap import COMPANY, Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.output import json_line
from stammkunde.app.progress import bar
from stammkunde.app.reading import Preview, Reading, preview, read
from stammkunde.config.settings import SourceTable
from stammkunde.connectors import registry
from stammkunde.core.errors import ConnectorError, SettingError


@click.command("import")
@click.argument("what", nargs=-1, required=True, metavar="[CONNECTOR] PATH...")
@click.option("--source", help="The source's name; default: the connector's.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting, also company.KEY=VALUE.",
)
@click.option(
    "--preview", "only_preview", is_flag=True, help="Write nothing; show what is in the files."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def import_command(
    session: Session,
    what: tuple[str, ...],
    source: str | None,
    settings: tuple[str, ...],
    only_preview: bool,
    as_json: bool,
) -> None:
    """Read files into the log. Reading a file again changes nothing.

    Without CONNECTOR each file is recognised.

    \b
    stammkunde import Inbox.mbox Addresses.vcf
    stammkunde import asterisk Master.csv --set timezone=UTC
    stammkunde import orders-csv orders.csv --set order=Invoice --set time=Date ...
    stammkunde import mailbox Archive.tar.xz --preview --set company.domains=muster-velo.example
    """
    company, own = _settings(settings)
    tables = _tables(what, source, own)
    with opened(session.home, company) as home:
        if only_preview:
            _show([_preview(home, table) for table in tables], session, as_json=as_json)
        else:
            _show([_read(home, table, advance=False) for table in tables], session, as_json=as_json)
            home.catch_up()


@click.command("sync")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def sync_command(session: Session, names: tuple[str, ...], as_json: bool) -> None:
    """Read what is new in the sources of stammkunde.toml: all of them, or those named.

    \b
    stammkunde sync
    stammkunde sync phone --json
    """
    with opened(session.home) as home:
        tables = home.configured(names)
        if not tables:
            raise SettingError(
                "No source is configured: add a [[source]] table to stammkunde.toml."
            )
        readings = [_read(home, table, advance=True) for table in tables]
        home.catch_up()
    if as_json:
        json_line(readings)
    else:
        _show(readings, session, as_json=False)


def _read(home: Home, table: SourceTable, *, advance: bool) -> Reading:
    with bar(table.name) as progress:
        return read(home, table, progress, advance=advance)


def _preview(home: Home, table: SourceTable) -> Preview:
    with bar(table.name) as progress:
        return preview(home, table, progress)


def _settings(pairs: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Company settings and the connector's own; a comma-separated value is a list where a list is wanted."""
    company: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--set takes KEY=VALUE, not “{pair}”.")
        if key.startswith(COMPANY):
            company[key.removeprefix(COMPANY)] = value
        else:
            own[key] = value
    return company, own


def _tables(what: tuple[str, ...], source: str | None, own: dict[str, Any]) -> list[SourceTable]:
    """One source for each connector; files without a named connector are recognised."""
    names = registry.names()
    if what[0] in names and not (len(what) == 1 and Path(what[0]).exists()):
        if len(what) == 1:
            raise click.UsageError(f"Which files? stammkunde import {what[0]} PATH...")
        groups = {what[0]: list(what[1:])}
    else:
        groups = _recognised(what)
    system = str(own.pop("system", ""))
    keep = str(own.pop("keep", "text"))
    return [
        SourceTable(
            name=source or connector,
            connector=connector,
            system=system,
            keep=keep,  # type: ignore[arg-type]
            own={**own, "path": [str(Path(path).absolute()) for path in paths]},
        )
        for connector, paths in groups.items()
    ]


def _recognised(paths: tuple[str, ...]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        if not Path(path).exists():
            raise ConnectorError(f"There is no file “{path}”, and no connector of that name.")
        found = registry.recognise(Path(path))
        if len(found) != 1:
            known = ", ".join(found or registry.names())
            raise ConnectorError(f"“{path}” is not recognised: name its connector first ({known}).")
        groups.setdefault(found[0], []).append(path)
    return groups


def _show(answers: list[Reading] | list[Preview], session: Session, *, as_json: bool) -> None:
    if as_json:
        json_line(answers[0] if len(answers) == 1 else answers)
        return
    for answer in answers:
        if isinstance(answer, Preview):
            _show_preview(answer, session)
        else:
            _show_reading(answer, session)


def _show_reading(reading: Reading, session: Session) -> None:
    text = session.locale.text
    click.echo(
        text(
            "{source}: {items} items: {recorded} new, {duplicates} known, {ignored} ignored, {rejected} rejected.",
            source=reading.source,
            items=reading.items,
            recorded=reading.recorded,
            duplicates=reading.duplicates,
            ignored=sum(reading.ignored.values()),
            rejected=reading.rejected,
        )
    )
    click.echo(
        text(
            "  {contacts} contacts, {opened} new customers and prospects, {open} without a customer.",
            contacts=reading.contacts,
            opened=reading.customers_opened,
            open=reading.unassigned,
        )
    )
    if reading.rejected:
        click.echo("  " + text("What can't be read waits in: stammkunde quarantine list"))


def _show_preview(found: Preview, session: Session) -> None:
    text = session.locale.text
    click.echo(
        text("{source}: {n} contacts; nothing was written.", source=found.source, n=found.contacts)
    )
    for kind, n in sorted(found.kinds.items(), key=lambda pair: (-pair[1], pair[0])):
        click.echo(f"  {n:>8}  {kind}")
    for reason, n in sorted(found.ignored.items()):
        click.echo(f"  {n:>8}  {text('ignored')}: {reason}")
    if found.rejected:
        click.echo(f"  {found.rejected:>8}  {text('rejected')}")
    click.echo(text("Commonest counterparts:"))
    for counterpart, n in found.counterparts:
        click.echo(f"  {n:>8}  {counterpart}")
