"""The week of the last screen, Monday to Friday 17:00, played by script: no chance decides what is left to do."""

from __future__ import annotations

from datetime import datetime, timedelta

from stammkunde.app.demo import house, words
from stammkunde.app.demo.calls import e164
from stammkunde.app.demo.diary import Mail, Shape
from stammkunde.app.demo.people import NICKNAMES, SANDRAS_LANDLINE, Person
from stammkunde.app.demo.story import Story

MISSED = (
    (("Mo", "10:05"), ("Mo", "10:40")),
    (("Mo", "17:10"), ("Tu", "08:20")),
    (("Tu", "12:30"), ("Tu", "13:40")),
    (("We", "16:30"), ("We", "17:05")),
    (("Th", "08:30"), ("Th", "09:10")),
)  # fmt: skip
"""A missed call, and our call back."""

TALKS: tuple[tuple[str, str, Shape], ...] = (
    ("Mo", "09:12", "answered"), ("Mo", "15:31", "queue"), ("Tu", "08:47", "group"), ("Tu", "16:04", "answered"),
    ("We", "11:20", "out"), ("We", "14:02", "forwarded"), ("Th", "09:55", "queue"), ("Th", "15:16", "answered"),
    ("Fr", "08:33", "group"), ("Fr", "15:49", "out"),
)  # fmt: skip
ANSWERED = (
    ("Mo", "08:20", 1.1), ("Mo", "14:45", 2.6), ("Tu", "07:30", 0.8), ("Tu", "11:10", 3.4), ("We", "09:40", 2.9),
    ("We", "19:25", 1.7), ("Th", "08:05", 2.4), ("Th", "10:35", 4.1), ("Fr", "07:15", 1.9),
)  # fmt: skip
"""A mail, and after how many opening hours we answered."""

OPEN = (("Th", "14:30"), ("Th", "17:10"), ("Fr", "09:05"), ("Fr", "14:20"), ("Fr", "16:10"))
"""Mails that nobody has answered; from Thursday 14:30 to now are 3.5 + 4 + 3.5 = 11 opening hours."""

FREI = (("Mo", "14:20"), ("We", "10:30"), ("Fr", "09:40"))
ORDERS = (
    ("Mo", "20:15"),
    ("Tu", "12:40"),
    ("Tu", "21:05"),
    ("We", "18:30"),
    ("Th", "06:50"),
    ("Th", "22:10"),
    ("Fr", "10:25"),
)
NEWSLETTERS = 41
_DAYS = ("Mo", "Tu", "We", "Th", "Fr")


