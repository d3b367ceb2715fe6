"""Words by which a customer is found while one types: folded, so that spelling, case and notation do not matter.

A term is stored whole and matched by its beginning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

from stammkunde.core.contact import Identifier

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[+(\d][\d\s()/.\-]*")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d"})
_LONGEST = 40
_MOST = 200
_LONGEST_TEXT = 1000
"""Of what is typed no more is looked at."""
LAST = "\U0010ffff"
"""Behind every text that begins with what stands before it."""


def words(text: str) -> set[str]:
    """The words of a text, folded; one with an umlaut in both spellings (`müller`: `muller`, `mueller`)."""
    if text.isascii():
        return set(_WORD.findall(text.lower()))
    folded: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()):
        folded.update(_spellings(word))
    return folded


def identifier_terms(identifier: Identifier) -> set[str]:
    """A mail address whole and in parts, a number with and without its country, the id of a shop's account."""
    if identifier.kind == "mail":
        return {identifier.value, *words(identifier.value)}
    if identifier.kind == "phone":
        return _number_terms(identifier.value)
    return words(identifier.value.rpartition(":")[2])


def customer_terms(texts: Iterable[str], identifiers: Iterable[Identifier]) -> list[str]:
    """All terms of one customer, sorted; a limit keeps a long remark from filling the index."""
    found: set[str] = set()
    for identifier in identifiers:
        found |= identifier_terms(identifier)
    for text in texts:
        found |= words(text)
    return sorted({term[:_LONGEST] for term in found})[:_MOST]


def searched(text: str) -> list[set[str]]:
    """What a customer's terms must begin with: for each word one of its spellings; nothing asked finds everybody.

    Digits with or without blanks are one number, in national or international notation; a mail address is one word. A
    word without spellings is begun by no term: so is a text without letters and digits, or of more words than anybody has.
    """
    text = text[:_LONGEST_TEXT].strip().encode(errors="replace").decode()
    digits = re.sub(r"\D", "", text)
    if len(digits) > 2 and _NUMBER.fullmatch(text):
        return [{number[:_LONGEST] for number in (digits, digits.lstrip("0")) if number}]
    asked: set[frozenset[str]] = set()
    for part in text.split():
        if "@" in part:
            asked.add(frozenset({part.lower()[:_LONGEST]}))
        else:
            found = (_spellings(word) for word in _WORD.findall(_composed(part)))
            asked.update(frozenset(spellings - {""}) for spellings in found)
    if (text and not asked) or len(asked) > _MOST:
        return [set()]
    longest = [each for each in asked if not any(_begins(each, o) for o in asked - {each})]
    return [set(spellings) for spellings in sorted(longest, key=sorted)]


def plain_words(text: str) -> list[str]:
    """The words of what was typed, in their order and as they were typed: letters and digits alone."""
    return _WORD.findall(_composed(text[:_LONGEST_TEXT].encode(errors="replace").decode()))


def _begins(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether who is found by the other word is found by this one, so that it need not be asked for."""
    return all(spelling.startswith(tuple(one)) for spelling in other)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _spellings(word: str) -> set[str]:
    return {_plain(word)[:_LONGEST], _plain(word.translate(_UMLAUTS))[:_LONGEST]}


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.translate(_FOLDED))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _number_terms(e164: str) -> set[str]:
    """Without leading zeros: an Italian one keeps its zero behind the country, all others lose it."""
    digits = e164.lstrip("+")
    try:
        country = str(phonenumbers.parse(e164).country_code)
    except phonenumbers.NumberParseException:
        return {digits}
    return {digits, digits.removeprefix(country).lstrip("0")}
