"""Who each contact truly is, and whether rules of exact identifiers can know it.

Two contacts of different parties in one customer are wrong; one party in two customers is not (maybe nothing that was
written ties them). A contact that can't be known may end anywhere, and no customer is judged by it. One that a person
would know and exact rules do not (Dani is Daniel) counts as one that can be known.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from stammkunde.app.demo import cards, mails
from stammkunde.app.demo.calls import e164, linkedid
from stammkunde.app.demo.diary import Call, Diary, Mail
from stammkunde.app.demo.people import Person

_NOBODY = {
    "newsletter": "newsletter",
    "spam": "spam",
    "notification": "the shop's own notice",
    "internal": "among us",
}


class Truth(msgspec.Struct, frozen=True):
    """One contact. `item` is its key at the source (Message-ID, linkedid, order number, UID), `date` a mail's Date.

    `counterpart` is the address or number as written, empty where it was withheld. `party` is empty where there is none,
    `reason` where it can be known.
    """

    source: str
    item: str
    date: str
    counterpart: str
    party: str
    knowable: bool
    reason: str


def truths(diary: Diary, people: Iterable[Person]) -> tuple[Truth, ...]:
    """One for each counterpart of each thing in the diary, in its order."""
    knowledge = _Knowledge(diary, people)
    return (
        *(
            truth
            for mail in diary.mails
            if mail.kind != "torn"
            for truth in _of_mail(mail, knowledge)
        ),
        *(_of_call(call, index, knowledge) for index, call in enumerate(diary.calls)),
        *(
            _truth("shop", str(order.number), order.mail, order.who, _named(order.who))
            for order in diary.orders
        ),
        *(
            _truth("addresses", cards.uid(card, index), card.mails[0], card.who, _named(card.who))
            for index, card in enumerate(diary.cards)
        ),
    )


def truth_csv(rows: Iterable[Truth]) -> bytes:
    """With a header; `knowable` is yes or no."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Truth.__struct_fields__)
    for row in rows:
        *fields, knowable, reason = msgspec.structs.astuple(row)
        writer.writerow((*fields, "yes" if knowable else "no", reason))
    return file.getvalue().encode()


class _Knowledge:
    """What the files as a whole tell of each address and number."""

    def __init__(self, diary: Diary, people: Iterable[Person]) -> None:
        self._parties: dict[str, set[str]] = defaultdict(set)
        for person in people:
            for identifier in (*person.mails, *person.phones):
                self._parties[_plain(identifier)].add(person.party)
        self._related = {_plain(identifier) for identifier in _related(diary)}

    def doubt(self, identifier: str) -> str:
        """Why a contact that shows this alone can't be assigned, or nothing."""
        if not identifier:
            return "number withheld"
        plain = _plain(identifier)
        if len(self._parties[plain]) > 1:
            return "mailbox of several people" if "@" in plain else "number of several people"
        return "" if plain in self._related else "no relationship"


def _related(diary: Diary) -> Iterator[str]:
    """All identifiers of an order, form or entry, of a talk, of a mail of ours or one that answers ours."""
    for order in diary.orders:
        yield from (order.mail, order.phone)
    for card in diary.cards:
        yield from (*card.mails, *card.phones)
    for call in diary.calls:
        if call.is_talk and call.number:
            yield call.number
    for mail in diary.mails:
        if not mail.incoming or mail.kind == "form" or _answers_ours(mail):
            yield mail.address
            yield from (address for address, _ in mail.also)


def _answers_ours(mail: Mail) -> bool:
    parent = mail.parent
    return parent is not None and (not parent.incoming or _answers_ours(parent))


def _of_mail(mail: Mail, knowledge: _Knowledge) -> Iterator[Truth]:
    for address, who in ((mail.address, mail.who), *mail.also):
        reason = _NOBODY.get(mail.kind) or _doubt(who, knowledge.doubt(address))
        reason = "" if mail.by_thread else reason
        yield _truth("info", mails.message_id(mail), address, who, reason, mails.date(mail))


def _of_call(call: Call, index: int, knowledge: _Knowledge) -> Truth:
    doubt = "among us" if call.shape == "internal" else knowledge.doubt(call.number)
    return _truth("phone", linkedid(call, index), call.number, call.who, _doubt(call.who, doubt))


def _truth(
    source: str, item: str, counterpart: str, who: Person | None, reason: str, date: str = ""
) -> Truth:
    return Truth(source, item, date, counterpart, who.party if who else "", not reason, reason)


def _named(who: Person) -> str:
    return "namesakes in one household" if who.is_namesake else ""


def _doubt(who: Person | None, doubt: str) -> str:
    return doubt or (_named(who) if who else "")


def _plain(identifier: str) -> str:
    return identifier.lower() if "@" in identifier else e164(identifier)
