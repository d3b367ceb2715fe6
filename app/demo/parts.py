"""Parts that are written out: Sandra, and the households and firms in which it is hard to tell who is who."""

from __future__ import annotations

from datetime import datetime, timedelta

from stammkunde.app.demo import house, words
from stammkunde.app.demo.diary import Card
from stammkunde.app.demo.people import FAMILY, SANDRAS_LANDLINE, SANDRAS_MOBILE, Firm, Person
from stammkunde.app.demo.stage import LAST_WORD, Stage, reply_to
from stammkunde.core.contact import Name


class Parts(Stage):
    """A stage with these parts."""

    def sandra(self, sandra: Person) -> None:
        """Customer since 14.03.2025, six orders, CHF 4'312.50; her landline stands on a single one of them."""
        stock = {article.sku: article for article in (*house.ARTICLES, *house.RARE)}
        for day, clock, sku, count, phone in (
            ("2025-03-14", "19:12", "SER-J", 1, SANDRAS_MOBILE),
            ("2025-06-27", "21:40", "OCC-1", 1, SANDRAS_MOBILE),
            ("2025-10-03", "12:25", "TAS-20", 1, SANDRAS_LANDLINE),
            ("2026-02-19", "20:03", "LIC-80", 1, SANDRAS_MOBILE),
            ("2026-05-22", "18:47", "GRA-1", 1, SANDRAS_MOBILE),
            ("2026-09-12", "09:31", "WIN-1", 2, SANDRAS_MOBILE),
        ):
            order = self.order(sandra, house.at(datetime.fromisoformat(day), clock), phone=phone)
            order.lines = ((stock[sku], count),)
        self.ask(sandra, house.at(datetime(2025, 6, 24, tzinfo=house.ZONE), "20:15"), turns=2)
        self.ask(sandra, house.at(datetime(2026, 5, 18, tzinfo=house.ZONE), "07:50"), as_form=True)
        call = self.diary.call
        call(house.at(datetime(2025, 7, 3, tzinfo=house.ZONE), "15:20"), sandra, "answered")
        call(house.at(datetime(2026, 9, 16, tzinfo=house.ZONE), "10:05"), sandra, "out")

    def fleet(self, firm: Firm) -> None:
        """Couriers who wear out a chain a month: they order, call, write, and their bikes are here every other week."""
        rng = self.rng
        boss, *others = firm.people
        for month in range(20):
            at = house.BEGIN + timedelta(days=31 * month + rng.randrange(20))
            if at >= LAST_WORD:
                break
            buyer = rng.choice(firm.people)
            self.order(buyer, house.at(at.date(), f"{rng.randrange(7, 18):02}:40"), mail=boss.mail)
            self.ask(boss, self.when(at, at + timedelta(days=9)), turns=rng.choice((1, 2)))
            who = rng.choice(others)
            at = self.when(at, at + timedelta(days=9), at_the_shop=True)
            self.talk(who, min(at, LAST_WORD), firm.switchboard)

    def sister(self, sister: Person) -> None:
        """One of us gets mail from her family at work."""
        for text in words.TO_A_SISTER:
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            subject, us = text.partition("?")[0], house.STAFF[0]
            mail = self.diary.mail(at, sister, subject, text, incoming=True, us=us)
            at = house.after_hours(at, 1.2)
            self.diary.mail(at, sister, reply_to(mail), "Ja! N.", incoming=False, parent=mail)

    def household(self, number: int, name: str, *given: str) -> list[Person]:
        """The household of that name; in a larger town there are others like it."""
        rng = self.rng
        return self.register.family(
            *given, name=name if not number else rng.choice(FAMILY["de"].split())
        )

    def one_landline(self, family: list[Person]) -> None:
        """Both order with the landline that they share."""
        for person in family:
            for _ in range(self.rng.choice((1, 2))):
                self.order(person, self.when(house.BEGIN, LAST_WORD))
            self.ask(person, self.when(house.BEGIN, LAST_WORD), address=person.mail)
            mobile, at = person.phones[1], self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            self.diary.call(at, person, "answered", number=mobile)

    def calls_from(self, family: list[Person]) -> None:
        """Somebody of the household calls."""
        at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
        self.diary.call(at, self.rng.choice(family), "answered")

    def one_mailbox(self, family: list[Person]) -> None:
        """Both order with the address that they share; once she answers from it what we wrote to her own."""
        she, he = family
        box, own = self.register.shared_mail(she.family), she.mail
        she.mails, he.mails = (box, own), (box,)
        self.diary.cards.append(Card(she, (own, box), (she.phones[1],), she.since))
        for person in family:
            self.order(person, self.when(house.BEGIN, LAST_WORD), phone=person.phones[1], mail=box)
        self.ask(he, self.when(house.BEGIN, LAST_WORD), address=box)
        at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
        topic = self.topic(words.TOPICS["de"][:1], "de")
        text = self.answers(she, topic.answer, house.STAFF[0])
        ours = self.diary.mail(
            at, she, topic.subject, text, incoming=False, address=own, us=house.STAFF[0]
        )
        reply = self.diary.mail(
            at + timedelta(hours=3),
            she,
            reply_to(ours),
            self.says(she, topic.next),
            incoming=True,
            address=box,
            parent=ours,
        )
        text = self.answers(she, topic.last, house.STAFF[0])
        last = self.diary.mail(
            house.after_hours(reply.at, 1.5),
            she,
            reply_to(ours),
            text,
            incoming=False,
            address=own,
            parent=reply,
        )
        for mail in (ours, reply, last):
            mail.by_thread = True

    def only_she_orders(self, family: list[Person]) -> None:
        """The landline stands on her order; it is he who calls from it, and nobody can know."""
        she, he = family
        self.order(she, self.when(house.BEGIN, LAST_WORD))
        self.ask(he, self.when(house.BEGIN, LAST_WORD), address=he.mail)
        self.diary.call(self.when(house.BEGIN, LAST_WORD, at_the_shop=True), he, "answered")

    def namesakes(self, family: list[Person], *, with_accounts: bool) -> None:
        """Father and son of one name; without accounts the shop cannot tell them apart."""
        for person in family:
            person.account = self.register.account() if with_accounts else 0
            person.is_namesake = not with_accounts
            self.order(person, self.when(house.BEGIN, LAST_WORD))
            self.ask(person, self.when(house.BEGIN, LAST_WORD), address=person.mail)
        self.calls_from(family)

    def number_given_on(self) -> None:
        """His old number becomes hers a year later."""
        he, she = self.register.person(given="Bruno"), self.register.person(given="Alexandra")
        turn = datetime(2026, 2, 1, tzinfo=house.ZONE)
        she.phones = he.phones[:1]
        for person, since, until in ((he, house.BEGIN, turn), (she, turn, LAST_WORD)):
            self.order(person, self.when(since, until))
            self.diary.call(self.when(since, until, at_the_shop=True), person, "answered")

    def painter(self, number: int) -> None:
        """A firm of one: he orders for it and for himself, with the same mobile."""
        name = "Huber" if not number else self.rng.choice(FAMILY["de"].split())
        firm = self.register.firm(
            f"Malerei {name}{f' {number + 1}' if number else ''} GmbH", 1, name
        )
        (painter,) = firm.people
        painter.phones = (self.register.mobile(),)
        self.order(painter, self.when(house.BEGIN, LAST_WORD))
        private = self.register.mail(painter.given, painter.family, "de")
        order = self.order(painter, self.when(house.BEGIN, LAST_WORD), mail=private)
        order.as_guest, order.name = True, Name(painter.given, painter.family)
        self.talk(painter, self.when(house.BEGIN, LAST_WORD, at_the_shop=True), painter.phone)
