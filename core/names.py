"""Structured names in the form in which they are compared, and when two of them can be one party.

Two spellings that a German speaker would take for one are one here (Müller, Mueller; Philipp, Filipp). What says too
little, half a name or a placeholder, is no name at all: it can neither link nor contradict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, TypeAlias

from stammkunde.core.contact import Name

_LEGAL_FORMS = frozenset(
    {
        "ag", "gmbh", "sa", "sarl", "sàrl", "sagl", "srl", "spa", "kg", "co", "ohg", "ug", "mbh", "ltd", "inc", "e",
        "k", "ek", "gbr", "kgaa", "llc", "cie", "und", "et", "u",
    }
)  # fmt: skip
_TITLES = frozenset(
    {
        "dr", "prof", "med", "ing", "dipl", "lic", "mag", "phd", "herr", "frau", "hr", "fr", "mr", "mrs", "ms",
        "monsieur", "madame", "mme", "signor", "signora", "familie", "fam",
    }
)  # fmt: skip
_PLACEHOLDERS = frozenset(
    {
        "gast", "kunde", "kundin", "unbekannt", "test", "guest", "customer", "anonym", "anonymous", "na", "keine",
        "xxx",
    }
)  # fmt: skip

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"[-‐‑–]")
_APOSTROPHE = re.compile(r"['’ʼ`]")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_SPELLINGS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("th", "t"))
_TELLING = 4
"""Letters that a family name needs to be recognised inside a company's name."""

PartyKey: TypeAlias = tuple[str, ...]


class Party(NamedTuple):
    """A name, folded: whom it tells apart. A hyphenated given name is one word; either all of a person or none."""

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    company: str = ""


def fold(word: str) -> str:
    """Lower case, accents off, and the spellings that stand for one sound alike."""
    word = word.casefold().translate(_UNDECOMPOSED)
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    for long, short in _SPELLINGS:
        word = word.replace(long, short)
    return word


@lru_cache(maxsize=1 << 15)
def party_of(name: Name | None) -> Party | None:
    """The party a name tells of, or None where it says too little."""
    if name is None:
        return None
    given_text, family_text = name.given, name.family
    if "," in family_text and not given_text.strip():
        family_text, _, given_text = family_text.partition(",")
    given = _words(_HYPHEN.sub("", given_text))
    family = _words(family_text)
    if _PLACEHOLDERS & {*given, *family}:
        given = family = []
    given = [word for word in given if word not in _TITLES]
    family = [word for word in family if word not in _TITLES] or family  # Anna Herr
    if not (given and family):
        given = family = []
    company = _company(name.company)
    if not (given or company):
        return None
    return Party(tuple(map(fold, given)), tuple(map(fold, family)), company)


def _words(text: str) -> list[str]:
    return _WORD.findall(_APOSTROPHE.sub("", unicodedata.normalize("NFC", text.casefold())))


def _company(text: str) -> str:
    words = [word for word in _words(text) if word not in _LEGAL_FORMS]
    return "" if len(words) == 1 and words[0] in _PLACEHOLDERS else "".join(map(fold, words))


def party_key(party: Party) -> PartyKey:
    """What an equivalence can be built on: the same organisation, or the same full person in any order of fields."""
    if party.company:
        return ("organisation", party.company)
    return ("person", *sorted(("".join(party.given), *party.family)))


def is_weak(party: Party) -> bool:
    """Whether only an initial stands for the given name: too little to tell people on a shared identifier apart."""
    return not party.company and len(party.given[0]) == 1


def same_person(a: Party, b: Party) -> bool:
    """Whether two names of people can be one person's."""
    if sorted(("".join(a.given), *a.family)) == sorted(("".join(b.given), *b.family)):
        return True
    families = set(a.family), set(b.family)
    return _same_given(a.given, b.given) and (
        families[0] <= families[1] or families[1] <= families[0]
    )


def _same_given(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Anna and A., Anna and Anna Maria, Hans Peter and Hanspeter; not Maria and Anna Maria."""
    if "".join(a) == "".join(b):
        return True
    if len(a[0]) == 1 or len(b[0]) == 1:
        return a[0][0] == b[0][0] and (len(a) < 2 or len(b) < 2 or a[1][0] == b[1][0])
    if a[0] != b[0]:
        return False
    return (
        len(a) == 1 or len(b) == 1 or all(x[0] == y[0] for x, y in zip(a[1:], b[1:], strict=False))
    )


@lru_cache(maxsize=1 << 15)
def compatible(a: Party | None, b: Party | None) -> bool:
    """Whether two names can be one party's: reflexive, symmetric, not transitive; the unknown goes with all.

    Rules that forgive more (typing errors, pet names) belong here.
    """
    if a is None or b is None or a == b:
        return True
    if a.company and b.company:
        return a.company == b.company
    if a.given and b.given:
        return same_person(a, b)
    return _bears_name(a, b) if a.company else _bears_name(b, a)


def _bears_name(organisation: Party, person: Party) -> bool:
    """Malerei Huber and Peter Huber."""
    return any(len(word) >= _TELLING and word in organisation.company for word in person.family)


def consistent(names: Iterable[Party | None]) -> bool:
    """Whether all these names can be one party's.

    A colleague who left the company's name out is accepted if he is also seen with it. So a further name can heal a
    set, and the answer needs the whole set: it does not grow from pairs.
    """
    parties = {name for name in names if name is not None}
    organisations = [party for party in parties if party.company]
    people = [party for party in parties if not party.company]
    if not organisations:
        return _pairwise(people)
    if len({party.company for party in organisations}) > 1:
        return False
    staff = [party for party in organisations if party.given]
    strays = [person for person in people if not any(same_person(person, one) for one in staff)]
    if staff:
        return not strays
    return all(_bears_name(organisations[0], person) for person in strays) and _pairwise(strays)


def _pairwise(parties: Collection[Party]) -> bool:
    return all(compatible(a, b) for a, b in combinations(parties, 2))
