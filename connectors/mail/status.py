"""The fields of machine-readable reports (RFC 3464, 5965, 8098), and what status and reply codes say (RFC 3463, 5321)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from stammkunde.connectors.mail import sentences
from stammkunde.connectors.mail.addresses import usable
from stammkunde.connectors.mail.charset import decode

Severity: TypeAlias = Literal["hard", "soft"]
Group: TypeAlias = dict[str, str]

_FOLD = re.compile(r"\n[ \t]+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^[ \t>]*([A-Za-z][A-Za-z-]+)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\"';:,()\[\]]{1,64}@[^\s<>\"';:,()\[\]]{1,253}")
_ENHANCED = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(
    r"(?<![\w.\-+/@])(4(?:2[12]|3[12]|4[1-79]|5[0-24589]|71)|5(?:0[0-4]|1[0-7]|2[1-5]|3[03458]|4[0-3]|5[0-7]|71))(?=[\s:,;\-)\]]|$)"
)
"""Reply codes that mail servers use; other three-digit numbers are ports, sizes or hours."""


def groups(content: bytes) -> Iterator[Group]:
    """The groups of fields of a report, by lower-case name, of each name the first value."""
    text = _FOLD.sub(" ", decode(content).replace("\r\n", "\n"))
    for block in _BLANK_LINE.split(text):
        group: Group = {}
        for name, value in _FIELD.findall(block):
            group.setdefault(name.lower(), value.strip())
        if group:
            yield group


def address_in(value: str) -> str:
    """The address in a field such as `rfc822; <anna@example.com> (alias)`, or the empty string."""
    match = _ADDRESS.search(value.rpartition(";")[2])
    return usable(match[0]) if match else ""


def enhanced_code(text: str) -> str:
    """The first enhanced status code of a failure (`5.1.1`) that stands in a text, or the empty string."""
    for match in _ENHANCED.finditer(text):
        if match[1] != "2":
            return match[0]
    return ""


def code_in(text: str) -> str:
    """The first enhanced status code, else the first reply code (`550`), else the empty string."""
    code = enhanced_code(text)
    if code:
        return code
    match = _REPLY.search(text)
    return match[1] if match else ""


def severity_of(code: str, words: str) -> Severity:
    """A code decides by its class: 5 is hard, 4 is soft; without one the words do, and nothing at all is hard."""
    if code:
        return "soft" if code[0] == "4" else "hard"
    if sentences.FULL.search(words):
        return "soft"
    if sentences.PERMANENT.search(words):
        return "hard"
    return "soft" if sentences.TRANSIENT.search(words) else "hard"
