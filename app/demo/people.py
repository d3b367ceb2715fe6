"""The people around the shop: private ones, families, firms, suppliers and strangers, each with his own numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from random import Random

import msgspec

from stammkunde.app.demo.deck import Deck
from stammkunde.app.demo.house import BEGIN, TODAY
from stammkunde.core.contact import Name

GIVEN = {
    "de": "Lena Noah Mia Urs Vreni Ruedi Heidi Jürg Käthi Beat Silvia Regula Stefan Ursina Fabian Corinne Marcel Therese "
    "Reto Simone Daniel Barbara Hansruedi Monika Florian Zoë Severin Brigitte Matthias Eveline",
    "fr": "Chloé Luc Élodie Benoît Mathilde Yves Aurélie Fabrice Noémie Thierry Solène Gilles",
    "it": "Giulia Marco Chiara Davide Ilaria Matteo Nicolò Elisa Fausto Loredana",
    "en": "Emily Oliver Harriet Callum Imogen Rhys Shreya Tom",
}
WOMEN = (
    "Lena Mia Vreni Heidi Käthi Silvia Regula Ursina Corinne Therese Simone Barbara Monika Zoë Brigitte Eveline Chloé "
    "Élodie Mathilde Aurélie Noémie Solène Giulia Chiara Ilaria Elisa Loredana Emily Harriet Imogen Shreya Sandra Anna "
    "Claudia Rosmarie Alexandra Seraina"
)
FAMILY = {
    "de": "Meier Huber Schmid Keller Weber Brändli Zürcher Ammann Gerber Hofstetter Kunz Bäumler Wyss Näf Lüscher "
    "Bachmann Egli Frick Stöckli Gubler Hediger Rüegg Zollinger Tanner Vögeli Furrer Aeschbacher Imhof Schär Bühler",
    "fr": "Rochat Favre Dubois Perret Chappuis Monnier Jaquet Blanc Crausaz Girardin",
    "it": "Bernasconi Ferrari Rezzonico Cattaneo Pedrazzini Lombardi Soldati Quadri",
    "en": "Harper Whitfield Okafor Bennett Gallagher Pryce Nair",
}
PROVIDERS = {
    "de": ("bergpost.example", "postfach.example", "mail.example", "seepost.example"),
    "fr": ("courriel.example", "lemanpost.example", "mail.example"),
    "it": ("posta.example", "bergpost.example"),
    "en": ("mail.example", "parcelpigeon.example"),
}
STREETS = (
    "Rychenbergstrasse", "Tössfeldstrasse", "Wartstrasse", "Neuwiesenstrasse", "Lindstrasse", "Gärtnerstrasse",
    "Römerstrasse", "Schaffhauserstrasse", "Hegifeldstrasse", "Zürcherstrasse", "Obergasse", "Breitestrasse",
)  # fmt: skip
TOWNS = (
    ("8400", "Winterthur"), ("8404", "Winterthur"), ("8405", "Winterthur"), ("8406", "Winterthur"),
    ("8472", "Seuzach"), ("8352", "Elsau"), ("8310", "Grafstal"), ("8500", "Frauenfeld"), ("8353", "Elgg"),
)  # fmt: skip
TRADES = (
    "Holzbau", "Gartenbau", "Bäckerei", "Schreinerei", "Kurier", "Physiotherapie", "Treuhand", "Architekten",
    "Spenglerei", "Druckerei", "Kinderkrippe", "Elektro",
)  # fmt: skip
PLACES = (
    "Töss", "Eulach", "Kyburg", "Irchel", "Goldenberg", "Mattenbach", "Seen", "Wülflingen", "Veltheim", "Lörlen",
    "Thurtal", "Rheinau", "Hörnli", "Schauenberg", "Bachtel", "Pfannenstiel", "Etzel", "Randen",
)  # fmt: skip
LEGAL = ("AG", "GmbH", "Genossenschaft")
HOBBIES = (
    "Gravel", "Langlauf", "Bergwandern", "Chorgesang", "Imkern", "Schwimmen im Zürichsee", "Velotouren mit Kindern",
    "Fotografie", "Jassen", "Trailrunning",
)  # fmt: skip

NICKNAMES = {
    "Daniel": "Dani", "Monika": "Moni", "Stefan": "Steff", "Barbara": "Babs", "Matthias": "Mäthu", "Brigitte": "Gitte",
}  # fmt: skip

LANDLINES = ("052 203", "052 214", "052 222")
MOBILES = ("079 555", "076 555", "078 555")
SANDRAS_LANDLINE, SANDRAS_MOBILE, FREIS_LANDLINE = "052 203 44 10", "079 555 44 10", "052 214 77 31"
_TAKEN = {SANDRAS_LANDLINE, SANDRAS_MOBILE, FREIS_LANDLINE}


class Person(msgspec.Struct, eq=False):
    """Somebody who turns to the shop.

    `party` is who the customer truly is: the person, or the firm for its people. The first mail and number are the
    usual ones; some may be shared with others. `account` is the shop's number for a registered customer, else 0.
    """

    id: str
    party: str
    given: str
    family: str
    language: str
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    company: str = ""
    account: int = 0
    street: str = ""
    postcode: str = ""
    town: str = ""
    hobby: str = ""
    client: str = "thunder"
    since: datetime = BEGIN
    until: datetime = TODAY
    is_namesake: bool = False

    @property
    def name(self) -> str:
        """`Sandra Keller`."""
        return f"{self.given} {self.family}"

    @property
    def gender(self) -> str:
        """As RFC 6350 §6.2.7 has it: F or M."""
        return "F" if self.given in WOMEN.split() else "M"

    @property
    def mail(self) -> str:
        """The address that he usually writes from."""
        return self.mails[0]

    @property
    def phone(self) -> str:
        """The number that he usually calls from."""
        return self.phones[0]


class Firm(msgspec.Struct, eq=False):
    """A company with its switchboard, its box for orders and the people who write for it."""

    name: str
    domain: str
    switchboard: str
    box: str
    people: list[Person]


def typed_name(who: Person, rng: Random) -> Name:
    """His name as he puts it into a shop's form: mostly well, at times without umlauts, short, or the wrong way round."""
    chance = rng.random()
    given, family = who.given, who.family
    if chance < 0.05:
        given, family = _spelled_out(given), _spelled_out(family)
    elif chance < 0.08 and not who.company:
        given = f"{given[0]}."
    elif chance < 0.11:
        given, family = family, given
    elif chance < 0.23 and not who.company:
        given = NICKNAMES.get(given, given)
    return Name(given, family, "" if who.company and rng.random() < 0.1 else who.company)


