"""An entry of an address book, whatever its format, and the contact that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from hashlib import blake2b

import msgspec

from stammkunde.core.addresses import mail_address
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier, Item, Name
from stammkunde.core.errors import Message
from stammkunde.core.phones import e164

_LEGAL = re.compile(
    r"(?i)(?:^|[\s,])(?:ag|gmbh|sa|sàrl|sarl|sagl|s\.?r\.?l\.?|kg|ohg|ltd\.?|inc\.?|llc|e\.?\s?v\.?|verein|stiftung|genossenschaft)(?:$|[\s,])"
)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?|(\d\d?)\.\s?(\d\d?)\.\s?(\d{4})")
_CODE = re.compile(r"[a-z]{2}(?:[-_].*)?")
_LANGUAGES = {
    "deutsch": "de", "german": "de", "allemand": "de", "tedesco": "de",
    "französisch": "fr", "french": "fr", "français": "fr", "francese": "fr",
    "italienisch": "it", "italian": "it", "italien": "it", "italiano": "it",
    "englisch": "en", "english": "en", "anglais": "en", "inglese": "en",
    "rätoromanisch": "rm", "romansh": "rm", "romanche": "rm", "romancio": "rm",
}  # fmt: skip
NO_TIME = datetime.fromtimestamp(0, UTC)
"""Stands for the time of an entry of which the book does not say when it was changed."""
_DAY = re.compile(r"--(\d\d)-?(\d\d)")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a card or row says, still in its own spelling; the first mail and phone are the preferred ones.

    `changed` is when the book itself says that the entry was changed.
    """

    uid: str = ""
    name: Name | None = None
    display: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    note: str = ""
    language: str = ""
    changed: datetime | None = None
    reference: str = ""


class Broken(Message, Exception):  # noqa: N818 (a state of the card, caught where it is read)
    """A card or row that can't be read; its only argument is the reason."""


def plain(text: str) -> str:
    """With one kind of line break and without NUL, which no store likes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def language_of(text: str) -> str:
    """The ISO 639 code of a language that was written as one, or by its name; empty for any other."""
    word = text.strip().casefold()
    return word[:2] if _CODE.fullmatch(word) else _LANGUAGES.get(word, "")


def has_legal_form(name: str) -> bool:
    """Whether a name ends or begins like a company's: AG, GmbH, Sàrl, Verein …"""
    return _LEGAL.search(name) is not None


def split_name(full: str) -> Name | None:
    """The structure of a name that was written as one, None for an empty one.

    A legal form makes it a company; `Meier, Anna` has the family name first, else it is the last word. Comparing
    names does not mind the order of the words.
    """
    full = " ".join(full.split())
    if not full:
        return None
    if has_legal_form(full):
        return Name(company=full)
    family, comma, given = full.partition(",")
    if comma:
        return Name(given=given.strip(), family=family.strip())
    given, _, family = full.rpartition(" ")
    return Name(given=given, family=family)


def day(text: str) -> str:
    """A birthday as ISO 8601, `--04-12` where the year is not known; empty for Outlook's `0.0.00`."""
    text = text.strip()
    if not text.strip("0./- "):
        return ""
    if found := _DAY.fullmatch(text):
        return f"--{found[1]}-{found[2]}"
    if found := _DATE.fullmatch(text):
        parts = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
        try:
            return date(*map(int, parts)).isoformat()
        except ValueError:
            return text
    return text


def moment(text: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 time or date, in `zone` where it has no offset of its own; None for anything else."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        return at if at >= datetime(1970, 1, 2, tzinfo=UTC) else None
    except (ValueError, OverflowError):
        return None


def put(attributes: dict[str, str], key: str, value: str) -> None:
    """Add an attribute; a second value of the same name becomes `key 2`, and so on."""
    value = value.strip()
    name, number = key, 1
    while value and attributes.setdefault(name, value) != value:
        number += 1
        name = f"{key} {number}"


def put_address(attributes: dict[str, str], parts: dict[str, str]) -> None:
    """Add a postal address (`street`, `postcode`, `city` …); all parts of the second one are numbered 2."""
    parts = {key: value.strip() for key, value in parts.items() if value.strip()}
    taken = (f" {number}" for number in range(2, 1000))
    suffix = ""
    while any(attributes.get(key + suffix, value) != value for key, value in parts.items()):
        suffix = next(taken)
    attributes.update({key + suffix: value for key, value in parts.items()})


def contact_of(entry: Entry, company: Company) -> Contact:
    """The contact; `occurred_at` is `NO_TIME` where the book does not say. Raises `Broken` for an entry that names nobody.

    Its key is the entry's own id where it has one, else its name and first mail address or number: so the identity
    of an entry never depends on the file's name, time or order. What is no address and no number in the end stays as
    an attribute.
    """
    attributes = dict(entry.attributes)
    identifiers = tuple(
        dict.fromkeys(
            (*_mails(entry, attributes), *_phones(entry, company.country, attributes)),
        )
    )
    if entry.name is None and not entry.display and not identifiers:
        raise Broken("The entry has neither a name nor an address or number.")
    language = language_of(entry.language)
    if not language:
        put(attributes, "language", entry.language)
    first = identifiers[0].value if identifiers else ""
    name = str(entry.name or entry.display).casefold()
    return Contact(
        item=Item((entry.uid or f"{name}|{first}").replace("\0", "")),
        channel="directory",
        kind="entry",
        occurred_at=entry.changed or NO_TIME,
        identifiers=identifiers,
        name=entry.name,
        display=entry.display if entry.display != str(entry.name) else "",
        text=entry.note,
        language=language,
        attributes=attributes,
        reference=entry.reference,
    )


def _mails(entry: Entry, attributes: dict[str, str]) -> Iterator[Identifier]:
    for raw in entry.mails:
        if normal := mail_address(raw):
            yield Identifier("mail", normal)
        else:
            put(attributes, "mail", raw)


def _phones(entry: Entry, region: str, attributes: dict[str, str]) -> Iterator[Identifier]:
    for raw in entry.phones:
        if normal := e164(raw, region):
            yield Identifier("phone", normal)
        else:
            put(attributes, "phone", raw)


def digest_of(contact: Contact) -> bytes:
    """Ten bytes that tell one content of an entry from another, whatever its time and place."""
    bare = msgspec.structs.replace(
        contact,
        occurred_at=NO_TIME,
        reference="",
        attributes=dict(sorted(contact.attributes.items())),
    )
    return blake2b(msgspec.msgpack.encode(bare), digest_size=10).digest()


def is_own(contact: Contact, company: Company) -> bool:
    """Whether the entry is one of our own people: it has an address of ours, or no numbers but ours."""
    own = {e164(number, company.country) for number in company.numbers}
    mails = [i.value for i in contact.identifiers if i.kind == "mail"]
    phones = [i.value for i in contact.identifiers if i.kind == "phone"]
    return any(map(company.owns, mails)) or (not mails and bool(phones) and own.issuperset(phones))


def cells(values: Iterable[str]) -> tuple[str, ...]:
    """Those that are not empty, each once."""
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
