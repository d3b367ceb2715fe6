"""The addresses of a header, read tolerantly: groups, comments, missing commas, quoted commas, routes, 8-bit domains."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from stammkunde.connectors.mail.charset import decode_words
from stammkunde.core.addresses import mail_address


class Address(msgspec.Struct, frozen=True, array_like=True):
    """A display name as it was written, and the address in normal form or the empty string where there is none."""

    display: str
    address: str


_PLAIN = re.compile(
    r"^\s*(?:([^\"<>,;:()@\\\[\]]*?)|\"([^\"\\<>@]*)\")\s*<([^\s<>@\"':,]+@[^\s<>@\"',]+)>\s*$"
)
_BARE = re.compile(r"^\s*([^\s<>@\"',;:()]+@[^\s<>@\"',;:()]+)\s*$")
_TOKEN = re.compile(
    r"""
    "(?:[^"\\]|\\.)*"              # quoted string
    | \((?:[^()\\]|\\.)*\)         # comment
    | <[^<>]*>                     # angle address
    | [,;:]
    | [^"(<,;:]+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SHORT = 200
"""Characters of a value worth remembering: senders and recipients come again and again."""
_MOST = 2000
"""Addresses read of one header; a longer list concerns nobody in particular."""


def address_list(value: str) -> tuple[Address, ...]:
    """All addresses of one header value, still RFC 2047 encoded, in their order.

    An entry without a usable address (`MAILER-DAEMON`, `<>`) keeps its words and has `""` for an address; empty groups
    such as `undisclosed-recipients:;` yield nothing.
    """
    return _short_list(value) if len(value) <= _SHORT else _read(value)


@lru_cache(maxsize=8192)
def _short_list(value: str) -> tuple[Address, ...]:
    return _read(value)


def _read(value: str) -> tuple[Address, ...]:
    plain = _PLAIN.match(value)
    if plain:
        return (_entry((plain[1] or plain[2] or "").strip(), plain[3]),)
    bare = _BARE.match(value)
    if bare:
        return (_entry("", bare[1]),)
    reader = _Reader()
    for match in _TOKEN.finditer(value):
        reader.take(match[0])
        if len(reader.found) >= _MOST:
            break
    reader.close()
    return tuple(reader.found)


def _entry(display: str, address: str) -> Address:
    return Address(" ".join(decode_words(display).strip('"').split()), usable(address))


_COMMENT = re.compile(r"\([^()]*\)")


def usable(raw: str) -> str:
    """The normal form of what stood between `<` and `>`, or the empty string.

    Without route, `mailto:`, quotes, blanks, and comments (RFC 5322 §3.2.2, as in its appendix A.5).
    """
    address = "".join((_COMMENT.sub("", raw) if "(" in raw else raw).split())
    if address.startswith("@"):  # a route, RFC 5322 §4.4
        address = address.rpartition(":")[2]
    if address[:7].lower() == "mailto:":
        address = address[7:]
    address = address.strip("'\"<>").rstrip(".")
    local, _, domain = address.rpartition("@")
    if local[:1] == '"' or local[-1:] == '"':
        address = f"{local.strip(chr(34))}@{domain}"
    if "=?" in address:  # an encoded address: forbidden by RFC 2047 §5, and sent
        address = decode_words(address)
    return mail_address(address) or ""


class _Reader:
    """Gathers tokens into entries; a second address without a comma between them starts a new entry."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self._words: list[str] = []
        self._quoted: list[str] = []
        self._comment = ""
        self._angle: str | None = None

    def take(self, token: str) -> None:
        first = token[0]
        if first in ",;":
            self.close()
        elif first == ":":
            self._colon()
        elif first == "<" and token[-1] == ">":
            if self._angle is not None:
                self.close()
            self._angle = token[1:-1]
        elif first == '"' and len(token) > 1:
            self._word(_ESCAPED.sub(r"\1", token[1:-1]), quoted=True)
        elif first == "(" and len(token) > 1:
            self._comment = self._comment or _ESCAPED.sub(r"\1", token[1:-1])
        elif token.strip():
            self._word(token, quoted=False)

    def _word(self, text: str, *, quoted: bool) -> None:
        if self._angle is not None:  # `a@x.example> b@y.example`: the comma is missing
            self.close()
        if text.startswith("@") and self._quoted and not self._words:  # "anna"@example.com
            self._words.append(self._quoted.pop() + text.strip())
        else:
            (self._quoted if quoted and not self._words else self._words).append(text.strip())

    def _colon(self) -> None:
        """What stands before it is a group's name, or a word like `mailto`, and no address either way."""
        if self._angle is None:
            self._words.clear()
            self._quoted.clear()
            self._comment = ""

    def close(self) -> None:
        """End the entry."""
        words = [*self._quoted, *self._words]
        if self._angle is not None:
            self._add(" ".join(words) or self._comment, self._angle)
        elif words:
            self._without_angle(words)
        self._words, self._quoted, self._comment, self._angle = [], [], "", None

    def _without_angle(self, words: list[str]) -> None:
        tokens = " ".join(words).replace("<", " ").replace(">", " ").split()
        addresses = [token for token in tokens if "@" in token]
        if not addresses:
            self._add(" ".join(words), "")
        for token in addresses:
            self._add(self._comment, token)

    def _add(self, display: str, address: str) -> None:
        self.found.append(_entry(display, address))
