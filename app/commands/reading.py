"""What one asks the log: customers, contacts, figures, what to do, what to clear up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import get_args
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.output import csv_rows, json_line
from stammkunde.app.sentences import review_sentence
from stammkunde.core.contact import KINDS, Channel
from stammkunde.projections.answers import Contact, Customer, CustomerSheet, Review
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import GRAINS, Grain, Period, week_of
from stammkunde.projections.figures.queries import FigureAnswer, Segment
from stammkunde.projections.queries import Filter

JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
CSV = click.option("--csv", "as_csv", is_flag=True, help="A CSV table.")


@click.command("customers")
@click.argument("text", nargs=-1)
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True)
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
    with _read(session) as home:
        found = home.queries.customers(" ".join(text), limit=limit)
        if as_json:
            json_line(found)
        elif as_csv:
            csv_rows(
                (
                    "id",
                    "name",
                    "kind",
                    "identifiers",
                    "contacts",
                    "first_contact",
                    "last_contact",
                    "revenue",
                ),
                (_customer_cells(customer) for customer in found),
            )
        else:
            for customer in found:
                click.echo(_customer_line(customer, home, session))
            if not found:
                click.echo(session.locale.text("Nobody is found."))


@click.command("customer")
@click.argument("ref", nargs=-1, required=True)
@JSON
@click.pass_obj
def customer_command(session: Session, ref: tuple[str, ...], as_json: bool) -> None:
    """Everything on one customer. REF is an id, a mail address or a phone number in any notation.

    \b
    stammkunde customer keller@kunden.example
    stammkunde customer 052 203 44 10
    """
    with _read(session) as home:
        sheet = home.queries.customer(" ".join(ref))
        if as_json:
            json_line(sheet)
        else:
            _show_sheet(sheet, home, session)


@click.command("contacts")
@click.option("--customer", metavar="REF", help="Of this customer.")
@click.option("--channel", type=click.Choice(get_args(Channel)))
@click.option(
    "--kind", type=click.Choice(sorted(KINDS)), metavar="KIND", help="message, call, order_placed …"
)
@click.option("--direction", type=click.Choice(("in", "out")))
@click.option("--from", "begin", metavar="T", help="Not before this day or instant.")
@click.option("--to", "end", metavar="T", help="Before this day or instant.")
@click.option("--unassigned", is_flag=True, help="Only those without a customer.")
@click.option("--source", help="Only from this source.")
@click.option("--limit", type=click.IntRange(1), help="At the most; default: all.")
@JSON
@CSV
@click.pass_obj
def contacts_command(
    session: Session,
    customer: str | None,
    channel: str | None,
    kind: str | None,
    direction: str | None,
    begin: str | None,
    end: str | None,
    unassigned: bool,
    source: str | None,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List contacts, the newest first; --json prints one object a line.

    \b
    stammkunde contacts --customer keller@kunden.example
    stammkunde contacts --channel phone --from 2026-11-16 --json
    stammkunde contacts --unassigned
    """
    with _read(session) as home:
        zone = ZoneInfo(home.company.timezone)
        wanted = Filter(
            customer=customer or "",
            channel=channel,  # type: ignore[arg-type]
            kind=kind or "",
            direction=direction,  # type: ignore[arg-type]
            since=_instant(begin, zone),
            until=_instant(end, zone),
            unassigned=unassigned,
            source=source or "",
        )
        contacts = islice(home.queries.all_contacts(wanted), limit)
        if as_csv:
            csv_rows(_CONTACT_COLUMNS, (_contact_cells(contact) for contact in contacts))
            return
        for contact in contacts:
            if as_json:
                json_line(contact)
            else:
                click.echo(_contact_line(contact, home, session))


