"""`connectors`: which are installed, and what each can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON
from stammkunde.app.locale import Locale
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
    found = registry.installed()
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
            page.write_dl(list(_explained(each.settings, session.locale)))
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
