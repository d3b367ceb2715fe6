"""`customers` and `customer`: whom we know, and all that we know of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, reading
from stammkunde.app.contact_table import contacts_csv, contacts_table
from stammkunde.app.customer_table import CUSTOMER_HEAD, customer_cells
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, csv_rows, json_line, table
from stammkunde.projections.answers import Amount, Customer, CustomerSheet
from stammkunde.projections.queries import PAGE


@click.command("customers")
@click.argument("text", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=25,
    help="No more than so many; default: 25.",
)
@JSON
@CSV
@click.pass_obj
def customers_command(
    session: Session, text: tuple[str, ...], limit: int, as_json: bool, as_csv: bool
) -> None:
    """List customers and prospects, the latest contact first, or find them by the beginnings of words.

    \b
    stammkunde customers
    stammkunde customers kell winter
    stammkunde customers 052203 --json
    """
    locale = session.locale
    with reading(session) as home:
        found = home.queries.customers(" ".join(text), limit=limit)
    if as_json:
        json_line(found)
    elif as_csv:
        csv_rows(CUSTOMER_HEAD, map(customer_cells, found))
    elif not found:
        click.echo(locale.text("Nobody is found."))
    else:
        columns = (
            Column("Id", 8),
            Column(locale.text("Name")),
            Column(locale.text("Kind"), 11),
            Column(locale.text("Contacts"), 8, is_number=True),
            Column(locale.text("Revenue"), 16, is_number=True),
            Column(locale.text("Reached at")),
        )
        table(columns, (_line(customer, home, locale) for customer in found))
        if len(found) == limit:
            click.echo(locale.text("Perhaps more: --limit {n}", n=limit * 4))


@click.command("customer")
@click.argument("ref", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=PAGE,
    help="No more contacts than so many; default: 50.",
)
@click.option(
    "--why", is_flag=True, help="With the rule and evidence by which each contact is here."
)
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="The contacts as a CSV table.")
@click.pass_obj
def customer_command(
    session: Session, ref: tuple[str, ...], limit: int, why: bool, as_json: bool, as_csv: bool
) -> None:
    """Everything on one customer. REF is an id, a mail address or a phone number in any notation.

    \b
    stammkunde customer keller@kunden.example
    stammkunde customer 052 203 44 10 --why
    """
    with reading(session) as home:
        sheet = home.queries.customer(" ".join(ref), limit=limit)
        if as_json:
            json_line(sheet)
        elif as_csv:
            contacts_csv(sheet.contacts_list)
        else:
            for line in _sheet(sheet, home, session.locale):
                click.echo(line)
            contacts_table(sheet.contacts_list, home, session.locale, why=why)
            if len(sheet.contacts_list) == limit:
                more = session.locale.text("Perhaps more:")
                click.echo(f"{more} stammkunde contacts --customer {sheet.id}")


def _line(customer: Customer, home: Home, locale: Locale) -> Sequence[str]:
    country = home.company.country
    ways = (
        writing.identifier(one.kind, one.value, country)
        for one in customer.identifiers
        if one.kind != "shop"
    )
    return (
        customer.id[:8],
        writing.phone(customer.name, country),
        locale.word(customer.kind),
        locale.number(customer.contacts),
        _first(customer.revenue, locale),
        ", ".join(ways),
    )


def _first(revenue: Sequence[Amount], locale: Locale) -> str:
    """The first currency, with a sign that there are more."""
    if not revenue:
        return ""
    more = " …" if len(revenue) > 1 else ""
    return locale.money(revenue[0].amount, revenue[0].currency) + more


def _sheet(sheet: CustomerSheet, home: Home, locale: Locale) -> Iterator[str]:
    """What stands above the contacts."""
    text, country = locale.text, home.company.country
    yield f"{writing.phone(sheet.name, country)}  ({locale.word(sheet.kind)}, {sheet.id})"
    for identifier in sheet.identifiers:
        known = "" if identifier.class_ == "exclusive" else f"  ({locale.word(identifier.class_)})"
        yield f"  {writing.identifier(identifier.kind, identifier.value, country)}{known}"
    for sum_ in sheet.revenue:
        yield f"  {text('Revenue')}: {locale.money(sum_.amount, sum_.currency)}"
    for key, attribute in sorted(sheet.attributes.items()):
        yield f"  {key}: {attribute.value}"
    for note in sheet.notes:
        by = f" ({note.by})" if note.by else ""
        yield f"  {text('Note')} {writing.day(note.at.date(), locale.code)}{by}: {note.text}"
    if sheet.merged:
        yield f"  {text('Merged from')}: {', '.join(sheet.merged)}"
    yield ""
    yield locale.plural("{n} contact counts.", "{n} contacts count.", sheet.contacts)
