"""`todo` and `review`: what waits for us, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, reading
from stammkunde.app.output import Column, csv_rows, json_line, page_width, table
from stammkunde.app.sentences import review_sentence
from stammkunde.projections.answers import Review
from stammkunde.projections.todo import Todo

_SOME = 3
"""So many of those whose a contact may be are shown."""
_WHAT = {"missed_call": "missed", "message": "message"}


@click.command("todo")
@click.option(
    "--all", "everything", is_flag=True, help="Also what has waited for over thirty days."
)
@JSON
@CSV
@click.pass_obj
def todo_command(session: Session, everything: bool, as_json: bool, as_csv: bool) -> None:
    """Missed calls that nobody returned and messages that nobody answered, on any channel.

    \b
    stammkunde todo
    stammkunde todo --all --csv
    """
    text = session.locale.text
    with reading(session) as home:
        since = datetime.fromtimestamp(0, ZoneInfo(home.company.timezone)) if everything else None
        items = home.queries.todo(home.now(), since=since)
    if as_json:
        json_line(items)
    elif as_csv:
        csv_rows(Todo.__struct_fields__, map(msgspec.structs.astuple, items))
    elif not items:
        click.echo(text("Nobody waits for you."))
    else:
        columns = (
            Column(text("Since"), 16),
            Column(text("What"), 9),
            Column(text("Who")),
            Column(text("Reached at")),
            Column(text("Open for"), 10, is_number=True),
        )
        table(columns, (_todo_line(item, home, session) for item in items))
        click.echo(text("Hours are business hours."))


@click.command("review")
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
def review_command(session: Session, limit: int, as_json: bool, as_csv: bool) -> None:
    """Contacts that wait for a person to say whose they are, with those whose they may be.

    \b
    stammkunde review
    stammkunde assign CONTACT CUSTOMER
    """
    locale = session.locale
    with reading(session) as home:
        found = home.queries.review(limit=limit)
        short = _short(home, found)
    if as_json:
        json_line(found)
    elif as_csv:
        csv_rows(
            ("contact", "name", "identifiers", "waiting", "oldest", "newest", "candidates"),
            map(_review_cells, found),
        )
    elif not found:
        click.echo(locale.text("Nothing waits."))
    else:
        for review in found:
            sentence = review_sentence(review, home.company.country, locale)
            click.echo(click.wrap_text(sentence, page_width()))
            contact = short[review.contact]
            for candidate in review.candidates[:_SOME]:
                click.echo(
                    f"  stammkunde assign {contact} {short[candidate.id]}   # {candidate.name}"
                )
            if not review.candidates:
                click.echo(f"  stammkunde assign {contact} {locale.text('CUSTOMER|nobody')}")


def _short(home: Home, found: Sequence[Review]) -> dict[str, str]:
    """What to write for the contacts and customers that are shown."""
    customers = {c.id for review in found for c in review.candidates[:_SOME]}
    contacts = [review.contact for review in found]
    return home.queries.short_ids("contacts", contacts) | home.queries.short_ids(
        "customers", customers
    )


def _todo_line(item: Todo, home: Home, session: Session) -> Sequence[str]:
    text, country = session.locale.text, home.company.country
    reached = writing.phone(item.counterpart, country)
    who = writing.phone(item.name, country) or (text("Unknown") if reached else text("withheld"))
    return (
        writing.moment(item.since, ZoneInfo(home.company.timezone), session.locale.code),
        session.locale.word(_WHAT[item.what]),
        who,
        reached or "–",
        f"{session.locale.number(item.open_hours, 1)} h",
    )


def _review_cells(review: Review) -> Sequence[object]:
    return (
        review.contact,
        review.name,
        " ".join(identifier.value for identifier in review.identifiers),
        review.waiting,
        review.oldest,
        review.newest,
        " ".join(candidate.id for candidate in review.candidates),
    )
