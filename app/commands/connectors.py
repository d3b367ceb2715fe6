"""`connectors`: which are installed, and what each can be told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click

from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON
from stammkunde.app.output import csv_rows, json_line, page_width
from stammkunde.connectors import registry
from stammkunde.connectors.registry import Setting


@click.command("connectors")
@JSON
@CSV
@click.pass_obj
def connectors_command(session: Session, as_json: bool, as_csv: bool) -> None:
    """The connectors that are installed, with their settings.

    \b
    stammkunde connectors
    stammkunde connectors --json
    """
    found = {name: registry.settings_of(name) for name in registry.names()}
    if as_json:
        json_line([{"name": name, "settings": settings} for name, settings in found.items()])
        return
    if as_csv:
        head = ("connector", *Setting.__struct_fields__)
        rows = ((name, *_cells(one)) for name, settings in found.items() for one in settings)
        csv_rows(head, rows)
        return
    for name, settings in found.items():
        page = click.HelpFormatter(width=page_width())
        with page.section(name):
            page.write_dl(list(_explained(settings, session)))
        click.echo(page.getvalue())


def _explained(settings: list[Setting], session: Session) -> Iterator[tuple[str, str]]:
    """Settings that one sentence explains stand together."""
    for doc, together in groupby(settings, key=lambda one: one.doc):
        own = list(together)
        if doc:
            yield ", ".join(_head(one, session) for one in own), doc
        else:
            yield from ((_head(one, session), one.type) for one in own)


def _cells(setting: Setting) -> tuple[object, ...]:
    return setting.name, setting.type, setting.required, str(setting.default or ""), setting.doc


def _head(setting: Setting, session: Session) -> str:
    if setting.required:
        return f"{setting.name} ({session.locale.text('required')})"
    return f"{setting.name} = {setting.default}" if setting.default else setting.name
