"""What the pages say of every figure alike: its name and value, where its list is, and whether its sources are read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import msgspec

from stammkunde.app.figure_table import GROUPS, figure_value
from stammkunde.app.web.periods import days_of
from stammkunde.app.web.visit import Visit
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.interval import FEWEST
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import EVERYTHING, Segment

Better = Literal["higher", "lower", ""]

BETTER: dict[str, Better] = {
    "missed_calls": "lower",
    "callback_rate": "higher",
    "callback_time": "lower",
    "first_response": "lower",
    "unassigned_rate": "lower",
    "active": "higher",
    "new": "higher",
    "won_back": "higher",
    "churned": "lower",
    "lost": "lower",
    "orders": "higher",
    "net_revenue": "higher",
    "repeat_rate": "higher",
    "completeness": "higher",
}
"""In which direction a change of a figure is good news; of the others neither is."""

LEVELS = frozenset({"customers", "prospect", "active", "dormant", "lost", "repeat_rate"})
"""What is so at the end of a period; the rest adds up over it."""

_CHANNELS = {
    "mailbox": "mail",
    "asterisk": "phone",
    "woocommerce": "shop",
    "orders-csv": "shop",
    "addressbook": "directory",
}
_ORDERS = frozenset({"shop"})
_REST_ON: dict[str, frozenset[str]] = {
    "contacts": frozenset({"mail", "phone", "shop"}),
    "unassigned_rate": frozenset({"mail", "phone", "shop"}),
    "not_counted": frozenset({"mail"}),
    "missed_calls": frozenset({"phone"}),
    "callback_rate": frozenset({"phone"}),
    "callback_time": frozenset({"phone"}),
    "first_response": frozenset({"mail"}),
    "completeness": frozenset({"directory"}),
}
"""On which channels a figure rests that does not rest on orders."""


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in one period, ready to show; `stale_since` is when one of its sources was last read, if it is silent.

    `of` is what a share of too few cases is made of: it stands beside it, since the value alone says too little.
    """

    code: str
    title: str
    value: str
    href: str
    n: int
    note: str
    of: str
    stale_since: datetime | None


def number(
    visit: Visit,
    code: str,
    answers: list[FigureAnswer],
    period: Period,
    segment: Segment = EVERYTHING,
) -> Number:
    """The figure of a period from its answers: one, or one for each currency, or none."""
    notes = [visit.locale.sentence(part) for a in answers for part in a.note.split("; ") if part]
    return Number(
        code=code,
        title=visit.text(FIGURES[code].title),
        value=" · ".join(figure_value(answer, visit.locale.code) for answer in answers) or "–",
        href=address(code, period, segment),
        n=sum(answer.numerator or 0 for answer in answers),
        note=", ".join(notes),
        of=_thin(visit, answers),
        stale_since=stale_since(visit, code, period),
    )


def _thin(visit: Visit, answers: list[FigureAnswer]) -> str:
    """`1 of 1`: a share of fewer cases than say anything."""
    if len(answers) != 1 or answers[0].unit != "share" or not 0 < answers[0].n < FEWEST:
        return ""
    part, whole = (
        visit.locale.number(n or 0) for n in (answers[0].numerator, answers[0].denominator)
    )
    return visit.text("{part} of {whole}", part=part, whole=whole)


def address(code: str, period: Period, segment: Segment = EVERYTHING) -> str:
    """The page of a figure with this period."""
    return f"/figures/{code}?{urlencode({**days_of(period), **segment_of(segment)})}"


def segment_of(segment: Segment) -> dict[str, str]:
    """A segment as an address has it."""
    text = segment_text(segment)
    return {"segment": text} if text else {}


def segment_text(segment: Segment) -> str:
    """As `Segment.parse` reads it."""
    return ",".join(f"{part}:{getattr(segment, part)}" for part in segment.parts)


def group(visit: Visit, code: str) -> str:
    """The heading below which a figure stands."""
    return visit.text(GROUPS[code]).capitalize()


def stale_since(visit: Visit, code: str, period: Period) -> datetime | None:
    """When a silent source that the figure rests on was last read, should the period go on after that."""
    since = [
        source.last_success
        for source in visit.stale
        if source.last_success is not None
        and rests_on(code, source.connector)
        and source.last_success.astimezone(visit.zone).date() < period.end
    ]
    return min(since, default=None)


def rests_on(code: str, connector: str) -> bool:
    """Whether a figure changes by what a connector reads; of one that others wrote, any may."""
    channel = _CHANNELS.get(connector)
    return channel is None or channel in _REST_ON.get(code, _ORDERS)


def channel_stale_since(visit: Visit, channel: str) -> datetime | None:
    """When a silent source of a channel was last read."""
    since = [
        source.last_success
        for source in visit.stale
        if source.last_success and _CHANNELS.get(source.connector) == channel
    ]
    return min(since, default=None)


def show_text(visit: Visit, code: str, n: int) -> str:
    """What the button to the list says: `Show 6 calls`."""
    plural = visit.locale.plural
    if code in ("missed_calls", "callback_rate", "callback_time"):
        return plural("Show {n} call", "Show {n} calls", n)
    if code == "first_response":
        return plural("Show {n} answer", "Show {n} answers", n)
    if FIGURES[code].who == "customers":
        return plural("Show {n} customer", "Show {n} customers", n)
    if FIGURES[code].who == "orders":
        return plural("Show {n} order", "Show {n} orders", n)
    return plural("Show {n} contact", "Show {n} contacts", n)
