"""The address book as vCard 4 (RFC 6350, hobbies by RFC 6715), folded at 75 bytes as it asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from stammkunde.app.demo.diary import Card


def uid(card: Card, index: int) -> str:
    """The entry's own id, as the connector sees it."""
    return f"muster-velo-{index:05}-{card.who.id}"


def addresses_vcf(cards: Iterable[Card]) -> bytes:
    """All entries, one after the other."""
    return b"".join(_fold(line) for index, card in enumerate(cards) for line in _lines(card, index))


def _lines(card: Card, index: int) -> list[str]:
    who = card.who
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"UID:{uid(card, index)}",
        f"FN:{_text(who.name)}",
        f"N:{_text(who.family)};{_text(who.given)};;;",
    ]
    if who.company:
        lines.append(f"ORG:{_text(who.company)}")
    for rank, mail in enumerate(card.mails, 1):
        lines.append(f"EMAIL;PREF={rank}:{mail}")
    for rank, phone in enumerate(card.phones, 1):
        kind = "work" if who.company else "cell" if phone.startswith("07") else "home"
        lines.append(f"TEL;TYPE={kind};PREF={rank}:{phone}")
    lines += [
        f"ADR;TYPE={'work' if who.company else 'home'}:;;{_text(who.street)};{_text(who.town)};ZH;{who.postcode};Schweiz",
        f"LANG:{who.language}",
        f"GENDER:{who.gender}",
        f"HOBBY;LEVEL=high:{_text(who.hobby)}",
    ]
    if card.is_supplier:
        lines.append("CATEGORIES:Lieferant")
    if card.note:
        lines.append(f"NOTE:{_text(card.note)}")
    lines += [f"REV:{card.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return lines


def _text(value: str) -> str:
    for letter in "\\,;":
        value = value.replace(letter, f"\\{letter}")
    return value.replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """At most 75 bytes a line, never within a letter."""
    parts: list[str] = []
    part = ""
    for letter in line:
        if len((part + letter).encode()) > (75 if not parts else 74):
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part]).encode() + b"\r\n"