def typed_phone(number: str, rng: Random) -> str:
    """A number in one of the ways in which people write it."""
    if rng.random() < 0.6 or not number.startswith("0"):
        return number
    bare = number.replace(" ", "")
    return rng.choice((bare, f"+41 {number[1:]}", f"0041{bare[1:]}", number.replace(" ", "/", 1)))


class Register:
    """Makes people; hands out each address, number and account once."""

    def __init__(self, rng: Random) -> None:
        """All chance comes from `rng`."""
        self._rng = rng
        self._languages = Deck(rng, {"de": 18, "fr": 3, "it": 2, "en": 2})
        self._mails: set[str] = set()
        self._firms: set[str] = set()
        self._landlines = _numbers(LANDLINES, 3571, 1200)
        self._mobiles = _numbers(MOBILES, 2837, 4100)
        self._abroad = {
            "de": _fictional("+49 30 23125 {:03}"),
            "fr": _fictional("+33 1 99 00 1{:03}"),
        }
        self._accounts = iter(range(12, 1_000_000))
        self._ids = 0
        self.people: list[Person] = []

    def person(
        self,
        *,
        given: str = "",
        family: str = "",
        language: str = "",
        party: str = "",
        prefix: str = "p",
    ) -> Person:
        """A private person with one to three addresses, a mobile and maybe a landline; half of them have an account."""
        rng = self._rng
        language = language or self._languages.draw()
        given = given or rng.choice(GIVEN[language].split())
        family = family or rng.choice(FAMILY[language].split())
        self._ids += 1
        identity = f"{prefix}{self._ids:05}"
        postcode, town = rng.choice(TOWNS)
        person = Person(
            id=identity,
            party=party or identity,
            given=given,
            family=family,
            language=language,
            mails=tuple(
                self.mail(given, family, language) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))
            ),
            phones=(
                self._private_number(language),
                *(() if rng.random() < 0.6 else (self.landline(),)),
            ),
            account=self.account() if rng.random() < 0.55 else 0,
            street=f"{rng.choice(STREETS)} {rng.randint(1, 98)}",
            postcode=postcode,
            town=town,
            hobby=rng.choice(HOBBIES),
            client=rng.choice(("thunder", "outlook", "apple", "phone", "web")),
        )
        self.people.append(person)
        return person

    def firm(self, name: str = "", size: int = 0, family: str = "") -> Firm:
        """A firm and its people, of one family if you like; all of them are one customer."""
        rng = self._rng
        name = name or self._firm_name()
        domain = f"{_plain(name.rpartition(' ')[0])}.example"  # without the legal form
        firm = Firm(name, domain, self.landline(), f"bestellung@{domain}", [])
        self._ids += 1
        party = f"f{self._ids:05}"
        for _ in range(size or rng.randint(1, 3)):
            person = self.person(
                language="fr" if rng.random() < 0.15 else "de", party=party, family=family
            )
            person.company = name
            address = f"{_plain(person.given)}.{_plain(person.family)}@{domain}"
            person.mails = (address if address not in self._mails else firm.box,)
            self._mails.add(address)
            person.phones = (
                (firm.switchboard, self.mobile()) if rng.random() < 0.5 else (firm.switchboard,)
            )
            person.client = "outlook"
            person.account = firm.people[0].account if firm.people else self.account()
            firm.people.append(person)
        return firm

    def family(self, *given: str, name: str, landline: str = "") -> list[Person]:
        """People of one household: each has his own mobile and address, and all of them the landline."""
        shared = landline or self.landline()
        members = [self.person(given=one, family=name, language="de") for one in given]
        for member in members:
            member.phones = (shared, self.mobile())
            member.street, member.postcode, member.town = (
                members[0].street, members[0].postcode, members[0].town,
            )  # fmt: skip
        return members

    def mail(self, given: str, family: str, language: str) -> str:
        """An address that nobody has yet."""
        rng = self._rng
        first, last = _plain(given), _plain(family)
        local = rng.choice(
            (
                f"{first}.{last}",
                f"{first}.{last}",
                f"{first[0]}.{last}",
                f"{first}{last}",
                f"velo.{first}",
            )
        )
        return self._unique(local, rng.choice(PROVIDERS[language]))

    def shared_mail(self, name: str) -> str:
        """The one address of a family."""
        return self._unique(f"familie.{_plain(name)}", self._rng.choice(PROVIDERS["de"]))

    def _unique(self, local: str, host: str) -> str:
        address, number = f"{local}@{host}", 1
        while address in self._mails:
            number += 1
            address = f"{local}{number}@{host}"
        self._mails.add(address)
        return address

    def landline(self) -> str:
        """A number with Winterthur's area code."""
        return next(self._landlines)

    def mobile(self) -> str:
        """A Swiss mobile number."""
        return next(self._mobiles)

    def account(self) -> int:
        """The shop's next customer number."""
        return next(self._accounts)

    def _private_number(self, language: str) -> str:
        abroad = self._abroad.get(language)
        number = next(abroad, "") if abroad and self._rng.random() < 0.06 else ""
        return number or self.mobile()

    def _firm_name(self) -> str:
        rng = self._rng
        name, number = f"{rng.choice(TRADES)} {rng.choice(PLACES)}", 1
        while name in self._firms:
            number += 1
            name = f"{rng.choice(TRADES)} {rng.choice(PLACES)} {number}"
        self._firms.add(name)
        return f"{name} {rng.choice(LEGAL)}"


def _numbers(prefixes: tuple[str, ...], step: int, first: int) -> Iterator[str]:
    """Numbers in a scattered order, each once: the step has no factor in common with 10,000."""
    for prefix in prefixes:
        for count in range(10_000):
            digits = f"{(first + count * step) % 10_000:04}"
            number = f"{prefix} {digits[:2]} {digits[2:]}"
            if number not in _TAKEN and not digits.startswith("00"):
                yield number


def _fictional(pattern: str) -> Iterator[str]:
    """Numbers that the authorities of Germany (Berlin 23125) and France (01 99 00) keep for stories like this one."""
    return (pattern.format(number) for number in range(1000))


def _plain(name: str) -> str:
    """A name as a mail address has it."""
    ascii_ = (
        unicodedata.normalize("NFKD", _spelled_out(name).lower()).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")


def _spelled_out(name: str) -> str:
    """Without umlauts, as on a keyboard that has none."""
    for umlaut, letters in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("Ä", "Ae"),
        ("Ö", "Oe"),
        ("Ü", "Ue"),
    ):
        name = name.replace(umlaut, letters)
    return name
