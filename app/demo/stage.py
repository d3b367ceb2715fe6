"""What people can do: write, answer, call, order. Each deed goes into the diary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from stammkunde.app.demo import house, words
from stammkunde.app.demo.deck import Deck
from stammkunde.app.demo.diary import Card, Diary, Mail, Order, Shape
from stammkunde.app.demo.people import Person, Register
from stammkunde.app.demo.words import Topic
from stammkunde.core.contact import Name

LAST_WORD = datetime(2026, 11, 13, 16, 0, tzinfo=house.ZONE)
"""Nobody writes or calls by chance after this Friday, so that all is answered before the week of the last screen."""

GROWTH = 0.4
"""The exponent by which even chance comes to favour later times: the shop grows."""

CALLS: dict[Shape, int] = {
    "answered": 14, "group": 6, "queue": 5, "forwarded": 3, "out": 9, "missed": 7, "voicemail": 2, "busy": 2,
    "abandoned": 1, "out-missed": 1,
}  # fmt: skip
"""Of fifty calls, how many go which way at first."""


_SATURDAY = 5


class Stage:
    """A diary, the people, and the deeds."""

    def __init__(self, rng: Random) -> None:
        """All chance comes from `rng`."""
        self.rng = rng
        self.diary = Diary(rng)
        self.register = Register(rng)
        self._shapes = Deck(rng, CALLS)

    def when(
        self, since: datetime, until: datetime, *, at_the_shop: bool = False, growth: float = 1
    ) -> datetime:
        """A moment by daylight; `at_the_shop`: in opening hours, if there are any in between."""
        seconds = max(int((until - since).total_seconds()), 1)
        for _ in range(200):
            moment = since + timedelta(seconds=int(seconds * self.rng.random() ** growth))
            local = moment.astimezone(house.ZONE)
            if house.is_open(local) if at_the_shop else 6 <= local.hour < 23:
                return local
        return house.after_hours(since, 0.5)

    def says(self, who: Person, text: str) -> str:
        """His words with greeting and signature."""
        rng, language = self.rng, who.language
        comma = "" if language == "de" else ","
        hello, bye = rng.choice(words.HELLO[language]), rng.choice(words.BYE[language])
        body = f"{hello}{comma}\n\n{text[0].upper()}{text[1:]}\n\n{bye}{comma}\n{who.name}"
        if who.client == "phone":
            return f"{body}\n\n{words.FROM_PHONE[language]}"
        company = f"{who.company}\n" if who.company else ""
        return f"{body}\n\n-- \n{company}{who.street}, {who.postcode} {who.town}\nTel. {who.phones[-1]}"

    def answers(self, who: Person, text: str, us: house.Colleague) -> str:
        """Our words to him."""
        language = who.language
        comma = "" if language == "de" else ","
        hello = words.DEAR[language].format(who.name)
        return (
            f"{hello}{comma}\n\n{text[0].upper()}{text[1:]}\n\n{words.OURS[language]}{comma}\n{us.name}"
            f"\n\n-- \n{house.NAME}, {us.job}\nZürcherstrasse 45, 8400 Winterthur\nTel. 052 123 45 00"
        )

    def topic(self, topics: Sequence[Topic], language: str) -> Topic:
        """One of them with bike, part, day and price filled in."""
        rng = self.rng
        values = {
            "bike": rng.choice(house.BIKES),
            "part": rng.choice(house.PARTS),
            "day": rng.choice(words.DAYS[language]),
            "price": rng.choice(("149", "165", "189", "220")),
        }
        texts = msgspec.structs.astuple(rng.choice(topics))
        return Topic(*(text.format(**values) for text in texts))

    def ask(
        self,
        who: Person,
        at: datetime,
        *,
        wait: float | None = None,
        turns: int = 1,
        address: str = "",
        as_form: bool = False,
        topics: Sequence[Topic] = (),
    ) -> Mail:
        """He asks, we answer after `wait` opening hours, and so on; the last word, which is returned, is ours."""
        rng, diary, language = self.rng, self.diary, who.language
        if not topics:
            topics = words.FIRMS if who.company and language == "de" else words.TOPICS[language]
        topic = self.topic(topics, language)
        text = topic.question if as_form else self.says(who, topic.question)
        mail = diary.mail(
            at, who, topic.subject, text, incoming=True, address=address or self._writes_from(who),
            kind="form" if as_form else "message",
        )  # fmt: skip
        for turn in range(turns):
            if turn:
                at = self.when(mail.at + timedelta(minutes=8), mail.at + timedelta(hours=26))
                if at > LAST_WORD:
                    break
                mail = diary.mail(
                    at, who, reply_to(mail), self.says(who, topic.next), incoming=True, parent=mail
                )
            at = house.after_hours(at, rng.triangular(0.2, 9.0, 2.0) if wait is None else wait)
            text = self.answers(who, topic.last if turn else topic.answer, mail.us)
            mail = diary.mail(at, who, reply_to(mail), text, incoming=False, parent=mail)
            if who.company and rng.random() < 0.15:
                mail.also = tuple(
                    (other.mail, other)
                    for other in self.register.people
                    if other.company == who.company and other.mail != mail.address
                )[:1]
        return mail

    def _writes_from(self, who: Person) -> str:
        return who.mail if self.rng.random() < 0.8 else self.rng.choice(who.mails)

    def order(self, who: Person, at: datetime, *, phone: str = "", mail: str = "") -> Order:
        """He orders one to three things."""
        rng = self.rng
        articles = rng.sample(house.ARTICLES, rng.choice((1, 1, 2, 3)))
        order = Order(
            at=at,
            who=who,
            name=Name(who.given, who.family, who.company),
            mail=mail or who.mail,
            phone=phone or who.phone,
            lines=tuple((article, rng.choice((1, 1, 1, 2))) for article in articles),
            as_guest=not who.account,
            changed=at + timedelta(hours=rng.randint(2, 90)),
        )
        self.diary.orders.append(order)
        return order

    def talk(self, who: Person, at: datetime, number: str) -> None:
        """They talk, if need be on the second try. Every other call that is missed comes while we have lunch."""
        rng, call = self.rng, self.diary.call
        shape = self._shapes.draw()
        if shape in ("missed", "voicemail") and at.weekday() < _SATURDAY and rng.random() < 0.5:
            at = house.at(at.date(), "12:00") + timedelta(minutes=rng.randrange(3, 85))
        first = call(at, who, shape, number=number)
        if not first.is_talk:
            again = house.after_hours(at, rng.triangular(0.1, 5.0, 0.7))
            back: Shape = "answered" if shape == "busy" or rng.random() < 0.2 else "out"
            call(again, who, back, number=number)

    def notify(self, order: Order) -> None:
        """The shop's own mail to us about a new order."""
        subject = "Neue Bestellung"
        mail = self.diary.mail(
            order.at + timedelta(seconds=20), order.who, subject, "", incoming=True, address=order.mail,
            kind="notification",
        )  # fmt: skip
        mail.order = order

    def card(
        self,
        who: Person,
        note: str = "",
        *,
        is_supplier: bool = False,
        phones: tuple[str, ...] = (),
    ) -> None:
        """An entry with all his addresses and numbers, or with these numbers only."""
        changed = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
        card = Card(who, who.mails, phones or who.phones, changed, note, is_supplier)
        self.diary.cards.append(card)


def reply_to(mail: Mail) -> str:
    """The subject of an answer."""
    return mail.subject if mail.subject.startswith("Re: ") else f"Re: {mail.subject}"