class Week:
    """Plays the last week of a story. Each part takes other people, known by an order with address and number."""

    def __init__(self, story: Story) -> None:
        """The story must have been played up to the week."""
        self._story = story
        self._diary = story.diary
        self._rng = story.rng
        orders = [order for order in story.diary.orders if order.who in story.cast.regulars]
        short = {order.who.id for order in orders if order.name.given in NICKNAMES.values()}
        known = {
            order.who.id: order.who
            for order in orders
            if order.mail.lower() == order.who.mail
            and e164(order.phone) == e164(order.who.phone)
            and order.who.id not in short
        }
        self._free = list(known.values())
        self._rng.shuffle(self._free)

    def play(self) -> None:
        """All of it; what belongs to everyday life as often as the shop is large."""
        self._sandra()
        for day, clock in FREI:
            self._diary.call(_when(day, clock), self._rng.choice(self._story.cast.frei), "answered")
        self._diary.call(_when("Th", "16:20"), self._somebody(), "missed", number="")
        for _ in range(self._story.size):
            self._telephone()
            self._mails()
            self._shop()
            self._counts_for_nothing()

    def _somebody(self) -> Person:
        """Somebody who has not played this week, as long as there is one."""
        self._free.insert(0, self._free.pop())
        return self._free[0]

    def _faithful(self) -> Person:
        """Somebody whose order now brings nobody back: he has bought within the year."""
        year = house.TODAY - timedelta(days=330)
        return next(who for who in iter(self._somebody, None) if who.since > year)

    def _at(self, day: str, clock: str) -> datetime:
        """In the first shop at that minute, in the others a little later."""
        jitter = self._rng.randint(0, 9) if self._story.size > 1 else 0
        return _when(day, clock) + timedelta(minutes=jitter)

    def _sandra(self) -> None:
        story, diary, sandra = self._story, self._diary, self._story.cast.sandra
        diary.call(_when("Tu", "15:20"), sandra, "answered", us=house.STAFF[0])
        text = (
            "wie am Telefon besprochen erhalten Sie beiliegend unsere Offerte für das E-Bike Töss 500, mit Anrechnung "
            "Ihres Citybikes. Sie gilt bis Ende Jahr. Für Fragen bin ich gerne da."
        )
        offer = diary.mail(
            _when("Th", "14:03"), sandra, "Offerte E-Bike", story.answers(sandra, text, house.STAFF[0]), incoming=False,
            us=house.STAFF[0],
        )  # fmt: skip
        offer.attachment = "Offerte-E-Bike.pdf"
        diary.call(_when("Fr", "11:52"), sandra, "missed", number=SANDRAS_LANDLINE)

    def _telephone(self) -> None:
        diary = self._diary
        for missed, back in MISSED:
            caller = self._somebody()
            at = self._at(*missed)
            diary.call(at, caller, "missed")
            diary.call(_when(*back) + (at - _when(*missed)), caller, "out")
        for day, clock, shape in TALKS:
            diary.call(self._at(day, clock), self._somebody(), shape)
        diary.call(self._at("We", "13:35"), None, "internal")
        caller = self._somebody()
        at = self._at("Th", "11:20")
        diary.call(at, caller, "missed")
        topics = words.DAYS[caller.language]
        text = words.RETURNED[caller.language].format(bike=house.BIKES[0], day=topics[4])
        words_ = self._story.answers(caller, text, house.STAFF[2])
        diary.mail(
            at + timedelta(minutes=25),
            caller,
            house.BIKES[0],
            words_,
            incoming=False,
            us=house.STAFF[2],
        )

    def _mails(self) -> None:
        story = self._story
        for day, clock, wait in ANSWERED:
            who = self._somebody()
            story.ask(who, self._at(day, clock), wait=wait, address=who.mail)
        for day, clock in OPEN:
            who = self._somebody()
            at = self._at(day, clock)
            story.ask(who, at, turns=0, address=who.mail)
        for subject, text in words.SPAM[:2]:
            self._diary.mail(
                self._at("We", "03:12"), None, subject, text, incoming=True, address="win77@blitz-angebot.example",
                kind="spam",
            )  # fmt: skip

    def _shop(self) -> None:
        """Seven buy for the first time, two after more than a year, three again; one gets his money back."""
        story, cast = self._story, self._story.cast
        for day, clock in ORDERS:
            self._buys(cast.new.pop(), self._at(day, clock))
        for day in ("Tu", "Th"):
            self._buys(cast.returning.pop(), self._at(day, "19:05"))
        for day in ("Mo", "We", "Fr"):
            self._buys(self._faithful(), self._at(day, "08:10"))
        back = story.order(self._faithful(), self._at("Mo", "09:30") - timedelta(days=11))
        back.status, back.refund = "refunded", back.total
        back.changed = self._at("Tu", "10:15")

    def _buys(self, who: Person, at: datetime) -> None:
        order = self._story.order(who, at)
        order.status, order.changed = "processing", at + timedelta(minutes=1)
        self._story.notify(order)

    def _counts_for_nothing(self) -> None:
        """Black Week fills the box with newsletters; somebody empties it of them every Sunday. Holidays, dead boxes."""
        rng, diary, story = self._rng, self._diary, self._story
        for _ in range(NEWSLETTERS):
            _, domain, language, subject = rng.choice(words.NEWSLETTERS)
            at = story.when(house.MONDAY, house.TODAY)
            mail = diary.mail(
                at, None, subject, "", incoming=True, address=f"news@{domain}", kind="newsletter"
            )
            mail.language = language
        for day in ("Tu", "We", "Th"):
            who = self._somebody()
            ours = self._reminds(who, self._at(day, "09:02"), who.mail)
            subject = words.AWAY_SUBJECT[who.language].format(ours.subject)
            diary.mail(
                ours.at + timedelta(seconds=4), who, subject, words.AWAY[who.language], incoming=True, parent=ours,
                kind="away",
            )  # fmt: skip
        for day in ("Mo", "We"):
            who = self._somebody()
            ours = self._reminds(who, self._at(day, "09:17"), who.mails[-1])
            diary.mail(
                ours.at + timedelta(seconds=9), who, "Undelivered Mail Returned to Sender", "", incoming=True,
                parent=ours, kind="bounce",
            )  # fmt: skip

    def _reminds(self, who: Person, at: datetime, address: str) -> Mail:
        topic = self._story.topic(words.TOPICS[who.language][:1], who.language)
        text = self._story.answers(who, topic.answer, house.STAFF[2])
        return self._diary.mail(
            at, who, topic.subject, text, incoming=False, address=address, us=house.STAFF[2]
        )


def _when(day: str, clock: str) -> datetime:
    return house.at(house.MONDAY.date() + timedelta(days=_DAYS.index(day)), clock)