@click.command("figures")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--from", "begin", metavar="DAY", help="First day; default: Monday of this week.")
@click.option("--to", "end", metavar="DAY", help="Up to, and without, this day.")
@click.option("--grain", type=click.Choice(GRAINS), help="Cut the period.")
@click.option("--segment", default="", help="A part of the contacts, as channel:mail,direction:in.")
@click.option("--who", "ask_who", is_flag=True, help="List who is behind each number.")
@JSON
@CSV
@click.pass_obj
def figures_command(
    session: Session,
    codes: tuple[str, ...],
    begin: str | None,
    end: str | None,
    grain: Grain | None,
    segment: str,
    ask_who: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Controlling figures of a period, and who is behind each number.

    \b
    stammkunde figures
    stammkunde figures new churned --from 2026-01-01 --to 2027-01-01 --grain month
    stammkunde figures missed_calls --who
    stammkunde figures contacts --segment channel:phone,direction:in --json
    """
    for code in codes:
        if code not in FIGURES:
            raise click.UsageError(f"There is no figure “{code}”; there are {', '.join(FIGURES)}.")
    try:
        part = Segment.parse(segment)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with _read(session) as home:
        period = _period(home, begin, end)
        if ask_who:
            _show_who(home, session, codes, period, part, as_json=as_json, as_csv=as_csv)
            return
        answers = home.queries.figures(period, codes=codes, grain=grain, segment=part)
        if as_json:
            json_line(answers)
        elif as_csv:
            csv_rows(
                ("code", "unit", "from", "to", "value", "numerator", "denominator", "n", "note"),
                (msgspec.structs.astuple(answer) for answer in answers),
            )
        else:
            _show_figures(answers, session)


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
    with _read(session) as home:
        zone = ZoneInfo(home.company.timezone)
        since = datetime.fromtimestamp(0, zone) if everything else None
        items = home.queries.todo(home.now(), since=since)
        if as_json:
            json_line(items)
        elif as_csv:
            csv_rows(
                (
                    "what",
                    "contact",
                    "customer_id",
                    "name",
                    "counterpart",
                    "subject",
                    "since",
                    "open_hours",
                ),
                (msgspec.structs.astuple(item) for item in items),
            )
        else:
            text = session.locale.text
            for item in items:
                what = text("missed call") if item.what == "missed_call" else text("message")
                who = (
                    item.name
                    or writing.phone(item.counterpart, home.company.country)
                    or text("withheld")
                )
                open_for = text("open for {hours} h", hours=writing.number(item.open_hours, 1))
                at = writing.moment(item.since, zone, session.locale.code)
                click.echo(f"{at}  {what:<14} {writing.clipped(who, 28):<28} {open_for}")
            if not items:
                click.echo(text("Nobody waits for you."))


@click.command("review")
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True)
@JSON
@CSV
@click.pass_obj
def review_command(session: Session, limit: int, as_json: bool, as_csv: bool) -> None:
    """Contacts that wait for a person to say whose they are, with those whose they may be.

    \b
    stammkunde review
    stammkunde assign CONTACT CUSTOMER
    """
    with _read(session) as home:
        found = home.queries.review(limit=limit)
        if as_json:
            json_line(found)
        elif as_csv:
            csv_rows(
                ("contact", "name", "identifiers", "waiting", "oldest", "newest", "candidates"),
                (_review_cells(review) for review in found),
            )
        else:
            for review in found:
                click.echo(review_sentence(review, home.company.country, session.locale))
                click.echo(f"  stammkunde assign {review.contact} …")
            if not found:
                click.echo(session.locale.text("Nothing waits."))


class _read:  # noqa: N801 reads like the context manager that it is
    """A home whose views are up to date."""

    def __init__(self, session: Session) -> None:
        self._opened = opened(session.home)

    def __enter__(self) -> Home:
        home = self._opened.__enter__()
        home.catch_up()
        return home

    def __exit__(self, *error: object) -> None:
        self._opened.__exit__(*error)


def _instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"A time is like 2026-11-20 or 2026-11-20T14:30, not “{text}”."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"A day is like 2026-11-20, not “{text}”.") from None


def _period(home: Home, begin: str | None, end: str | None) -> Period:
    """This week up to today unless days are given; one day alone reaches to the other end of what is known."""
    today = home.now().date()
    if begin is None and end is None:
        return week_of(today)
    span = home.queries.span()
    first = span[0] if span else today
    start = _day(begin) if begin else first
    stop = _day(end) if end else today + timedelta(days=1)
    if stop <= start:
        raise click.UsageError(f"The period from {start} up to {stop} holds no day.")
    return Period(start, stop)


_CONTACT_COLUMNS = (
    "id", "customer_id", "source", "item", "channel", "kind", "direction", "outcome", "occurred_at", "recorded_at",
    "counterpart", "subject", "duration_s", "amount", "currency", "rule",
)  # fmt: skip


def _contact_cells(contact: Contact) -> Sequence[object]:
    money, assignment = contact.money, contact.assignment
    plain = [getattr(contact, name) for name in _CONTACT_COLUMNS[:13]]
    return (
        *(value.isoformat() if isinstance(value, datetime) else value for value in plain),
        money.amount if money else "",
        money.currency if money else "",
        assignment.rule if assignment else "",
    )


def _customer_cells(customer: Customer) -> Sequence[object]:
    return (
        customer.id,
        customer.name,
        customer.kind,
        " ".join(identifier.value for identifier in customer.identifiers),
        customer.contacts,
        customer.first_contact,
        customer.last_contact,
        " ".join(f"{sum_.amount} {sum_.currency}" for sum_ in customer.revenue),
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


def _customer_line(customer: Customer, home: Home, session: Session) -> str:
    country = home.company.country
    ways = [
        writing.identifier(i.kind, i.value, country)
        for i in customer.identifiers
        if i.kind != "shop"
    ]
    revenue = " ".join(writing.money(sum_.amount, sum_.currency) for sum_ in customer.revenue)
    kind = session.locale.text(customer.kind)
    return (
        f"{customer.id[:8]}  {writing.clipped(customer.name, 28):<28} {kind:<11} {customer.contacts:>5}"
        f"  {writing.clipped(', '.join(ways[:2]), 44):<44} {revenue}"
    ).rstrip()


def _contact_line(contact: Contact, home: Home, session: Session) -> str:
    text = session.locale.text
    zone = ZoneInfo(home.company.timezone)
    direction = {"in": "●", "out": "○"}.get(contact.direction or "", " ")
    kind = text(contact.outcome or contact.kind)
    what = contact.subject or contact.text
    if contact.money:
        what = f"{writing.money(contact.money.amount, contact.money.currency)} {what}"
    counterpart = writing.phone(contact.counterpart, home.company.country) or text("withheld")
    return (
        f"{writing.full_moment(contact.occurred_at, zone)}  {direction} {text(contact.channel):<9}"
        f" {kind:<14} {writing.clipped(counterpart, 24):<24} {writing.clipped(what, 40)}"
    ).rstrip()


def _show_sheet(sheet: CustomerSheet, home: Home, session: Session) -> None:
    text = session.locale.text
    country = home.company.country
    click.echo(f"{sheet.name}  ({text(sheet.kind)}, {sheet.id})")
    for identifier in sheet.identifiers:
        known = "" if identifier.class_ == "exclusive" else f"  ({text(identifier.class_)})"
        click.echo(f"  {writing.identifier(identifier.kind, identifier.value, country)}{known}")
    for sum_ in sheet.revenue:
        click.echo(f"  {text('Revenue')}: {writing.money(sum_.amount, sum_.currency)}")
    for key, attribute in sorted(sheet.attributes.items()):
        click.echo(f"  {key}: {attribute.value}")
    for note in sheet.notes:
        click.echo(f"  {text('Note')} {writing.day(note.at.date())}: {note.text}")
    if sheet.merged:
        click.echo(f"  {text('Merged from')}: {', '.join(sheet.merged)}")
    click.echo("")
    for contact in sheet.contacts_list:
        click.echo(_contact_line(contact, home, session))


def figure_value(answer: FigureAnswer) -> str:
    """The value as people write it, or a dash."""
    value = answer.value
    if value is None:
        return "–"
    if answer.unit == "share":
        return writing.share(float(value))
    if answer.unit == "hours":
        return f"{writing.number(value, 1)} h"
    if answer.code == "net_revenue":
        return writing.money(value, answer.unit)  # type: ignore[arg-type]
    return writing.number(value)


def _show_figures(answers: Sequence[FigureAnswer], session: Session) -> None:
    text = session.locale.text
    for answer in answers:
        last = answer.to - timedelta(days=1)
        span = (
            writing.day(answer.from_)
            if last == answer.from_
            else f"{writing.day(answer.from_)}–{writing.day(last)}"
        )
        of = ""
        if answer.denominator is not None and answer.unit == "share":
            of = text("{part} of {whole}", part=answer.numerator, whole=answer.denominator)
        note = ", ".join(filter(None, (of, answer.note)))
        click.echo(
            f"{text(FIGURES[answer.code].title):<24} {figure_value(answer):>16}  {span}  {note}".rstrip()
        )


def _show_who(
    home: Home,
    session: Session,
    codes: tuple[str, ...],
    period: Period,
    segment: Segment,
    *,
    as_json: bool,
    as_csv: bool,
) -> None:
    if len(codes) != 1:
        raise click.UsageError("--who asks for one figure: stammkunde figures new --who")
    entries = home.queries.who(codes[0], period, segment=segment)
    if as_json:
        json_line(entries)
    elif as_csv:
        csv_rows(
            ("customer_id", "name", "contact", "kind", "at", "n", "amount", "currency"),
            (msgspec.structs.astuple(entry) for entry in entries),
        )
    else:
        zone = ZoneInfo(home.company.timezone)
        for entry in entries:
            at = writing.full_moment(entry.at, zone) if entry.at else ""
            amount = writing.money(entry.amount, entry.currency) if entry.amount is not None else ""
            kind = session.locale.text(entry.kind)
            name = writing.clipped(entry.name, 32)
            click.echo(f"{at:<16}  {kind:<14} {name:<32} {amount}".rstrip())
