"""Contacts as lines: for people in columns, for spreadsheets in cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from stammkunde.app import writing
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import Locale
from stammkunde.app.output import Column, csv_rows, table
from stammkunde.projections.answers import Contact

_PLAIN = (
    "id", "customer_id", "source", "item", "party", "channel", "kind", "direction", "outcome", "occurred_at",
    "recorded_at", "counterpart", "subject", "duration_s", "thread", "order",
)  # fmt: skip
CONTACT_HEAD = (*_PLAIN, "amount", "net", "currency", "rule")
"""Above the columns of `contact_cells`."""

_MARKS = {"in": "●", "out": "○"}


def contacts_csv(contacts: Iterable[Contact]) -> None:
    """All but the texts and lists, a row each."""
    csv_rows(CONTACT_HEAD, map(contact_cells, contacts))


def contacts_table(contacts: Iterable[Contact], home: Home, locale: Locale, *, why: bool) -> None:
    """A line each; `why` adds one with the rule, its score and its evidence. Full circle: from them; open: from us."""
    text = locale.text
    columns = (
        Column(text("When"), 17),
        Column(text("Channel"), 12),
        Column(text("Kind"), 14),
        Column(text("Who")),
        Column(text("About")),
    )
    if not why:
        table(columns, (_line(contact, home, locale) for contact in contacts))
        return
    for contact in contacts:
        bare = [Column("", column.width) for column in columns]
        table(bare, [_line(contact, home, locale)])
        table((Column("", 2), Column("")), (("", part) for part in _reasons(contact, home, locale)))


def _line(contact: Contact, home: Home, locale: Locale) -> Sequence[str]:
    country = home.company.country
    what = contact.subject or contact.text
    if contact.money:
        what = f"{locale.money(contact.money.amount, contact.money.currency)} {what}"
    mark = _MARKS.get(contact.direction or "", " ")
    who = contact.counterpart or (locale.text("withheld") if contact.channel == "phone" else "–")
    return (
        writing.full_moment(contact.occurred_at, ZoneInfo(home.company.timezone), locale.code),
        f"{mark} {locale.word(contact.channel)}",
        locale.word(contact.outcome or contact.kind),
        writing.phone(who, country),
        what,
    )


def _reasons(contact: Contact, home: Home, locale: Locale) -> Iterator[str]:
    """`by phone: 052 203 44 10 · score 1.00`, and the id that `assign` takes."""
    text = locale.text
    found = contact.assignment
    if found is None:
        yield text("without a customer")
    else:
        rule = locale.word(found.rule) if found.rule in _RULES else text("by identifier")
        shown = ", ".join(
            writing.identifier(one.kind, one.value, home.company.country) for one in found.evidence
        )
        score = text("score {score}", score=locale.number(found.score, 2))
        yield f"{rule}{': ' if shown else ''}{shown} · {score}"
    yield contact.id


_RULES = ("name", "person", "thread")


def contact_cells(contact: Contact) -> Sequence[object]:
    """A row of a spreadsheet: all but the texts and lists."""
    money, assignment = contact.money, contact.assignment
    return (
        *(getattr(contact, name) for name in _PLAIN),
        *((money.amount, money.net, money.currency) if money else ("", "", "")),
        assignment.rule if assignment else "",
    )
