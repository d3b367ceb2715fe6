"""vCards as files hold them: RFC 6350 (4.0), RFC 2426 (3.0) and what is left of 2.1. Pure parsing, no files."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator

import msgspec

from stammkunde.connectors.addressbook.entry import Broken, plain
from stammkunde.core.errors import N_

LIMIT = 25 * 1024 * 1024
"""Bytes of a card, its photo included; a larger one is no card of ours."""

_BEGIN = re.compile(rb"BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)
_END = re.compile(rb"END\s*:\s*VCARD\s*", re.IGNORECASE)
_OLD = re.compile(rb"^VERSION\s*:\s*2\.1\s*$", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(
    rb"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:[^\";:]|\"[^\"]*\")*)*):(?P<value>.*)",
    re.DOTALL,
)
_PARAMETER = re.compile(r";((?:[^\";]|\"[^\"]*\")*)")
_QUOTED_PRINTABLE = re.compile(rb"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_ENCODINGS = ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT")
_CHARSETS = re.compile(r"(?i)utf-?8|us-ascii|iso-?8859-\d+|windows-12\d\d|cp\d+|mac-?\w+|latin\d?")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CARET = {"^n": "\n", "^^": "^", "^'": '"'}

_NO_END = N_("The card has no end.")
_OUTSIDE = N_("The lines stand outside of any card.")
_TOO_LARGE = N_("The card is too large.")


class Card(msgspec.Struct, frozen=True):
    """The bytes of one card, from BEGIN to END; `flaw` says why they are none."""

    line: int
    raw: bytes
    flaw: str = ""


class Property(msgspec.Struct, frozen=True):
    """One line of a card: its name in capitals, its value as written, its group, and parameters with their values."""

    name: str
    value: str
    group: str = ""
    parameters: dict[str, tuple[str, ...]] = {}

    @property
    def types(self) -> frozenset[str]:
        """The values of TYPE in lower case."""
        return frozenset(value.lower() for value in self.parameters.get("TYPE", ()))

    @property
    def text(self) -> str:
        """The value as one text."""
        return unescape(self.value).strip()

    @property
    def fields(self) -> list[str]:
        """The parts of a structured value, as of N, ADR and ORG."""
        return [unescape(part).strip() for part in split(self.value, ";")]

    @property
    def items(self) -> list[str]:
        """The values of a list, as of CATEGORIES."""
        return [unescape(part).strip() for part in split(self.value, ",")]


def cards(lines: Iterable[bytes]) -> Iterator[Card]:
    """The cards of a file, one after the other; what stands between them and is not empty comes as a flawed one."""
    taken: list[bytes] = []
    begun, size, inside = 0, 0, False
    for number, line in enumerate(lines, 1):
        if _BEGIN.fullmatch(line) or size > LIMIT:
            yield from _flawed(begun, taken, _NO_END if inside else _OUTSIDE, size)
            taken, size, inside = [], 0, False
        if not taken:
            begun, inside = number, _BEGIN.fullmatch(line) is not None
        taken.append(line)
        size += len(line)
        if inside and _END.fullmatch(line):
            yield Card(begun, b"".join(taken))
            taken, size, inside = [], 0, False
    yield from _flawed(begun, taken, _NO_END if inside else _OUTSIDE, size)


def _flawed(line: int, taken: list[bytes], flaw: str, size: int) -> Iterator[Card]:
    raw = b"".join(taken)
    if raw.strip():
        yield Card(line, raw, _TOO_LARGE if size > LIMIT else flaw)


def properties(raw: bytes, encoding: str = "") -> Iterator[Property]:
    """The lines of a card in their order, decoded; media (`PHOTO`, `LOGO`, `SOUND`, `KEY`) are passed over.

    A line's own CHARSET goes first, then `encoding`, UTF-8 and Windows-1252. Raises `Broken` where none of them fits.
    """
    for line in unfold(raw):
        found = _LINE.fullmatch(line)
        if found is None or found["name"].upper() in (b"PHOTO", b"LOGO", b"SOUND", b"KEY"):
            continue
        parameters = _parameters(found["parameters"].decode("utf-8", "replace"))
        value = found["value"]
        if _QUOTED_PRINTABLE.match(line):
            value = quopri.decodestring(value)
        charset = parameters.get("CHARSET", ("",))[0]
        yield Property(
            found["name"].decode("ascii").upper(),
            _decode(value, charset if _CHARSETS.fullmatch(charset) else encoding),
            (found["group"] or b"").decode("ascii").lower(),
            parameters,
        )


def unfold(raw: bytes) -> Iterator[bytes]:
    """The logical lines of a card (RFC 6350 §3.2), unfolded before they are decoded: a fold may part a letter.

    2.1 folds at a blank and keeps it, and breaks quoted-printable after `=`. Some programs write a note's line breaks
    as they are: a line that can't be a property continues the one before.
    """
    keeps_blank = _OLD.search(raw) is not None
    line = bytearray()
    for part in raw.splitlines():
        if line.endswith(b"=") and _QUOTED_PRINTABLE.match(line):
            line += b"\n" + part
        elif line and part[:1] in (b" ", b"\t"):
            line += part if keeps_blank else part[1:]
        elif line and part and not _LINE.match(part):
            line += b"\\n" + part
        else:
            if line:
                yield bytes(line)
            line = bytearray(part)
    if line:
        yield bytes(line)


def split(value: str, separator: str) -> list[str]:
    """The parts between separators that are not escaped; the parts are still escaped."""
    parts, start = [], 0
    for found in re.finditer(r"\\.|" + re.escape(separator), value, re.DOTALL):
        if found[0] == separator:
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


def unescape(value: str) -> str:
    """A value without its backslashes (RFC 6350 §3.4); one that escapes nothing stays."""
    return _ESCAPE.sub(_unescaped, value)


def _unescaped(found: re.Match[str]) -> str:
    letter = found[1]
    if letter in "nN":
        return "\n"
    return letter if letter in "\\,;:" else found[0]


def _parameters(text: str) -> dict[str, tuple[str, ...]]:
    """`;TYPE=home,pref;PREF=1` by name; a bare word, as 2.1 has them, is a type or an encoding."""
    parameters: dict[str, tuple[str, ...]] = {}
    for part in _PARAMETER.findall(text):
        name, equals, value = part.partition("=")
        if not equals:
            name, value = ("ENCODING" if part.upper() in _ENCODINGS else "TYPE"), part
        plain = re.sub(r"\^[n^']", lambda caret: _CARET[caret[0]], value.replace('"', ""))
        values = tuple(word.strip() for word in plain.split(","))
        name = name.strip().upper()
        parameters[name] = (*parameters.get(name, ()), *values)
    return parameters


def _decode(raw: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "cp1252"):
        try:
            return plain(raw.decode(name))
        except (LookupError, UnicodeError):
            continue
    raise Broken("A letter is in none of the known encodings.")
