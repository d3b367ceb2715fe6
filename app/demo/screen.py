"""The last screen of the demo: one look at the company, every number from the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import Locale
from stammkunde.app.sentences import review_sentence
from stammkunde.projections.answers import Contact, CustomerSheet
from stammkunde.projections.figures.periods import Period, week_of
from stammkunde.projections.figures.queries import FigureAnswer, Segment
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
        yield from self._head()
        yield from self._calls(calls)
        who = next((call.customer_id for call in calls if call.customer_id), None)
        if who:
            yield from self._customer(self._home.queries.customer(who))
        yield from self._this_week(todo)
        yield from self._unclear()
        yield self._text("Now with data of your own; nothing leaves this machine:")
        yield "  ./run init      ./run import Inbox.mbox Addresses.vcf"

    # ---- sections

    def _head(self) -> Iterator[str]:
        status = self._home.queries.status(self._home.log)
        title = self._text("{name}, made up", name=self._home.company.name)
        as_of = self._text("As of {moment}", moment=self._moment(self._now).replace(". ", "., "))
        yield _spread(title, as_of)
        open_ = self._figure("unassigned_rate", self._all())
        yield self._text(
            "{contacts} contacts from {sources} sources · {customers} customers and prospects · {open} unassigned",
            contacts=self._figure("contacts", self._all()).value,
            sources=len(status.sources),
            customers=status.log.customers,
            open=open_.numerator,
        )
        yield ""

    def _calls(self, calls: list[Todo]) -> Iterator[str]:
        yield _spread(self._text("CALL BACK TODAY"), "stammkunde todo")
        for call in calls[:4]:
            at = self._short(call.since)
            name = call.name if call.counterpart or call.name else self._text("Withheld")
            number = writing.phone(call.counterpart, self._home.company.country)
            if number == name:
                name = self._text("Unknown")
            if call.counterpart:
                what = self._text(
                    "missed {at}, open for {hours} h",
                    at=at,
                    hours=writing.number(call.open_hours, 1),
                )
            else:
                what = self._text("{at}, can't be called back", at=at)
            yield f"▲ {writing.clipped(name, 16):<16} {number or '–':<18} {what}"
        if not calls:
            yield self._text("Nobody waits for a call.")
        yield ""

    def _customer(self, sheet: CustomerSheet) -> Iterator[str]:
        orders = [contact for contact in sheet.contacts_list if contact.kind == "order_placed"]
        since = (
            writing.day(sheet.first_contact.astimezone(self._zone).date())
            if sheet.first_contact
            else "–"
        )
        parts = [self._text("customer since {day}", day=since)]
        if orders:
            parts.append(self._locale.plural("{n} order", "{n} orders", len(orders)))
        parts += [writing.money(sum_.amount, sum_.currency) for sum_ in sheet.revenue]
        yield f"{sheet.name.upper():<{_LABEL}}{' · '.join(parts)}"
        for contact in sheet.contacts_list[:3]:
            yield self._contact(contact)
        number = next((i.value for i in sheet.identifiers if i.kind == "phone"), sheet.id[:8])
        ref = writing.phone(number, self._home.company.country)
        yield _spread("", f"stammkunde customer {ref}")
        yield ""

    def _contact(self, contact: Contact) -> str:
        direction = {"in": "●", "out": "○"}.get(contact.direction or "", " ")
        what = contact.outcome or contact.kind
        subject = contact.subject or self._locale.word(what)
        why = ""
        if contact.assignment and contact.assignment.evidence:
            found = contact.assignment.evidence[0]
            value = writing.identifier(found.kind, found.value, self._home.company.country)
            why = self._text("by {identifier}", identifier=value)
        left = (
            f"{self._moment(contact.occurred_at)}  {direction} {self._locale.word(contact.channel):<8} "
            f"{writing.clipped(subject, 22)}"
        )
        return _spread(left, writing.clipped(why, 30))

    def _this_week(self, todo: list[Todo]) -> Iterator[str]:
        yield _spread(self._text("THIS WEEK"), "stammkunde figures")
        missed = self._figure("callback_rate", self._week)
        answered = self._text(
            "{missed}, {answered} of them answered",
            missed=missed.denominator,
            answered=missed.numerator,
        )
        by_mail = self._figure("callback_rate", self._week, Segment(channel="mail")).numerator
        if by_mail:
            answered += self._text(" ({n} by mail)", n=by_mail)
        yield self._row(self._text("Missed calls"), answered)
        first = self._figure("first_response", self._week)
        open_ = [item for item in todo if item.what == "message"]
        median = f"{writing.number(first.value, 1)} h" if first.value is not None else "–"
        answer = self._text("median {median}", median=median)
        if open_:
            oldest = writing.number(max(item.open_hours for item in open_), 0)
            answer += ", " + self._locale.plural(
                "{n} message open", "{n} messages open", len(open_)
            )
            answer += ", " + self._text("the oldest {hours} h", hours=oldest)
        yield self._row(self._text("First answer"), answer)
        yield self._row(self._text("Customer base"), self._base())
        yield self._row(self._text("Not counted"), self._not_counted())
        yield ""

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
        found = [review for review in self._home.queries.review() if review.candidates]
        reviews = sorted(found, key=lambda review: len(review.candidates) != 2)
        if reviews:
            yield _spread(self._text("TO CLEAR UP"), "stammkunde review")
            yield review_sentence(reviews[0], self._home.company.country, self._locale)
            yield ""

    # ---- pieces

    def _figure(self, code: str, period: Period, segment: Segment | None = None) -> FigureAnswer:
        (answer,) = self._home.queries.figures(period, codes=[code], segment=segment or Segment())
        return answer

    def _all(self) -> Period:
        span = self._home.queries.span() or (self._week.start, self._week.start)
        return Period(span[0], self._week.end)

    def _moment(self, at: object) -> str:
        return writing.moment(at, self._zone, self._locale.code)  # type: ignore[arg-type]

    def _short(self, at: object) -> str:
        """The time alone where it is today's."""
        long = self._moment(at)
        today = self._moment(self._now)
        return (
            long.rpartition(" ")[2]
            if long.rpartition(" ")[0] == today.rpartition(" ")[0]
            else (f"{long.split()[0]} {long.rpartition(' ')[2]}")
        )

    @staticmethod
    def _row(label: str, value: str) -> str:
        return f"{label:<{_LABEL}}{value}"


def _spread(left: str, right: str) -> str:
    """One to the left edge, one to the right."""
    return f"{left}{right:>{max(WIDTH - len(left), len(right) + 1)}}".rstrip()
