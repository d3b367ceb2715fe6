"""`figures`: the controlling figures of a period, and who is behind each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, day, reading
from stammkunde.app.figure_table import figures_table
from stammkunde.app.output import Column, csv_rows, json_line, table
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import GRAINS, Grain, Period, week_of
from stammkunde.projections.figures.queries import FigureAnswer, Segment
from stammkunde.projections.figures.who import Behind


@click.command("figures")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--from", "begin", metavar="DAY", help="First day; default: Monday of this week.")
@click.option("--to", "end", metavar="DAY", help="Up to, and without, this day.")
@click.option("--grain", type=click.Choice(GRAINS), help="Cut the period.")
@click.option("--segment", default="", help="A part of the contacts, as channel:mail,direction:in.")
@click.option("--who", "ask_who", is_flag=True, help="List who is behind the number.")
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
    _known(codes)
    if ask_who and len(codes) != 1:
        raise click.UsageError("--who asks for one figure: stammkunde figures new --who.")
    try:
        part = Segment.parse(segment)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with reading(session) as home:
        period = _period(home, begin, end)
        if ask_who:
            behind = home.queries.who(codes[0], period, segment=part)
            _show_who(behind, home, session, as_json=as_json, as_csv=as_csv)
            return
        answers = home.queries.figures(period, codes=codes, grain=grain, segment=part)
        if as_json:
            json_line(answers)
        elif as_csv:
            head = [field.encode_name for field in msgspec.structs.fields(FigureAnswer)]
            csv_rows(head, map(msgspec.structs.astuple, answers))
        else:
            figures_table(answers, home.queries, period, session.locale, part, grain)


def _known(codes: Sequence[str]) -> None:
    for code in codes:
        if code not in FIGURES:
            import difflib

            near = difflib.get_close_matches(code, FIGURES, 1, 0.5)
            hint = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(FIGURES)}."
            raise click.UsageError(f"There is no figure “{code}”; {hint}")


def _period(home: Home, begin: str | None, end: str | None) -> Period:
    """This week up to today unless days are given; one day alone reaches to the other end of what is known."""
    today = home.now().date()
    if begin is None and end is None:
        return week_of(today)
    span = home.queries.span()
    first = span[0] if span else today
    start = day(begin) if begin else first
    stop = day(end) if end else today + timedelta(days=1)
    if stop <= start:
        raise click.UsageError(f"The period from {start} up to {stop} holds no day.")
    return Period(start, stop)


def _show_who(
    entries: Sequence[Behind], home: Home, session: Session, *, as_json: bool, as_csv: bool
) -> None:
    text = session.locale.text
    if as_json:
        json_line(entries)
    elif as_csv:
        csv_rows(Behind.__struct_fields__, map(msgspec.structs.astuple, entries))
    elif not entries:
        click.echo(text("Nobody is behind it."))
    else:
        columns = (
            Column(text("When"), 16),
            Column(text("Kind"), 14),
            Column(text("Who")),
            Column(text("Amount"), 16, is_number=True),
        )
        table(columns, (_who_line(entry, home, session) for entry in entries))


def _who_line(entry: Behind, home: Home, session: Session) -> Sequence[str]:
    amount = writing.money(entry.amount, entry.currency) if entry.amount is not None else ""
    return (
        writing.full_moment(entry.at, ZoneInfo(home.company.timezone)) if entry.at else "",
        session.locale.word(entry.kind),
        writing.phone(entry.name, home.company.country) or "–",
        amount,
    )
