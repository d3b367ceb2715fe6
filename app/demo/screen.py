"""The last screen of the demo: one look at the company, every number from the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import click

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.demo.customer import Heading
from stammkunde.app.locale import Locale
from stammkunde.app.reasons import reason
from stammkunde.app.sentences import review_sentence
from stammkunde.projections.answers import Contact, Review
from stammkunde.projections.figures.periods import Period, week_of
from stammkunde.projections.figures.queries import FigureAnswer
from stammkunde.projections.figures.segments import Segment
from stammkunde.projections.todo import Todo

WIDTH = 80
_LABEL = 18


class Screen:
    """Writes the screen of a home in one language, at most 80 columns wide."""

    def __init__(self, home: Home, locale: Locale) -> None:
        """The home's views are up to date."""
        self._home = home
        self._locale = locale
        self._text = locale.text
        self._zone = ZoneInfo(home.company.timezone)
        self._now = home.now()
        self._week = week_of(self._now.date())

    def lines(self) -> Iterator[str]:
        """The whole screen."""
        todo = self._home.queries.todo(self._now)
        calls = [item for item in todo if item.what == "missed_call"]
        calls.sort(key=lambda call: not call.counterpart)
        yield from self._head()
        yield from self._calls(calls)
        who = next((call.customer_id for call in calls if call.customer_id), None)
        if who:
            yield from self._customer(who)
        yield from self._this_week(todo)
        yield from self._unclear()
        yield self._text("Now with data of your own; nothing leaves this machine:")
        yield f"  ./run init      ./run import {self._text('Inbox.mbox Addresses.vcf')}"

    # ---- sections

    def _head(self) -> Iterator[str]:
        status = self._home.queries.status(self._home.log)
        title = self._text("{name}, made up", name=self._home.company.name)
        day, _, clock = self._moment(self._now).rpartition(" ")
        yield _spread(title, self._text("As of {moment}", moment=f"{day}, {clock}"))
        span = self._home.queries.span() or (self._now.date(), self._now.date())
        whole = Period(span[0], self._now.date() + timedelta(days=1))
        counts = self._text(
            "{contacts} contacts from {sources} sources · {customers} customers and prospects · {open} unassigned",
            contacts=self._number(self._figure("contacts", whole).value or 0),
            sources=sum(source.state == "ok" for source in status.sources),
            customers=self._number(status.log.customers),
            open=self._number(self._figure("unassigned_rate", whole).numerator or 0),
        )
        fits = writing.columns(counts) <= WIDTH
        first, _, last = (counts, "", "") if fits else counts.rpartition(" · ")
        yield first
        commands = f"stammkunde status   stammkunde figures --from {whole.start}"
        yield _spread(last, commands)
        yield ""

    def _calls(self, calls: list[Todo]) -> Iterator[str]:
        yield _spread(self._text("CALL BACK TODAY"), "stammkunde todo")
        for call in calls[:4]:
            yield self._call(call)
        if not calls:
            yield self._text("Nobody waits for a call.")
        yield ""

    def _call(self, call: Todo) -> str:
        at = self._short(call.since)
        number = writing.phone(call.counterpart, self._home.company.country)
        if not number:
            name, what = self._text("Withheld"), self._text("{at}, can't be called back", at=at)
        else:
            name = call.name if call.name != call.counterpart else self._text("Unknown")
            hours = self._number(call.open_hours, 1)
            what = self._text("missed {at}, open for {hours} h", at=at, hours=hours)
        return f"▲ {writing.clipped(name, 16):<16} {number or '–':<18} {what}"

    def _customer(self, who: str) -> Iterator[str]:
        sheet = self._home.queries.customer(who, limit=3)
        yield Heading(self._home, self._locale).line(sheet, _LABEL)
        for contact in sheet.contacts_list:
            yield self._contact(contact)
        number = next((i.value for i in sheet.identifiers if i.kind == "phone"), sheet.id[:8])
        ref = writing.phone(number, self._home.company.country)
        yield _spread("", f"stammkunde customer {ref} --why")
        yield ""

    def _contact(self, contact: Contact) -> str:
        direction = {"in": "●", "out": "○"}.get(contact.direction or "", " ")
        subject = contact.subject or self._locale.word(contact.outcome or contact.kind)
        left = (
            f"{self._moment(contact.occurred_at)}  {direction} {self._locale.word(contact.channel):<8} "
            f"{writing.clipped(subject, 22)}"
        )
        why = reason(contact, self._home, self._locale)
        return _spread(left, writing.clipped(why, WIDTH - 2 - writing.columns(left)))

    def _this_week(self, todo: list[Todo]) -> Iterator[str]:
        yield _spread(self._text("THIS WEEK"), "stammkunde figures")
        yield self._row(self._text("Missed calls"), self._missed())
        yield self._row(self._text("First answer"), self._first_answer(todo))
        yield self._row(self._text("Customer base"), self._base())
        yield self._row(self._text("Not counted"), self._not_counted())
        yield ""

    def _missed(self) -> str:
        missed = self._figure("callback_rate", self._week)
        answered = self._text(
            "{missed}, {answered} of them answered",
            missed=missed.denominator,
            answered=missed.numerator,
        )
        by_mail = self._figure("callback_rate", self._week, Segment(channel="mail")).numerator
        return answered + (self._text(" ({n} by mail)", n=by_mail) if by_mail else "")

    def _first_answer(self, todo: list[Todo]) -> str:
        first = self._figure("first_response", self._week)
        median = f"{self._number(first.value, 1)} h" if first.value is not None else "–"
        said = [self._text("median {median}", median=median)]
        open_ = [item.open_hours for item in todo if item.what == "message"]
        if open_:
            said.append(self._locale.plural("{n} message open", "{n} messages open", len(open_)))
            hours = self._number(max(open_))
            said.append(self._text("the oldest {hours} h", hours=hours))
        return ", ".join(said)

    def _base(self) -> str:
        before = Period(self._week.start - timedelta(days=1), self._week.start)
        opening = self._figure("active", before).value
        new, back, gone, closing = (
            self._figure(code, self._week).value
            for code in ("new", "won_back", "churned", "active")
        )
        return self._text(
            "{opening} + {new} new + {back} won back − {gone} churned = {closing}",
            opening=opening,
            new=new,
            back=back,
            gone=gone,
            closing=closing,
        )

    def _not_counted(self) -> str:
        parts = []
        for kind, one, many in (
            ("newsletter", "{n} newsletter", "{n} newsletters"),
            ("auto_reply", "{n} absence", "{n} absences"),
            ("bounce", "{n} undeliverable", "{n} undeliverable"),
            ("spam", "{n} spam", "{n} spam"),
        ):
            n = int(self._figure("not_counted", self._week, Segment(kind=kind)).value or 0)
            if n:
                parts.append(self._locale.plural(one, many, n))
        return ", ".join(parts) or "0"

    def _unclear(self) -> Iterator[str]:
        """Whom two people may have called last: the choice that is easiest to make."""
        found = [review for review in self._home.queries.review() if review.candidates]
        if found:
            review = max(found, key=_is_easy)
            yield _spread(self._text("TO CLEAR UP"), "stammkunde review")
            sentence = review_sentence(review, self._home.company.country, self._locale)
            yield from click.wrap_text(sentence, WIDTH).splitlines()
            yield ""

    # ---- pieces

    def _figure(self, code: str, period: Period, segment: Segment | None = None) -> FigureAnswer:
        (answer,) = self._home.queries.figures(period, codes=[code], segment=segment or Segment())
        return answer

    def _number(self, value: Decimal | float, places: int = 0) -> str:
        return writing.number(value, places, self._locale.code)

    def _moment(self, at: datetime) -> str:
        return writing.moment(at, self._zone, self._locale.code)

    def _short(self, at: datetime) -> str:
        """The time alone where it is today's, else with the weekday."""
        day, _, clock = self._moment(at).rpartition(" ")
        is_today = at.astimezone(self._zone).date() == self._now.date()
        return clock if is_today else f"{day.split()[0]} {clock}"

    @staticmethod
    def _row(label: str, value: str) -> str:
        return f"{label:<{_LABEL}}{value}"


def _is_easy(review: Review) -> tuple[bool, datetime, str]:
    return len(review.candidates) == 2, review.newest, review.contact


def _spread(left: str, right: str) -> str:
    """One to the left edge, one to the right."""
    return f"{left}{right:>{max(WIDTH - writing.columns(left), len(right) + 1)}}".rstrip()
