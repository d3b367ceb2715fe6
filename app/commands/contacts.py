"""`contacts`: the list that everything else rests on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import get_args
from zoneinfo import ZoneInfo

import click

from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, instant, reading
from stammkunde.app.contact_table import contacts_csv, contacts_table
from stammkunde.app.output import json_lines
from stammkunde.core.contact import KINDS, Channel, Direction
from stammkunde.projections.answers import Contact
from stammkunde.projections.queries import Filter


@click.command("contacts")
@click.option("--customer", default="", metavar="REF", help="Of this customer.")
@click.option("--channel", type=click.Choice(get_args(Channel)), help="On this channel.")
@click.option(
    "--kind", type=click.Choice(sorted(KINDS)), metavar="KIND", help="message, call, order_placed …"
)
@click.option("--direction", type=click.Choice(get_args(Direction)), help="From them or from us.")
@click.option("--from", "begin", metavar="T", help="Not before this day or instant.")
@click.option("--to", "end", metavar="T", help="Before this day or instant.")
@click.option("--unassigned", is_flag=True, help="Only those without a customer.")
@click.option("--source", default="", help="Only from this source.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="No more than so many; default: all."
)
@click.option("--why", is_flag=True, help="With the rule and evidence by which each is somebody's.")
@JSON
@CSV
@click.pass_obj
def contacts_command(
    session: Session,
    customer: str,
    channel: Channel | None,
    kind: str | None,
    direction: Direction | None,
    begin: str | None,
    end: str | None,
    unassigned: bool,
    source: str,
    limit: int | None,
    why: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List contacts, the newest first; --json prints one object a line.

    \b
    stammkunde contacts --customer keller@kunden.example
    stammkunde contacts --channel phone --from 2026-11-16 --json
    stammkunde contacts --unassigned
    """
    with reading(session) as home:
        zone = ZoneInfo(home.company.timezone)
        wanted = Filter(
            customer=customer,
            channel=channel,
            kind=kind or "",
            direction=direction,
            since=instant(begin, zone),
            until=instant(end, zone),
            unassigned=unassigned,
            source=source,
        )
        contacts = islice(home.queries.all_contacts(wanted), limit)
        if as_json:
            json_lines(contacts)
        elif as_csv:
            contacts_csv(contacts)
        elif found := _some(contacts):
            contacts_table(found, home, session.locale, why=why)
        else:
            click.echo(session.locale.text("No contact is found."))


def _some(contacts: Iterator[Contact]) -> Iterator[Contact] | None:
    """The same, or None where there is nothing."""
    first = next(contacts, None)
    return None if first is None else chain((first,), contacts)
