"""What a number is made of, as rows of a table: each number with the page of its list."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from stammkunde.app import writing
from stammkunde.app.figure_table import figure_value
from stammkunde.app.web.figures import address
from stammkunde.app.web.visit import Visit
from stammkunde.core.errors import N_
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.makeup import Part
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import EVERYTHING, Segment

_BASE = frozenset({"active", "new", "won_back", "churned"})
_OF = {"callback_rate": "missed_calls", "callback_time": "missed_calls", "repeat_rate": "customers"}
"""Figure → the one whose list is its denominator."""

_HEADS = {
    "channel": N_("By channel"),
    "direction": N_("By direction"),
    "kind": N_("By kind"),
    "currency": N_("By currency"),
}
_WORDS = {
    "callback_rate": (N_("Missed calls"), N_("of them answered"), N_("of them not answered")),
    "callback_time": (N_("Missed calls"), N_("of them answered by us"), N_("not answered, or got through by themselves")),
    "first_response": (N_("Messages"), N_("of them answered by us"), N_("not answered, or settled in another way")),
    "unassigned_rate": (N_("Counted contacts"), N_("of them nobody's"), N_("of them somebody's")),
    "repeat_rate": (N_("Customers"), N_("of them with two orders or more"), N_("of them with one order")),
    "completeness": (N_("Customers and prospects"), N_("of them with all three"), N_("of them with something missing")),
}  # fmt: skip
"""Figure → all, those of them that count, the rest."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a sum; `is_sum` stands below the line."""

    label: str
    value: str
    href: str = ""
    is_sum: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows below a heading."""

    heading: str
    rows: tuple[Row, ...]


def compositions(
    visit: Visit, code: str, period: Period, segment: Segment, answers: list[FigureAnswer]
) -> list[Table]:
    """How the number comes about, then its parts by channel, direction, kind or currency."""
    found = []
    if code in _BASE:
        found.append(_base(visit, period))
    elif answers and answers[0].denominator is not None:
        found.append(_share(visit, code, period, segment, answers[0]))
    parts = visit.queries.makeup(code, period, segment=segment)
    found += _tables(visit, code, period, segment, parts)
    return found


def _base(visit: Visit, period: Period) -> Table:
    base, text = visit.queries.base(period), visit.text
    day_before = Period(period.start - timedelta(days=1), period.start)
    return Table(
        text("The customer base"),
        (
            Row(label=text("Active at the beginning"), value=visit.locale.number(base.opening), href=_list("active", day_before)),
            Row(label=text("+ new"), value=visit.locale.number(base.new), href=_list("new", period)),
            Row(label=text("+ won back"), value=visit.locale.number(base.won_back), href=_list("won_back", period)),
            Row(label=text("− churned"), value=visit.locale.number(base.churned), href=_list("churned", period)),
            Row(label=text("= active at the end"), value=visit.locale.number(base.closing), href=_list("active", period), is_sum=True),
        ),
    )  # fmt: skip


def _share(
    visit: Visit, code: str, period: Period, segment: Segment, answer: FigureAnswer
) -> Table:
    """All, those of them that count, and what is left."""
    part, whole = answer.numerator or 0, answer.denominator or 0
    whole_of, part_of, rest = (visit.text(words) for words in _WORDS[code])
    of = _OF.get(code)
    result = f"{visit.locale.number(part)} ÷ {visit.locale.number(whole)} = {figure_value(answer, visit.locale.code)}"
    rows = [
        Row(label=whole_of, value=visit.locale.number(whole), href=_list(of, period) if of else ""),
        Row(label=part_of, value=visit.locale.number(part), href=_list(code, period, segment)),
        Row(label=rest, value=visit.locale.number(whole - part)),
    ]
    if answer.unit == "share":
        rows.append(Row(label=visit.text(FIGURES[code].title), value=result, is_sum=True))
    return Table(visit.text("How the number comes about"), tuple(rows))


def _tables(
    visit: Visit, code: str, period: Period, segment: Segment, parts: list[Part]
) -> list[Table]:
    return [
        Table(
            visit.text(_HEADS[part]),
            tuple(_part(visit, code, period, segment, each) for each in parts if each.part == part),
        )
        for part in dict.fromkeys(each.part for each in parts)
    ]


def _part(visit: Visit, code: str, period: Period, segment: Segment, part: Part) -> Row:
    """Of a share also of how many; what has no value is no segment, so no page of its own."""
    value = visit.locale.number(part.n)
    if part.of is not None:
        value = visit.text("{part} of {whole}", part=value, whole=visit.locale.number(part.of))
    word = part.value if part.part == "currency" else writing.capital(visit.locale.word(part.value))
    narrowed = msgspec.structs.replace(segment, **{part.part: part.value})
    return Row(
        label=word or visit.text("without"),
        value=value,
        href=address(code, period, narrowed) if part.value else "",
    )


def _list(code: str, period: Period, segment: Segment = EVERYTHING) -> str:
    return f"{address(code, period, segment)}#who"
