"""Muster Velo AG itself: who works there, when it is open, and what it sells. All of it is made up."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.core.hours import weekly_hours

NAME = "Muster Velo AG"
DOMAIN = "muster-velo.example"
INFO = f"info@{DOMAIN}"
LINE = "+41521234500"
WORKSHOP_MOBILE = "0795550001"
ZONE = ZoneInfo("Europe/Zurich")
BEGIN = datetime(2025, 3, 1, tzinfo=ZONE)
MONDAY = datetime(2026, 11, 16, tzinfo=ZONE)
"""The week of the last screen is played by script; what came before is played by chance."""
TODAY = datetime(2026, 11, 20, 17, 0, tzinfo=ZONE)

HOURS = {"mo-fr": "08:00-12:00, 13:30-18:00", "sa": "09:00-16:00"}
_WEEK = weekly_hours(HOURS)
_CLOSED = {(1, 1), (1, 2), (5, 1), (8, 1), (12, 25), (12, 26)}


class Colleague(msgspec.Struct, frozen=True):
    """One of us, with the extension of the telephone on the desk."""

    name: str
    mail: str
    extension: str
    job: str


STAFF = (
    Colleague("Nadia Widmer", f"nadia.widmer@{DOMAIN}", "21", "Verkauf"),
    Colleague("Joëlle Favre", f"joelle.favre@{DOMAIN}", "22", "Verkauf"),
    Colleague("Luca Bernasconi", f"luca.bernasconi@{DOMAIN}", "31", "Werkstatt"),
)


class Article(msgspec.Struct, frozen=True):
    """Something in the shop; the price includes 8.1 % VAT."""

    sku: str
    name: str
    price: Decimal


def _article(sku: str, name: str, price: str) -> Article:
    return Article(sku, name, Decimal(price))


ARTICLES = (
    _article("SCH-700", "Schlauch 28\" Sclaverand", "9.90"),
    _article("REI-37", "Reifen 37-622 pannensicher", "49.90"),
    _article("LIC-80", "Lichtset 80 Lux mit Akku", "96.00"),
    _article("SCL-90", "Bügelschloss Stufe 3", "89.00"),
    _article("HEL-M", "Helm «Föhnsturm» M", "139.00"),
    _article("TAS-20", "Gepäcktasche 20 l, wasserdicht", "78.50"),
    _article("KET-11", "Kette 11-fach", "42.50"),
    _article("BRE-4", "Bremsbeläge organisch, Paar", "24.80"),
    _article("SAT-G", "Ledersattel «Gotthard»", "129.00"),
    _article("PUM-S", "Standpumpe mit Manometer", "64.00"),
    _article("KIN-20", "Kindervelo 20\" «Füchsli»", "449.00"),
    _article("ANH-2", "Veloanhänger für zwei Kinder", "899.00"),
    _article("SER-J", "Jahresservice E-Bike", "189.00"),
    _article("WIN-1", "Winterlager mit Reinigung", "105.00"),
    _article("GUT-1", "Gutschein Werkstatt", "100.00"),
)  # fmt: skip
PARTS = tuple(article.name for article in ARTICLES[:10] if "«" not in article.name)
RARE = (
    _article("OCC-1", "Citybike Eulach, Occasion", "1249.00"),
    _article("GRA-1", "Gravelbike Irchel", "2490.00"),
)  # fmt: skip
BIKES = (
    "E-Bike Töss 500",
    "Citybike Eulach",
    "Gravelbike Irchel",
    "Cargobike Kyburg",
    "Rennvelo Säntis",
)


def at(day: date, clock: str) -> datetime:
    """A wall clock's `14:03` on a day in Winterthur."""
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(day, time(hour, minute), ZONE)


def is_open(moment: datetime) -> bool:
    """Whether somebody is in the shop."""
    return any(start <= moment < end for start, end in _spans(moment.astimezone(ZONE).date()))


def after_hours(moment: datetime, hours: float) -> datetime:
    """The moment so many opening hours later."""
    left = timedelta(hours=hours)
    day = moment.astimezone(ZONE).date()
    while True:
        for start, end in _spans(day):
            begins = max(start, moment)
            if begins + left < end:
                return begins + left
            left -= max(end - begins, timedelta())
        day += timedelta(days=1)


def _spans(day: date) -> list[tuple[datetime, datetime]]:
    if (day.month, day.day) in _CLOSED:
        return []
    midnight = datetime.combine(day, time(), ZONE)
    spans = _WEEK.get(day.weekday(), ())
    return [(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in spans]
