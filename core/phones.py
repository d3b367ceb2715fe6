"""Telephone numbers in the one form in which they are compared, E.164, and what else stands where a number should."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import unquote

import msgspec
import phonenumbers
from phonenumbers import shortnumberinfo

NumberKind: TypeAlias = Literal["number", "withheld", "extension", "service", "unknown"]

_EXTENSIONS = r"\d{2,4}"
_OPEN_PLANS = ("DE", "AT")
"""Where a subscriber's number is complete without its area code, so that one dialled bare belongs to our own area."""

_WITHHELD = frozenset(
    {
        "", "anonym", "anonymous", "anonymus", "asterisk", "clir", "inconnu", "no number", "privat", "private",
        "restricted", "s", "sconosciuto", "unavailable", "unbekannt", "unknown", "unterdrückt", "withheld", "-",
        "anonymous@anonymous.invalid",
    }
)  # fmt: skip
_MASK = re.compile(r"x{3,}")
_URI = re.compile(r"(?:sips?|tel|callto):", re.IGNORECASE)
_SERVICE_PREFIX = re.compile(r"[*#]\d{2}#")
_BEFORE_NUMBER = re.compile(r"[^\d+*#(]*")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_DIALLED = re.compile(r"[\s()/.\-]")


class DialPlan(msgspec.Struct, frozen=True):
    """What a telephone system adds to a number.

    `area_code` is our own, with or without its leading zero. `outside_prefix` is what one dials for an outside line:
    give it for outgoing calls only. `extensions` is the pattern of a whole internal number.
    """

    area_code: str = ""
    outside_prefix: str = ""
    extensions: str = _EXTENSIONS


class Number(msgspec.Struct, frozen=True):
    """What a raw number is; `e164` is set for kind `number` alone, `valid` says that its range is in use."""

    kind: NumberKind
    e164: str | None = None
    valid: bool = False


_PLAIN = DialPlan()


@lru_cache(maxsize=65536)
def e164(raw: str, region: str, *, area_code: str = "") -> str | None:
    """The number in E.164, or None where it is none that tells a person apart.

    `region` is the ISO 3166 country where the number was written down or dialled.
    """
    return number(raw, region, DialPlan(area_code=area_code) if area_code else _PLAIN).e164


@lru_cache(maxsize=65536)
def number(raw: str, region: str, plan: DialPlan = _PLAIN) -> Number:
    """What stands in `raw`: a number, one that is withheld, an extension, a short or emergency number, or none.

    A number need only be possible (of a length its country has), since new ranges come before the metadata does.
    One in a neighbour's national notation (`0178 …` on a Swiss line) stays unknown: Germany and Austria have room for
    nearly any number, so it fits both, or the wrong one.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if _is_withheld(text):
        return Number("withheld")
    text = _user_part(text)
    if _is_withheld(text):
        return Number("withheld")
    text = _dialled_part(text)
    region = region.upper()
    if plan.outside_prefix and text.startswith(plan.outside_prefix):
        inner = number(text, region, msgspec.structs.replace(plan, outside_prefix=""))
        if inner.kind in ("extension", "service"):
            return inner
        rest = _classify(text.removeprefix(plan.outside_prefix), region, plan)
        return rest if rest.kind in ("number", "service") else inner
    return _classify(text, region, plan)


def _is_withheld(text: str) -> bool:
    word = text.casefold().lstrip("+").strip("\"' ")
    return word in _WITHHELD or word.startswith("prohib") or bool(_MASK.fullmatch(word))


def _user_part(text: str) -> str:
    """The user of a SIP or tel URI (RFC 3261 §19.1.1, RFC 3966), without name, host and parameters."""
    if "<" in text:
        text = text.partition("<")[2].partition(">")[0]
    text = _URI.sub("", text, count=1) if _URI.match(text) else text
    return unquote(text.partition("@")[0].partition(";")[0]).strip()


def _dialled_part(text: str) -> str:
    """What of it one would dial: no label before, no remark or extension after, no service prefix.

    The library would read the letters of a remark as a vanity number.
    """
    text = text[_BEFORE_NUMBER.match(text).end() :]  # type: ignore[union-attr]
    letter = _LETTER.search(text)
    text = text[: letter.start()] if letter else text
    text = _SERVICE_PREFIX.sub("", text, count=1) if _SERVICE_PREFIX.match(text) else text
    return text.strip().rstrip("(")


def _classify(text: str, region: str, plan: DialPlan) -> Number:
    digits = _NOT_DIALLED.sub("", text)
    if short := _short(digits, region, plan.extensions):
        return Number(short)
    if region in _OPEN_PLANS and digits and digits[0] not in "0+":
        return _in_our_area(digits, region, plan.area_code)
    return _parse(text, region)


def _short(digits: str, region: str, extensions: str) -> NumberKind | None:
    """Whether it is dialled as it stands: an emergency, an extension of ours, or a public short number.

    Public short numbers for people start with 1 in the countries around; the other short numbers that the library
    knows (Swiss 2xx, 5-digit ones for text messages) are far likelier an extension. A pattern of one's own goes first.
    """
    if not digits.isdecimal() or len(digits) > 6:
        return None
    if shortnumberinfo.is_emergency_number(digits, region):
        return "service"
    is_extension = re.fullmatch(extensions, digits) is not None
    if is_extension and (extensions != _EXTENSIONS or not digits.startswith("1")):
        return "extension"
    country = phonenumbers.country_code_for_region(region)
    public = phonenumbers.PhoneNumber(country_code=country, national_number=int(digits))
    if not digits.startswith("0") and shortnumberinfo.is_valid_short_number_for_region(
        public, region
    ):
        return "service"
    return "extension" if is_extension else None


def _in_our_area(digits: str, region: str, area_code: str) -> Number:
    """A number dialled bare in an open plan, which the library would take for one with an area code.

    It may also be a full one that lost its plus; no subscriber's number is that long.
    """
    country = str(phonenumbers.country_code_for_region(region))
    if len(digits) >= 10 and digits.startswith(country):
        full = _parse(f"+{digits}", region)
        if full.valid:
            return full
    if not area_code:
        return Number("unknown")
    return _parse(f"0{area_code.removeprefix('0')}{digits}", region)


def _parse(text: str, region: str) -> Number:
    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return Number("unknown")
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Number("unknown")
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number("number", written, phonenumbers.is_valid_number(parsed))
