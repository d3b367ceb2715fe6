"""Eighteen months in the life of the shop: who the people are, and what they wrote, said and bought before this week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from stammkunde.app.demo import house, words
from stammkunde.app.demo.deck import Deck
from stammkunde.app.demo.diary import Diary, Order
from stammkunde.app.demo.parts import Parts
from stammkunde.app.demo.people import (
    FREIS_LANDLINE,
    SANDRAS_LANDLINE,
    SANDRAS_MOBILE,
    Firm,
    Person,
    typed_name,
    typed_phone,
)
from stammkunde.app.demo.stage import GROWTH, LAST_WORD

FATES = {"delivered": 21, "cancelled": 1, "sent back": 1, "damaged": 1, "gift": 1}
_YEAR = timedelta(days=365)


class Cast(msgspec.Struct):
    """Who plays: the people that chance picks from, and those with a part of their own."""

    sandra: Person
    frei: list[Person]
    regulars: list[Person]
    firms: list[Firm]
    couriers: Firm
    suppliers: list[Person]
    sister: Person
    strangers: list[Person]
    churning: list[Person]
    returning: list[Person]
    new: list[Person]


class Story(Parts):
    """Plays on a diary. Everybody is as diligent as one wishes: whatever came in before this week was answered."""

    def __init__(self, rng: Random, size: int) -> None:
        """`size` 1 is a village shop; all counts grow with it."""
        super().__init__(rng)
        self.size = size
        self._fates = Deck(rng, FATES)
        self.cast = self._cast()

    def _cast(self) -> Cast:
        register, size = self.register, self.size
        sandra = register.person(given="Sandra", family="Keller", language="de")
        sandra.mails = ("sandra.keller@bergpost.example",)
        sandra.phones = (SANDRAS_MOBILE, SANDRAS_LANDLINE)
        sandra.account = sandra.account or register.account()
        frei = register.family("Anna", "Peter", name="Frei", landline=FREIS_LANDLINE)

        def people(count: int) -> list[Person]:
            return [register.person() for _ in range(count * size)]

        return Cast(
            sandra=sandra,
            frei=frei,
            regulars=people(90),
            firms=[register.firm() for _ in range(10 * size)],
            couriers=register.firm("Velokurier Eulach AG", 3),
            suppliers=[person for _ in range(3 * size) for person in register.firm(size=1).people],
            sister=register.person(given="Seraina", family="Widmer", language="de"),
            strangers=people(11),
            churning=people(4),
            returning=people(2),
            new=people(7),
        )

    def play(self) -> Diary:
        """Everything up to the week of the last screen."""
        self._lives()
        self.sandra(self.cast.sandra)
        self.one_landline(self.cast.frei)
        for number in range(1, self.size):
            others = self.household(number, "", "Anna", "Peter")
            self.one_landline(others)
            self.calls_from(others)
        for number in range(self.size):
            self.fleet(self.cast.couriers if not number else self.register.firm(size=3))
            self.one_mailbox(self.household(number, "Brunner", "Claudia", "Markus"))
            self.only_she_orders(self.household(number, "Lüthi", "Rosmarie", "Walter"))
            self.namesakes(self.household(number, "Graf", "Hans", "Hans"), with_accounts=False)
            self.namesakes(self.household(number, "Moser", "Werner", "Werner"), with_accounts=True)
            self.number_given_on()
            self.painter(number)
        self._conversations()
        self._telephone()
        self._strangers()
        self._mailbox_noise()
        self.sister(self.cast.sister)
        self._address_book()
        return self.diary

    # ---- chance

    def _lives(self) -> None:
        """Everybody's first and last day, and his orders; one in five only ever asks."""
        rng, cast = self.rng, self.cast
        for person in cast.regulars:
            person.since = self.when(house.BEGIN, LAST_WORD, growth=0.7)
            person.until = (
                min(person.since + timedelta(days=rng.randint(5, 90)), LAST_WORD)
                if rng.random() < 0.25
                else LAST_WORD
            )
            if rng.random() < 0.8:
                self._fate(self._typed(self.order(person, person.since)))
                for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
                    phone, mail = rng.choice(person.phones), self._writes_from(person)
                    at = self.when(person.since, person.until)
                    self._fate(self._typed(self.order(person, at, phone=phone, mail=mail)))
        for firm in cast.firms:
            for _ in range(rng.choice((1, 1, 1, 2))):
                buyer = rng.choice(firm.people)
                mail = rng.choice((firm.box, buyer.mail))
                self._typed(self.order(buyer, self.when(house.BEGIN, LAST_WORD), mail=mail))
        for person in cast.churning:
            last = self.when(house.MONDAY - _YEAR + timedelta(days=1), house.TODAY - _YEAR)
            self.order(person, self.when(house.BEGIN, last - timedelta(days=20)))
            self.order(person, last)
        for person in cast.returning:
            self.order(person, self.when(house.BEGIN, house.MONDAY - _YEAR - timedelta(days=9)))

    def _typed(self, order: Order) -> Order:
        """Put name, number and address down as people type them."""
        order.name = typed_name(order.who, self.rng)
        order.phone = typed_phone(order.phone, self.rng)
        if self.rng.random() < 0.04:
            order.mail = order.mail.title()
        return order

    def _fate(self, order: Order) -> None:
        """Most orders are simply delivered."""
        fate = self._fates.draw()
        if fate == "cancelled":
            order.status = "cancelled"
        elif fate == "gift":
            order.gift = self.rng.choice(self.cast.regulars)
        elif fate in ("sent back", "damaged"):
            order.refund = order.total if fate == "sent back" else order.lines[0][0].price
            order.status = "refunded" if order.refund == order.total else "completed"
            order.changed = min(order.at + timedelta(days=self.rng.randint(4, 20)), LAST_WORD)

    def _somebody(self, people: Sequence[Person], at: datetime) -> Person:
        """One of those who are customers by then; before there are any, whoever it is."""
        known = [person for person in people if person.since <= at <= person.until]
        return self.rng.choice(known or people)

    def _conversations(self) -> None:
        rng, cast = self.rng, self.cast
        staff = [person for firm in cast.firms for person in firm.people]
        for _ in range(185 * self.size):
            at = self.when(house.BEGIN, LAST_WORD, growth=GROWTH)
            who = self._somebody(staff if rng.random() < 0.2 else cast.regulars, at)
            self.ask(who, at, turns=rng.choice((1, 1, 2)), as_form=rng.random() < 0.07)
        for supplier in cast.suppliers:
            for _ in range(3):
                at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
                self.ask(supplier, at, turns=2, topics=(words.SUPPLIER,))

    def _telephone(self) -> None:
        rng, cast = self.rng, self.cast
        callers = [*cast.regulars, *(person for firm in cast.firms for person in firm.people)]
        for _ in range(290 * self.size):
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True, growth=GROWTH)
            who = self._somebody(callers, at)
            self.talk(who, at, rng.choice(who.phones))
        for _ in range(3 * self.size):
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            self.diary.call(at, rng.choice(callers), "answered", number="")
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            self.diary.call(at, None, "internal")

    def _strangers(self) -> None:
        """They turn up once: a question, a call, or a call back that nobody takes any more."""
        kinds: tuple[Callable[[Person, datetime], object], ...] = (
            self.ask,
            lambda who, at: self.diary.call(at, who, "answered"),
            lambda who, at: self.ask(who, at, as_form=True),
            self.ask,
            lambda who, at: self.diary.call(at, who, "group"),
            self._never_reached,
        )
        for index, stranger in enumerate(self.cast.strangers):
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            kinds[index % len(kinds)](stranger, at)

    def _never_reached(self, who: Person, at: datetime) -> None:
        self.diary.call(at, who, "missed")
        self.diary.call(house.after_hours(at, 0.6), who, "out-missed")

    def _mailbox_noise(self) -> None:
        """Spam, mails among us, and what the shop itself sends us about an order."""
        rng, diary = self.rng, self.diary
        for _ in range(6 * self.size):
            subject, text = rng.choice(words.SPAM)
            address = f"{rng.choice(('win', 'info', 'seo', 'promo'))}{rng.randint(10, 999)}@blitz-angebot.example"
            at = self.when(house.BEGIN, house.MONDAY)
            diary.mail(at, None, subject, text, incoming=True, address=address, kind="spam")
        text = "Fortsetzung folgt\nund wenn das Velo bis dann läuft, bringe ich Kuchen mit.\n"
        diary.mail(self.when(house.BEGIN, LAST_WORD), None, "", text, incoming=True, kind="torn")
        for _ in range(2 * self.size):
            at = self.when(house.BEGIN, LAST_WORD, at_the_shop=True)
            text = "Der Kaffee ist alle. Wer geht?\n\nLuca"
            diary.mail(at, None, "Kaffee", text, incoming=True, kind="internal", us=house.STAFF[2])
        for order in rng.sample(diary.orders, 8 * self.size):
            self.notify(order)

    def _address_book(self) -> None:
        """Sandra, the Freis and the couriers, all suppliers, most firms' people and the regulars, up to sixty or so."""
        rng, cast = self.rng, self.cast
        staff = [person for firm in cast.firms for person in firm.people]
        chosen = [cast.sandra, cast.sister, *cast.frei, *cast.couriers.people, *cast.suppliers]
        chosen += rng.sample(staff, len(staff) * 3 // 4)
        missing = max(59 * self.size - len(chosen) - len(self.diary.cards), 0)
        chosen += rng.sample(cast.regulars, min(missing, len(cast.regulars)))
        for person in chosen:
            note = rng.choice(words.NOTES) if rng.random() < 0.3 else ""
            mobiles = {cast.sandra: (SANDRAS_MOBILE,), **{one: one.phones[1:] for one in cast.frei}}
            self.card(
                person,
                note,
                is_supplier=person in cast.suppliers,
                phones=mobiles.get(person, ()),
            )
