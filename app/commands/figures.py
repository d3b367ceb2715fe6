"""`figures`: the controlling figures of a period, and who is behind each."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click
import msgspec

from stammkunde.app import periods, writing
from stammkunde.app.behind_table import BEHIND_HEAD, behind_cells
from stammkunde.app.bootstrap import Home
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON, reading
from stammkunde.app.failures import WrongCall
from stammkunde.app.figure_table import figures_table
from stammkunde.app.output import Column, csv_rows, json_line, page_width, table
from stammkunde.app.periods import PeriodError
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import GRAINS, Grain, Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import EVERYTHING, Segment, SegmentError, asked
from stammkunde.projections.figures.who import Behind


@click.command("figures")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--from", "begin", metavar="DAY", help="First day; default: Monday of this week.")
@click.option("--to", "end", metavar="DAY", help="Up to, and without, this day.")
@click.option("--grain", type=click.Choice(GRAINS), help="Cut the period.")
@click.option(
    "--segment", default="", help="A part alone, as channel:mail,direction:in or currency:CHF."
)
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
        raise WrongCall("--who asks for one figure: stammkunde figures new --who.")
    if ask_who and grain:
        raise WrongCall("--who lists one period: leave out --grain, or name --from and --to.")
    part = _segment(segment, codes)
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
            if part != EVERYTHING and not codes:
                _say_left_out(asked(codes, part), session)


def _segment(text: str, codes: Sequence[str]) -> Segment:
    """The part that is asked for, which every figure named must know."""
    try:
        part = Segment.parse(text)
        asked(codes, part)
    except SegmentError as error:
        raise WrongCall(error.template, **error.values) from None
    return part


def _say_left_out(shown: Sequence[str], session: Session) -> None:
    codes = ", ".join(code for code in FIGURES if code not in shown)
    line = session.locale.text("Left out, since they don't know this segment: {codes}", codes=codes)
    click.echo(f"\n{click.wrap_text(line, page_width())}")


def _known(codes: Sequence[str]) -> None:
    for code in codes:
        if code not in FIGURES:
            import difflib

            near = difflib.get_close_matches(code, FIGURES, 1, 0.5)
            if near:
                raise WrongCall(
                    "There is no figure “{code}”; did you mean “{near}”?", code=code, near=near[0]
                )
            raise WrongCall(
                "There is no figure “{code}”; there are {codes}.",
                code=code,
                codes=", ".join(FIGURES),
            )


def _period(home: Home, begin: str | None, end: str | None) -> Period:
    try:
        return periods.period(home, begin, end)
    except PeriodError as error:
        raise WrongCall(error.template, **error.values) from None


def _show_who(
    entries: Sequence[Behind], home: Home, session: Session, *, as_json: bool, as_csv: bool
) -> None:
    text = session.locale.text
    if as_json:
        json_line(entries)
    elif as_csv:
        csv_rows(BEHIND_HEAD, map(behind_cells, entries))
    elif not entries:
        click.echo(text("Nobody is behind it."))
    else:
        columns = (
            Column(text("When"), 17),
            Column(text("Kind"), 14),
            Column(text("Who")),
            Column(text("Amount"), 16, is_number=True),
        )
        table(columns, (_who_line(entry, home, session) for entry in entries))


def _who_line(entry: Behind, home: Home, session: Session) -> Sequence[str]:
    amount = session.locale.money(entry.amount, entry.currency) if entry.amount is not None else ""
    return (
        writing.full_moment(entry.at, ZoneInfo(home.company.timezone), session.locale.code)
        if entry.at
        else "",
        session.locale.word(entry.kind),
        writing.phone(entry.name, home.company.country) or "–",
        amount,
    )
