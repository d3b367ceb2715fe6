"""`import` and `sync`: read files or configured sources into the log."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from stammkunde.app import failures
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.calendars import check_place
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import JSON, SET, company_settings, pairs
from stammkunde.app.failures import WrongCall
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, json_line, table
from stammkunde.app.progress import bar
from stammkunde.app.reading import Preview, Reading, preview, read
from stammkunde.app.sentences import own_side
from stammkunde.app.sources import Choice, choose, with_files
from stammkunde.config.settings import FILE, SourceTable
from stammkunde.connectors import registry
from stammkunde.core.errors import ConnectorError, CursorConflictError, SettingError

if TYPE_CHECKING:
    from stammkunde.app.again import Turn, Turning

Answer: TypeAlias = "Reading | Preview | Turning"

PREVIEW = click.option(
    "--preview", "only_preview", is_flag=True, help="Write nothing; show what would be read."
)


@click.command("import")
@click.argument("what", nargs=-1, required=True, metavar="[CONNECTOR] PATH...")
@click.option(
    "--source",
    help="The source's name; default: the only source of the connector, else the connector's name.",
)
@SET
@PREVIEW
@JSON
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
    company, own = company_settings(pairs(settings))
    files = _files(what)
    if source and len(files) > 1:
        raise WrongCall(
            "--source names one source, but these are files of {connectors}: import them one by one.",
            connectors=", ".join(files),
        )
    with opened(session.home, company) as home:
        if not only_preview:
            home.require()
        check_place(home.company, home.now().year)
        choices = [
            _choice(home, source, connector, paths, _understood(connector, own, files))
            for connector, paths in files.items()
        ]
        answers = [
            _one(home, choice, only_preview=only_preview, advance=False) for choice in choices
        ]
        if not only_preview:
            home.catch_up()
    failures.say(own_side(home.company, session.locale))
    if as_json:
        json_line(answers[0] if len(answers) == 1 else answers)
    else:
        _show(answers, session.locale)


@click.command("sync")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--again",
    is_flag=True,
    help="Read all of it afresh: after a change of settings what was recorded is amended, retracted, added.",
)
@PREVIEW
@JSON
@click.pass_obj
def sync_command(
    session: Session, names: tuple[str, ...], again: bool, only_preview: bool, as_json: bool
) -> int:
    """Read what is new in the sources of stammkunde.toml: all of them, or those named.

    A source that can't be read does not keep the others from being read.

    \b
    stammkunde sync
    stammkunde sync phone --json
    stammkunde sync info --again --preview
    """
    one = _afresh if again else _news
    with opened(session.home) as home:
        tables = home.configured(names)
        if not tables:
            raise SettingError(
                "No source is configured: add a [[source]] table to {file}.", file=FILE
            )
        check_place(home.company, home.now().year)
        answers: list[Answer] = []
        refused: list[str] = []
        for table_ in tables:
            try:
                answers.append(one(home, table_, only_preview=only_preview))
            except (ConnectorError, CursorConflictError, SettingError) as error:
                refused.append(f"{table_.name}: {session.locale.say(error)}")
        if not only_preview:
            home.catch_up()
    if as_json:
        json_line(answers)
    else:
        _show(answers, session.locale)
    for line in refused:
        failures.say(line)
    return failures.FAILED if refused else failures.DONE


def _news(home: Home, table: SourceTable, *, only_preview: bool) -> Answer:
    return _one(home, Choice(table), only_preview=only_preview, advance=True)


def _afresh(home: Home, table: SourceTable, *, only_preview: bool) -> Answer:
    from stammkunde.app.again import preview_again, read_again
    from stammkunde.app.daemon.lock import READS, alone

    home.require()
    with bar(table.name) as progress:
        if only_preview:
            return preview_again(home, table, progress)
        with alone(home.path, READS):  # what a connector remembers of its system has one writer
            return read_again(home, table, progress)


def _one(home: Home, choice: Choice, *, only_preview: bool, advance: bool) -> Reading | Preview:
    one = preview if only_preview else read
    with bar(choice.table.name) as progress:
        return one(home, choice.table, progress, advance=advance, rivals=choice.rivals)


def _files(what: tuple[str, ...]) -> dict[str, list[str]]:
    """Files by connector; without a named connector they are recognised."""
    if what[0] in registry.names() and not (len(what) == 1 and Path(what[0]).exists()):
        if len(what) == 1:
            raise WrongCall("Which files? stammkunde import {connector} PATH...", connector=what[0])
        return {what[0]: list(what[1:])}
    return _recognised(what)


def _understood(
    connector: str, own: dict[str, str], connectors: dict[str, list[str]]
) -> dict[str, str]:
    """Of several connectors each gets the settings that it knows; one that none knows is refused by each."""
    if len(connectors) == 1:
        return own
    known = {
        name: {"system", "keep", *(setting.name for setting in registry.settings_of(name))}
        for name in connectors
    }
    return {
        key: value
        for key, value in own.items()
        if key in known[connector] or not any(key in names for names in known.values())
    }


def _choice(
    home: Home, name: str | None, connector: str, paths: list[str], own: dict[str, str]
) -> Choice:
    """The source that is meant, with what `--set` says on top of its settings, and these files instead of its own."""
    choice = choose(home, connector, name)
    return with_files(choice, [str(Path(path).absolute()) for path in paths], own)


def _recognised(paths: tuple[str, ...]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        if not Path(path).exists():
            raise _nowhere(path)
        found = registry.recognise(Path(path))
        if len(found) != 1:
            raise ConnectorError(
                "“{path}” is not recognised: name its connector first ({known}).",
                path=path,
                known=", ".join(found or registry.names()),
            )
        groups.setdefault(found[0], []).append(path)
    return groups


def _nowhere(path: str) -> ConnectorError:
    near = difflib.get_close_matches(path, registry.names(), 1)
    if near:
        return ConnectorError(
            "There is no file “{path}”, and no connector of that name; did you mean “{near}”?",
            path=path,
            near=near[0],
        )
    return ConnectorError(
        "There is no file “{path}”, and no connector of that name: {known}.",
        path=path,
        known=", ".join(registry.names()),
    )


def _show(answers: Sequence[Answer], locale: Locale) -> None:
    for answer in answers:
        if isinstance(answer, Preview):
            _show_preview(answer, locale)
        elif isinstance(answer, Reading):
            _show_reading(answer, locale)
        else:
            _show_turning(answer, locale)


def _show_turning(found: Turning, locale: Locale) -> None:
    """What would turn; nothing was written."""
    _show_reading(found.reading, locale)
    columns = (Column("", 8, is_number=True), Column(""))
    rows = ((locale.number(turn.contacts), _turn(turn, locale)) for turn in found.turns)
    table(columns, rows)
    click.echo(locale.text("Nothing was written."))


def _turn(turn: Turn, locale: Locale) -> str:
    def said(side: str) -> str:
        return " ".join(map(locale.word, side.split())) or locale.text("nothing")

    if turn.before == turn.after:
        return locale.text("{what}: other details", what=said(turn.after))
    return f"{said(turn.before)} → {said(turn.after)}"


def _show_reading(reading: Reading, locale: Locale) -> None:
    text, plural = locale.text, locale.plural
    number = locale.number
    if not reading.items:
        click.echo(text("{source}: nothing new.", source=reading.source))
        return
    items = plural("{n} item", "{n} items", reading.items)
    click.echo(
        text(
            "{source}: {items}: {recorded} new, {duplicates} known, {ignored} left out, {rejected} unreadable.",
            source=reading.source,
            items=items,
            recorded=number(reading.recorded),
            duplicates=number(reading.duplicates),
            ignored=number(sum(reading.ignored.values())),
            rejected=number(reading.rejected),
        )
    )
    _show_ignored(reading.ignored, locale)
    if reading.contacts or reading.amended or reading.retracted:
        contacts = plural("{n} contact", "{n} contacts", reading.contacts)
        opened_ = plural(
            "{n} new customer or prospect",
            "{n} new customers and prospects",
            reading.customers_opened,
        )
        open_ = text("{n} without a customer", n=number(reading.unassigned))
        click.echo(f"  {contacts}, {opened_}, {open_}.")
    for n, one, many in (
        (reading.amended, "{n} contact amended.", "{n} contacts amended."),
        (reading.retracted, "{n} contact retracted.", "{n} contacts retracted."),
    ):
        if n:
            click.echo(f"  {plural(one, many, n)}")
    if reading.rejected:
        waits = text("What can't be read waits in:")
        click.echo(f"  {waits} stammkunde quarantine list")


def _show_ignored(ignored: dict[str, int], locale: Locale) -> None:
    columns = (Column("", 8, is_number=True), Column(""))
    rows = sorted(ignored.items(), key=lambda pair: (-pair[1], pair[0]))
    left_out = locale.text("left out")
    table(columns, ((locale.number(n), f"{left_out}: {locale.word(why)}") for why, n in rows))


def _show_preview(found: Preview, locale: Locale) -> None:
    text = locale.text
    contacts = locale.plural("{n} contact", "{n} contacts", found.contacts)
    click.echo(f"{found.source}: {contacts}. {text('Nothing was written.')}")
    columns = (Column("", 8, is_number=True), Column(""))
    kinds = sorted(found.kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    table(columns, ((locale.number(n), locale.word(kind)) for kind, n in kinds))
    _show_ignored(found.ignored, locale)
    if found.rejected:
        table(columns, [(locale.number(found.rejected), text("unreadable"))])
    if found.counterparts:
        click.echo(text("Commonest counterparts:"))
        table(columns, ((locale.number(n), who) for who, n in found.counterparts))
